"""The only code that calls for an Effect: claimed and *sent* is committed, then it is called, then its outcome.

Every step can be killed at any instruction. What was claimed and not ended is claimed again when its lease has run
out, and is then looked up before it is called again.
"""

from crowdbroker.broker.relay.loop import RelayReport, relay

__all__ = ["RelayReport", "relay"]
