"""`crowdbroker aggregate`: files of answers in, one label for every task out."""

from crowdbroker.cli.aggregate.command import aggregate

__all__ = ["aggregate"]
