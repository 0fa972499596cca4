"""Suffix -> writer: pictures and records, written whole or not at all."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, cast

from steepest import __version__
from steepest.errors import InputError, MissingDependencyError
from steepest.objectives.formula import FormulaObjective
from steepest.provenance import made_by
from steepest.trajectory import Trajectory
from steepest.views.table import shown_names

if TYPE_CHECKING:
    from steepest.encoders.reel import Frame, Reel
    from steepest.views.cut import Cut

__all__ = ["FILMS", "SUFFIXES", "Show", "animate", "check_path", "document", "frame", "is_film", "save"]

Runs = Sequence[Trajectory]
Point = Sequence[float]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Order:
    """What is to be written."""

    runs: Runs
    samples: Sequence[Point] = ()
    cut: Cut | None = None
    theme: str = "light"
    progress: Progress | None = None


Writer = Callable[[Order, IO[bytes]], None]


def save(
    runs: Runs,
    path: str | os.PathLike[str],
    samples: Sequence[Point] = (),
    *,
    cut: Cut | None = None,
    theme: str = "light",
    progress: Progress | None = None,
) -> None:
    """Write runs to a file.

    The suffix says as what: a picture (png, svg, pdf), a film (gif, apng, mp4, webm, or a folder of
    pictures if the path ends with /) or a record (csv, json, npz).
    The file appears when it is complete; what was there before stays if anything goes wrong.

    Args:
        cut: of a film.
        theme: of a picture or a film: `light` or `dark`.
        progress: called with the frames done and all frames of a film.

    Raises:
        InputError: for a suffix that is not known, a place that cannot be written, or a film that cannot be cut so.
    """
    writer = check_path(path, cut)
    name = os.fspath(path)
    if is_folder(name):
        save_folder(Order(runs, samples, cut, theme, progress), name)
        return
    unfinished = os.path.join(os.path.dirname(name), f".{os.path.basename(name)}.{os.getpid()}.part")
    try:
        with open(unfinished, "xb") as file:
            writer(Order(runs, samples, cut, theme, progress), file)
        os.replace(unfinished, name)
    except OSError as error:
        raise InputError(f"cannot write {name}: {error.strerror or error}") from None
    finally:
        if os.path.exists(unfinished):
            os.remove(unfinished)


@dataclass(frozen=True)
class Show:
    """An animated PNG that a notebook shows by itself."""

    data: bytes

    def _repr_png_(self) -> bytes:
        return self.data


def is_film(path: str | os.PathLike[str]) -> bool:
    """Whether a path stands for a film."""
    name = os.fspath(path)
    return is_folder(name) or os.path.splitext(name)[1].lower().removeprefix(".") in FILMS


def animate(runs: Runs, path: str | os.PathLike[str] | None, cut: Cut, theme: str = "light") -> Show | None:
    """Write a film, or make one to look at if there is no path.

    Raises:
        InputError: for a suffix that is no film's, a place that cannot be written, or a film that cannot be cut so.
    """
    if path is None:
        file = BytesIO()
        film_writer("apng")(Order(runs, cut=cut, theme=theme), file)
        return Show(file.getvalue())
    if not is_film(path):
        raise InputError(f"cannot write a film to {os.fspath(path)}: the suffix is one of {', '.join(FILMS)}, or it ends with /")
    save(runs, path, cut=cut, theme=theme)
    return None


def save_folder(order: Order, name: str) -> None:
    """Write a film as a folder of pictures, which appears when it is complete."""
    from steepest.encoders.folder import write_folder

    target = name.rstrip("/" + os.sep)
    unfinished = os.path.join(os.path.dirname(target), f".{os.path.basename(target)}.{os.getpid()}.part")
    try:
        os.mkdir(unfinished)
        write_folder(*shot(order), unfinished)
        if os.path.isdir(target):
            os.rmdir(target)
        os.rename(unfinished, target)
    except OSError as error:
        raise InputError(f"cannot write {name}: {error.strerror or error}") from None
    finally:
        if os.path.isdir(unfinished):
            shutil.rmtree(unfinished)


def is_folder(name: str) -> bool:
    """Whether a path stands for a folder of pictures: it ends with a slash."""
    return name.endswith(("/", os.sep))


def check_path(path: str | os.PathLike[str], cut: Cut | None = None) -> Writer:
    """The writer for a path, or the reason why it cannot be written, before any work is done."""
    name = os.fspath(path)
    if is_folder(name):
        check_folder(name)
        return SUFFIXES["png"]
    suffix = os.path.splitext(name)[1].lower().removeprefix(".")
    if suffix not in SUFFIXES:
        raise InputError(f"cannot save {name}: the suffix is one of {', '.join(SUFFIXES)}")
    if cut is not None and cut.size is not None and suffix in VIDEOS and any(side % 2 for side in cut.size):
        raise InputError(f"cannot save {name}: the width and the height of a video are even, not {cut.size[0]}x{cut.size[1]}")
    folder = os.path.dirname(name) or "."
    if os.path.isdir(name):
        raise InputError(f"cannot save {name}: it is a folder")
    check_writable(folder, name)
    return SUFFIXES[suffix]


def check_folder(name: str) -> None:
    target = name.rstrip("/" + os.sep)
    above = os.path.dirname(target) or "."
    if not target or os.path.isfile(target):
        raise InputError(f"cannot save {name}: it is no folder")
    if os.path.isdir(target) and os.listdir(target):
        raise InputError(f"cannot save {name}: the folder is not empty")
    check_writable(above, name)


def check_writable(folder: str, name: str) -> None:
    """Refuse a folder that is not there or that takes no file called `name`."""
    if not os.path.isdir(folder):
        raise InputError(f"cannot save {name}: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise InputError(f"cannot save {name}: the folder {folder} is read-only")


def document(runs: Runs, samples: Sequence[Point] = ()) -> dict[str, Any]:
    """Everything about the runs, for JSON; a number that is not finite is None."""
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
        "positions": finite(record.positions()),
        "values": finite(record.values()),
        "gradients": finite(record.gradients()),
        "quantities": {name: finite(rows) for name, rows in record.quantities().items()},
    }


def describe_samples(run: Trajectory, samples: Sequence[Point]) -> dict[str, Any]:
    return {"positions": finite(samples), "values": finite(sample_values(run, samples))}


def sample_values(run: Trajectory, samples: Sequence[Point]) -> list[float]:
    """The objective's value at each sample."""
    from steepest.descent import function_tape
    from steepest.record import evaluate_rows

    if not samples or not isinstance(run.objective, FormulaObjective):
        return []
    tape = function_tape(run.objective.expression, run.objective.names, False)
    columns = [list(column) for column in zip(*samples, strict=True)]
    return [row[0] for row in evaluate_rows(tape, tape.outputs["f"], columns)]


def finite(value: Any) -> Any:
    """Lists of numbers with None for what is not finite."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return [finite(item) for item in value] if isinstance(value, list | tuple) else value


def write_json(order: Order, file: IO[bytes]) -> None:
    complete = document(order.runs, order.samples) | {"made_by": made_by(order.runs, len(order.samples))}
    file.write(json.dumps(complete, allow_nan=False, ensure_ascii=False, indent=1).encode())


def write_csv(order: Order, file: IO[bytes]) -> None:
    import csv
    import io

    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    head, body = table(order.runs)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*head, "made_by"])
    about = made_by(order.runs, len(order.samples))
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
        yield [index, run.label, step, *map(finite, line)]


def write_npz(order: Order, file: IO[bytes]) -> None:
    import numpy as np

    runs, samples = order.runs, order.samples

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


def picture_writer(suffix: str) -> Writer:
    """A writer of pictures that carry what made them."""

    def write(order: Order, file: IO[bytes]) -> None:
        from matplotlib import rc_context

        from steepest.views.scene import scene
        from steepest.views.still import figure
        from steepest.views.theme import theme_called

        title, software, made = label(order)
        metadata: dict[str, dict[str, str | None]] = {
            "png": {"Title": title, "Software": software, "Description": made},
            "svg": {"Title": title, "Creator": software, "Description": made, "Date": None},
            "pdf": {"Title": title, "Creator": software, "Subject": made, "CreationDate": None},
        }
        with rc_context({"svg.hashsalt": "steepest"}):
            figure(scene(order.runs, samples=order.samples), theme=theme_called(order.theme)).savefig(
                file, format=suffix, metadata=metadata[suffix]
            )

    return write


def film_writer(suffix: str) -> Writer:
    """A writer of films that carry what made them."""

    def write(order: Order, file: IO[bytes]) -> None:
        from steepest.encoders import apng, gif, video

        encoders = {"gif": gif.write_gif, "apng": apng.write_apng, "mp4": video.write_mp4, "webm": video.write_webm}
        encoders[suffix](*shot(order), file)

    return write


def shot(order: Order) -> tuple[Iterator[Frame], Reel]:
    """The frames of a film, and what an encoder needs to know besides."""
    from steepest.views.cut import Cut
    from steepest.views.film import film
    from steepest.views.scene import scene
    from steepest.views.theme import theme_called

    cut = order.cut or Cut()
    made = film(scene(order.runs, samples=order.samples), cut, theme_called(order.theme))
    return counted(made.frames(), len(made.timeline.steps), order.progress), made.reel(cut, *label(order))


def counted(frames: Iterator[Frame], count: int, progress: Progress | None) -> Iterator[Frame]:
    """The frames, each told when it is done."""
    for done, each in enumerate(frames, 1):
        yield each
        if progress is not None:
            progress(done, count)


def label(order: Order) -> tuple[str, str, str]:
    """What a picture or a film shows, what made it, and what makes it again."""
    about = made_by(order.runs, len(order.samples))
    return order.runs[0].objective.text, f"steepest {about['version']}", str(about["command"] or about["python"])


VIDEOS = ("mp4", "webm")
FILMS = ("gif", "apng", *VIDEOS)
SUFFIXES: dict[str, Writer] = {
    **{suffix: picture_writer(suffix) for suffix in ("png", "svg", "pdf")},
    **{suffix: film_writer(suffix) for suffix in FILMS},
    "csv": write_csv,
    "json": write_json,
    "npz": write_npz,
}


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
