"""What a requester's call is answered with when it cannot be done.

`RequestError` is the modelled client fault with a TurkErrorCode. Two more types reach clients although the service
model does not have them: `ParameterValidationError` for a value that fails a check and `ValidationException` for a
member that is missing or of the wrong type.
"""

from __future__ import annotations


class Fault(Exception):
    """A call refused; nothing was changed.

    Attributes:
        code: the TurkErrorCode without its prefix, such as `HITDoesNotExist`.
        text: the message without the number in brackets that the wire adds.
        kind: the wire's error type.
        status: the HTTP status.
    """

    kind = "RequestError"
    status = 400
    code_prefix = "AWS.MechanicalTurk."

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    @property
    def turk_error_code(self) -> str:
        """The code as the wire spells it."""
        return f"{self.code_prefix}{self.code}"


class BadValue(Fault):
    """A value that the API refuses."""

    kind = "ParameterValidationError"

    def __init__(self, text: str) -> None:
        super().__init__("ParameterValidationError", text)


class BadMember(Fault):
    """A member that is missing, unknown or of the wrong type."""

    kind = "ValidationException"

    def __init__(self, text: str) -> None:
        super().__init__("ValidationException", text)


class ServiceFault(Fault):
    """The marketplace itself could not answer."""

    kind = "ServiceFault"
    status = 500
    code_prefix = "AWS."


def no_such_hit(hit_id: str) -> Fault:
    """Return the answer to an unknown HITId, or to someone else's."""
    return Fault("HITDoesNotExist", f"Hit {hit_id} does not exist.")


def no_such_assignment(assignment_id: str) -> Fault:
    """Return the answer to an unknown AssignmentId, or to someone else's."""
    return Fault("AssignmentDoesNotExist", f"Assignment {assignment_id} does not exist.")


def wrong_assignment_state(wanted: str) -> Fault:
    """Return the answer to a call that needs another assignment status; `null` when nothing was submitted."""
    return Fault("InvalidAssignmentState", f"This operation can be called with a status of: {wanted}")


def wrong_hit_state(state: str, wanted: str) -> Fault:
    """Return the answer to a call that needs another HIT status."""
    return Fault(
        "InvalidHITState",
        f"This HIT is currently in the state '{state}'.  This operation can be called with a status of: {wanted}",
    )


def already_processed(token: str, made: str = "") -> Fault:
    """Return the answer to an idempotency token that came before, with the id of that request if it is known."""
    by = f" The request was {made}." if made else ""
    return Fault("DuplicateRequest", f'The idempotency token "{token}" has already been processed.{by}')


def insufficient_funds(needed: str, available: str) -> Fault:
    """Return the answer to a call that the available balance does not cover; both are CurrencyAmounts."""
    return Fault(
        "InsufficientFunds",
        f"This Requester has insufficient funds in their account to complete this transaction: "
        f"{needed} USD are needed, {available} USD are available.",
    )
