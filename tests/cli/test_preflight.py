"""`check` before any money moves: the cost, the hour's pay against the floor, the gold, and a page to look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import GOLD, LOAD, Command, one_error

PROJECT, DATA = Path("projects/reviews.toml"), "data/reviews.csv"
CHECK = ("check", str(PROJECT), DATA, *GOLD)


@pytest.fixture
def underpaid(lab: Command) -> Command:
    """A Project that states 40 s an Item and a floor of $12.00 an hour, for $0.20 a HIT of six Items."""
    text = PROJECT.read_text()
    PROJECT.write_text(text.replace("\nlifetime", '\nseconds_per_item = 40\nwage_floor = "12.00"\nlifetime', 1))
    return lab


def test_pay_below_the_floor_is_an_error_with_what_would_be_enough(underpaid: Command) -> None:
    result = underpaid(*CHECK)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: projects/reviews.toml, row ")
    assert "field 'reward': an hour pays $3.00, and wage_floor is $12.00\n" in result.stderr
    assert "Pay at least $0.80 for a HIT, or go on with --accept-underpay." in result.stderr
    assert "An hour pays    $3.00   (40 s an Item, as the Project says)" in result.stdout
    assert "Nothing" not in result.stdout
    assert underpaid(*LOAD).exit_code == 2
    assert underpaid("status", "--json").document["batches"] == []


def test_the_floor_gives_way_where_it_is_said(underpaid: Command) -> None:
    result = underpaid(*CHECK, "--accept-underpay")
    assert result.exit_code == 0
    assert result.stderr.startswith("Warning: an hour pays $3.00, and wage_floor is $12.00.\n")
    assert result.stdout.splitlines()[-1] == "Nothing stands against it but the warnings."
    document = underpaid(*CHECK, "--accept-underpay", "--json").document
    assert (document["errors"], document["hourly_wage_cents"], len(document["warnings"])) == ([], 300, 1)
    assert underpaid(*LOAD, "--accept-underpay").exit_code == 0


def test_check_tells_how_much_gold_a_worker_meets(lab: Command) -> None:
    shown = lab(*CHECK).stdout
    assert "Gold a worker   " in shown
    assert "if 5 share the work" in shown


def test_a_page_is_written_to_look_at_and_only_where_nothing_is_wrong(lab: Command) -> None:
    result = lab(*CHECK, "--page", "page.html")
    assert "Sample page     page.html" in result.stdout
    page = Path("page.html").read_text()
    assert "Is this review positive, neutral or negative?" in page
    assert "</html>" in page
    PROJECT.write_text(PROJECT.read_text().replace('budget = "100.00"', 'budget = "0.10"'))
    wrong = lab(*CHECK, "--page", "other.html", "--json")
    assert wrong.exit_code == 2
    assert wrong.document["page"] is None
    assert not Path("other.html").exists()


def test_a_page_that_cannot_be_written_is_one_message(lab: Command) -> None:
    result = lab(*CHECK, "--page", "nowhere/page.html")
    assert result.exit_code == 2
    assert one_error(result).startswith("Error: nowhere/page.html: its folder does not exist\nCreate ")


def test_check_leaves_no_store_behind(crowdbroker: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    crowdbroker("init", "labels")
    monkeypatch.chdir("labels")
    assert crowdbroker(*CHECK).exit_code == 0
    assert not Path("crowdbroker-data").exists()
