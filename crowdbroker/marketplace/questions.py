"""The Question of a HIT, read from its XML: an HTMLQuestion, an ExternalQuestion or a QuestionForm."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from crowdbroker.marketplace import question_form
from crowdbroker.marketplace.external_url import checked_url
from crowdbroker.marketplace.faults import BadValue, Fault
from crowdbroker.marketplace.question_form import QuestionForm

LONGEST_BYTES = 65_535
_SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"
HTML_QUESTION = f"{{{_SCHEMAS}/2011-11-11/HTMLQuestion.xsd}}"
EXTERNAL_QUESTION = f"{{{_SCHEMAS}/2006-07-14/ExternalQuestion.xsd}}"
QUESTION_FORM = "QuestionForm"
# Where an ExternalURL ends in this, its page is shown in a tab of its own; the API has no member to say so.
NEW_TAB = "new-tab"
TALLEST_FRAME = 100_000


@dataclass(frozen=True)
class Question:
    """A page of the requester's own (`html`), the address of one (`external_url`) or a form; the others are None.

    Attributes:
        frame_height: in pixels; 0 asks for a frame that fits.
    """

    html: str | None
    external_url: str | None
    frame_height: int
    form: QuestionForm | None = None


def read_question(xml: str) -> Question:
    """Return what a Question says.

    Raises:
        Fault: the text is too long, not XML, or not a question that this marketplace can show.
    """
    if len(xml.encode()) > LONGEST_BYTES:
        raise BadValue(f"Value at 'question' failed to satisfy constraint: at most {LONGEST_BYTES} bytes")
    root = _parse(xml)
    if root.tag == f"{HTML_QUESTION}HTMLQuestion":
        html = _text(root, HTML_QUESTION, "HTMLContent")
        return Question(html, None, _frame_height(root, HTML_QUESTION))
    if root.tag == f"{EXTERNAL_QUESTION}ExternalQuestion":
        url = checked_url(_text(root, EXTERNAL_QUESTION, "ExternalURL").strip())
        return Question(None, url, _frame_height(root, EXTERNAL_QUESTION))
    if root.tag.endswith(f"}}{QUESTION_FORM}"):
        return Question(None, None, 0, question_form.parse(xml))
    raise Fault("XMLParseError", f"The Question's root element {root.tag[:120]!r} is not one that the API knows.")


def stored_question(xml: str) -> Question:
    """Return what the Question of a HIT says; an address that only an older version took is an empty page."""
    try:
        return read_question(xml)
    except BadValue:
        return Question(None, "about:blank", 0)


def _parse(xml: str) -> Element:
    try:
        return fromstring(xml, forbid_dtd=True)
    except ParseError as error:
        raise Fault("XMLParseError", f"The Question is not well-formed XML: {error}.") from None
    except (DefusedXmlException, ValueError):
        raise Fault("XMLParseError", "The Question must not have a document type or entities of its own.") from None


def _text(root: Element, namespace: str, name: str) -> str:
    found = root.find(f"{namespace}{name}")
    if found is None or not (found.text or "").strip():
        raise Fault("XMLParseError", f"The Question has no {name}, or an empty one.")
    if len(found):
        raise Fault("XMLParseError", f"{name} has elements inside; HTML belongs into a CDATA section.")
    return found.text or ""


def _frame_height(root: Element, namespace: str) -> int:
    text = _text(root, namespace, "FrameHeight").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) <= TALLEST_FRAME):
        raise Fault("XMLParseError", f"FrameHeight is a number of pixels from 0 to {TALLEST_FRAME}.")
    return int(text)
