"""The operations, a function each, in files by theme; importing one registers its functions in `OPERATIONS`."""

from crowdbroker.marketplace.operations import (
    account,
    assignments,
    blocks,
    bonuses,
    file_uploads,
    hit_changes,
    hit_types,
    hits,
    listing,
    messages,
    notifications,
    qualification_hits,
    qualification_requests,
    qualification_type_changes,
    qualification_types,
    qualifications,
    review_results,
)
from crowdbroker.marketplace.operations.registry import OPERATIONS

__all__ = [
    "OPERATIONS",
    "account",
    "assignments",
    "blocks",
    "bonuses",
    "file_uploads",
    "hit_changes",
    "hit_types",
    "hits",
    "listing",
    "messages",
    "notifications",
    "qualification_hits",
    "qualification_requests",
    "qualification_type_changes",
    "qualification_types",
    "qualifications",
    "review_results",
]
