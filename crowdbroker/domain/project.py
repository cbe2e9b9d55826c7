"""A Project: the task design that one TOML file in `config/projects/` states."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from crowdbroker.domain.answer_kinds import AnswerKind
from crowdbroker.domain.durations import seconds
from crowdbroker.domain.money import from_wire, to_wire
from crowdbroker.domain.requirements import MASTERS, Requirement


def _cents(amount: Any) -> Any:
    if isinstance(amount, bool):
        raise ValueError('write the amount as text, such as "0.05"')
    if isinstance(amount, float):
        raise ValueError(f'write the amount as text, such as "{amount:.2f}", so that no cent is lost to rounding')
    if isinstance(amount, int):
        raise ValueError(f'write the amount in dollars as text, such as "{amount}.00"')
    return from_wire(amount) if isinstance(amount, str) else amount


Cents = Annotated[
    int,
    BeforeValidator(_cents),
    PlainSerializer(to_wire, when_used="json"),
    WithJsonSchema(
        {"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,2})?$", "description": 'Dollars as text: "0.05".'}
    ),
]
Seconds = Annotated[
    int,
    BeforeValidator(seconds),
    WithJsonSchema({"type": ["string", "integer"], "description": 'A duration: "30m", "1h 30m", "3d"; or seconds.'}),
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LabelChoice(_Strict):
    """One label that a Worker can choose; `title` is what the page shows, by default the value itself."""

    value: str = Field(min_length=1, max_length=100)
    title: str = ""
    help: str = ""

    @model_validator(mode="before")
    @classmethod
    def _title_is_value(cls, given: Any) -> Any:
        return {**given, "title": given.get("value")} if isinstance(given, dict) and not given.get("title") else given


Labels = Annotated[
    tuple[LabelChoice, ...],
    WithJsonSchema({"type": "array", "items": {"anyOf": [{"type": "string"}, LabelChoice.model_json_schema()]}}),
]


class Example(_Strict):
    """One worked example in the instructions."""

    text: str
    label: str
    why: str = ""


class TemplateUse(_Strict):
    """Which HIT template is used, and which dataset column each of its names shows.

    Attributes:
        file: a name in `hit_templates/`, without its ending, or a path beside the Project's file.
        columns: template name -> dataset column, where they differ.
    """

    file: str = "text-classification"
    columns: dict[str, str] = {}


class GoldPolicy(_Strict):
    """How gold Answers judge a Worker.

    Attributes:
        per_hit: gold Items mixed into each HIT.
        prior: Beta(a, b) over a Worker's accuracy before the first gold Answer.
        bar: the accuracy that is asked for.
        looks: the numbers of gold Answers after which evidence is read; reading it after every Answer would
            inflate the share of wrong verdicts.
        exclude_at: P(accuracy < bar) from which a Worker gets no more work.
        reject_at: P(accuracy < bar) from which pay may be refused.
        reject_from: gold Answers without which pay is never refused.
    """

    per_hit: int = Field(default=1, ge=0, le=50)
    prior: tuple[int, int] = (1, 1)
    bar: float = Field(default=0.7, gt=0, lt=1)
    looks: tuple[int, ...] = (5, 10, 20, 40)
    exclude_at: float = Field(default=0.95, gt=0.5, lt=1)
    reject_at: float = Field(default=0.99, gt=0.5, lt=1)
    reject_from: int = Field(default=8, ge=8)

    @field_validator("looks")
    @classmethod
    def _rising(cls, looks: tuple[int, ...]) -> tuple[int, ...]:
        if not looks or any(later <= earlier for earlier, later in zip((0, *looks), looks, strict=False)):
            raise ValueError("must be whole numbers that rise, such as [5, 10, 20, 40]")
        return looks

    @field_validator("prior")
    @classmethod
    def _positive(cls, prior: tuple[int, int]) -> tuple[int, int]:
        if min(prior) < 1:
            raise ValueError("must be two whole numbers of at least 1, such as [1, 1]")
        return prior


class PaymentPolicy(_Strict):
    """Who is paid, and when pay may be refused.

    Attributes:
        rejection: never: bad work is paid and its Worker excluded; propose: held for a person; automatic: refused.
        reject_cap: largest share of the Batch's Assignments that may be refused; more are held for a person.
        decide_within_s: an Assignment whose Worker has too little evidence is approved after this time.
    """

    rejection: Literal["never", "propose", "automatic"] = "propose"
    reject_cap: float = Field(default=0.03, ge=0, le=1)
    decide_within_s: Seconds = Field(default=86400, ge=0, alias="decide_within")


class AnswerUse(_Strict):
    """What the form gives.

    Attributes:
        kind: the kind of Answer; left out: what the template says.
        field: the form field that holds the Answer, for a template with names of its own.
    """

    kind: AnswerKind | None = None
    field: str | None = None


class Project(_Strict):
    """A task design, checked against itself; amounts are in cents and durations in seconds.

    Attributes:
        wage_floor_cents: the least that an hour of work may pay.
        seconds_per_item: how long an Item takes, for the wage; a measured time goes before it.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    title: str = Field(min_length=1, max_length=128)
    description: str = Field(min_length=1, max_length=2000)
    keywords: str = Field(default="", max_length=1000)
    instructions: str = ""
    examples: tuple[Example, ...] = ()
    labels: Labels = ()
    reward_cents: Cents = Field(alias="reward", ge=0)
    budget_cents: Cents = Field(alias="budget", gt=0)
    overlap: int = Field(default=3, ge=1, le=1000)
    items_per_hit: int = Field(default=5, ge=1, le=100)
    lifetime_s: Seconds = Field(default=3 * 86400, ge=30, le=31536000, alias="lifetime")
    time_allotted_s: Seconds = Field(default=1800, ge=30, le=31536000, alias="time_allotted")
    auto_approval_s: Seconds = Field(default=7 * 86400, ge=0, le=2592000, alias="auto_approval")
    wage_floor_cents: Cents | None = Field(default=None, alias="wage_floor", gt=0)
    seconds_per_item: float | None = Field(default=None, gt=0, le=86400)
    qualifications: tuple[Requirement, ...] = Field(default=(), max_length=9)
    template: TemplateUse = TemplateUse()
    answer: AnswerUse = AnswerUse()
    gold: GoldPolicy = GoldPolicy()
    payment: PaymentPolicy = PaymentPolicy()
    aggregation: Literal["majority", "dawid-skene"] = "dawid-skene"

    @field_validator("labels", mode="before")
    @classmethod
    def _label_strings(cls, labels: Any) -> Any:
        return (
            [{"value": one} if isinstance(one, str) else one for one in labels] if isinstance(labels, list) else labels
        )

    @field_validator("labels")
    @classmethod
    def _distinct(cls, labels: tuple[LabelChoice, ...]) -> tuple[LabelChoice, ...]:
        values = [label.value for label in labels]
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise ValueError(f"{twice!r} stands in the list twice")
        return labels

    @field_validator("reward_cents", "budget_cents")
    @classmethod
    def _bounded(cls, cents: int) -> int:
        if cents > 10**12:
            raise ValueError(f"{to_wire(cents)} is more than crowdbroker counts with")
        return cents

    def to_json(self) -> str:
        """The Project as one text, for the store; `model_validate_json` reads it back."""
        return self.model_dump_json(by_alias=True)

    @property
    def kind(self) -> AnswerKind:
        """The kind of Answer; a loaded Batch's Project always names it."""
        return self.answer.kind or AnswerKind.CHOICE

    @property
    def masters(self) -> bool:
        """Whether the work is for Masters only, at their higher fee."""
        return any(one.type in MASTERS and one.exists for one in self.qualifications)

    @property
    def label_values(self) -> tuple[str, ...]:
        """The label set, in the order of the Project."""
        return tuple(label.value for label in self.labels)
