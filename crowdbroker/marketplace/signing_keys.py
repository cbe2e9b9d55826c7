"""The keys that requests are signed with (Signature Version 4): one a requester and day, derived once."""

from __future__ import annotations

import hashlib
import hmac
import threading

from crowdbroker.marketplace.sealing import Seal

REGION = "us-east-1"
SERVICE = "mturk-requester"
TERMINATOR = "aws4_request"
# Two days are alive at midnight; more requesters than this derive their keys anew.
_MOST_KEPT = 1000


class SigningKeys:
    """Derived keys, kept by what they are derived from: a sealed secret that is replaced opens no old key.

    Args:
        seal: opens the secrets.
    """

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, str], bytes] = {}

    def of(self, access_key: str, sealed_secret: str, day: str) -> bytes:
        """Return the key of a requester for a day, `20260301`. Raises SealUnusable."""
        name = (access_key, sealed_secret, day)
        key = self._kept.get(name)
        if key is None:
            key = derived(self._seal.open(sealed_secret, access_key), day)
            with self._lock:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[name] = key
        return key


def derived(secret_key: str, day: str) -> bytes:
    """Return the signing key of a secret for a day, this service and its one region."""
    key = f"AWS4{secret_key}".encode()
    for part in (day, REGION, SERVICE, TERMINATOR):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return key
