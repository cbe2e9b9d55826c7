"""Secret keys at rest: sealed with AES-256-GCM under a master key that does not lie in the database.

A signature can only be verified with the secret itself, so a hash would not do. The access key is bound into the seal:
a sealed secret that is moved to another requester's row does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import URL

KEY_VARIABLE = "CROWDBROKER_MARKETPLACE_KEY"
KEY_FILE = "marketplace.key"
SHORTEST_KEY = 16
_NONCE_BYTES = 12


class SealUnusable(Exception):
    """The master key is missing or is not the one that sealed; one sentence says which."""


class Seal:
    """Seals secrets and opens them; the master key is looked for when it is first needed.

    Args:
        url: the marketplace's database; a file `marketplace.key` beside an SQLite file holds the key.
        master_key: the key as the operator gave it, any text of 16 characters or more; None: the file's, which is made
            when it is missing.
    """

    def __init__(self, url: URL, master_key: str | None = None) -> None:
        self._url = url
        self._given = master_key

    def close(self, secret: str, bound_to: str) -> str:
        """Return a secret sealed and bound to an access key. Raises SealUnusable."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, secret.encode(), bound_to.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, bound_to: str) -> str:
        """Return the secret. Raises SealUnusable when another master key, or another access key, sealed it."""
        try:
            content = base64.b64decode(sealed, validate=True)
            opened = self._cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], bound_to.encode())
        except (ValueError, InvalidTag):
            raise SealUnusable(
                f"The secret of access key {bound_to} was sealed with another master key: give the marketplace the key "
                "that it had, or rotate this requester's keys."
            ) from None
        return opened.decode()

    def derive(self, purpose: str) -> str:
        """Return a key for one purpose, 64 hex digits, always the same under one master key. Raises SealUnusable."""
        return hmac.new(hashlib.sha256(self._master_key()).digest(), purpose.encode(), hashlib.sha256).hexdigest()

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(hashlib.sha256(self._master_key()).digest())

    def _master_key(self) -> bytes:
        if self._given is not None:
            if len(self._given) < SHORTEST_KEY:
                raise SealUnusable(f"{KEY_VARIABLE} is shorter than {SHORTEST_KEY} characters; give it a longer one.")
            return self._given.encode()
        file = key_file(self._url)
        if file is None:
            raise SealUnusable(f"Set {KEY_VARIABLE}: requesters' secret keys are sealed with it.")
        try:
            return _kept(file)
        except OSError as error:
            raise SealUnusable(f"The key file {file} cannot be used: {error.strerror}.") from error


def key_file(url: URL) -> Path | None:
    """Return the file that holds the master key of an SQLite database, whether it is there or not; else None."""
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)).with_name(KEY_FILE) if is_file else None


def _kept(file: Path) -> bytes:
    """Return the key in a file that its owner alone can read, made when it is missing."""
    if not file.exists():
        draft = file.with_name(f"{KEY_FILE}.{secrets.token_hex(8)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as opened:
            opened.write(secrets.token_urlsafe(32))
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(draft, file)  # never over the key that another process has made meanwhile
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    content = file.read_bytes().strip()
    if len(content) < SHORTEST_KEY:
        raise SealUnusable(f"The key file {file} holds no key; put back the one that was there.")
    return content
