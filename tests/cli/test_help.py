from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from commands import Command

from crowdbroker import __version__
from crowdbroker.cli import cli
from crowdbroker.cli.group import COMMANDS


def leaves() -> Iterator[tuple[str, ...]]:
    """Every command that does something, as its words."""
    for name in COMMANDS:
        context = click.Context(cli)
        command = cli.get_command(context, name)
        if isinstance(command, click.Group):
            yield from ((name, inner) for inner in command.list_commands(context))
        else:
            yield (name,)


LEAVES = list(leaves())


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_begins_with_its_sentence(crowdbroker: Command, name: str) -> None:
    shown = crowdbroker(name, "--help")
    assert shown.exit_code == 0
    assert shown.stderr == ""
    assert COMMANDS[name][1] in " ".join(shown.stdout.split())


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_the_help_of_a_command_is_one_sentence_its_options_and_an_example(
    crowdbroker: Command, words: tuple[str, ...]
) -> None:
    usage, sentence, options, *_, example = crowdbroker(*words, "--help").stdout.split("\n\n")
    assert usage.startswith(f"Usage: crowdbroker {' '.join(words)} [OPTIONS]")
    assert re.fullmatch(r"[^.]+(; [^.]+)?\.", sentence.strip()), sentence
    assert options.startswith("Options:")
    title, *lines = example.strip().splitlines()
    assert title == ("Example:" if len(lines) == 1 else "Examples:")
    assert 1 <= len(lines) <= 2


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_the_examples_of_a_command_are_understood(crowdbroker: Command, words: tuple[str, ...]) -> None:
    for line in crowdbroker(*words, "--help").stdout.split("\n\n")[-1].strip().splitlines()[1:]:
        program, *arguments = shlex.split(line)
        assert program == "crowdbroker"
        with cli.make_context("crowdbroker", [*arguments], obj={}) as context:
            name, command, rest = cli.resolve_command(context, [*context._protected_args, *context.args])
            while isinstance(command, click.Group):
                name, command, rest = command.resolve_command(context, rest)
            assert command is not None
            assert name == words[-1]
            command.make_context(name, rest, parent=context)


def test_the_overview_lists_every_command_with_its_sentence(crowdbroker: Command) -> None:
    shown = " ".join(crowdbroker("--help").stdout.split())
    for name, (_, sentence) in COMMANDS.items():
        assert f"{name} {sentence}" in shown


def test_json_is_offered_by_every_command_but_the_servers(crowdbroker: Command) -> None:
    without = [words for words in LEAVES if "--json" not in crowdbroker(*words, "--help").stdout]
    assert set(without) == {("marketplace", "serve"), ("review", "serve")}


def test_the_version_is_that_of_the_package(crowdbroker: Command) -> None:
    assert crowdbroker("--version").stdout == f"{__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["publsh"], "no command 'publsh'; did you mean 'publish'?\nOptions and an example: crowdbroker --help"),
        (["publish", "--foo"], "--foo"),
        (["publish", "--profile", "local"], "It goes before the command: crowdbroker --profile"),
        (["check"], "Missing argument 'PROJECT'.\nOptions and an example: crowdbroker check --help"),
        (["label", "--method", "best"], "'best' is not one of"),
        (["report", "budget", "--fail-over", "1.5"], "--fail-over"),
        (["pasue"], "did you mean 'pause'?"),
        (["compensate", "ann"], "Missing argument 'AMOUNT'."),
        (["compensate", "ann", "1.00"], "Missing option '--reason'."),
        (["marketplace", "invte", "Ana"], "there is no command 'invte'; did you mean 'invite'?"),
        (["aggregate"], "Missing argument 'ANSWERS'."),
    ],
)
def test_wrong_usage_is_two_lines_and_exit_2(crowdbroker: Command, arguments: list[str], says: str) -> None:
    result = crowdbroker(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 2


@pytest.mark.parametrize("arguments", [[], ["report"], ["marketplace"]])
def test_a_command_without_its_verb_shows_the_help(crowdbroker: Command, arguments: list[str]) -> None:
    result = crowdbroker(*arguments)
    assert result.exit_code == 2
    assert "Commands:" in result.stderr
