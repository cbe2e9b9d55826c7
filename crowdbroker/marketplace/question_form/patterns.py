"""Regular expressions that requesters write and workers' answers must meet.

A careless or hostile expression can keep a backtracking engine busy for ever on a short answer. RE2 does not backtrack:
its time grows with the answer alone, and it refuses what would need more memory than a few megabytes. For that it has
neither look-around nor back-references; a form that uses them is refused when it is made, not when a worker answers.
"""

from __future__ import annotations

import re

import re2  # type: ignore[import-untyped]

from crowdbroker.marketplace.question_form.model import Pattern

LONGEST_PATTERN = 1_000
_MEMORY_BYTES = 4 * 1024 * 1024
# JavaScript's way to name a character, for which these expressions were written, and RE2's.
_JAVASCRIPT_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")


def mistake_in(pattern: Pattern) -> str:
    """Return why a pattern cannot be used, or an empty string."""
    if set(pattern.flags) - {"i"}:
        return "of the flags only i is known"
    if len(pattern.regex) > LONGEST_PATTERN:
        return f"it is longer than {LONGEST_PATTERN} characters"
    try:
        _compiled(pattern)
    except re2.error as error:
        reason = error.args[0] if error.args else "it cannot be read"
        return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    return ""


def fits(pattern: Pattern, text: str) -> bool:
    """Tell whether a text has, somewhere in it, the form that a pattern asks for."""
    return _compiled(pattern).search(text) is not None


def _compiled(pattern: Pattern) -> re2._Regexp:
    options = re2.Options()
    options.case_sensitive = "i" not in pattern.flags
    options.max_mem = _MEMORY_BYTES
    options.log_errors = False
    return re2.compile(_JAVASCRIPT_ESCAPE.sub(r"\\x{\1}", pattern.regex), options)
