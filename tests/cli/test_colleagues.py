"""What an operator does while colleagues work: pause, go on, add rows, close; and what status says of it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from commands import Command, all_rows
from pets import LOAD_PETS, STORE, batch, cat, png, refused_without_a_trace, write_pictures, write_project

Colleagues = Callable[..., int]


def test_a_paused_batch_offers_nothing_and_says_so_until_it_is_resumed(pets: Command, colleagues: Colleagues) -> None:
    paused = pets("pause")
    assert paused.stdout == (
        "The Batch 'pets' is paused: 4 HITs no longer offered, 0 planned held back. "
        "Next: crowdbroker resume --batch pets\n"
    )
    assert colleagues("ann", says=cat) == 0
    shown = pets("status").stdout
    assert re.match(r"pets  \(Project pets\), paused since \d{4}-\d\d-\d\d \d\d:\d\d UTC\n", shown)
    assert "Next         nothing is offered until crowdbroker resume --batch pets; accepted work" in shown
    assert "crowdbroker run --batch pets takes it in and pays it" in shown
    assert "workers may answer until" not in shown
    assert batch(pets)["paused_at"].endswith("+00:00")
    once = pets("run", "--once")
    assert "The Batch 'pets' is paused until crowdbroker resume --batch pets" in once.stderr
    assert batch(pets)["hits"]["open"] == 4
    resumed = pets("resume", "--json").document
    assert resumed == {
        "schema": "crowdbroker/resume/1",
        "done": 4,
        "failed": 0,
        "in_doubt": 0,
        "later": 0,
        "problem": "",
    }
    assert batch(pets)["paused_at"] is None
    assert colleagues("ann", says=cat) == 4


def test_pausing_before_publishing_holds_everything_back(lab: Command) -> None:
    write_pictures(Path("pictures"), 5)
    write_project(Path("projects/pets.toml"))
    lab(*LOAD_PETS)
    assert lab("pause", "--json").document["done"] == 0
    assert "crowdbroker publish" not in lab("status").stdout
    error = refused_without_a_trace(lab, "publish", "--yes")
    assert error == "Error: field '--batch': the Batch 'pets' is paused\ncrowdbroker resume --batch pets\n"
    ran = lab("run", "--once")
    assert "Reserve" not in ran.stderr
    assert batch(lab)["hits"]["planned"] == 1
    resumed = lab("resume").stdout
    assert resumed.startswith("The Batch 'pets' goes on: 0 HITs offered again, 1 planned to be published. Next: ")
    assert lab("publish", "--yes").exit_code == 0


def test_pausing_twice_and_going_on_unpaused_are_refused(pets: Command) -> None:
    assert "the Batch 'pets' is not paused" in refused_without_a_trace(pets, "resume")
    pets("pause")
    assert "the Batch 'pets' is paused" in refused_without_a_trace(pets, "pause", "--json")


def test_a_batch_that_there_is_not_is_named_with_those_that_there_are(pets: Command) -> None:
    for command in (["pause"], ["resume"], ["close", "--yes"], ["compensate", "ann", "1.00", "--reason", "x"]):
        error = refused_without_a_trace(pets, *command, "--batch", "pet")
        assert error == "Error: field '--batch': there is no Batch 'pet'\nThere are: pets.\n"


def test_closing_shows_what_it_cuts_off_and_asks(pets: Command) -> None:
    unsure = pets("close")
    assert unsure.exit_code == 1
    for line in ("EMBEDDED", "4 open HITs and 0 planned", "0 of 40 are in", "$0.96; what no accepted work needs"):
        assert line in unsure.stderr
    assert unsure.stderr.endswith("Error: not confirmed, so nothing was sent\nAnswer with y, or give --yes.\n")
    assert batch(pets)["closed_at"] is None


def test_a_closed_batch_pays_what_came_frees_the_rest_and_takes_no_more(pets: Command, colleagues: Colleagues) -> None:
    colleagues("ann", says=cat)
    closed = pets("close", "--yes")
    assert closed.stdout.startswith("The Batch 'pets' is closed: 4 HITs no longer offered, 0 planned never published.")
    assert "run --batch pets takes in and pays what was accepted" in closed.stdout
    assert colleagues("ben", says=cat) == 0
    ran = pets("run", "--every", "0.1", "--json")
    assert "The Batch 'pets' is closed: what was accepted is still taken in" in ran.stderr
    assert (ran.document["complete"], ran.document["labelled"], ran.document["votes"]) == (True, 20, 20)
    shown = pets("status").stdout
    assert re.match(r"pets  \(Project pets\), closed \d{4}-", shown)
    assert "all done; crowdbroker export --batch pets" in shown
    assert "top-up" not in shown
    money = batch(pets)["money_cents"]
    assert (money["rewards"], money["fees"], money["reserved"], money["owed"]) == (40, 8, 0, 0)
    for command in (
        ["pause"],
        ["resume"],
        ["close", "--yes"],
        ["publish", "--yes"],
        ["publish", "--top-up", "--yes"],
        LOAD_PETS,
    ):
        assert "the Batch 'pets' is closed" in refused_without_a_trace(pets, *command)


def test_a_batch_that_ended_without_any_answer_says_so(pets: Command) -> None:
    pets("close", "--yes", "--json")
    shown = pets("status").stdout
    assert "Next         crowdbroker run --batch pets takes in and pays what was accepted, and frees the rest" in shown
    ran = pets("run", "--once")
    assert ran.stdout == "0 of 20 Items labelled by majority from 0 answers. Next: crowdbroker status --batch pets\n"
    shown = pets("status").stdout
    assert "Next         nothing: no work is open and no answer came" in shown
    assert "$0.00 reserved, $20.00 available of $20.00" in shown


def test_rows_are_added_to_a_batch_that_runs(pets: Command, colleagues: Colleagues) -> None:
    colleagues("ann", says=cat)
    write_pictures(Path("pictures"), 23)
    added = pets(*LOAD_PETS)
    assert added.stderr == ""
    assert added.stdout == (
        "Batch 'pets': 3 more Items and 0 gold in 1 HIT beside the 20 Items that were there, budget $20.00. "
        "Next: crowdbroker publish --batch pets\n"
    )
    pets("publish", "--yes")
    assert colleagues("ben", says=cat) == 5
    colleagues("ann", says=cat)
    assert pets("run", "--json").document["labelled"] == 23


def test_loading_the_same_again_adds_nothing(pets: Command) -> None:
    before = all_rows(STORE)
    again = pets(*LOAD_PETS, "--json")
    assert again.exit_code == 0
    assert again.document == {
        "schema": "crowdbroker/load/1",
        "added": True,
        "batch": "pets",
        "items": 0,
        "gold": 0,
        "hits": 0,
        "cap_cents": 2000,
    }
    assert "has every Item of this already; nothing was changed" in again.stderr
    assert pets(*LOAD_PETS).exit_code == 0
    assert all_rows(STORE) == before


def test_a_picture_that_was_changed_and_a_project_that_was_changed_are_refused(pets: Command) -> None:
    write_project(Path("projects/pets.toml"), reward='"0.20"')
    write_pictures(Path("pictures"), 21)
    error = refused_without_a_trace(pets, *LOAD_PETS)
    assert error.startswith("Error: projects/pets.toml, row 6, field 'reward': the Project's reward has changed since")
    write_project(Path("projects/pets.toml"))
    Path("pictures/p00.png").write_bytes(png(30))
    assert "pictures, field 'id': the id 'p00' is in the Batch 'pets' with other content" in refused_without_a_trace(
        pets, *LOAD_PETS
    )


def test_a_budget_that_was_raised_is_deposited_with_the_new_rows(pets: Command) -> None:
    write_project(Path("projects/pets.toml"), budget='"25.00"')
    write_pictures(Path("pictures"), 21)
    assert pets(*LOAD_PETS, "--json").document["cap_cents"] == 2500
    assert batch(pets)["money_cents"]["deposited"] == 2500


def test_status_lists_what_is_in_doubt_with_what_is_known(pets: Command) -> None:
    with closing(sqlite3.connect(STORE)) as connection, connection:
        connection.execute(
            "UPDATE effect SET state = 'in_doubt', problem = 'the reply was lost', ended_at = first_sent_at"
            " WHERE kind = 'create_hit'"
        )
    shown = pets("status").stdout
    assert re.search(
        r"In doubt     create hit, HIT 1; first sent \d{4}-\d\d-\d\d \d\d:\d\d UTC: the reply was lost", shown
    )
    assert "a person must look at the marketplace" in shown
    first, *others = batch(pets)["doubts"]
    assert (first["kind"], first["hit"], first["problem"]) == ("create_hit", 1, "the reply was lost")
    assert first["first_sent_at"].endswith("+00:00")
    assert len(others) == 3
