"""QuestionForms for tests: parts with defaults, put together as XML."""

from __future__ import annotations

NAMESPACE = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2017-11-06/QuestionForm.xsd"
OLD_NAMESPACE = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionForm.xsd"


def form(*parts: str, namespace: str = NAMESPACE) -> str:
    return f'<QuestionForm xmlns="{namespace}">{"".join(parts)}</QuestionForm>'


def question(
    specification: str,
    identifier: str = "animal",
    *,
    required: bool = False,
    content: str = "<Text>Which animal?</Text>",
) -> str:
    return (
        f"<Question><QuestionIdentifier>{identifier}</QuestionIdentifier><IsRequired>{str(required).lower()}</IsRequired>"
        f"<QuestionContent>{content}</QuestionContent><AnswerSpecification>{specification}</AnswerSpecification></Question>"
    )


def text(constraints: str = "", *, lines: int = 1, default: str = "") -> str:
    return (
        f"<FreeTextAnswer><Constraints>{constraints}</Constraints><DefaultText>{default}</DefaultText>"
        f"<NumberOfLinesSuggestion>{lines}</NumberOfLinesSuggestion></FreeTextAnswer>"
    )


def choice(
    *options: str, least: int | None = None, most: int | None = None, style: str = "", other: str | None = None
) -> str:
    counts = (f"<MinSelectionCount>{least}</MinSelectionCount>" if least is not None else "") + (
        f"<MaxSelectionCount>{most}</MaxSelectionCount>" if most is not None else ""
    )
    selections = "".join(
        f"<Selection><SelectionIdentifier>{name}</SelectionIdentifier><Text>A {name}</Text></Selection>"
        for name in options or ("cat", "dog", "newt")
    )
    suggestion = f"<StyleSuggestion>{style}</StyleSuggestion>" if style else ""
    own = f"<OtherSelection>{other}</OtherSelection>" if other is not None else ""
    return f"<SelectionAnswer>{counts}{suggestion}<Selections>{selections}{own}</Selections></SelectionAnswer>"
