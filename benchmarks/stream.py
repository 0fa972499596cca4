"""Gradient descent over a Parquet file that is not read into memory, beside a loop of PyArrow and NumPy that reads the same."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.measure import ratio, take_turns

ROWS, STEPS, LR = 10_000_000, 3, 0.1
AT_ONCE = 1_000_000
Run = Callable[[], object]


def stream() -> None:
    """Seconds a step over a file, and the memory that is needed."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "table.parquet"))
        write(path, ROWS)
        before = peak()
        streamed = ours(path, stream=True)
        streamed()
        taken = peak() - before
        candidates = {
            "steepest, streamed": streamed,
            "PyArrow and NumPy": by_hand(path),
            "steepest, in memory": ours(path, stream=False),
        }
        times = take_turns(candidates, 5)
    print(f"\n{ROWS:,} rows x 2 of 3 columns of a Parquet file, mse of w*x + b, gd: milliseconds a step")
    for name, each in times.items():
        print(f"{name:<24}{each / STEPS * 1e3:>9.1f}  ({ratio(times, name, 'steepest, streamed'):.2f}x)")
    print(f"streamed, it takes {taken:,} MB more than before")


def write(path: str, rows: int) -> None:
    """A file with a line in it, and a column that is not needed."""
    import pyarrow
    from pyarrow import parquet

    chosen = np.random.default_rng(0)
    schema = pyarrow.schema([("x", "float64"), ("y", "float64"), ("unused", "float64")])
    with parquet.ParquetWriter(path, schema, use_dictionary=False) as file:
        for _ in range(0, rows, AT_ONCE):
            x, noise = chosen.normal(size=(2, AT_ONCE))
            file.write_table(pyarrow.table({"x": x, "y": 3 * x + 1 + noise, "unused": noise}, schema=schema))


def ours(path: str, *, stream: bool) -> Run:
    """Recorded steps, the columns checked, the program compiled; the sums at the start are not remembered."""
    from steepest.objectives.fit import read_fit
    from steepest.optimizers.reading import zoo_entry
    from steepest.tape.compile import program
    from steepest.targets.runner import run

    objective = read_fit("y ~ w*x + b", path, stream=stream)
    linked = program(zoo_entry("gd").equations, (), objective.expression, objective.names)

    def descend() -> Any:
        kept = objective  # which has the table
        assert linked.step.rows is not None
        linked.step.rows.compiled.pop("totals", None)
        return run(linked, (0.0, 0.0), {"lr": LR}, steps=STEPS - 1, tol=0.0, batches=kept.batches(0)).block.read(STEPS - 1, 0, 2)

    return descend  # of one step less, since the value at the end takes a pass, too


def by_hand(path: str) -> Run:
    """As one writes it: values and gradients of one batch of rows after another."""
    from pyarrow import parquet

    def run() -> object:
        w = b = 0.0
        for _ in range(STEPS):
            square = slope_w = slope_b = 0.0
            with parquet.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
                for batch in file.iter_batches(1 << 18, columns=["x", "y"]):
                    x, y = batch.column(0).to_numpy(), batch.column(1).to_numpy()
                    error = w * x + b - y
                    square, slope_w, slope_b = square + error @ error, slope_w + error @ x, slope_b + error.sum()
            w, b = w - LR * 2 * slope_w / ROWS, b - LR * 2 * slope_b / ROWS
        return w, b, square

    return run


def peak() -> int:
    """The largest resident memory so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
