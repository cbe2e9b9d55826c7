"""Reading the XML of a QuestionForm."""

from __future__ import annotations

from crowdbroker.marketplace.faults import BadValue
from crowdbroker.marketplace.question_form.content import read_content
from crowdbroker.marketplace.question_form.model import FreeText, Overview, Question, QuestionForm, Selection
from crowdbroker.marketplace.question_form.positions import Place, read_xml
from crowdbroker.marketplace.question_form.specifications import free_text, selection

LONGEST_BYTES = 65_535
_SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"
NAMESPACES = (f"{_SCHEMAS}/2017-11-06/QuestionForm.xsd", f"{_SCHEMAS}/2005-10-01/QuestionForm.xsd")
# In the schema of 2005 and gone from that of 2017; nobody can take an answer to them any more.
_REMOVED = frozenset({"FileUploadAnswer"})


def parse(xml: str) -> QuestionForm:
    """Return what a QuestionForm of either namespace says.

    Raises:
        Fault: XMLParseError with the line, for what is no QuestionForm; XHTMLParseError for a FormattedContent;
            ParameterValidationError for values that cannot be, such as an identifier that comes twice.
    """
    if len(xml.encode()) > LONGEST_BYTES:
        raise BadValue(f"A QuestionForm has at most {LONGEST_BYTES} bytes.")
    root = read_xml(xml, "The QuestionForm")
    if root.namespace not in NAMESPACES or root.name != "QuestionForm":
        raise root.fault(f"the root element is not a QuestionForm of the namespace {NAMESPACES[0]}")
    form = QuestionForm(tuple(_part(place) for place in root.children()))
    if not form.questions:
        raise root.fault("QuestionForm has no Question")
    _refuse_repeated([question.identifier for question in form.questions], "QuestionIdentifier")
    return form


def _part(place: Place) -> Overview | Question:
    if place.name == "Overview":
        return Overview(read_content(place))
    if place.name != "Question":
        raise place.fault(f"{place.name} cannot stand in QuestionForm; Overview and Question can")
    found = place.only("QuestionIdentifier", "DisplayName", "IsRequired", "QuestionContent", "AnswerSpecification")
    identifier = place.needed(found, "QuestionIdentifier")
    if not identifier.text:
        raise identifier.fault("QuestionIdentifier is empty")
    return Question(
        identifier=identifier.text,
        display_name=found["DisplayName"].text if "DisplayName" in found else "",
        is_required="IsRequired" in found and _boolean(found["IsRequired"]),
        content=read_content(place.needed(found, "QuestionContent")),
        specification=_specification(place.needed(found, "AnswerSpecification")),
    )


def _specification(place: Place) -> FreeText | Selection:
    kinds = list(place.children())
    if len(kinds) != 1:
        raise place.fault("AnswerSpecification holds one FreeTextAnswer or one SelectionAnswer")
    if kinds[0].name == "FreeTextAnswer":
        return free_text(kinds[0])
    if kinds[0].name == "SelectionAnswer":
        answer = selection(kinds[0])
        _refuse_repeated([option.identifier for option in answer.options], "SelectionIdentifier")
        return answer
    if kinds[0].name in _REMOVED:
        raise kinds[0].fault(f"{kinds[0].name} is no longer part of the API; use FreeTextAnswer or an HTMLQuestion")
    raise kinds[0].fault(f"{kinds[0].name} cannot stand in AnswerSpecification; FreeTextAnswer and SelectionAnswer can")


def _boolean(place: Place) -> bool:
    values = {"true": True, "1": True, "false": False, "0": False}
    if place.text not in values:
        raise place.fault(f"{place.name} is true or false")
    return values[place.text]


def _refuse_repeated(identifiers: list[str], name: str) -> None:
    repeated = next((each for each in identifiers if identifiers.count(each) > 1), None)
    if repeated is not None:
        raise BadValue(f"The {name} {repeated[:60]!r} comes more than once.")
