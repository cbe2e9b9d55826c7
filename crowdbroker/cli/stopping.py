"""What Ctrl-C leaves behind, and how to go on."""

from __future__ import annotations

_GOES_ON = "What was done is saved; the same command goes on from there."
_RUN_GOES_ON = "`crowdbroker status` says whether it took hold; `crowdbroker run` carries out what is left."
_NOTHING = "Nothing was changed."

_LEFT_BEHIND = {
    "init": "Files may be missing: remove the folder before you try again.",
    "load": "`crowdbroker status` says whether the Batch was loaded; it is never loaded in part.",
    "publish": _GOES_ON,
    "collect": _GOES_ON,
    "judge": _GOES_ON,
    "settle": _GOES_ON,
    "pause": _RUN_GOES_ON,
    "resume": _RUN_GOES_ON,
    "close": _RUN_GOES_ON,
    "compensate": "What was done is saved; the same command pays once, however often it is given.",
    "label": "The Labels are as they were, or all new.",
    "run": _GOES_ON,
    "marketplace": "All work and money are saved; the same command opens it again.",
    "demo": "The same command begins anew.",
}


def stopped(command: str | None) -> str:
    """The sentence that follows Ctrl-C in a command."""
    return f"Stopped. {_LEFT_BEHIND.get(command or '', _NOTHING)}"
