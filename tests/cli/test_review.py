"""`crowdbroker review`: who is let in, and serving to a real browser's requests."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from commands import LOAD, Command, one_error

PACKAGE = Path(__file__).parents[2]


def test_somebody_is_let_in_by_a_link_and_listed_and_let_out(lab: Command) -> None:
    shown = lab(
        "review", "add-user", "Ann", "--role", "payer", "--cap", "20.00", "--address", "https://review.example/"
    )
    assert re.fullmatch(r"https://review\.example/enter/[\w-]{43}\n", shown.stdout)
    assert "Whoever has this link becomes that person, once." in shown.stderr
    listed = lab("review", "users", "--json").document
    assert listed == {
        "schema": "crowdbroker/review-users/1",
        "users": [{"name": "ann", "role": "payer", "may_enter": "yes", "has_password": "no", "cap_a_day": "20.00"}],
    }
    again = lab("review", "link", "ann", "--json").document
    assert again["link"].startswith("http://127.0.0.1:8643/enter/")
    assert again["link"].rpartition("/")[2] not in shown.stdout
    assert lab("review", "remove-user", "ann").exit_code == 0
    assert lab("review", "users", "--format", "csv").stdout.splitlines()[1] == "ann,payer,no,no,20.00"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add-user", "x"), "2 to 40"),
        (("add-user", "ann", "--cap", "-1"), "--cap"),
        (("add-user", "ann", "--address", "ftp://x"), "--address"),
        (("link", "nobody"), "there is no person 'nobody'"),
        (("remove-user", "nobody"), "there is no person 'nobody'"),
        (("serve", "--batch", "nowhere"), "Batch"),
        (("serve", "--host", "0.0.0.0"), "nobody has an account yet"),
    ],
)
def test_what_is_wrong_is_said_in_one_error(lab: Command, words: tuple[str, ...], says: str) -> None:
    found = lab("review", *words)
    assert says in one_error(found)
    assert found.exit_code == (1 if "0.0.0.0" in words else 2)


def test_a_link_of_ones_own_needs_no_name_until_there_are_accounts(lab: Command) -> None:
    assert "/enter/" in lab("review", "link").stdout
    lab("review", "add-user", "ann")
    assert "say whose link" in one_error(lab("review", "link"))


def test_serving_prints_a_link_that_signs_in_and_ends_by_ctrl_c(lab: Command, tmp_path: Path) -> None:
    lab(*LOAD)
    command = [sys.executable, "-m", "crowdbroker", "review", "serve", "--port", "0", "--batch", "first"]
    environment = os.environ | {"PYTHONPATH": str(PACKAGE)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as served:
        try:
            assert served.stdout is not None
            assert served.stderr is not None
            address = served.stdout.readline().strip()
            said = served.stderr.readline()
            link = re.search(rf"{re.escape(address)}/enter/[\w-]{{43}}", said)
            assert link is not None, said
            with urlopen(link[0], timeout=30) as page:
                assert "This link signs you in" in page.read().decode()
            with urlopen(f"{address}/healthz", timeout=30) as page:
                assert page.read() == b"ok\n"
        finally:
            served.send_signal(signal.SIGINT)
            served.wait(30)
    assert served.returncode == 130
