"""A progress bar with rate and remaining time on stderr, where a person watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def watched(lang: str | None = None, *, quiet: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """Gives a function to be told (done, in all), or None where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    class Rate(TaskProgressColumn):
        """Done a second."""

        def __init__(self) -> None:
            super().__init__(show_speed=True)

    columns = (BarColumn(), MofNCompleteColumn(), TaskProgressColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell
