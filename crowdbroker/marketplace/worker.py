"""The worker's side as plain functions; the site's pages and the simulated crowds both call them.

Every function takes the marketplace and a WorkerId, raises a `WorkError` with one sentence for the worker, and
changes nothing when it raises.
"""

from __future__ import annotations

from crowdbroker.marketplace.work_doing import MOST_HELD, accept, accept_next, get_held, give_back, held, submit
from crowdbroker.marketplace.work_errors import (
    AlreadyDone,
    EmptyAnswer,
    NotHeld,
    NothingLeft,
    NotQualified,
    QueueFull,
    TooLate,
    UnknownWorker,
    WorkError,
)
from crowdbroker.marketplace.work_history import earnings, history
from crowdbroker.marketplace.work_offers import browse, groups, preview
from crowdbroker.marketplace.work_views import Earnings, Group, Held, PastAssignment, Preview
from crowdbroker.marketplace.workers import enrol

__all__ = [
    "MOST_HELD",
    "AlreadyDone",
    "Earnings",
    "EmptyAnswer",
    "Group",
    "Held",
    "NotHeld",
    "NotQualified",
    "NothingLeft",
    "PastAssignment",
    "Preview",
    "QueueFull",
    "TooLate",
    "UnknownWorker",
    "WorkError",
    "accept",
    "accept_next",
    "browse",
    "earnings",
    "enrol",
    "get_held",
    "give_back",
    "groups",
    "held",
    "history",
    "preview",
    "submit",
]
