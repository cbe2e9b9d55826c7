"""Amazon's addresses in a requester's page, replaced by ours when the page is shown.

Twenty years of templates name the hosts of a service that is gone: their forms, their helper script and the loader of
the crowd elements must reach this site instead.
"""

from __future__ import annotations

import re

from crowdbroker.marketplace.crowd_markup import closed

_HOST = r"(?:https?:)?//(?:www|worker|workersandbox|requester|requestersandbox|sandbox)\.mturk\.com"
_SUBMIT = re.compile(rf"{_HOST}/mturk/externalSubmit", re.IGNORECASE)
# A script that puts the address together: "https://www.mturk.com" + "/mturk/externalSubmit".
_SUBMIT_IN_TWO = re.compile(rf"""{_HOST}/?(?=(["'`])\s*\+\s*["'`]/mturk/externalSubmit)""", re.IGNORECASE)
# A form that was meant for the page's own host, which was Amazon's.
_SUBMIT_WITHOUT_HOST = re.compile(r"""(\saction\s*=\s*["']?)/?mturk/externalSubmit""", re.IGNORECASE)
_SCRIPT = re.compile(
    r"(?:https?:)?//(?:s3\.amazonaws\.com/mturk-public|mturk-public\.s3\.amazonaws\.com)/externalHIT_v1\.js",
    re.IGNORECASE,
)
_CROWD_ELEMENTS = re.compile(r"(?:https?:)?//assets\.crowd\.aws/crowd-html-elements\.js", re.IGNORECASE)


def rewrite(html: str, submit_base: str, site_url: str) -> str:
    """Return a question's HTML with Amazon's addresses replaced by ours, and its crowd elements closed.

    Args:
        html: the page as the requester wrote it.
        submit_base: what `turkSubmitTo` says, without a slash at the end.
        site_url: scheme and host of this site.
    """
    # Replacing through functions keeps a backslash in an address from being read as a group reference.
    submit = f"{submit_base}/mturk/externalSubmit"
    html = _SUBMIT.sub(lambda _: submit, html)
    html = _SUBMIT_IN_TWO.sub(lambda _: submit_base, html)
    html = _SUBMIT_WITHOUT_HOST.sub(lambda found: found[1] + submit, html)
    html = _SCRIPT.sub(lambda _: f"{site_url}/static/externalHIT_v1.js", html)
    return closed(_CROWD_ELEMENTS.sub(lambda _: f"{site_url}/static/crowd-html-elements.js", html))
