"""The operator's commands: who may call, what is held, the clock and the faults, and a copy for a bad day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from commands import Command, one_error

from crowdbroker.marketplace import Marketplace, worker

DATABASE = Path("crowdbroker-data/marketplace.db")
PAGE = "<!DOCTYPE html><html><head><title>t</title></head><body><p>${text}</p><p>${text} ${more}</p></body></html>"


def test_a_requester_gets_keys_that_are_shown_once(lab: Command) -> None:
    made = lab("marketplace", "add-requester", "Speech lab", "--deposit", "12.50", "--json").document
    assert {"access_key", "secret_key", "id", "name"} < made.keys()
    listed = lab("marketplace", "requesters", "--json")
    assert made["secret_key"] not in listed.stdout
    ours = next(one for one in listed.document["requesters"] if one["name"] == "Speech lab")
    assert (ours["access_key"], ours["available"], ours["held"]) == (made["access_key"], "12.50", "0.00")
    rotated = lab("marketplace", "rotate-key", "Speech lab", "--json").document
    assert rotated["access_key"] != made["access_key"]
    assert lab("marketplace", "deposit", "1", "--requester", "Speech lab", "--json").document["available"] == "13.50"


def test_a_requester_is_shut_out_and_let_in_again(lab: Command) -> None:
    lab("marketplace", "add-requester", "Speech lab")

    def disabled_at() -> str | None:
        listed = lab("marketplace", "requesters", "--json").document["requesters"]
        found: str | None = next(one["disabled_at"] for one in listed if one["name"] == "Speech lab")
        return found

    shown = lab("marketplace", "disable-requester", "Speech lab")
    assert shown.stdout == "Speech lab is disabled.\n"
    assert "HITs stay" in shown.stderr
    assert disabled_at() is not None
    document = lab("marketplace", "enable-requester", "Speech lab", "--json").document
    assert (document["name"], document["disabled_at"]) == ("Speech lab", None)
    assert disabled_at() is None
    assert lab("marketplace", "enable-requester", "Speech lab").stdout == "Speech lab is enabled.\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add-requester", ""], "field 'NAME'"),
        (["rotate-key", "nobody"], "field 'REQUESTER'"),
        (["disable-requester", "nobody"], "field 'REQUESTER'"),
        (["webhook-secret", "nobody", "--rotate"], "field 'REQUESTER'"),
        (["deposit", "1", "--requester", "nobody"], "field '--requester'"),
        (["clock", "--advance", "soon"], "'soon' is no time"),
        (["clock", "--advance", "9999999d"], "field '--advance'"),
        (["clock", "--advance", "1d", "--reset"], "--reset goes with nothing else"),
        (["clock", "--unfreeze", "--reset"], "--reset goes with nothing else"),
        (["clock", "--unfreeze", "--freeze"], "--freeze and --unfreeze"),
        (["faults", "self=1"], "field 'SWITCH=VALUE'"),
        (["faults", "list_lag_s"], "has no value"),
        (["faults", "nonsense=1"], "field 'SWITCH=VALUE'"),
        (["faults", "list_lag_s=-1"], "field 'SWITCH=VALUE'"),
        (["layouts", "missing.html"], "cannot be read"),
        (["backup", "x.db", "--database", "nonsense"], "nonsense"),
        (["admin-link", "--address", "here"], "field '--address'"),
        (["import-workers", "missing.csv"], "missing.csv"),
    ],
)
def test_a_mistake_is_told_in_three_lines(lab: Command, arguments: list[str], says: str) -> None:
    result = lab("marketplace", *arguments)
    assert result.exit_code in (1, 2)
    assert says in one_error(result)


def test_the_status_says_what_is_held_and_what_waits(worked: Command) -> None:
    shown = worked("marketplace", "status")
    assert shown.stderr == ""
    assert "6 submitted and undecided, 0 being worked on; the first is approved by itself at " in shown.stdout
    document = worked("marketplace", "status", "--json").document
    assert document["schema"] == "crowdbroker/marketplace-status/1"
    assert (document["workers"], document["undecided"], document["money"]["owed"]) == (2, 6, "0.00")
    assert sum(document["hits"].values()) == 3
    assert document["misbehaves"] == {}


def test_a_fault_that_is_on_is_loud_until_it_is_off(lab: Command) -> None:
    on = lab("marketplace", "faults", "list_lag_s=10", "reply_lost=0.05")
    assert "misbehaves on purpose: list_lag_s, reply_lost." in on.stderr
    assert re.search(r"list_lag_s +10\.0 +ON", on.stdout)
    assert "misbehaves on purpose" in lab("marketplace", "status").stderr
    assert set(lab("marketplace", "status", "--json").document["misbehaves"]) == {"list_lag_s", "reply_lost"}
    assert lab("marketplace", "faults", "--off", "--json").document["on"] == []
    assert lab("marketplace", "status").stderr == ""


def test_the_clock_is_moved_and_put_back(lab: Command) -> None:
    real = lab("marketplace", "clock", "--json").document
    assert real["moved"] is False
    moved = lab("marketplace", "clock", "--advance", "25h", "--freeze", "--json")
    assert "this is not the real time" in moved.stderr
    assert moved.document["stands_still"] is True
    assert moved.document["now"] > real["now"]
    going = lab("marketplace", "clock", "--unfreeze", "--json").document
    assert (going["stands_still"], going["moved"]) == (False, True)
    assert going["now"] > moved.document["now"]
    assert lab("marketplace", "clock", "--reset", "--json").document["moved"] is False


def test_a_copy_is_put_back_and_the_one_before_is_kept(lab: Command) -> None:
    made = lab("marketplace", "backup", "copies/one.db")
    assert re.match(r"copies/one\.db written, [\d,]+ bytes; its books agree\.", made.stdout)
    lab("marketplace", "deposit", "5.00")
    refused = lab("marketplace", "restore", "copies/one.db")
    assert refused.exit_code == 1
    assert "Replace" in refused.stderr
    back = lab("marketplace", "restore", "copies/one.db", "--yes", "--json").document
    assert lab("marketplace", "status", "--json").document["money"]["available"] == "10000.00"
    lab("marketplace", "restore", back["before"], "--yes")
    assert lab("marketplace", "status", "--json").document["money"]["available"] == "10005.00"


def test_a_copy_that_is_wrong_or_in_the_way_is_refused(lab: Command) -> None:
    Path("bad.db").write_text("no database")
    wrong = lab("marketplace", "restore", "bad.db", "--yes")
    assert wrong.exit_code == 2
    assert "no sound SQLite file" in one_error(wrong)
    taken = lab("marketplace", "backup", "bad.db")
    assert taken.exit_code == 1
    assert "exists already" in one_error(taken)


def test_a_database_in_use_is_not_replaced(lab: Command) -> None:
    lab("marketplace", "backup", "one.db")
    market = Marketplace.open(f"sqlite:///{DATABASE}")
    refused = lab("marketplace", "restore", "one.db", "--yes")
    market.close()
    assert refused.exit_code == 1
    assert "is in use" in one_error(refused)


def test_postgresql_is_left_to_its_own_tools(lab: Command) -> None:
    lab("marketplace", "backup", "one.db")
    refused = lab(
        "marketplace", "restore", "one.db", "--database", "postgresql+psycopg://nobody@127.0.0.1:1/x", "--yes"
    )
    assert refused.exit_code == 2
    assert "use pg_dump and pg_restore" in one_error(refused)


def test_a_layout_is_added_from_a_file_and_listed(lab: Command) -> None:
    Path("sentiment.html").write_text(PAGE)
    added = lab("marketplace", "layouts", "sentiment.html", "--json")
    (one,) = added.document["layouts"]
    assert (one["name"], one["parameters"]) == ("sentiment", ["text", "more"])
    assert f"Its HITLayoutId is {one['id']}." in added.stderr
    assert lab("marketplace", "layouts").stdout.splitlines()[1].split()[0] == one["id"]


def test_the_admin_link_is_an_address_that_opens_once(lab: Command) -> None:
    shown = lab("marketplace", "admin-link", "--address", "http://192.168.1.20:8642/")
    assert re.fullmatch(r"http://192\.168\.1\.20:8642/admin/enter/[\w-]{43}\n", shown.stdout)
    assert "Whoever has it is the operator." in shown.stderr


def test_workers_come_in_from_a_file_with_an_invitation_each(lab: Command) -> None:
    Path("team.csv").write_text(
        "worker_id,name,email,country,subdivision,adult,groups,approved,rejected\n"
        "A2OLDID,Ana,ana@lab.example,US,CA,no,nurses; night,100,3\n,,ben@lab.example,,,,,,\n"
    )
    made = lab("marketplace", "import-workers", "team.csv", "--address", "https://work.example", "--json")
    ana, ben = made.document["workers"]
    assert (ana["worker"], ana["name"], ana["email"]) == ("A2OLDID", "Ana", "ana@lab.example")
    assert ben["name"] == "ben@lab.example"
    assert all(one["link"].startswith("https://work.example/invite/") for one in (ana, ben))
    assert "2 workers let in." in made.stderr
    listed = lab("marketplace", "invite", "--list", "--json").document["invitations"]
    assert [(one["name"], one["state"]) for one in listed] == [("Ana", "open"), ("ben@lab.example", "open")]
    market = Marketplace.open(f"sqlite:///{DATABASE}")
    records = [worker.record(market, one["worker"]) for one in (ana, ben)]
    market.close()
    assert [(one.place, one.is_adult) for one in records] == [("US-CA", False), ("", True)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("name\nAna\nB\n", "team.csv, row 3, field 'name': Choose a name of 2 to 40"),
        ("name,approved\nAna,many\n", "row 2, field 'approved': 'many' is no count"),
        ("name,adult\nAna,maybe\n", "row 2, field 'adult': 'maybe' is neither yes nor no"),
        ("name,country,subdivision\nAna,US,Calif\n", "row 2, field 'subdivision': A subdivision is"),
        ("name,phone\nAna,1\n", "row 1: unknown column 'phone'"),
        ("country\nPT\n", "no column says who"),
        ("name,email\n,\n", "row 2: nothing says who this is"),
        ("name\n", "only a header"),
    ],
)
def test_a_wrong_file_lets_nobody_in(lab: Command, content: str, says: str) -> None:
    Path("team.csv").write_text(content)
    result = lab("marketplace", "import-workers", "team.csv")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in result.stderr
    assert lab("marketplace", "status", "--json").document["workers"] == 0
