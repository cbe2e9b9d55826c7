"""More places for what is missing, and more pay for a named worker."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from commands import Command, all_rows
from pets import STORE, batch, cat, refused_without_a_trace

from crowdbroker.app import App
from crowdbroker.settings import read_settings

Colleagues = Callable[..., int]


def end_the_offer() -> None:
    """Let every HIT at the marketplace end as if its lifetime were over."""
    app = App(read_settings())
    for hit in list(app.market.list_hits()):
        app.market.expire(hit.hit_id, app.clock())
    app.close()


def test_what_ended_without_answers_is_topped_up(pets: Command, colleagues: Colleagues) -> None:
    colleagues("ann", says=cat)
    nothing = pets("publish", "--top-up", "--yes")
    assert "Nothing to top up: no HIT has ended with fewer answers" in nothing.stderr
    end_the_offer()
    pets("run", "--json")
    shown = pets("status").stdout
    assert "4 places ended without a usable answer; crowdbroker publish --batch pets --top-up asks again" in shown
    assert batch(pets)["missing_places"] == 4
    dry = pets("publish", "--top-up", "--dry-run", "--json")
    assert dry.document["top_up"] == {"hits": 4, "places": 4, "worst_case_cents": 48}
    told = pets("publish", "--top-up", "--dry-run")
    assert told.stdout == "0 HITs would be published and 4 topped up; nothing was reserved or sent.\n"
    unsure = pets("publish", "--top-up")
    assert unsure.exit_code == 1
    assert "Top up      4 ended HITs with 4 missing places" in unsure.stderr
    assert "Worst case  $0.48 with fees" in unsure.stderr
    assert batch(pets)["hits"]["open"] == 0
    assert pets("publish", "--top-up", "--yes").exit_code == 0
    assert colleagues("ben", "cem", says=cat) == 4
    assert pets("run", "--json").document["votes"] == 40
    assert batch(pets)["missing_places"] == 0


def test_a_worker_is_compensated_once_for_each_reason(pets: Command, colleagues: Colleagues) -> None:
    colleagues("ann", "ben", says=cat)
    pets("run")
    worker = pets("export", "--what", "workers", "--json").document["workers"][0]["worker"]
    pay = ("compensate", worker, "1.50", "--reason", "The page froze.")
    unsure = pets(*pay)
    assert unsure.exit_code == 1
    for line in ("EMBEDDED", f"Worker     {worker}", "Bonus      $1.50", "Fees       $0.30", "Then left  $17.24"):
        assert line in unsure.stderr
    paid = pets(*pay, "--yes")
    assert paid.stdout == f"$1.50 paid to {worker}. The Worker sees it with the reason beside the reward.\n"
    again = pets(*pay, "--yes")
    assert again.stdout.startswith(f"{worker} had this amount for this reason before, and nothing more was paid.")
    assert batch(pets)["money_cents"]["bonuses"] == 150
    other = pets(*pay[:-1], "And again.", "--yes", "--json")
    assert (other.document["schema"], other.document["done"]) == ("crowdbroker/compensate/1", 1)
    assert batch(pets)["money_cents"]["bonuses"] == 300


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ann", "$5"], "field 'AMOUNT': '$5' is no amount like 0.05"),
        (["ann", "1.555"], "field 'AMOUNT': '1.555' is no amount like 0.05"),
        (["ann", "0.00"], "field 'AMOUNT': this is no money\nWrite it like 1.50."),
        (["ann", "1000000.01"], "field 'AMOUNT': more than $1,000,000.00 at once"),
    ],
)
def test_a_wrong_amount_pays_nobody(pets: Command, arguments: list[str], says: str) -> None:
    assert says in refused_without_a_trace(pets, "compensate", *arguments, "--reason", "x", "--yes")


def test_an_unknown_worker_an_empty_reason_and_an_empty_purse_pay_nobody(pets: Command, colleagues: Colleagues) -> None:
    colleagues("ann", "ben", says=cat)
    pets("run")
    before = all_rows(STORE)
    unknown = pets("compensate", "nobody", "1.00", "--reason", "x", "--yes")
    assert unknown.exit_code == 2
    assert "Error: field 'WORKER': 'nobody' has no decided Assignment in the Batch 'pets'" in unknown.stderr
    assert "crowdbroker export --what workers" in unknown.stderr
    worker = pets("export", "--what", "workers", "--json").document["workers"][0]["worker"]
    empty = pets("compensate", worker, "1.00", "--reason", " ", "--yes")
    assert empty.exit_code == 2
    assert "field '--reason': a payment needs a reason" in empty.stderr
    assert "Missing option '--reason'" in pets("compensate", worker, "1.00").stderr
    poor = pets("compensate", worker, "900.00", "--reason", "x", "--yes")
    assert poor.exit_code == 1
    assert "Error: " in poor.stderr
    assert all_rows(STORE) == before
