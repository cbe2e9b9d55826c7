"""Consent texts and appeals at the terminal."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from commands import Command, one_error
from sqlmodel import select

from crowdbroker.marketplace import Marketplace, consent, lifecycle, worker
from crowdbroker.marketplace.appeals import appeal
from crowdbroker.marketplace.tables import AssignmentRow

DATABASE = "sqlite:///crowdbroker-data/marketplace.db"


def test_a_text_is_put_in_force_listed_and_taken_away(lab: Command) -> None:
    assert lab("marketplace", "consent", "--json").document["texts"] == []
    Path("consent.md").write_text("Your answers are published.", encoding="utf-8")
    made = lab("marketplace", "consent", "consent.md")
    assert "Version 1 is in force" in made.stderr
    assert "in force" in made.stdout
    market = Marketplace.open(DATABASE)
    ann = worker.enrol(market, "Ann")
    consent.give(market, ann, 1)
    market.close()
    (text,) = lab("marketplace", "consent", "--json").document["texts"]
    assert (text["version"], text["given"], text["ended_at"]) == (1, 1, None)
    (row,) = csv.DictReader(lab("marketplace", "consent", "--workers", "--format", "csv").stdout.splitlines())
    assert (row["worker_id"], row["version"], row["withdrawn_at"]) == (ann, "1", "")
    assert "are kept" in lab("marketplace", "consent", "--end").stderr
    assert "No text was in force." in lab("marketplace", "consent", "--end").stderr
    assert lab("marketplace", "consent", "--workers", "--json").document["consents"][0]["worker_id"] == ann


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["missing.md"], "cannot be read"),
        (["empty.md"], "1 to 100,000 characters"),
        (["text.md", "--hit-type", "3NOSUCH"], "no HIT type"),
        (["text.md", "--requester", "nobody"], "field '--requester'"),
        (["text.md", "--end"], "give one of them"),
    ],
)
def test_a_mistake_is_told(lab: Command, arguments: list[str], says: str) -> None:
    Path("empty.md").write_text("\n")
    Path("text.md").write_text("Your answers are published.")
    result = lab("marketplace", "consent", *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert lab("marketplace", "consent", "--json").document["texts"] == []


def test_appeals_are_listed_and_harmless_in_a_spreadsheet(worked: Command) -> None:
    assert worked("marketplace", "appeals", "--json").document["appeals"] == []
    market = Marketplace.open(DATABASE)
    with market.write() as session:
        place = session.exec(select(AssignmentRow).where(AssignmentRow.status == "Submitted")).first()
        assert place is not None
        hit = lifecycle.locked_hit(session, place.hit_id)
        assert hit is not None
        lifecycle.reject(session, hit, place, market.now_ms(), "Wrong.")
        who, which = place.worker_id or "", place.id
    appeal(market, who, which, "=HYPERLINK(1)\x1b[31m it is right")
    market.close()
    (row,) = worked("marketplace", "appeals", "--json").document["appeals"]
    assert (row["assignment_id"], row["worker_id"], row["feedback"]) == (which, who, "Wrong.")
    shown = worked("marketplace", "appeals").stdout
    assert "\x1b" not in shown
    assert "it is right" in shown
    assert "'=HYPERLINK" in worked("marketplace", "appeals", "--format", "csv").stdout
    assert "field '--requester'" in one_error(worked("marketplace", "appeals", "--requester", "nobody"))
