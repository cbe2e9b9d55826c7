"""`doctor`: every invariant over store, ledger and marketplace, what is wrong in plain words, and what to do."""

from crowdbroker.broker.doctor.examine import Examined, examine
from crowdbroker.broker.doctor.repair import Repaired, repair
from crowdbroker.broker.finding import Finding, Repair

__all__ = ["Examined", "Finding", "Repair", "Repaired", "examine", "repair"]
