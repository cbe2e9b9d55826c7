"""The worker's side as plain functions; the site's pages and the simulated crowds both call them.

Every function takes the marketplace and a WorkerId, raises a `WorkError` with one sentence for the worker, and
changes nothing when it raises.
"""

from __future__ import annotations

from crowdbroker.marketplace.work_doing import MOST_HELD, accept, accept_next, get_held, give_back, held, submit
from crowdbroker.marketplace.work_errors import (
    AlreadyDone,
    ConsentNeeded,
    EmptyAnswer,
    Incomplete,
    NotAppealable,
    NotHeld,
    NothingLeft,
    NotQualified,
    NotRequestable,
    QueueFull,
    TooLate,
    UnknownWorker,
    WorkError,
)
from crowdbroker.marketplace.work_groups import Found, find_group, find_groups, groups
from crowdbroker.marketplace.work_history import bonuses, earnings, history, past
from crowdbroker.marketplace.work_needs import Need, needs
from crowdbroker.marketplace.work_offers import browse, preview
from crowdbroker.marketplace.work_qualification_views import Qualification, QualificationTest
from crowdbroker.marketplace.work_qualifications import (
    get_test,
    open_requests,
    qualification,
    qualifications,
    record,
    request_qualification,
    requestable,
    submit_test,
    withdraw_request,
)
from crowdbroker.marketplace.work_views import Earnings, Group, Held, PastAssignment, PastBonus, Preview
from crowdbroker.marketplace.workers import enrol

__all__ = [
    "MOST_HELD",
    "AlreadyDone",
    "ConsentNeeded",
    "Earnings",
    "EmptyAnswer",
    "Found",
    "Group",
    "Held",
    "Incomplete",
    "Need",
    "NotAppealable",
    "NotHeld",
    "NotQualified",
    "NotRequestable",
    "NothingLeft",
    "PastAssignment",
    "PastBonus",
    "Preview",
    "Qualification",
    "QualificationTest",
    "QueueFull",
    "TooLate",
    "UnknownWorker",
    "WorkError",
    "accept",
    "accept_next",
    "bonuses",
    "browse",
    "earnings",
    "enrol",
    "find_group",
    "find_groups",
    "get_held",
    "get_test",
    "give_back",
    "groups",
    "held",
    "history",
    "needs",
    "open_requests",
    "past",
    "preview",
    "qualification",
    "qualifications",
    "record",
    "request_qualification",
    "requestable",
    "submit",
    "submit_test",
    "withdraw_request",
]
