"""The likelihood on stderr while a method learns; silent where stderr is no terminal or NO_COLOR is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Told = Callable[[int, float], None]


@contextmanager
def likelihood(answers: int | None = None) -> Iterator[Told]:
    """Give a function that is told the number of each pass and the log-likelihood of all answers.

    Args:
        answers: how many there are, for the likelihood of one; None where nobody knows yet.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if console.no_color or not console.is_terminal:
        yield lambda done, value: None  # noqa: ARG005
        return
    with console.status("Learning …") as status:
        unit = "an answer" if answers else "of all"
        yield lambda done, value: status.update(
            f"Pass {done} over the answers: log-likelihood {value / (answers or 1):,.5f} {unit}"
        )
