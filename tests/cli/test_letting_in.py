"""Who is let in to the marketplace, what it shows them, and the money that it has."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from commands import Command, all_rows, one_error
from pets import MARKETPLACE


def test_people_are_invited_each_by_a_link_and_listed(lab: Command) -> None:
    shown = lab("marketplace", "invite", "Ana", "Tomás", "--address", "https://work.example/")
    header, *lines = shown.stdout.splitlines()
    assert header.split() == ["name", "link", "valid", "until"]
    assert [line.split()[0] for line in lines] == ["Ana", "Tomás"]
    assert all(
        re.search(r"https://work\.example/invite/[\w-]{43}  \d{4}-\d\d-\d\d \d\d:\d\d UTC", one) for one in lines
    )
    assert shown.stderr == "Each link is for one person and works once; it is shown only now.\n"
    here = lab("marketplace", "invite", "Cem", "--json")
    assert here.document["schema"] == "crowdbroker/invitations/1"
    assert here.document["invitations"][0]["link"].startswith("http://127.0.0.1:8642/invite/")
    assert "For other machines: --address" in here.stderr
    listed = lab("marketplace", "invite", "--list", "--json").document
    assert [(one["name"], one["state"], one["worker"]) for one in listed["invitations"]] == [
        ("Ana", "open", ""),
        ("Tomás", "open", ""),
        ("Cem", "open", ""),
    ]
    assert "invite/" not in lab("marketplace", "invite", "--list").stdout


def test_an_open_invitation_is_withdrawn_by_name(lab: Command) -> None:
    lab("marketplace", "invite", "Ana", "Ben")
    assert lab("marketplace", "invite", "--revoke", "Ana").stdout == "1 invitation withdrawn: Ana.\n"
    assert lab("marketplace", "invite", "--revoke", "ben", "--json").document["revoked"] == ["ben"]
    states = lab("marketplace", "invite", "--list", "--format", "csv").stdout.splitlines()[1:]
    assert [line.split(",")[:2] for line in states] == [["Ana", "withdrawn"], ["Ben", "withdrawn"]]
    assert lab("marketplace", "invite", "Ana").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "give names or --list, and not both"),
        (["--list", "Ana"], "give names or --list, and not both"),
        (["A"], "'A': Choose a name of 2 to 40 printable characters.\nNobody was invited. Choose another name."),
        (["Ben", "Ana"], "Ana has an open invitation.*\n.*invite --revoke Ana"),
        (["Ben", "Ben"], "'Ben' comes twice"),
        (["--revoke", "Ben", "Ana"], "'Ben' has no open invitation\nNothing was withdrawn."),
        (["Ben", "--address", "work.example"], "field '--address': 'work.example' is no address of a site"),
        (["Ben", "--address", "http://x:99999"], "field '--address'"),
    ],
)
def test_a_wrong_invitation_invites_nobody(lab: Command, arguments: list[str], says: str) -> None:
    lab("marketplace", "invite", "Ana")
    result = lab("marketplace", "invite", *arguments)
    assert result.exit_code == 2
    assert re.search(says, one_error(result))
    listed = lab("marketplace", "invite", "--list", "--json").document["invitations"]
    assert [one["name"] for one in listed if one["state"] == "open"] == ["Ana"]


def test_a_deposit_adds_to_the_requesters_account(lab: Command) -> None:
    told = lab("marketplace", "deposit", "12.50").stdout
    assert told == "$12.50 deposited at your own marketplace; $10,012.50 available there.\n"
    assert lab("marketplace", "deposit", "1", "--json").document == {
        "schema": "crowdbroker/deposit/1",
        "deposited": "1.00",
        "available": "10013.50",
    }
    other = lab("marketplace", "deposit", "2.00", "--database", "sqlite:///other.db")
    assert "$10,002.00 available there" in other.stdout


@pytest.mark.parametrize("amount", ["0", "0.00", "x", "1,5", "1.005", "99999999999999999999.00", "1" * 5000])
def test_a_wrong_deposit_changes_nothing(lab: Command, amount: str) -> None:
    before = all_rows(MARKETPLACE)
    result = lab("marketplace", "deposit", amount)
    assert result.exit_code == 2
    assert one_error(result).endswith("Write it like 500.00.\n")
    assert all_rows(MARKETPLACE) == before


@contextmanager
def serving(*arguments: str, config: Path | None = None) -> Iterator[tuple[str, list[str]]]:
    """The address of a marketplace on a free port, and what it says beside it."""
    with subprocess.Popen(
        [sys.executable, "-m", "crowdbroker", "marketplace", "serve", "--port", "0", *arguments],
        env=os.environ
        | {"PYTHONPATH": str(Path(__file__).parents[2])}
        | ({"CROWDBROKER_CONFIG": str(config)} if config else {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        port = process.stdout.readline().strip().rpartition(":")[2]
        said = [process.stderr.readline()]
        while "The MTurk API" not in said[-1]:
            assert said[-1], said
            said.append(process.stderr.readline())
        try:
            yield f"http://127.0.0.1:{port}", said
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def test_whoever_invites_people_lets_in_nobody_else_of_the_network(pets: Command) -> None:
    with serving("--host", "0.0.0.0") as (_, said):
        assert said[1].startswith("Others reach it by the name or IP address of this machine, at port ")
        assert said[2] == "Whoever reaches it may make an account.\n"
        assert "AWS_ENDPOINT_URL_MTURK=http://127.0.0.1:" in said[3]
    pets("marketplace", "invite", "Ana")
    with serving("--host", "0.0.0.0") as (address, said):
        assert said[2] == "People make accounts by invitation: crowdbroker marketplace invite NAME\n"
        with urlopen(f"{address}/sign-in", timeout=10) as page:
            shown = page.read().decode()
    assert "Open the invitation that you were sent" in shown
    assert "/sign-up" not in shown


def test_a_site_behind_a_proxy_knows_its_name_and_its_public_address(pets: Command) -> None:
    settings = Path("proxied.toml")
    settings.write_text(
        '[profiles.embedded]\n[marketplace]\nsite_name = "Speech lab"\npublic_url = "https://work.example/"\n'
    )
    pets("marketplace", "invite", "Ana")
    with serving(config=settings) as (address, said):
        assert "Workers reach it at https://work.example\n" in said
        # On this machine alone anybody may make an account; the proxy lets in the rest of the world.
        assert "People make accounts by invitation: crowdbroker marketplace invite NAME\n" in said
        with urlopen(f"{address}/sign-in", timeout=10) as page:
            shown = page.read().decode()
    assert "Speech lab" in shown
    assert "/sign-up" not in shown


def test_the_server_shows_the_pictures_that_were_loaded(pets: Command) -> None:
    content = Path("pictures/p07.png").read_bytes()
    name = f"{hashlib.sha256(content).hexdigest()}.png"
    with serving() as (address, _), urlopen(f"{address}/media/{name}", timeout=10) as shown:
        assert shown.headers["Content-Type"] == "image/png"
        assert shown.read() == content
