"""Output on the terminal: tables, endings, progress; closed pipes, Ctrl-C and encodings that lack a character."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from steepest.cli.codes import USER_ERROR
from steepest.errors import SteepestError

if TYPE_CHECKING:
    from steepest.objectives.objective import Objective
    from steepest.optimizers.optimizer import Optimizer
    from steepest.runs.trajectory import Trajectory

ASCII = {"≈": "~", "…": "...", "−": "-", "–": "-", "×": "x", "·": "*"}


class EncodingError(SteepestError):
    """A text that the encoding of standard output cannot represent."""


def say(text: str = "", *, markup: bool = False) -> None:
    """Print to standard output; a character that its encoding lacks is replaced by ASCII if possible, in markup by a reference.

    Raises:
        EncodingError: where it is not possible.
    """
    click.echo(_encodable(text, markup=markup))


def _encodable(text: str, *, markup: bool) -> str:
    encoding, strict = getattr(sys.stdout, "encoding", None) or "utf-8", getattr(sys.stdout, "errors", "strict") == "strict"
    if not strict or _fits(text, encoding):
        return text
    if markup:
        return text.encode(encoding, "xmlcharrefreplace").decode(encoding)
    plain = "".join(character if _fits(character, encoding) else _in_ascii(character) for character in text)
    if _fits(plain, encoding):
        return plain
    missing = next(character for character in plain if not _fits(character, encoding))
    raise EncodingError(f"standard output is {encoding}, which has no '{missing}': set PYTHONIOENCODING=utf-8")


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _in_ascii(character: str) -> str:
    """A character that means the same, or the letter without its accents; else the character itself."""
    import unicodedata

    unaccented = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return ASCII.get(character) or unaccented or character


def tell(message: str) -> None:
    """Print to standard error, if it can be written to."""
    with suppress(OSError):
        click.echo(message, err=True)


def complain(message: str) -> int:
    """Print a user's mistake to standard error and return the exit code; the caret stays below its character in any encoding."""
    first, *rest = f"steepest: {message}".split("\n")
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    tell("\n".join([first, *(line.encode(encoding, "replace").decode(encoding) for line in rest)]))
    return USER_ERROR


def silence() -> None:
    """Discard the rest of standard output, so that closing it cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def ignore_closed_pipe() -> Iterator[None]:
    """Stop printing, and nothing else, when the reader of a pipe closes it, as head does."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        silence()


def attempt(print_: Callable[[], None]) -> OSError | EncodingError | None:
    """Print; if that fails, return the error, to be raised when everything is saved."""
    try:
        with ignore_closed_pipe():
            print_()
    except OSError as error:
        silence()
        return error
    except EncodingError as error:
        return error
    return None


class Finishing:
    """Lets printing and saving finish after a first Ctrl-C; a second one ends the command.

    Attributes:
        interrupted: whether Ctrl-C was pressed, during the runs or since.
        long: whether this takes so long that already the first Ctrl-C ends it.
    """

    def __init__(self, *, interrupted: bool, long: bool) -> None:
        self.interrupted, self.long = interrupted, long

    def __enter__(self) -> Finishing:
        self.before = signal.getsignal(signal.SIGINT)
        if not (self.interrupted or self.long):
            signal.signal(signal.SIGINT, self.note)
        return self

    def note(self, number: int, frame: object) -> None:
        self.interrupted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        tell("printing and saving what was computed: press Ctrl-C again to stop")

    def __exit__(self, *details: object) -> None:
        signal.signal(signal.SIGINT, self.before)


def print_runs(function: Objective, runs: Sequence[Trajectory], every: int) -> None:
    """Print the table and the ending of every run; how a text was read, if not as typed, goes to standard error."""
    from steepest.export.table import shows_evaluations

    if function.read_as:
        tell(f"read as {function.read_as}")
    echo_optimizers([run.optimizer for run in runs])
    for index, run in enumerate(runs):
        if len(runs) > 1:
            say(f"{chr(10) if index else ''}{run.label}")
        if sys.stdout.isatty():
            _print_rich(run, every)
        else:
            _print_plain(run, every)
        if run.tuning is not None:
            say(f"{run.tuning.text}: {run.tuning.name} = {run.tuning.value:.6g}")
        say(run.ending.message)
        if shows_evaluations([run]):
            say(f"evaluations: {run.evaluations}")


def echo_optimizers(optimizers: Sequence[Optimizer]) -> None:
    """Print how optimizers that were written as in another library were read."""
    for optimizer in optimizers:
        if optimizer.read_as:
            tell(f"optimizer read as {optimizer.read_as}")


def _print_plain(run: Trajectory, every: int) -> None:
    from steepest.export.table import header, plain_table, rows

    say(plain_table(header(run), list(rows(run, every))))


def _print_rich(run: Trajectory, every: int) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from steepest.export.table import header, plain_table, rows

    console, head, body = Console(), header(run), list(rows(run, every))
    if sum(max(map(len, column)) + 3 for column in zip(head, *body, strict=True)) > console.width:
        say(plain_table(head, body))  # wider than the window: wrapped lines rather than truncated numbers
        return
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    styles = {"step": "dim", "f": "bold cyan"}
    for name in head:
        table.add_column(name, justify="right", style=styles.get(name), no_wrap=True)
    for cells in body:
        table.add_row(*cells)
    console.print(table)


def print_json(runs: Sequence[Trajectory], points: Sequence[Sequence[float]]) -> None:
    """Print the runs and samples as one JSON document."""
    from steepest.export.records import json_text

    for text in json_text(runs, points):
        sys.stdout.write(text)
    click.echo()


class Progress:
    """A progress bar on standard error, if that is a terminal.

    Attributes:
        what: what is being done.
        unit: of the rate: steps, frames.
        shown: whether it takes long enough for a bar.
    """

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

        def update(done: int, total: int) -> None:
            speed = self.bar.tasks[0].speed
            self.bar.update(task, completed=done, total=total, rate=f"{speed:,.0f} {self.unit}/s" if speed else "")

        return update

    def __exit__(self, *details: object) -> None:
        if self.bar is not None:
            self.bar.stop()
