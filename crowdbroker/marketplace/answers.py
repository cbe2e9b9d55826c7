"""Form fields of a submitted page as QuestionFormAnswers XML, the string that requesters read as Answer."""

from __future__ import annotations

import re
from collections.abc import Iterable

NAMESPACE = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd"
# These name the Assignment and are not part of the answer.
RESERVED = frozenset({"assignmentId", "hitId", "turkSubmitTo", "workerId"})
REPEATED = "|"

# XML 1.0 has no way to write these, not even as character references.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A carriage return is escaped because a parser would read it as a line feed.
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def answer_fields(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the answer's fields in the order of their first appearance; a repeated name joins its values by `|`."""
    kept: dict[str, str] = {}
    for name, value in fields:
        if name and name not in RESERVED:
            kept[name] = f"{kept[name]}{REPEATED}{value}" if name in kept else value
    return kept


def answers_xml(fields: dict[str, str]) -> str:
    """Return the fields as QuestionFormAnswers: one Answer a field, its value as FreeText.

    The text is ASCII, everything else is a character reference. Control characters that XML cannot hold are dropped;
    all other text comes back unchanged.
    """
    return document(
        f"<Answer>{element('QuestionIdentifier', name)}{element('FreeText', value)}</Answer>"
        for name, value in fields.items()
    )


def document(answers: Iterable[str]) -> str:
    """Return QuestionFormAnswers around Answer elements."""
    parts = ['<?xml version="1.0" encoding="ASCII"?>', f'<QuestionFormAnswers xmlns="{NAMESPACE}">']
    return "\n".join([*parts, *answers, "</QuestionFormAnswers>"])


def element(name: str, text: str) -> str:
    """Return an XML element that holds a text."""
    return f"<{name}>{_escaped(text)}</{name}>"


def storable(text: str) -> str:
    """Return a text without the control characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)


def _escaped(text: str) -> str:
    return storable(text).translate(_ESCAPES).encode("ascii", "xmlcharrefreplace").decode()
