"""Ctrl-C, closed pipes, and what is shown where nobody looks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import LOAD, Command

from crowdbroker.cli import progress
from crowdbroker.cli.group import COMMANDS
from crowdbroker.cli.stopping import stopped

ROOT = Path(__file__).parents[2]


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "crowdbroker", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_ctrl_c_in_run_says_what_is_saved_and_exits_130(published: Command) -> None:
    process = start("run", "--batch", "first", "--json")
    assert process.stderr is not None
    assert "0 of 45 answers" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert "Stopped. What was done is saved; the same command goes on from there." in err
    assert "Traceback" not in err


def test_the_server_says_its_address_and_ctrl_c_ends_it(lab: Command) -> None:
    process = start("marketplace", "serve", "--port", "0")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    assert process.stderr is not None
    assert "People sign in and work there" in process.stderr.readline()
    assert "AWS_ENDPOINT_URL_MTURK=http://127.0.0.1:" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Stopped. All work and money are saved" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_sentence_for_ctrl_c(command: str) -> None:
    assert stopped(command).startswith("Stopped. ")


def test_a_closed_pipe_is_no_error(lab: Command) -> None:
    Path("data/reviews.csv").write_text("id,text\n" + "".join(f"r{n},{'word ' * 80}{n}\n" for n in range(400)))
    assert lab(*LOAD).exit_code == 0
    process = start("export")
    assert process.stdout is not None
    assert process.stdout.readline() == "id,label,confidence,votes,method,text\n"
    process.stdout.close()
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=30) == 0


@pytest.mark.parametrize(("environment", "shown"), [({"FORCE_COLOR": "1"}, True), ({}, False)])
def test_a_bar_is_shown_on_a_terminal_alone(
    environment: dict[str, str], shown: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with progress.progress_bar("Publishing", 10) as advance:
        advance(4)
    assert ("Publishing" in capsys.readouterr().err) is shown


def test_no_color_hides_the_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    with progress.progress_bar("Publishing", 10) as advance:
        advance(4)
    assert capsys.readouterr().err == ""
