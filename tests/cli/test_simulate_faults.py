from __future__ import annotations

import json
from typing import Any

import pytest
from commands import Command

from crowdbroker.cli import simulate_faults
from crowdbroker.simulation.happenings import KINDS, draw
from crowdbroker.simulation.world import World


@pytest.fixture
def broken_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that forgets a cent whenever it publishes."""

    def forgetting(world: World, _chance: Any) -> None:
        with world.store.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE balance SET cents = cents - 1 WHERE account = 'available'")

    monkeypatch.setitem(KINDS, "publish", (4, forgetting))


def test_it_says_what_was_tried_and_that_nothing_was_violated(crowdbroker: Command) -> None:
    result = crowdbroker("simulate-faults", "--runs", "1")
    assert result.exit_code == 0
    assert result.stdout.startswith("1 Batch, ")
    assert result.stdout.endswith(": no violation.\n")
    assert result.stderr == ""


def test_json_is_one_document(crowdbroker: Command) -> None:
    shown = json.loads(crowdbroker("simulate-faults", "--seed", "5", "--runs", "1", "--json").stdout)
    assert shown["schema"] == "crowdbroker/simulated-faults/1"
    assert (shown["seeds"], shown["violations"]) == ([5], [])
    assert shown["calls"] > 0


@pytest.mark.usefixtures("broken_broker")
def test_a_violation_is_shown_with_the_command_that_shows_it_again(crowdbroker: Command) -> None:
    result = crowdbroker("simulate-faults", "--seed", "3", "--runs", "2", "--json")
    assert result.exit_code == 1
    first = json.loads(result.stdout)["violations"][0]
    assert "the Entries come to" in first["violations"][0]
    assert f"Shortest replay: {first['replay']}\n" in result.stderr
    again = crowdbroker(*first["replay"].split()[1:])
    assert again.exit_code == 1
    number, kind = again.stdout.splitlines()[0].split()
    assert kind == draw(3)[int(number)].kind == "publish"
    assert first["violations"][0] in again.stdout
    assert "1 violation, with the seeds 3." in again.stdout


def test_nothing_of_the_working_folder_is_touched(crowdbroker: Command, tmp_path: Any) -> None:
    crowdbroker("simulate-faults", "--only", "none")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("only", ["x", "1;2", "1,-2"])
def test_a_list_that_is_none_is_refused(crowdbroker: Command, only: str) -> None:
    result = crowdbroker("simulate-faults", "--only", only)
    assert result.exit_code == 2
    assert "Write it like 2,9,18." in result.stderr


def test_ctrl_c_says_how_to_go_on(crowdbroker: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(simulate_faults, "_say_failure", interrupted)
    result = crowdbroker("simulate-faults", "--seed", "8", "--runs", "4")
    assert result.exit_code == 130
    assert "no violation. Go on: crowdbroker simulate-faults --seed 9 --runs 3" in result.stderr
