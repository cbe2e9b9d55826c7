"""Foreign exceptions become ours, once, at this border."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProxyConnectionError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from crowdbroker.errors import EndpointUnreachable, InsufficientFunds, OutcomeUnknown, Refused, Throttled, WrongKeys

_KEY_CODES = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "PermissionDeniedException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_THROTTLED_CODES = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException"})
_LATE = re.compile(r"signature (has )?expired|not yet current", re.IGNORECASE)
_STAMP = re.compile(r"\s*\(\d{10,}( s)?\)\s*$")


@contextmanager
def translated(operation: str, endpoint: str) -> Iterator[None]:
    """Raise our errors for botocore's: what is certain to have had no effect, and what is not."""
    try:
        yield
    except ClientError as error:
        raise _from_reply(error, operation, endpoint) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise WrongKeys(
            f"there are no access keys for {endpoint}",
            remedy="Set access_key and secret_key in the profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        ) from error
    except (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError, SSLError) as error:
        if isinstance(error, SSLError) and not _in_handshake(error):
            raise OutcomeUnknown(f"{operation}: the reply of {endpoint} was lost ({error})") from error
        raise EndpointUnreachable(
            f"nobody answers at {endpoint}",
            remedy="Check endpoint_url in the profile, and that the marketplace runs (crowdbroker marketplace serve).",
        ) from error
    except (HTTPClientError, ResponseParserError) as error:
        # The request may have arrived: a closed connection and a time-out look the same from here.
        raise OutcomeUnknown(f"{operation}: the reply of {endpoint} was lost ({error})") from error
    except BotoCoreError as error:
        raise Refused(f"{operation}: {error}", code="NotSent") from error


def _in_handshake(error: BaseException) -> bool:
    """Whether TLS failed before the request was sent; what is raised tells it from a reply that breaks off by no code.

    The ssl module has one function for the handshake, which stands in the traceback of the first error.
    """
    link: BaseException | None = error
    while link is not None:
        if any(frame.f_code.co_name == "do_handshake" for frame, _ in traceback.walk_tb(link.__traceback__)):
            return True
        link = link.__cause__ or link.__context__
    return False


def _from_reply(
    error: ClientError, operation: str, endpoint: str
) -> Throttled | OutcomeUnknown | WrongKeys | InsufficientFunds | Refused:
    fault = error.response.get("Error", {})
    message = _STAMP.sub("", str(fault.get("Message") or error))
    code = str(error.response.get("TurkErrorCode") or fault.get("Code", "")).rsplit(".", 1)[-1]
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _THROTTLED_CODES:
        return Throttled(f"{operation}: {message}")
    if status >= 500:
        return OutcomeUnknown(f"{operation}: {endpoint} answered {status} ({message})")
    if code == "RequestExpired" or (code in _KEY_CODES and _LATE.search(message)):
        return WrongKeys(
            f"{endpoint} does not accept the time of the signature ({message})",
            remedy="Set this machine's clock: a signature is good for some minutes only.",
        )
    if code in _KEY_CODES:
        return WrongKeys(
            f"{endpoint} does not accept the access keys ({message})",
            remedy="Check access_key and secret_key in the profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )
    if code == "InsufficientFunds":
        return InsufficientFunds(
            f"the account at {endpoint} cannot cover it ({message})",
            code=code,
            remedy="Add money to the marketplace's account, or lower reward, overlap or the number of Items.",
        )
    return Refused(f"{operation}: {message}", code=code)
