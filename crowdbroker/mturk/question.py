"""A HIT's page in the wire's own form, and the names of its fields."""

from __future__ import annotations

import re

QUESTION_LIMIT = 65_535
"""The most bytes that MTurk takes for a Question (API reference, CreateHIT)."""

_SCHEMA = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd"

# A dataset's cells may hold control characters, and one of them would make the whole page no XML.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def field_name(position: int) -> str:
    """The form field that holds the label of the Item at a 0-based position of its HIT."""
    return f"item-{position + 1}"


def html_question(html: str, *, frame_height: int = 0) -> str:
    """The HTMLQuestion XML of a page; a height of 0 fits the window. What XML cannot hold becomes U+FFFD."""
    content = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", html)
    content = content.replace("]]>", "]]]]><![CDATA[>")  # the only text that CDATA cannot hold
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><HTMLQuestion xmlns="{_SCHEMA}"><HTMLContent><![CDATA['
        f"{content}]]></HTMLContent><FrameHeight>{frame_height}</FrameHeight></HTMLQuestion>"
    )
