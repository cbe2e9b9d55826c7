"""The operations, a function each, in files by theme; importing one registers its functions in `OPERATIONS`."""

from crowdbroker.marketplace.operations import (
    account,
    assignments,
    blocks,
    bonuses,
    hit_changes,
    hit_types,
    hits,
    listing,
    messages,
    qualification_types,
    qualifications,
)
from crowdbroker.marketplace.operations.registry import OPERATIONS

__all__ = [
    "OPERATIONS",
    "account",
    "assignments",
    "blocks",
    "bonuses",
    "hit_changes",
    "hit_types",
    "hits",
    "listing",
    "messages",
    "qualification_types",
    "qualifications",
]
