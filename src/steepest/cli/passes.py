"""Passes over the rows of a table that is not in memory, on the terminal: a bar for those that take longer than a second."""

from __future__ import annotations

import sys
import time
from typing import Any

PATIENCE = 1.0  # seconds
READING = "reading the rows"


class PassBar:
    """A progress bar on standard error, if that is a terminal.

    Attributes:
        label: what the pass is for.
    """

    def __init__(self) -> None:
        self.label = READING
        self.began: float | None = None
        self.bar: Any = None

    def step(self, done: int, limit: int) -> None:
        """Note that so many steps are done."""
        self.label = f"step {min(done + 1, limit):,} of {limit:,}"

    def stepped(self) -> None:
        """Note that no more steps are taken."""
        self.label = READING

    def __call__(self, done: int, rows: int) -> None:
        """Note that a pass has done so many rows."""
        now = time.monotonic()
        if done >= rows:
            self.began = None
            self.stop()
        elif self.began is None:
            self.began = now
        elif self.bar is not None:
            self.bar.update(self.bar.task_ids[0], description=self.label, completed=done)
        elif now - self.began > PATIENCE and sys.stderr.isatty():
            self._show(done, rows)

    def _show(self, done: int, rows: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        counted = TextColumn("{task.completed:,.0f} of {task.total:,.0f} rows")
        columns = TextColumn("{task.description}"), BarColumn(), counted, TimeRemainingColumn()
        self.bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self.bar.start()
        self.bar.add_task(self.label, total=rows, completed=done)

    def stop(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None


PASS_BAR = PassBar()
"""The bar of this process."""
