"""The XML of a submission becomes fields; it is hostile input."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import ParseError  # the type that defusedxml raises; nothing is parsed with it

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from crowdbroker.domain.answer_kinds import BadAnswer, canonical
from crowdbroker.domain.project import Project
from crowdbroker.errors import CrowdbrokerError
from crowdbroker.mturk.question import field_name

_SCHEMA = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd"
_LIMIT = 1_000_000


class UnreadableAnswer(CrowdbrokerError):
    """A submission whose XML cannot be read; it is kept as it came."""


def read_answers(xml: str) -> dict[str, str]:
    """Field name -> text of a QuestionFormAnswers document (Question data structures, QuestionFormAnswers).

    Raises:
        UnreadableAnswer: more than a million characters, malformed, with a document type, or of another schema.
    """
    if not xml.strip():
        return {}
    if len(xml) > _LIMIT:
        raise UnreadableAnswer(f"the answer has {len(xml)} characters")
    try:
        # The declaration may promise ASCII, which a decoded text no longer is.
        root = fromstring(xml.encode("ascii", "xmlcharrefreplace"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableAnswer(f"the answer is no well-formed XML: {error}") from error
    if root.tag != f"{{{_SCHEMA}}}QuestionFormAnswers":
        raise UnreadableAnswer(f"the answer is a {root.tag}, not a QuestionFormAnswers of 2005-10-01")
    fields: dict[str, str] = {}
    for answer in root.iterfind(f"{{{_SCHEMA}}}Answer"):
        name = answer.findtext(f"{{{_SCHEMA}}}QuestionIdentifier", "")
        fields.setdefault(name, answer.findtext(f"{{{_SCHEMA}}}FreeText", ""))
    return fields


def read_labels(xml: str, project: Project, item_rows: Sequence[int]) -> list[tuple[int, str]]:
    """(Item row, canonical Answer) for the Items of a page that a submission answers.

    A text that is none of the labels is kept as it came, and labelling leaves it out; what cannot be an Answer of
    another kind is left to the stored XML.

    Raises:
        UnreadableAnswer: see `read_answers`.
    """
    fields = read_answers(xml)
    found = []
    for position, item in enumerate(item_rows):
        given = fields.get(project.answer.field or field_name(position))
        answer = None if given is None else _canonical(given, project)
        if answer is not None:
            found.append((item, answer))
    return found


def _canonical(given: str, project: Project) -> str | None:
    try:
        return canonical(project.kind, given, project.label_values)
    except BadAnswer:
        return given if project.kind.categorical else None
