"""One scenario table, three real clients: each must be shown the same, and every reply must fit the service model."""

from __future__ import annotations

from typing import Any

import pytest
import wire_model
from acts import ACTS
from drivers import Boto3, Driver, Refusal
from scenarios import SCENARIOS, Call, Pages, Work
from served import Endpoint, Keys


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_goes_as_the_table_says(endpoint: Endpoint, driver: Driver, replies, name):
    if endpoint.market is None and any(isinstance(step, Work) for step in SCENARIOS[name]):
        pytest.skip("a worker is needed, and this endpoint is not ours")
    keys, known = endpoint.requester(), {}
    for step in SCENARIOS[name]:
        if isinstance(step, Work):
            result = ACTS[step.act](endpoint.market, *(known[need] for need in step.needs))
            known |= {step.keep: result} if step.keep else {}
        elif isinstance(step, Pages):
            _expect_all(driver.pages(keys, step.operation, _filled(step.asked, known), step.key), step)
        else:
            _expect(driver.call(keys, step.operation, _filled(step.asked, known)), step, known)
    if isinstance(driver, Boto3):
        assert _unlike_the_model(replies) == []


def test_every_operation_and_paginator_is_in_the_table():
    steps = [step for steps in SCENARIOS.values() for step in steps if not isinstance(step, Work)]
    assert {step.operation for step in steps} == set(wire_model.operations())
    paged = {name for name in wire_model.operations() if wire_model.has_paginator(name)}
    assert {step.operation for step in steps if isinstance(step, Pages)} == paged


def _expect(shown: dict[str, Any] | Refusal, step: Call, known: dict[str, Any]) -> None:
    if step.error is not None:
        assert isinstance(shown, Refusal), f"{step.operation} gave {shown}"
        assert not step.error.name or shown.name == step.error.name, shown
        if step.error.code and shown.code is not None:
            assert shown.code.startswith(step.error.code), shown
        assert _filled(step.error.text, known) in shown.text, shown
        return
    assert not isinstance(shown, Refusal), f"{step.operation}: {shown}"
    for path, value in step.shows.items():
        assert _at(shown, path) == _filled(value, known), f"{step.operation} {path}: {shown}"
    known |= {name: _at(shown, path) for name, path in step.keep.items()}


def _expect_all(shown: dict[str, Any] | Refusal, step: Pages) -> None:
    assert not isinstance(shown, Refusal), f"{step.operation}: {shown}"
    assert len(shown[step.key]) == step.count, f"{step.operation}: {shown}"


def _at(output: Any, path: str) -> Any:
    for part in path.split("."):
        output = output[int(part) if part.isdigit() else part]
    return output


def _filled(value: Any, known: dict[str, Any]) -> Any:
    if isinstance(value, str):
        return known.get(value[1:], value) if value.startswith("$") else value
    if isinstance(value, dict):
        return {name: _filled(part, known) for name, part in value.items()}
    return [_filled(part, known) for part in value] if isinstance(value, list) else value


def _unlike_the_model(replies: list[tuple[str, int, bytes]]) -> list[str]:
    found = [
        each for operation, status, body in replies if status == 200 for each in wire_model.problems(operation, body)
    ]
    replies.clear()
    return sorted(set(found))


def test_a_wrong_secret_and_an_unknown_key_raise_what_they_raise_at_amazon(endpoint: Endpoint, driver: Driver):
    keys = endpoint.requester()
    wrong = driver.call(Keys(keys.access_key, "wrong"), "GetAccountBalance", {})
    unknown = driver.call(Keys("AKIAUNKNOWNUNKNOWN00", keys.secret_key), "GetAccountBalance", {})
    assert isinstance(wrong, Refusal)
    assert isinstance(unknown, Refusal)
    assert (wrong.name, unknown.name) == ("InvalidSignatureException", "UnrecognizedClientException")


@pytest.mark.parametrize(
    ("switches", "name", "text"),
    [
        ({"throttle_per_s": {"GetAccountBalance": 0.000_001}}, "ThrottlingException", "Rate exceeded"),
        ({"service_fault_before": 1.0}, "ServiceFault", ""),
    ],
)
def test_what_the_service_does_on_a_bad_day_reaches_every_client(endpoint, driver, switches, name, text):
    if endpoint.market is None:
        pytest.skip("bad days can only be ordered from a server of ours")
    keys = endpoint.requester()
    endpoint.market.switches.change(**switches)
    try:
        shown = [driver.call(keys, "GetAccountBalance", {}) for _ in range(3)][-1]
    finally:
        endpoint.market.switches.reset()
    assert isinstance(shown, Refusal)
    assert shown.name == name
    assert text in shown.text
