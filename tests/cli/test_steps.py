"""The job of an operator on the files that `init` writes: check, load, publish, people work, run, export."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import GOLD, LOAD, Command, one_error

Colleagues = Callable[..., int]
SAMPLE = Path(__file__).parents[2] / "config" / "demo" / "reviews-gold.csv"
TRUTH = {row["text"]: row["label"] for row in csv.DictReader(SAMPLE.read_text(encoding="utf-8").splitlines())}


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="") as file:
        return list(csv.DictReader(file))


def test_init_lists_what_it_wrote_and_says_what_is_next(crowdbroker: Command) -> None:
    result = crowdbroker("init", "my labels")
    assert result.exit_code == 0
    for name in result.stdout.splitlines():
        assert Path(name).is_file()
    assert "cd 'my labels'\n  crowdbroker check projects/reviews.toml" in result.stderr
    again = crowdbroker("init", "my labels", "--json")
    assert again.exit_code == 2
    assert "crowdbroker.toml: exists already; nothing was written" in one_error(again)


def test_init_in_json_and_in_the_current_folder(crowdbroker: Command) -> None:
    result = crowdbroker("init", ".", "--json")
    assert all(Path(name).is_file() and Path(name).is_absolute() for name in result.document["files"])
    assert "cd " not in result.stderr


def test_init_below_a_file_is_refused(crowdbroker: Command) -> None:
    Path("taken").touch()
    result = crowdbroker("init", "taken/labels")
    assert result.exit_code == 2
    assert "cannot be written" in one_error(result)


def test_the_printed_next_commands_lead_from_init_to_labels(
    crowdbroker: Command, colleagues: Colleagues, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowdbroker("init", "labels")
    monkeypatch.chdir("labels")
    data = Path("data/reviews.csv")
    data.write_text("".join(data.read_text().splitlines(keepends=True)[:16]))
    checked = crowdbroker("check", "projects/reviews.toml", "data/reviews.csv", *GOLD)
    assert checked.stdout.splitlines()[-1] == "Nothing is wrong."
    loaded = crowdbroker(*LOAD)
    assert "15 Items and 3 gold in 3 HITs, budget $100.00. Next: crowdbroker publish --batch first" in loaded.stdout
    published = crowdbroker("publish", "--batch", "first", "--yes")
    assert published.stdout == "3 calls carried out. Next: crowdbroker run --batch first\n"
    assert colleagues("ann", "ben", "cem", says=lambda text: TRUTH.get(text, "positive")) == 9
    ran = crowdbroker("run", "--batch", "first", "--every", "0.1")
    assert ran.exit_code == 0
    assert (
        "15 of 15 Items labelled by dawid-skene from 54 answers. Next: crowdbroker export --batch first" in ran.stdout
    )
    exported = crowdbroker("export", "--batch", "first", "--what", "labels", "--out", "labels.csv")
    assert exported.stdout == ""
    assert "15 rows in labels.csv" in exported.stderr
    assert {row["label"] for row in rows("labels.csv")} == {"positive"}
    assert all(row["votes"] == "3" for row in rows("labels.csv"))
    assert "all done; crowdbroker export --batch first" in crowdbroker("status").stdout
    assert crowdbroker("report", "budget", "--json").document["totals"]["rewards"] == 180


def test_every_step_by_itself_comes_to_the_same(published: Command, colleagues: Colleagues) -> None:
    colleagues("ann", "ben", "cem")
    assert published("collect", "--json").document["assignments"] == 9
    assert "0 new Assignments, 0 HITs finished" in published("collect").stdout
    judged = published("judge", "--json").document
    assert judged["schema"] == "crowdbroker/judge/1"
    assert sum(judged["decisions"].values()) + judged["waiting"] == 9
    due = published("settle", "--dry-run", "--json").document
    assert due == {"schema": "crowdbroker/settle/1", "dry_run": True, "approvals": 9, "refusals": 0, "cents": 216}
    unsure = published("settle")
    assert unsure.exit_code == 1
    assert "Pay     9 Assignments" in unsure.stderr
    assert "not confirmed, so nothing was sent" in unsure.stderr
    assert published("settle", "--yes").stdout == "9 calls carried out. Next: crowdbroker status\n"
    assert published("settle", "--yes").stdout == "Nothing was left to do. Next: crowdbroker status\n"
    assert published("label", "--method", "majority", "--json").document["labelled"] == 12
    assert published("report", "budget", "--json").document["totals"]["owed"] == 0


def test_publishing_shows_the_box_and_asks(lab: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    lab(*LOAD)
    result = lab("publish")
    assert result.exit_code == 1
    assert result.stdout == ""
    for line in ("EMBEDDED", "3 HITs with 9 places", "Worst case  $2.16", "Then left   $97.84"):
        assert line in result.stderr
    assert result.stderr.endswith("Error: not confirmed, so nothing was sent\nAnswer with y, or give --yes.\n")
    assert lab("status", "--json").document["batches"][0]["hits"]["planned"] == 3


def test_a_dry_run_reserves_and_sends_nothing(lab: Command) -> None:
    lab(*LOAD)
    assert "3 HITs would be published; nothing was reserved or sent" in lab("publish", "--dry-run").stdout
    document = lab("publish", "--dry-run", "--json").document
    assert (document["hits"], document["worst_case_cents"]) == (3, 216)
    assert lab("report", "budget", "--json").document["totals"]["reserved"] == 0


def test_publishing_twice_publishes_once(published: Command) -> None:
    again = published("publish", "--yes")
    assert again.exit_code == 0
    assert again.stdout == "Nothing was left to do. Next: crowdbroker run --batch first\n"
    assert "Worst case" not in again.stderr


def test_one_round_for_cron_ends_without_waiting(published: Command, colleagues: Colleagues) -> None:
    colleagues("ann")
    result = published("run", "--once", "--json")
    assert result.exit_code == 0
    assert result.document["complete"] is False
    assert result.document["votes"] == 15
    assert "15 of 45 answers from 1 workers" in result.stderr


@pytest.mark.parametrize("what", ["labels", "answers", "workers"])
def test_an_export_is_the_same_table_in_all_formats(published: Command, colleagues: Colleagues, what: str) -> None:
    colleagues("ann", "ben")
    published("run", "--once")
    as_csv = published("export", "--what", what)
    records = published("export", "--what", what, "--json").document[what]
    parsed = list(csv.DictReader(as_csv.stdout.splitlines()))
    assert [list(row) for row in parsed] == [list(record) for record in records]
    assert len(published("export", "--what", what, "--format", "table").stdout.splitlines()) == len(records) + 1
    published("export", "--what", what, "--out", "out.csv")
    assert Path("out.csv").read_text() == as_csv.stdout


def test_control_characters_of_answers_do_not_reach_the_terminal(lab: Command, colleagues: Colleagues) -> None:
    Path("data/reviews.csv").write_text("id,text\nr1,\x1b[31mred\u202e\nr2,plain\n")
    lab(*LOAD)
    shown = lab("export", "--format", "table").stdout
    assert r"\x1b[31mred\u202e" in shown
    assert "\x1b" not in shown
