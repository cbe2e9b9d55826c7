"""A small server for pages with crowd elements: shown under the worker site's own policy, answers kept as they come."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from crowdbroker.marketplace.site.headers import QUESTION, REPLY_IN_FRAME, SecurityHeaders
from crowdbroker.marketplace.site.routes import STATIC

LOADER = '<script src="/static/crowd-html-elements.js"></script>'
PREVIEW = "ASSIGNMENT_ID_NOT_AVAILABLE"
# 80 pixels wide and 60 high, half of it grey.
PICTURE = "data:image/svg+xml," + quote(
    "<svg xmlns='http://www.w3.org/2000/svg' width='80' height='60'><rect width='80' height='60' fill='#ddd'/>"
    "<rect x='20' y='15' width='30' height='30' fill='#555'/></svg>"
)
OUTER = """<!DOCTYPE html><html lang="en"><head><title>Work</title></head><body>
<iframe id="question" title="The question" src="%s" style="width: 100%%; height: 80vh"
  sandbox="allow-scripts allow-forms"></iframe><script>
const frame = document.getElementById("question");
window.kept = null;
addEventListener("message", ({source, data}) => {
  if (source !== frame.contentWindow) return;
  if (data.crowdbroker === "draft") window.kept = data.fields;
  if (data.crowdbroker === "hello" && window.kept) {
    frame.contentWindow.postMessage({crowdbroker: "restore", fields: window.kept}, "*");
  }
});
</script></body></html>"""


class CrowdPages:
    """Shows one page at a time; `posted` has the fields of every submission."""

    def __init__(self) -> None:
        self.html = ""
        self.address = ""
        self.posted: list[dict[str, str]] = []

    def show(self, body: str, *, assignment: str = "A1", path: str = "/frame", loader: str = LOADER) -> str:
        """Return the address of a page with this body, as the worker site gives it to a frame."""
        # As in templates of old: a fragment behind the loader; the head is for axe alone.
        self.html = (
            f'<!DOCTYPE html><html lang="en"><head><title>Question</title></head><body>{loader}\n{body}</body></html>'
        )
        submit_to = quote(f"{self.address}/w/token", safe="")
        return f"{self.address}{path}?assignmentId={assignment}&turkSubmitTo={submit_to}"

    @property
    def answer(self) -> object:
        """The one object of the one answer that came."""
        [fields] = self.posted
        assert set(fields) == {"assignmentId", "taskAnswers"}
        [answer] = json.loads(fields["taskAnswers"])
        return answer

    def app(self) -> Starlette:
        """The server's application."""

        def frame(request: Request) -> Response:
            page = HTMLResponse(self.html)
            page.headers["content-security-policy"] = QUESTION
            return page

        def outer(request: Request) -> Response:
            page = HTMLResponse(OUTER % f"/frame?{request.url.query}".replace("&", "&amp;"))
            page.headers["content-security-policy"] = "frame-src 'self'"
            return page

        async def take(request: Request) -> Response:
            form = await request.form()
            self.posted.append({name: str(value) for name, value in form.multi_items()})
            reply = HTMLResponse("<p>Thank you</p>")
            reply.headers["content-security-policy"] = REPLY_IN_FRAME
            return reply

        return Starlette(
            routes=[
                Route("/frame", frame),
                Route("/outer", outer),
                Route("/w/token/mturk/externalSubmit", take, methods=["POST"]),
                Route("/favicon.ico", lambda request: Response()),
                Mount("/static", StaticFiles(directory=STATIC)),
            ],
            middleware=[Middleware(SecurityHeaders)],
        )


@contextmanager
def serving(pages: CrowdPages) -> Iterator[CrowdPages]:
    """Serve the pages on a free port while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(pages.app(), log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        pages.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield pages
        server.should_exit = True
        thread.join(5)
