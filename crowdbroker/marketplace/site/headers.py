"""The security headers of every answer."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWN_PAGE = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A question at a requester's own address may redirect within https; only `work` pages of such HITs say this.
EXTERNAL_WORK_PAGE = OWN_PAGE.replace(
    "frame-src 'self'", "frame-src 'self' https: http://localhost:* http://127.0.0.1:*"
)
# The reply to a submission is shown inside the question's frame.
REPLY_IN_FRAME = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
# A requester's HTML may run scripts and load what it likes, but in an origin of its own: it reads no cookie, reaches
# no page of ours, opens no window, and its forms can only post to us.
QUESTION = "sandbox allow-scripts allow-forms; form-action 'self'; frame-ancestors 'self'"
# A form that the marketplace renders itself holds no script but ours. Its pictures may be anywhere, and its links open
# tabs of their own, which the sandbox lets go.
_MEDIA_ANYWHERE = "img-src 'self' https: http:; media-src https: http:"
QUESTION_FORM = (
    "sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    f"style-src 'self'; script-src 'self'; {_MEDIA_ANYWHERE}; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
# The same form as a page of ours, such as a qualification test.
QUESTION_FORM_PAGE = OWN_PAGE.replace("img-src 'self'", _MEDIA_ANYWHERE)

_ALWAYS = {
    "content-security-policy": OWN_PAGE,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SecurityHeaders:
    """ASGI middleware that adds the headers which an answer has not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope["path"].startswith("/static/"):
                    # To a sandboxed question even our own script and style are another origin's.
                    headers["cross-origin-resource-policy"] = "cross-origin"
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
