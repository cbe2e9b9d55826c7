"""What can be told to a worker whose wish cannot be met, one sentence each.

WorkError
├── UnknownWorker   no worker has this WorkerId
├── NotQualified    a requirement or a block keeps this worker out
├── NothingLeft     no place is free (any more)
├── AlreadyDone     this worker holds or has done this HIT
├── QueueFull       the worker holds as many Assignments as one may
├── NotHeld         the worker does not hold this Assignment
├── TooLate         the Assignment's time ran out
└── EmptyAnswer     the page sent no answer field
"""

from __future__ import annotations


class WorkError(Exception):
    """One sentence for the worker; nothing was changed."""


class UnknownWorker(WorkError):
    """No worker has this WorkerId."""


class NotQualified(WorkError):
    """A qualification requirement or the requester's block keeps this worker out."""


class NothingLeft(WorkError):
    """No free place: all taken, expired, deleted or never there."""


class AlreadyDone(WorkError):
    """One worker has one Assignment of a HIT, and this one has been taken or submitted."""


class QueueFull(WorkError):
    """The worker holds as many Assignments as one may at a time."""


class NotHeld(WorkError):
    """The worker does not hold this Assignment (any more)."""


class TooLate(WorkError):
    """The Assignment's deadline has passed; the place is free again."""


class EmptyAnswer(WorkError):
    """The page sent no field beside those that name the Assignment."""
