"""The fidelity switches: how much of a hosted service's weather this marketplace shows.

All are off by default. They are set in the configuration or by an admin call (`switches`), and each is drawn from the
seed, so that the same calls in the same order meet the same weather.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from crowdbroker.marketplace.inputs import INPUTS
from crowdbroker.marketplace.notifications.disorder import Disorder
from crowdbroker.marketplace.times import SECOND_MS, from_ms

Probability = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]
Rate = Annotated[float, Field(gt=0, le=1_000_000)]
# Bounds that keep every moment within the years that a datetime can hold.
Milliseconds = Annotated[int, Field(ge=-(5 * 10**13), le=5 * 10**13)]
ALL_OPERATIONS = "*"


class FidelityRefused(Exception):
    """A switch that does not exist or a value that it cannot have; one sentence says which."""


class Fidelity(BaseModel):
    """The switches in force.

    Attributes:
        seed: what the faults and the events' disorder are drawn from.
        clock: `real` follows the marketplace's own clock, moved by `clock_offset_ms`; `frozen` stands at
            `clock_frozen_ms` (epoch milliseconds).
        throttle_per_s: calls a second that one requester has of an operation, `*` for each of the others.
        service_fault_before, service_fault_after: probability of a ServiceFault, HTTP 500, without or with the effect.
        http_505: probability of an HTTP 505 without a body and without the effect.
        reset_before, reset_after: probability that the connection breaks, without or with the effect.
        reply_lost: probability that the effect happens and no reply comes for `reply_lost_s` seconds.
        list_lag_s: how long new HITs and qualification types are missing from lists.
        submission_lag_s: how long submitted Assignments cannot be seen or decided.
        qualification_lag_s: how long a granted qualification does not count yet when work is accepted.
        event_duplicate, event_drop: probability for a notification; event_reorder, event_delay_s: their order and
            the most seconds they come late.
        message_suffix: how an error's text ends: `(1624047673908)`, `(1567366957231 s)` or nothing.
        last_page_token: whether a full page always has a NextToken, the last one too.
        sandbox_balance: every requester always has 10000.00 to spend.
        strict: a repeated approval, refusal, expiry or deletion is an error, as it was; else it succeeds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    seed: int = 0
    clock: Literal["real", "frozen"] = "real"
    clock_offset_ms: Milliseconds = 0
    clock_frozen_ms: Milliseconds | None = None
    throttle_per_s: dict[str, Rate] = Field(default_factory=dict)
    service_fault_before: Probability = 0
    service_fault_after: Probability = 0
    http_505: Probability = 0
    reset_before: Probability = 0
    reset_after: Probability = 0
    reply_lost: Probability = 0
    reply_lost_s: Seconds = 65
    list_lag_s: Seconds = 0
    submission_lag_s: Seconds = 0
    qualification_lag_s: Seconds = 0
    event_duplicate: Probability = 0
    event_drop: Probability = 0
    event_reorder: bool = False
    event_delay_s: Seconds = 0
    message_suffix: Literal["milliseconds", "seconds", "none"] = "milliseconds"
    last_page_token: bool = True
    sandbox_balance: bool = False
    strict: bool = True

    @model_validator(mode="after")
    def _agree(self) -> Self:
        unknown = sorted(set(self.throttle_per_s) - {*INPUTS, ALL_OPERATIONS})
        if unknown:
            raise ValueError(f"throttle_per_s names no operation: {', '.join(unknown)}")
        if sum(self.faults().values()) > 1:
            raise ValueError("the probabilities of the faults come to more than 1")
        if (self.clock == "frozen") != (self.clock_frozen_ms is not None):
            raise ValueError("a frozen clock needs clock_frozen_ms, and only a frozen one has it")
        return self

    def faults(self) -> dict[str, float]:
        """Return the probability of each fault, in the order in which they are drawn."""
        names = ("service_fault_before", "service_fault_after", "http_505", "reset_before", "reset_after", "reply_lost")
        return {name: getattr(self, name) for name in names}

    @property
    def disorder(self) -> Disorder:
        """What happens to notifications on their way."""
        return Disorder(
            seed=self.seed,
            duplicate=self.event_duplicate,
            reorder=self.event_reorder,
            delay_s=self.event_delay_s,
            drop=self.event_drop,
        )

    def moved(self, moment: datetime) -> datetime:
        """Return what the marketplace's clock shows at a moment of its own clock."""
        if self.clock_frozen_ms is not None:
            return from_ms(self.clock_frozen_ms)
        return moment + timedelta(milliseconds=self.clock_offset_ms) if self.clock_offset_ms else moment

    def qualifications_settled_ms(self, now_ms: int) -> int | None:
        """Return until when a qualification was granted that an acceptance sees; None: it sees all."""
        return now_ms - round(self.qualification_lag_s * SECOND_MS) if self.qualification_lag_s else None

    def on(self) -> dict[str, Any]:
        """Return the switches that are not as they are by default."""
        return self.model_dump(exclude_defaults=True)

    def changed(self, changes: Mapping[str, Any]) -> Fidelity:
        """Return these switches with some others; values may be texts, a dictionary's text is JSON.

        Raises:
            FidelityRefused: there is no such switch, or it cannot have this value.
        """
        return read_fidelity(self.model_dump() | {name: _read(name, value) for name, value in changes.items()})


def read_fidelity(document: Mapping[str, Any]) -> Fidelity:
    """Return the switches of a document, as the configuration has it. Raises FidelityRefused."""
    try:
        return Fidelity.model_validate(dict(document))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise FidelityRefused(f"{place + ': ' if place else ''}{first['msg'].removeprefix('Value error, ')}.") from None


def _read(name: str, value: Any) -> Any:
    if name != "throttle_per_s" or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise FidelityRefused(f'{name} is JSON such as {{"CreateHIT": 2}}.') from None
