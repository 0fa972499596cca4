"""What stands on the terminal: tables, endings, progress, and what happens there when a reader leaves or Ctrl-C comes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from steepest.cli.codes import WRONG

if TYPE_CHECKING:
    from steepest.objectives.formula import FormulaObjective
    from steepest.optimizers import Optimizer
    from steepest.trajectory import Trajectory

__all__ = ["Finishing", "Progress", "complain", "echo_optimizers", "print_json", "print_runs", "reader_may_leave", "silence"]


def complain(message: str) -> int:
    """Tell what the user got wrong."""
    click.echo(f"steepest: {message}", err=True)
    return WRONG


def silence() -> None:
    """Send the rest of standard output nowhere, so that closing it cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """A reader of a pipe that has seen enough, such as head, ends the printing and nothing else."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        silence()


class Finishing:
    """Prints and saves what was computed even if Ctrl-C comes meanwhile; a second one ends it.

    Attributes:
        interrupted: whether one came.
    """

    def __init__(self, *, interrupted: bool) -> None:
        self.interrupted = interrupted

    def __enter__(self) -> Finishing:
        self.before = signal.signal(signal.SIGINT, self.note)
        return self

    def note(self, number: int, frame: object) -> None:
        self.interrupted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        click.echo("printing and saving what was computed: press Ctrl-C again to stop", err=True)

    def __exit__(self, *details: object) -> None:
        signal.signal(signal.SIGINT, self.before)


def print_runs(function: FormulaObjective, runs: Sequence[Trajectory], every: int) -> None:
    """The table and the ending of every run; what was read differently from how it was typed goes to standard error."""
    if function.read_as:
        click.echo(f"read as {function.read_as}", err=True)
    echo_optimizers([run.optimizer for run in runs])
    for index, run in enumerate(runs):
        if len(runs) > 1:
            click.echo(f"{chr(10) if index else ''}{run.label}")
        if sys.stdout.isatty():
            print_rich(run, every)
        else:
            print_plain(run, every)
        click.echo(run.ending.message)


def echo_optimizers(optimizers: Sequence[Optimizer]) -> None:
    """What optimizers that were typed in another library's words are here."""
    for optimizer in optimizers:
        if optimizer.read_as:
            click.echo(f"optimizer read as {optimizer.read_as}", err=True)


def print_plain(run: Trajectory, every: int) -> None:
    from steepest.views.table import header, plain_table, rows

    click.echo(plain_table(header(run), list(rows(run, every))))


def print_rich(run: Trajectory, every: int) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from steepest.views.table import header, plain_table, rows

    console, head, body = Console(), header(run), list(rows(run, every))
    if sum(max(map(len, column)) + 3 for column in zip(head, *body, strict=True)) > console.width:
        click.echo(plain_table(head, body))  # wider than the window: lines that wrap rather than numbers that are cut
        return
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    styles = {"step": "dim", "f": "bold cyan"}
    for name in head:
        table.add_column(name, justify="right", style=styles.get(name), no_wrap=True)
    for cells in body:
        table.add_row(*cells)
    console.print(table)


def print_json(runs: Sequence[Trajectory], points: Sequence[Sequence[float]]) -> None:
    """The runs and samples as one JSON document."""
    import json

    from steepest.document import document

    click.echo(json.dumps(document(runs, points), allow_nan=False))


class Progress:
    """A progress bar on standard error, for long work on a terminal."""

    def __init__(self, what: str, unit: str, *, shown: bool) -> None:
        self.what, self.unit, self.shown = what, unit, shown and sys.stderr.isatty()
        self.bar: Any = None

    def __enter__(self) -> Callable[[int, int], None] | None:
        if not self.shown:
            return None
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        rate = TextColumn("{task.fields[rate]}")
        columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), rate, TimeRemainingColumn()
        self.bar = Bar(*columns, console=Console(stderr=True), transient=True)
        self.bar.start()
        task = self.bar.add_task(self.what, total=None, rate="")

        def tell(done: int, total: int) -> None:
            speed = self.bar.tasks[0].speed
            self.bar.update(task, completed=done, total=total, rate=f"{speed:,.0f} {self.unit}/s" if speed else "")

        return tell

    def __exit__(self, *details: object) -> None:
        if self.bar is not None:
            self.bar.stop()
