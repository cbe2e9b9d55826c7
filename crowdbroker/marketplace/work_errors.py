"""What can be told to a worker whose wish cannot be met, one sentence each.

WorkError
├── UnknownWorker   no worker has this WorkerId
├── NotQualified    a requirement or a block keeps this worker out
├── NothingLeft     no place is free (any more)
├── AlreadyDone     this worker holds or has done this HIT
├── QueueFull       the worker holds as many Assignments as one may
├── NotHeld         the worker does not hold this Assignment
├── TooLate         the Assignment's time ran out
├── EmptyAnswer     the page sent no answer field
├── Incomplete      a QuestionForm lacks answers, or has malformed ones
├── NotRequestable  this qualification cannot be requested (now)
├── NotAppealable   nothing can be said against this decision (any more)
└── ConsentNeeded   the worker has not agreed to what the work asks consent for
"""

from __future__ import annotations

from collections.abc import Sequence

from crowdbroker.marketplace.question_form import Problem


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


class Incomplete(WorkError):
    """A QuestionForm, of a HIT or a test, lacks answers or has malformed ones; `problems` says which."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("Some answers are missing or not as asked.")
        self.problems = problems


class NotRequestable(WorkError):
    """The qualification is held already, was tried too often or too lately, or nobody may request it."""


class NotAppealable(WorkError):
    """The Assignment is not a refused one of this worker's, is too old, or was appealed before."""


class ConsentNeeded(WorkError):
    """The work asks for consent to a text (`text_id`) that this worker has not given."""

    def __init__(self, text_id: int) -> None:
        super().__init__("This work asks for your consent first.")
        self.text_id = text_id
