"""What fails outside the files: one message that names the setting, exit 1, and never a traceback."""

from __future__ import annotations

import http.server
import json
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import LOAD, Command, one_error

from crowdbroker.marketplace import Marketplace
from crowdbroker.mturk import client
from crowdbroker.store import store

SETTINGS = Path("crowdbroker.toml")


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class _NoSuchKey(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.dumps({"__type": "UnrecognizedClientException", "message": "The security token is invalid."})
        self.send_response(400)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def strict_endpoint() -> Iterator[int]:
    """The port of an endpoint that knows nobody's keys."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _NoSuchKey)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def use_port(port: int) -> None:
    SETTINGS.write_text(SETTINGS.read_text().replace("127.0.0.1:8642", f"127.0.0.1:{port}", 1))


def test_an_unreachable_endpoint_names_its_setting(
    lab: Command, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_ATTEMPTS", 2)
    use_port(closed_port)
    lab(*LOAD)
    result = lab("--profile", "local", "publish", "--yes", "--json")
    assert result.exit_code == 1
    assert f"nobody answers at http://127.0.0.1:{closed_port}" in result.stderr
    assert "endpoint_url" in result.stderr
    assert result.stdout == ""


def test_wrong_keys_name_their_settings(lab: Command, strict_endpoint: int) -> None:
    use_port(strict_endpoint)
    lab(*LOAD)
    result = lab("--profile", "local", "publish", "--yes")
    assert result.exit_code == 1
    assert "does not accept the access keys" in result.stderr
    assert "Check access_key and secret_key in the profile" in result.stderr


def test_an_empty_account_says_what_is_there_and_what_is_needed(lab: Command) -> None:
    lab(*LOAD)
    Path("crowdbroker-data/marketplace.db").unlink()
    url = "sqlite:///crowdbroker-data/marketplace.db"
    Marketplace.open(url, starting_balance_cents=100).close()
    result = lab("publish", "--yes")
    assert result.exit_code == 1
    assert "has $1.00" in result.stderr
    assert "publishing needs $2.16" in result.stderr
    assert "Add money" in result.stderr
    assert lab("report", "budget", "--json").document["totals"]["reserved"] == 0


def test_a_locked_store_is_said_after_the_busy_timeout(lab: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_S", 0)
    holder = sqlite3.connect("crowdbroker-data/store.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    result = lab(*LOAD)
    holder.close()
    assert result.exit_code == 1
    assert "is busy\nAnother crowdbroker works on it" in one_error(result)


@pytest.mark.parametrize("name", ["store.db", "marketplace.db"])
def test_a_database_that_is_none_is_named(lab: Command, name: str) -> None:
    lab(*LOAD)
    for path in Path("crowdbroker-data").glob(f"{name}*"):
        path.unlink()
    Path("crowdbroker-data", name).write_text("this is no database, and it is long enough to look like one")
    result = lab("publish", "--yes")
    assert result.exit_code == 1
    assert name in result.stderr
    assert "Check data_dir" in result.stderr


def test_a_data_dir_that_cannot_be_made_is_named(lab: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROWDBROKER_DATA_DIR", "data/reviews.csv")
    result = lab("status")
    assert result.exit_code == 1
    assert "data/reviews.csv cannot be made" in one_error(result)


def test_an_unknown_profile_is_refused_by_every_command(lab: Command) -> None:
    for command in (("status",), LOAD, ("report", "budget")):
        result = lab("--profile", "nope", *command)
        assert result.exit_code == 2
        assert "crowdbroker.toml: there is no profile 'nope'" in one_error(result)
        assert "embedded, local, production, sandbox" in result.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("profile = [", "is no TOML file"),
        ("profil = 'local'", "there is no setting 'profil'; did you mean 'profile'?"),
        ("[profiles.a]\nendpont_url = 'x'", "'profiles.a.endpont_url'; did you mean 'endpoint_url'?"),
        ("[profiles.a]\ntariff = { reward_percnt = 5 }", "did you mean 'reward_percent'?"),
    ],
)
def test_wrong_settings_name_the_file(lab: Command, text: str, says: str) -> None:
    SETTINGS.write_text(text)
    result = lab("status")
    assert result.exit_code == 2
    assert "crowdbroker.toml" in result.stderr
    assert says in result.stderr
    assert len(result.stderr.splitlines()) <= 3


def test_a_missing_settings_file_is_said(lab: Command) -> None:
    result = lab("--config", "nope.toml", "status")
    assert result.exit_code == 2
    assert "there is no settings file nope.toml\nCheck --config" in one_error(result)


@pytest.mark.parametrize(
    "command",
    [
        ("export", "--out", "no/x.csv"),
        ("export", "--json", "--out", "no/x.json"),
        ("export", "--format", "table", "--out", "data"),
        ("report", "budget", "--json", "--out", "no/x.json"),
        ("report", "budget", "--out", "no/x.txt"),
    ],
)
def test_a_file_that_cannot_be_written_is_named(lab: Command, command: tuple[str, ...]) -> None:
    lab(*LOAD)
    result = lab(*command)
    assert result.exit_code == 2
    assert one_error(result).startswith(f"Error: {command[-1]}: ")


def test_an_unknown_batch_is_refused_with_those_that_are_known(lab: Command) -> None:
    lab(*LOAD)
    for command in ("publish", "collect", "judge", "settle", "label", "run", "status", "export"):
        result = lab(command, "--batch", "second")
        assert result.exit_code == 2
        assert "there is no Batch 'second'\nThere are: first." in one_error(result)


def test_without_any_batch_the_remedy_is_to_load_one(lab: Command) -> None:
    assert "crowdbroker load PROJECT DATA" in one_error(lab("publish"))
    assert "crowdbroker load PROJECT DATA" in lab("status").stdout
    assert lab("report", "budget", "--fail-over", "0").exit_code == 0


def test_a_port_in_use_is_said_with_a_remedy(lab: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        result = lab("marketplace", "serve", "--port", port)
    assert result.exit_code == 1
    assert f"--port {port} cannot be served: Address already in use" in one_error(result)
    assert "--port 0" in result.stderr


def test_a_database_url_that_cannot_be_read_is_said(lab: Command) -> None:
    result = lab("marketplace", "serve", "--port", "0", "--database", "market.db")
    assert result.exit_code == 1
    assert "'market.db' is not a database URL such as sqlite:///" in one_error(result)


def test_hosted_profiles_say_that_the_service_was_closed_and_ask(lab: Command) -> None:
    lab(*LOAD)
    result = lab("--profile", "sandbox", "collect")
    assert result.exit_code == 1
    assert "Amazon closed Mechanical Turk on 30 September 2026" in result.stderr
    assert "not confirmed, so nothing was sent" in result.stderr
