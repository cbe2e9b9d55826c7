"""The command line; `main` is its entry. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from crowdbroker import __version__
from crowdbroker.cli.group import COMMANDS, LazyGroup
from crowdbroker.cli.output import note
from crowdbroker.cli.stopping import stopped
from crowdbroker.errors import CrowdbrokerError

EXAMPLE = """\b
Try it, without an account, a server or a network:
  crowdbroker demo
\b
Then with your own rows:
  crowdbroker init labels && cd labels
  crowdbroker check projects/reviews.toml data/reviews.csv --gold data/reviews-gold.csv
"""


@click.group(
    cls=LazyGroup,
    commands_table=COMMANDS,
    epilog=EXAMPLE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--config", metavar="FILE", help="Settings file; else CROWDBROKER_CONFIG, ./crowdbroker.toml and so on.")
@click.option("--profile", metavar="NAME", help="Which marketplace: embedded, local, sandbox, production or your own.")
@click.version_option(__version__, message="%(version)s")
@click.pass_context
def cli(context: click.Context, config: str | None, profile: str | None) -> None:
    """Split a dataset into micro-tasks, publish them, and get paid-for answers back as labels you can trust."""
    context.ensure_object(dict).update(config=config, profile=profile, command=context.invoked_subcommand)


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return 0 done, 1 refused or failed, 2 wrong usage or input, 3 threshold passed, 130 Ctrl-C."""
    asked: dict[str, Any] = {}
    try:
        code = cli.main(args=arguments, prog_name="crowdbroker", standalone_mode=False, obj=asked)
        # What a closed pipe refuses must come to light here, and not when Python ends.
        sys.stdout.flush()
    except click.ClickException as error:
        _say_wrong_usage(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(stopped(asked.get("command")), err=True)
        return 130
    except CrowdbrokerError as error:
        note(f"Error: {error}")
        return error.exit_code
    except (BrokenPipeError, SystemExit):
        # The reader of a pipe, such as `head`, has enough; click makes a SystemExit of that, and of nothing else.
        # Python must not say so once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0


def _say_wrong_usage(error: click.ClickException) -> None:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return
    click.echo(f"Error: {error.format_message()}", err=True)
    if isinstance(error, click.NoSuchOption) and error.option_name in ("--config", "--profile"):
        click.echo(f"It goes before the command: crowdbroker {error.option_name} ... COMMAND", err=True)
    elif isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(f"Options and an example: {error.ctx.command_path} --help", err=True)
