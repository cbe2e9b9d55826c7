"""A progress bar on stderr, which vanishes at its end; silent where stderr is no terminal or NO_COLOR is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


@contextmanager
def progress_bar(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many are done; count, rate and time left are shown."""
    console = Console(stderr=True)
    silent = console.no_color or not console.is_terminal
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=silent) as progress:
        bar = progress.add_task(what, total=total)
        yield lambda done: progress.update(bar, completed=done)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        """How many a second, as soon as that is known."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")
