"""Reading a table: a CSV file of a million rows, with each reader of blocks and without, beside pandas' C reader."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.measure import ratio, take_turns

ROWS, COLUMNS = 1_000_000, 4


def tables() -> None:
    """A million rows of four columns: seconds, and how many times as long as pandas' C reader takes."""
    import numpy as np
    import pandas
    import polars
    from pyarrow import csv

    from steepest.data.files import block_reader
    from steepest.data.files.delimited import read_delimited

    numbers = np.random.default_rng(0).normal(size=(ROWS, COLUMNS))
    names = [f"x{index}" for index in range(COLUMNS)]
    installed = block_reader.readers()

    def ours(path: Path, count: int) -> Callable[[], Any]:
        """Our reader with some of the readers of blocks that are installed, the quickest ones left out."""
        chosen = installed[count:]

        def read() -> None:
            with patch.object(block_reader, "readers", lambda: chosen):
                read_delimited(str(path))

        return read

    print(f"\nA table of {ROWS:,} rows x {COLUMNS} columns as CSV")
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"17 digits": numbers.astype(object), "3 digits": np.round(numbers, 3).astype(object)}.items():
            path = Path(folder) / "table.csv"
            path.write_text("\n".join([",".join(names), *(",".join(map(repr, row)) for row in text.tolist())]) + "\n")
            candidates: dict[str, Callable[[], Any]] = {
                "pandas": partial(pandas.read_csv, path, engine="c"),
                "steepest": ours(path, 0),
                "steepest, PyArrow only": ours(path, 1),
                "steepest, neither": ours(path, len(installed)),
                "Polars itself": partial(polars.read_csv, path),
                "PyArrow itself": partial(csv.read_csv, path),
            }
            rounds = {candidate: 1 if candidate.endswith("neither") else 15 for candidate in candidates}
            times = take_turns(candidates, rounds)
            print(f"{name}, {path.stat().st_size / 1e6:.0f} MB")
            for candidate, seconds in times.items():
                print(f"  {candidate:<28}{seconds * 1e3:>8.0f} ms ({ratio(times, candidate, 'pandas'):.2f} times pandas' C reader)")
