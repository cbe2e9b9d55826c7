"""Qualification tests for the tests: a form of three questions and its keys."""

from __future__ import annotations

from crowdbroker.marketplace import question_form

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"


def selection(identifier: str, *options: str, style: str = "radiobutton", most: int = 1, required: bool = True) -> str:
    shown = "".join(
        f"<Selection><SelectionIdentifier>{one}</SelectionIdentifier><Text>{one}</Text></Selection>" for one in options
    )
    needed = "true" if required else "false"
    return (
        f"<Question><QuestionIdentifier>{identifier}</QuestionIdentifier><IsRequired>{needed}</IsRequired>"
        f"<QuestionContent><Text>Choose for {identifier}</Text></QuestionContent><AnswerSpecification><SelectionAnswer>"
        f"<MinSelectionCount>{int(required)}</MinSelectionCount><MaxSelectionCount>{most}</MaxSelectionCount>"
        f"<StyleSuggestion>{style}</StyleSuggestion><Selections>{shown}</Selections>"
        "</SelectionAnswer></AnswerSpecification></Question>"
    )


FREE_TEXT = (
    "<Question><QuestionIdentifier>why</QuestionIdentifier><QuestionContent><Text>Why?</Text></QuestionContent>"
    "<AnswerSpecification><FreeTextAnswer/></AnswerSpecification></Question>"
)


def form(*questions: str) -> str:
    inside = "".join(questions)
    return f'<QuestionForm xmlns="{SCHEMAS}/2017-11-06/QuestionForm.xsd">{inside}</QuestionForm>'


EXAM = form(
    selection("move", "A", "B", "D"),
    selection("fruit", "apples", "pears", "coal", style="checkbox", most=3, required=False),
    FREE_TEXT,
)


def keyed(identifier: str, *options: tuple[str, int], default: int | None = None) -> str:
    """Options are (selections joined by `+`, score)."""
    inside = ""
    for chosen, score in options:
        names = "".join(f"<SelectionIdentifier>{one}</SelectionIdentifier>" for one in chosen.split("+"))
        inside += f"<AnswerOption>{names}<AnswerScore>{score}</AnswerScore></AnswerOption>"
    if default is not None:
        inside += f"<DefaultScore>{default}</DefaultScore>"
    return f"<Question><QuestionIdentifier>{identifier}</QuestionIdentifier>{inside}</Question>"


def key(*questions: str, mapping: str = "") -> str:
    inside = "".join(questions)
    if mapping:
        inside += f"<QualificationValueMapping>{mapping}</QualificationValueMapping>"
    return f'<AnswerKey xmlns="{SCHEMAS}/2005-10-01/AnswerKey.xsd">{inside}</AnswerKey>'


PERCENT_OF_15 = "<PercentageMapping><MaximumSummedScore>15</MaximumSummedScore></PercentageMapping>"
KEY = key(
    keyed("move", ("D", 5)),
    keyed("fruit", ("apples+pears", 10), ("apples", 4), ("coal", -20)),
    mapping=PERCENT_OF_15,
)


def fill(xml: str, **chosen: str) -> list[tuple[str, str]]:
    """The fields that a browser sends for a QuestionForm: question -> options joined by `+`, or text."""
    fields = []
    for number, question in enumerate(question_form.parse(xml).questions, 1):
        if question.identifier not in chosen:
            continue
        picked, asked = chosen[question.identifier], question.specification
        if isinstance(asked, question_form.Selection):
            places = {option.identifier: str(place) for place, option in enumerate(asked.options, 1)}
            fields += [(f"answer-{number}", places[one]) for one in picked.split("+")]
        else:
            fields.append((f"answer-{number}", picked))
    return fields


PLAIN = {"Name": "Birds", "Description": "Knows birds", "QualificationTypeStatus": "Active"}
TESTED = PLAIN | {"Test": EXAM, "AnswerKey": KEY, "TestDurationInSeconds": 600}
KEYLESS = PLAIN | {"Test": EXAM, "TestDurationInSeconds": 600}
