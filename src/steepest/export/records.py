"""Runs as data for other programs: JSON, CSV, NumPy archives, data frames."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import IO, Any

from steepest.errors import InputError, clipped, load
from steepest.export.table import shown_names, shows_evaluations
from steepest.language.digits import for_json
from steepest.runs.record import in_pieces
from steepest.runs.trajectory import Trajectory
from steepest.version import __version__

ENCODER = json.JSONEncoder(allow_nan=False)
BACKENDS = ("pandas", "polars", "pyarrow")

Runs = Sequence[Trajectory]
Point = Sequence[float]


def document(runs: Runs, samples: Sequence[Point] = ()) -> dict[str, Any]:
    """Everything about the runs as data for JSON; NaN and infinities are words, see `steepest.language.digits.for_json`."""
    whole: dict[str, Any] = _listed(_streamed_document(runs, samples))
    return whole


def _streamed_document(runs: Runs, samples: Sequence[Point]) -> dict[str, Any]:
    """The document with an iterator for every long list."""
    return {
        "steepest": __version__,
        "objective": _describe_objective(runs[0]),
        "runs": map(_describe_run, runs),
        "samples": _describe_samples(runs[0], samples),
    }


def _listed(value: Any) -> Any:
    """Data with a list for every iterator."""
    if isinstance(value, dict):
        return {name: _listed(each) for name, each in value.items()}
    return list(map(_listed, value)) if isinstance(value, Iterator) else value


def json_text(runs: Runs, samples: Sequence[Point] = (), *, made_by: Mapping[str, Any] | None = None) -> Iterator[str]:
    """The document as JSON, in pieces, so that the text of a long run is never in memory as a whole.

    Args:
        made_by: what made a file, for its end; every row then has a line of its own.
    """
    parts = _streamed_document(runs, samples)
    return _pieces(parts, "") if made_by is None else _pieces(parts | {"made_by": made_by}, "\n")


def _pieces(value: Any, line: str) -> Iterator[str]:
    """JSON of data with iterators in it; `line` begins each new line, if lines are broken at all."""
    inner = f"{line} " if line else ""
    if isinstance(value, dict) and value:
        for index, (name, each) in enumerate(value.items()):
            yield f"{',' if index else '{'}{inner or ' ' * bool(index)}{ENCODER.encode(name)}: "
            yield from _pieces(each, inner)
        yield f"{line}}}"
    elif isinstance(value, Iterator):
        yield "["
        for index, each in enumerate(value):
            yield f"{',' if index else ''}{inner or ' ' * bool(index)}"
            yield from _pieces(each, inner) if isinstance(each, dict) else (ENCODER.encode(each),)
        yield f"{line}]"
    else:
        yield ENCODER.encode(value)


def _describe_objective(run: Trajectory) -> dict[str, Any]:
    objective = run.objective
    if objective.expression is None:
        return {
            "text": objective.text,
            "names": list(run.names),
            "latex": None,
            "minima": [],
            "gradient": objective.method,
        }
    minima = [{"position": list(point.position), "value": for_json(point.value)} for point in objective.minima]
    return {"text": objective.text, "names": list(objective.names), "latex": objective.latex, "minima": minima}


def _describe_run(run: Trajectory) -> dict[str, Any]:
    record = run.record
    return {
        "optimizer": run.optimizer.name,
        "equations": run.optimizer.text.split("; ") if run.optimizer.equations else [],
        "hyperparameters": {name: _plain(value) for name, value in run.settings.items()},
        "ending": str(run.ending),
        "message": run.ending.message,
        "steps": run.steps,
        "evaluations": run.evaluations.document,
        "names": list(run.names),
        "positions": map(for_json, in_pieces(record.positions, range(run.steps + 1))),
        "values": map(for_json, in_pieces(record.values, range(run.steps + 1))),
        "gradients": map(for_json, in_pieces(record.gradients, range(run.steps + 1))),
        "quantities": {name: map(for_json, rows) for name, rows in _quantity_rows(run).items()},
        **({"fit": _describe_fit(run)} if run.objective.is_fit else {}),
    }


def _plain(value: Any) -> Any:
    """A hyperparameter of any library as data for JSON."""
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return for_json(value)
    return value


def _describe_fit(run: Trajectory) -> dict[str, Any]:
    """What a run says about the data: its model, its coefficients, the exact ones."""
    from steepest.runs.fit import Fit

    assert isinstance(run, Fit)
    objective, exact = run.objective, run.exact
    last = run.record.positions([run.steps])[0]
    return {
        "rows": objective.table.rows,
        "target": objective.target,
        "model": objective.model_text,
        "loss": objective.loss.written,
        "scale": objective.scaling.method,
        "batch": objective.batch,
        "coefficients": _numbers(run.coefficients),
        "original": _numbers(objective.in_original_units(last)),
        "exact": None
        if exact.position is None
        else {
            "coefficients": _numbers(dict(zip(run.names, exact.position, strict=True))),
            "original": _numbers(objective.in_original_units(exact.position)),
            "value": for_json(exact.value),
        },
        "residual_sum_of_squares": for_json(run.residual_sum_of_squares),
    }


def _numbers(named: Mapping[str, float] | None) -> dict[str, Any] | None:
    return None if named is None else {name: for_json(value) for name, value in named.items()}


def _quantity_rows(run: Trajectory) -> dict[str, Iterator[Any]]:
    """The rows of every quantity, one for each step."""
    steps = range(1, run.steps + 1)
    return {name: in_pieces(partial(run.record.quantity, name), steps) for name in run.record.quantity_names}


def _describe_samples(run: Trajectory, samples: Sequence[Point]) -> dict[str, Any]:
    return {"positions": for_json(samples), "values": for_json(_sample_values(run, samples))}


def _sample_values(run: Trajectory, samples: Sequence[Point]) -> list[float]:
    """The objective's value at each sample."""
    from steepest.tape.compile import function_tape
    from steepest.targets.reference import results

    if not samples or run.objective.expression is None:
        return []
    tape = function_tape(run.objective.expression, run.objective.names, False)
    return [results(tape, sample)[tape.outputs["f"][0]] for sample in samples]


def write_json(runs: Runs, samples: Sequence[Point], made_by: Mapping[str, Any], file: IO[bytes]) -> None:
    """Write everything about the runs as one JSON document."""
    for text in json_text(runs, samples, made_by=made_by):
        file.write(text.encode())


def write_csv(runs: Runs, samples: Sequence[Point], made_by: Mapping[str, Any], file: IO[bytes]) -> None:
    """Write a row for each step of each run; the first one says what made the file."""
    import csv
    import io

    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    head, body = _table(runs)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*head, "made_by"])
    made = f"steepest {made_by['version']}: {made_by['command'] or made_by['python']}"
    for line in body:
        writer.writerow([*("" if cell is None else cell for cell in line), made])
        made = ""
    text.flush()
    text.detach()


def _table(runs: Runs) -> tuple[list[str], Iterator[list[Any]]]:
    """The columns' names and the rows: run, optimizer, step, parameters, f, gradient, lengths, quantities; None for no number."""
    first = runs[0]
    names = list(shown_names(first))
    quantities = list(dict.fromkeys(name for run in runs for name in _quantity_columns(run) if name is not None))
    own = ["run", "optimizer", "step", *names]
    counted = ["evaluations"] if shows_evaluations(runs) else []
    derived = ["f", *(f"gradient_{name}" for name in names), "gradient_norm", "step_length", *counted, *quantities]
    head = own + [f"{name}_" if name in own else name for name in derived]
    return head, chain.from_iterable(
        _table_rows(index, run, quantities, counted=bool(counted)) for index, run in enumerate(runs, 1)
    )


def _quantity_columns(run: Trajectory) -> list[str | None]:
    """The column of each number of each quantity: `m_x`, `m_y`, `rate`; None for a vector that is too long for columns."""
    named = shown_names(run)
    columns: list[str | None] = []
    for name in run.record.quantity_names:
        vector = name in run.record.vectors
        columns += [f"{name}_{part}" if named else None for part in run.names] if vector else [name]
    return columns


def _table_rows(index: int, run: Trajectory, quantities: list[str], *, counted: bool) -> Iterator[list[Any]]:
    record, width, count = run.record, len(shown_names(run)), run.steps + 1
    columns, quantity_rows = _quantity_columns(run), zip(*_quantity_rows(run).values(), strict=True)
    last: Any = None
    read = (in_pieces(each, range(count)) for each in (record.positions, record.values, record.gradients))
    for step, (position, value, slopes) in enumerate(zip(*read, strict=True)):
        quantities_now = next(quantity_rows, ()) if step else ()
        flat = chain.from_iterable(each if isinstance(each, list | tuple) else (each,) for each in quantities_now)
        cells = dict(zip(columns, flat, strict=False))
        length = math.dist(position, last) if step else None
        spent = [run.spent[step]] if counted else []
        line = [*position[:width], value, *slopes[:width], math.hypot(*slopes), length, *spent, *map(cells.get, quantities)]
        last = position
        yield [index, run.label, step, *line]


def write_npz(runs: Runs, samples: Sequence[Point], made_by: Mapping[str, Any], file: IO[bytes]) -> None:
    """Write the arrays of the runs as a NumPy archive, with a JSON `document` about them."""
    import numpy as np

    arrays: dict[str, Any] = {}
    for index, run in enumerate(runs, 1):
        ending = f"_{index}" if len(runs) > 1 else ""
        parts = {"positions": run.positions, "values": run.values, "gradients": run.gradients, **run.quantities}
        parts |= {"evaluations": np.array(run.spent)[: run.steps + 1]} if shows_evaluations(runs) else {}
        arrays |= {f"{name}{ending}": part for name, part in parts.items()}
    if samples:
        arrays["samples"] = np.array(samples)
    described = [{"optimizer": run.label, "ending": str(run.ending), "message": run.ending.message} for run in runs]
    arrays["document"] = np.array(json.dumps({"objective": _describe_objective(runs[0]), "runs": described, "made_by": made_by}))
    np.savez(file, **arrays)


def frame(runs: Runs, backend: str = "pandas") -> Any:
    """The runs as a data frame with the columns of the CSV file, a row for each step of each run.

    Args:
        backend: `pandas`, `polars` or `pyarrow`.

    Raises:
        InputError: for another backend.
        MissingDependencyError: with the command that installs what is missing.

    >>> from steepest import descend
    >>> frame([descend("x^2", 3, lr=0.25, steps=2)])["x"].tolist()
    [3.0, 1.5, 0.75]
    """
    if backend not in BACKENDS:
        raise InputError(f"a data frame comes from {', '.join(BACKENDS[:-1])} or {BACKENDS[-1]}, not {clipped(repr(backend))}")
    narwhals = load("narwhals", "a data frame", "frame")
    head, body = _table(runs)
    load(backend, f"a data frame of {backend}", "frame")
    columns = dict(zip(head, map(list, zip(*body, strict=True)), strict=True))
    return narwhals.from_dict(columns, backend=backend).to_native()
