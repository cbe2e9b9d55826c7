"""A boto3 `mturk` client: for any endpoint, or answered inside the process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ConfigParseError, ProfileNotFound
from botocore.session import Session as CoreSession

from crowdbroker.errors import WrongKeys

REGION = "us-east-1"
EMBEDDED = "http://embedded.marketplace.invalid"
"""The endpoint of a client that is answered inside the process; nothing is ever sent there."""


def connect(
    endpoint_url: str | None,
    *,
    access_key: str | None = None,
    secret_key: str | None = None,
    answer: Callable[..., Any] | None = None,
) -> Any:
    """A client whose own retries are off: the SDK would send a payment three times, without a token.

    Args:
        endpoint_url: None for an embedded marketplace.
        answer: the handler of botocore's `before-send` event that answers in its stead.

    Raises:
        WrongKeys: no keys are given, and the SDK's own configuration cannot be read.
    """
    try:
        return _client(endpoint_url or EMBEDDED, access_key, secret_key, answer)
    except (ProfileNotFound, ConfigParseError) as error:
        raise WrongKeys(
            f"the AWS configuration cannot be used: {error}",
            remedy="Correct AWS_PROFILE or ~/.aws/config, or set access_key and secret_key in the profile.",
        ) from error


def _client(
    endpoint_url: str, access_key: str | None, secret_key: str | None, answer: Callable[..., Any] | None
) -> Any:
    keys = bool(access_key and secret_key)
    # Who gives keys does not want those of AWS_PROFILE, nor an error because that profile does not exist.
    core = CoreSession(session_vars={"profile": (None, None, None, None)} if keys else None)
    session = boto3.Session(
        region_name=REGION,
        aws_access_key_id=access_key if keys else None,
        aws_secret_access_key=secret_key if keys else None,
        botocore_session=core,
    )
    config = Config(
        region_name=REGION,
        retries={"total_max_attempts": 1, "mode": "standard"},
        connect_timeout=10,
        read_timeout=60,
    )
    client = session.client("mturk", endpoint_url=endpoint_url, config=config)
    if answer is not None:
        client.meta.events.register("before-send.mturk", answer)
    return client
