"""What the README promises in commands."""

from __future__ import annotations

import re
from pathlib import Path

from crowdbroker.cli.group import COMMANDS
from crowdbroker.marketplace.operations import OPERATIONS

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
CODE = re.findall(r"^```sh\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def test_the_first_screen_sets_up_the_demo_and_the_tests() -> None:
    setups = [line for block in CODE for line in block.splitlines() if line.startswith("python3 -m venv")]
    assert setups == [
        "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt . && .venv/bin/crowdbroker demo",
        "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e '.[test]' && .venv/bin/pytest",
    ]
    assert README.index(setups[1]) < README.index("\n## ")


def test_every_command_in_the_readme_exists_and_every_command_is_in_it() -> None:
    shown = {name for block in CODE for name in re.findall(r"crowdbroker ([a-z][a-z-]+)", block)}
    assert shown <= COMMANDS.keys()
    for name in COMMANDS:
        assert re.search(rf"`[^`]*\b{name}\b", README), name


def test_relative_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (Path(__file__).parent.parent / target).exists(), target


def test_the_number_of_operations_is_that_of_the_marketplace() -> None:
    said = re.search(r"(\d+) of MTurk's\s+39 operations", README)
    assert said is not None
    assert int(said.group(1)) == len(OPERATIONS)
