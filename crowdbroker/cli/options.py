"""Options that read the same everywhere, and the application behind a command."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from crowdbroker.app import App
    from crowdbroker.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

batch_option = click.option("--batch", metavar="NAME", help="Which Batch; may be left out where there is one.")
any_batch_option = click.option("--batch", metavar="NAME", help="One Batch; all where left out.")
gold_option = click.option("--gold", type=click.Path(path_type=Path), metavar="FILE", help="Items with known answers.")
encoding_option = click.option("--encoding", metavar="NAME", help="Of the files, where it cannot be told: cp1252, …")
delimiter_option = click.option(
    "--delimiter", metavar="SIGN", help="Of the files, where it cannot be told: ';' or tab."
)
accept_underpay_option = click.option("--accept-underpay", is_flag=True, help="Go on below the Project's wage_floor.")
yes_option = click.option("--yes", is_flag=True, help="Answer the question with yes.")
seed_option = click.option("--seed", type=int, default=0, show_default=True, help="Packing and order follow it.")
database_option = click.option(
    "--database", metavar="URL", help="Another database than data_dir/marketplace.db, such as sqlite:///m.db."
)
out_option = click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Write there, not to stdout.")


class Within(click.FloatRange):
    """A number between two limits; not NaN, which is on neither side of any."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number."""
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is no number from {self.min:g} to {self.max:g}.", param, ctx)
        return number


SHARE = Within(0, 1)


def format_options(*formats: str) -> Callable[[Command], Command]:
    """`--format`, and `--json` as its short form."""

    def decorate(command: Command) -> Command:
        command = click.option("--json", "as_format", flag_value="json", help="Short for --format json.")(command)
        return click.option(
            "--format",
            "as_format",
            type=click.Choice(formats),
            default=formats[0],
            show_default=True,
            help="How the result is written.",
        )(command)

    return decorate


def files_options(command: Command) -> Command:
    """PROJECT and DATA, gold, and how the tables are written."""
    for add in (delimiter_option, encoding_option, gold_option, path_argument("data"), path_argument("project")):
        command = add(command)
    return command


def path_argument(name: str) -> Callable[[Command], Command]:
    """A file to read; whether it exists is said with the other mistakes in files."""
    return click.argument(name, type=click.Path(path_type=Path))


def read_root_settings() -> Settings:
    """The settings in force, with the profile that the command line names.

    Raises:
        SettingsError: the file is wrong, or there is no such profile.
    """
    from crowdbroker.settings import read_settings

    asked = click.get_current_context().find_root().obj or {}
    settings = read_settings(Path(asked["config"]) if asked.get("config") else None)
    if asked.get("profile"):
        settings = settings.model_copy(update={"profile": asked["profile"]})
    # A name that is wrong is said by every command, not first by the one that sends.
    _ = settings.chosen
    return settings


@contextmanager
def opened_app() -> Iterator[App]:
    """The application of the settings in force, closed at the end."""
    from crowdbroker.app import App

    app = App(read_root_settings())
    try:
        yield app
    finally:
        app.close()
