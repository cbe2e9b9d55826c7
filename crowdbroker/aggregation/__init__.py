"""Votes become labels: index arrays in, posteriors out."""

from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.votes import Votes

__all__ = ["DawidSkene", "MajorityVote", "Votes"]
