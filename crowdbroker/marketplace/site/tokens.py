"""Signed tokens: what a sandboxed frame, which has no cookies, may ask of the site; and our own forms' token.

Nothing here carries a time. A token only names an Assignment or a HIT and a worker; whether that worker may still do
anything with it is decided by the rules of `worker`, by the marketplace's clock.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal

from itsdangerous import BadSignature, URLSafeSerializer

Kind = Literal["assignment", "preview"]


@dataclass(frozen=True)
class Grant:
    """What a token allows: `subject` is an AssignmentId, or in a preview a HITId."""

    kind: Kind
    subject: str
    worker_id: str


class Tokens:
    """Makes and reads the site's tokens with one key."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._frame = self._serializer("frame")
        self._submission = self._serializer("submission")

    def _serializer(self, salt: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._key, salt=salt, signer_kwargs={"digest_method": hashlib.sha256})

    def for_frame(self, grant: Grant) -> str:
        """Return the token that shows the question of a HIT in a frame."""
        return _dump(self._frame, grant)

    def for_submission(self, grant: Grant) -> str:
        """Return the token that `turkSubmitTo` carries."""
        return _dump(self._submission, grant)

    def read_frame(self, token: str) -> Grant | None:
        """Return what a frame token allows, or None when it is not ours."""
        return _load(self._frame, token)

    def read_submission(self, token: str) -> Grant | None:
        """Return what a submission token allows, or None when it is not ours."""
        return _load(self._submission, token)

    def form_token(self, browser: str) -> str:
        """Return the form token of one browser, known by the value of its session or visitor cookie."""
        return hmac.new(self._key.encode(), b"form:" + browser.encode(), hashlib.sha256).hexdigest()

    def form_token_is_right(self, browser: str, form_token: str) -> bool:
        """Tell whether a form came from a page that this browser was given."""
        return hmac.compare_digest(self.form_token(browser).encode(), form_token.encode())


def _dump(serializer: URLSafeSerializer, grant: Grant) -> str:
    token = serializer.dumps([grant.kind, grant.subject, grant.worker_id])
    return token if isinstance(token, str) else token.decode()


def _load(serializer: URLSafeSerializer, token: str) -> Grant | None:
    try:
        kind, subject, worker_id = serializer.loads(token)
    except BadSignature:
        return None
    return Grant(kind, subject, worker_id)
