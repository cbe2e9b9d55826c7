"""What a call is answered with before it reaches the API's own code (API reference, Common Errors).

These are not modelled: they have a lower-case `message`, no TurkErrorCode and no moment in brackets.
"""

from __future__ import annotations

from crowdbroker.marketplace.faults import Fault


class FrontFault(Fault):
    """A call refused at the door.

    Args:
        kind: the wire's error type.
        status: the HTTP status.
    """

    def __init__(self, kind: str, text: str, status: int = 400) -> None:
        super().__init__(kind, text)
        self.kind = kind
        self.status = status


class NotOurs(Fault):
    """A call from elsewhere while nobody has a key: the peer's address is the only proof there is."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "PermissionDeniedException", "The requester API of this marketplace answers its own machine only."
        )


def unknown_operation(target: str) -> FrontFault:
    """Return the answer to a missing X-Amz-Target header, or to one that names no operation."""
    return FrontFault("UnknownOperationException", f"There is no operation {target[:100]!r}.")


def unsigned() -> FrontFault:
    """Return the answer to a call without a signature."""
    return FrontFault("MissingAuthenticationToken", "Missing Authentication Token", 403)


def incomplete_signature(what: str) -> FrontFault:
    """Return the answer to an Authorization header that does not say everything."""
    return FrontFault("IncompleteSignature", what)


def unknown_key() -> FrontFault:
    """Return the answer to an access key that is nobody's, or that is disabled."""
    return FrontFault("UnrecognizedClientException", "The security token included in the request is invalid.")


def invalid_signature(why: str = "") -> FrontFault:
    """Return the answer to a signature that is not the one that the secret key makes."""
    usual = (
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    )
    return FrontFault("InvalidSignatureException", why or usual)


def expired(text: str) -> FrontFault:
    """Return the answer to a signature of another time."""
    return FrontFault("RequestExpired", text)


def throttled() -> FrontFault:
    """Return the answer to a call that came too soon."""
    return FrontFault("ThrottlingException", "Rate exceeded")
