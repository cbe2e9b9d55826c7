"""Commands that are imported only when they run, so that `--help` starts fast."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NoReturn

import click

COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("crowdbroker.cli.init:init", "Write a settings file, a Project, the templates and a sample dataset."),
    "check": ("crowdbroker.cli.check:check", "Try a Project against every row before any money moves."),
    "quote": ("crowdbroker.cli.quote:quote", "Say what publishing a dataset costs at most."),
    "load": ("crowdbroker.cli.load:load", "Turn a dataset into a Batch of planned HITs, or add its new rows to one."),
    "publish": ("crowdbroker.cli.publish:publish", "Reserve the money and publish the planned HITs."),
    "collect": ("crowdbroker.cli.collect:collect", "Bring in what workers have submitted."),
    "judge": ("crowdbroker.cli.judge:judge", "Decide on submitted work from gold answers."),
    "settle": ("crowdbroker.cli.settle:settle", "Pay, refuse and exclude as judged."),
    "label": ("crowdbroker.cli.label:label", "Aggregate the answers into labels."),
    "pause": (
        "crowdbroker.cli.close:pause",
        "Stop offering a Batch's HITs for a while; accepted work may still come in.",
    ),
    "resume": (
        "crowdbroker.cli.close:resume",
        "Offer a paused Batch's HITs again, for the time that they had left.",
    ),
    "close": (
        "crowdbroker.cli.close:close",
        "End a Batch early for good; what is accepted may still come in and is paid.",
    ),
    "compensate": ("crowdbroker.cli.compensate:compensate", "Pay a named Worker a bonus, once for each reason."),
    "forget": (
        "crowdbroker.cli.forget:forget",
        "Delete a Worker's name and all notes on them; answers, pay and the WorkerId stay.",
    ),
    "doctor": (
        "crowdbroker.cli.doctor:doctor",
        "Prove the books, compare them with the marketplace, and explain what is wrong.",
    ),
    "resolve": (
        "crowdbroker.cli.resolve:resolve",
        "Settle an Effect in doubt, with all that is known of it; without a name, list them.",
    ),
    "run": ("crowdbroker.cli.run:run", "Do all steps in a loop until the Batch is complete."),
    "status": ("crowdbroker.cli.status:status", "Say how far the Batches are, and what waits for a person."),
    "export": ("crowdbroker.cli.export:export", "Write labels, answers or workers as a table."),
    "export-ledger": (
        "crowdbroker.cli.export_ledger:export_ledger",
        "Write every line of the ledger, for another program to check.",
    ),
    "report": (
        "crowdbroker.cli.report:report",
        "Report money, quality, Workers and fairness to people and machines.",
    ),
    "review": ("crowdbroker.cli.review:review", "Look at Labels, Workers, decisions and money in a browser."),
    "aggregate": ("crowdbroker.cli.aggregate:aggregate", "Aggregate any file of answers; no Batch is needed."),
    "templates": (
        "crowdbroker.cli.templates:templates",
        "List the HIT templates, or write a preview of one with sample Items.",
    ),
    "marketplace": ("crowdbroker.cli.marketplace:marketplace", "Run the MTurk-compatible marketplace."),
    "env": (
        "crowdbroker.cli.env:env",
        "Print the environment with which unmodified MTurk programs talk to your marketplace.",
    ),
    "install-model": (
        "crowdbroker.cli.install_model:install_model",
        "Write the description of the MTurk API that boto3 needs where it has none of its own.",
    ),
    "simulate-faults": (
        "crowdbroker.cli.simulate_faults:simulate_faults",
        "Run simulated Batches in which everything goes wrong, and check every cent after every step.",
    ),
    "demo": ("crowdbroker.cli.demo:demo", "Run the whole job with a simulated crowd, or replay recorded answers."),
}
"""Command -> (module:attribute, the sentence that its help begins with)."""


class LazyGroup(click.Group):
    """A group that lists its commands without importing them."""

    def __init__(self, *args: Any, commands_table: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._table = commands_table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands in the order in which they are used."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now."""
        if cmd_name not in self._table:
            return None
        module, _, attribute = self._table[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names."""
        if args[0] not in self._table and not args[0].startswith("-"):
            _refuse_unknown(ctx, args[0], list(self._table))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands with their sentences."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in self._table.items()])


def _refuse_unknown(ctx: click.Context, name: str, known: list[str]) -> NoReturn:
    near = difflib.get_close_matches(name, known, 1)
    ctx.fail(f"there is no command {name!r}{f'; did you mean {near[0]!r}?' if near else '.'}")
