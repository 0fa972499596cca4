"""Runs as data for other programs: JSON, CSV, NumPy's archives, data frames."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import IO, Any, cast

from steepest import __version__
from steepest.digits import for_json
from steepest.errors import InputError, MissingDependencyError
from steepest.objectives.formula import FormulaObjective
from steepest.provenance import made_by
from steepest.trajectory import Trajectory
from steepest.views.table import shown_names

__all__ = ["document", "frame", "write_csv", "write_json", "write_npz"]

Runs = Sequence[Trajectory]
Point = Sequence[float]


def document(runs: Runs, samples: Sequence[Point] = ()) -> dict[str, Any]:
    """Everything about the runs, for JSON; a number that is not finite is a word, see `steepest.digits.for_json`."""
    return {
        "steepest": __version__,
        "objective": describe_objective(runs[0]),
        "runs": [describe_run(run) for run in runs],
        "samples": describe_samples(runs[0], samples),
    }


def describe_objective(run: Trajectory) -> dict[str, Any]:
    objective = run.objective
    if not isinstance(objective, FormulaObjective):
        return {
            "text": objective.text,
            "names": list(run.names),
            "latex": None,
            "minima": [],
            "gradient": objective.method,
        }
    minima = [{"position": list(point.position), "value": point.value} for point in objective.minima]
    return {"text": objective.text, "names": list(objective.names), "latex": objective.latex, "minima": minima}


def describe_run(run: Trajectory) -> dict[str, Any]:
    record = run.record
    return {
        "optimizer": run.optimizer.name,
        "equations": run.optimizer.text.split("; "),
        "hyperparameters": run.settings,
        "ending": str(run.ending),
        "message": run.ending.message,
        "steps": run.steps,
        "names": list(run.names),
        "positions": for_json(record.positions()),
        "values": for_json(record.values()),
        "gradients": for_json(record.gradients()),
        "quantities": {name: for_json(rows) for name, rows in record.quantities().items()},
    }


def describe_samples(run: Trajectory, samples: Sequence[Point]) -> dict[str, Any]:
    return {"positions": for_json(samples), "values": for_json(sample_values(run, samples))}


def sample_values(run: Trajectory, samples: Sequence[Point]) -> list[float]:
    """The objective's value at each sample."""
    from steepest.descent import function_tape
    from steepest.record import evaluate_rows

    if not samples or not isinstance(run.objective, FormulaObjective):
        return []
    tape = function_tape(run.objective.expression, run.objective.names, False)
    columns = [list(column) for column in zip(*samples, strict=True)]
    return [row[0] for row in evaluate_rows(tape, tape.outputs["f"], columns)]


def write_json(runs: Runs, samples: Sequence[Point], file: IO[bytes]) -> None:
    """Write everything as one JSON document."""
    complete = document(runs, samples) | {"made_by": made_by(runs, len(samples))}
    file.write(json.dumps(complete, allow_nan=False, ensure_ascii=False, indent=1).encode())


def write_csv(runs: Runs, samples: Sequence[Point], file: IO[bytes]) -> None:
    """Write a row for every step."""
    import csv
    import io

    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    head, body = table(runs)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*head, "made_by"])
    about = made_by(runs, len(samples))
    made = f"steepest {about['version']}: {about['command'] or about['python']}"
    for line in body:
        writer.writerow([*("" if cell is None else cell for cell in line), made])
        made = ""  # once is enough
    text.flush()
    text.detach()


def table(runs: Runs) -> tuple[list[str], Iterator[list[Any]]]:
    """Columns' names and rows: run, optimizer, step, parameters, f, gradient, lengths, quantities; None where there is none."""
    first = runs[0]
    names = list(shown_names(first))
    quantities = list(dict.fromkeys(chain.from_iterable(map(quantity_columns, runs))))
    own = ["run", "optimizer", "step", *names]
    derived = ["f", *(f"gradient_{name}" for name in names), "gradient_norm", "step_length", *quantities]
    head = own + [f"{name}_" if name in own else name for name in derived]
    return head, chain.from_iterable(table_rows(index, run, quantities) for index, run in enumerate(runs, 1))


def quantity_columns(run: Trajectory) -> dict[str, list[Any]]:
    """A column for every number of every quantity: `m_x`, `m_y`, `rate`."""
    columns: dict[str, list[Any]] = {}
    for name, rows in run.record.quantities().items():
        if rows and not isinstance(rows[0], float | int):
            if shown_names(run):
                flat = list(zip(*rows, strict=True))
                columns |= {f"{name}_{part}": list(column) for part, column in zip(run.names, flat, strict=True)}
        else:
            columns[name] = rows
    return columns


def table_rows(index: int, run: Trajectory, quantities: list[str]) -> Iterator[list[Any]]:
    record, width = run.record, len(shown_names(run))
    positions, values, gradients = record.positions(), record.values(), record.gradients()
    columns = quantity_columns(run)
    for step, position in enumerate(positions):
        length = math.dist(position, positions[step - 1]) if step else None
        own = [columns[name][step - 1] if step and name in columns else None for name in quantities]
        slopes = gradients[step]
        line = [*position[:width], values[step], *slopes[:width], math.hypot(*slopes), length, *own]
        yield [index, run.label, step, *line]


def write_npz(runs: Runs, samples: Sequence[Point], file: IO[bytes]) -> None:
    """Write the arrays as an archive of NumPy's."""
    import numpy as np

    arrays: dict[str, Any] = {}
    for index, run in enumerate(runs, 1):
        ending = f"_{index}" if len(runs) > 1 else ""
        parts = {"positions": run.positions, "values": run.values, "gradients": run.gradients, **run.quantities}
        arrays |= {f"{name}{ending}": part for name, part in parts.items()}
    if samples:
        arrays["samples"] = np.array(samples)
    about = made_by(runs, len(samples))
    described = [{"optimizer": run.label, "ending": str(run.ending), "message": run.ending.message} for run in runs]
    arrays["document"] = np.array(json.dumps({"objective": describe_objective(runs[0]), "runs": described, "made_by": about}))
    np.savez(file, **arrays)


def frame(runs: Runs, backend: str = "pandas") -> Any:
    """The runs as a data frame of pandas, Polars or PyArrow, with the columns of the CSV file.

    Raises:
        MissingDependencyError: with the command that installs what is missing.
    """
    try:
        import narwhals
    except ImportError:
        raise MissingDependencyError("narwhals", "a data frame", "frame") from None
    head, body = table(runs)
    columns = dict(zip(head, map(list, zip(*body, strict=True)), strict=True))
    try:
        return narwhals.from_dict(columns, backend=cast("Any", backend)).to_native()
    except ImportError:
        raise MissingDependencyError(backend, f"a data frame of {backend}", "frame") from None
    except (TypeError, ValueError):
        raise InputError(f"a data frame comes from pandas, polars or pyarrow, not {backend!r}") from None
