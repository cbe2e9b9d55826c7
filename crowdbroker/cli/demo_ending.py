"""The result of a demo for people: refusals first, then labels, money and files."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import Any

from crowdbroker.cli.output import counted, printable
from crowdbroker.domain.money import dollars

_WIDTH = 14


def ending(result: dict[str, Any]) -> Iterator[str]:
    """The lines of the ending."""
    yield ""
    refused = {one["worker"] for one in result["refusals"]}
    yield from _section("Refused", _people(result["refusals"], result["bar"]))
    excluded = [one for one in result["exclusions"] if one["worker"] not in refused]
    yield from _section("Excluded", _people(excluded, result["bar"]))
    states, accuracy = result["assignments_by_status"], result["accuracy"]
    yield from _section(
        "Assignments",
        [f"{states['approved']:,} approved, {states['rejected']:,} refused, {states['held']:,} held for a person"],
    )
    yield from _section(
        "Labels",
        [
            f"{counted(result['items'], 'item')}, {result['answers']:,} answers, {result['workers']['seen']:,} workers",
            f"{accuracy['majority']:6.1%} right by majority vote",
            f"{accuracy['dawid_skene']:6.1%} right by Dawid-Skene, against the hidden truth, gold left out",
        ],
    )
    yield from _section("Money", _money(result))
    yield from _section("Files", list(result["files"].values()))
    yield from _section("Time", [f"{result['seconds']:.1f} s"])
    database = f"sqlite:///{result['files']['marketplace']}"
    yield ""
    yield "Look at its HITs in a browser or with the AWS CLI:"
    yield f"  crowdbroker marketplace serve --database {quote(database)}"


def _section(title: str, lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"{'' if number else title:<{_WIDTH}}{line}"


def _people(people: list[dict[str, Any]], bar: float) -> list[str]:
    if not people:
        return ["nobody"]
    names = [printable(one["worker"]) for one in people]
    work = [counted(one["assignments"], "assignment") if "assignments" in one else "paid" for one in people]
    name_width, work_width = (max(map(len, texts)) for texts in (names, work))
    return [
        f"{name:<{name_width}}  {done:<{work_width}}  {one['gold_right']:>2} of {one['gold_seen']:>2} gold right, "
        f"P(accuracy < {bar:.0%}) = {one['below_bar']:.3f}{''.join(f'; {signal}' for signal in one['signals'][:1])}"
        for name, done, one in zip(names, work, people, strict=True)
    ]


def _money(result: dict[str, Any]) -> list[str]:
    money = result["money_cents"]
    amounts = {name: dollars(cents) for name, cents in money.items()}
    width = max(map(len, amounts.values()))
    parts = ["rewards", "fees", "bonuses", "owed", "reserved", "available"]
    agree = result["books"]["agree"]
    books = "the marketplace's books say the same" if agree else "but the marketplace's books differ"
    return [
        *(f"{amounts[name]:>{width}} {name}" for name in parts),
        f"{amounts['deposited']:>{width}} deposited, the sum of these; {books}",
    ]
