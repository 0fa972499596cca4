"""What the page asks of Python, answered: texts read, runs made into files. A mistake comes back as data with its place.

A question is plain data and so is an answer, so that the server and the widget say the same.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from steepest.errors import FormulaError, InputError, SteepestError, clipped
from steepest.export.writers import SUFFIXES, save
from steepest.lab import document as page
from steepest.objectives.formula import read_objective
from steepest.optimizers.quantities import quantity
from steepest.plot.options import PictureOptions
from steepest.runs.descent import descend
from steepest.runs.trajectory import Trajectory

Data = dict[str, Any]
KINDS = {
    "png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf", "gif": "image/gif", "apng": "image/apng",
    "mp4": "video/mp4", "webm": "video/webm", "csv": "text/csv", "json": "application/json", "npz": "application/octet-stream",
    "html": "text/html",
}  # fmt: skip
"""The media type of each suffix that a file can have."""


@dataclass(frozen=True)
class Bounds:
    """How much one question may ask for.

    Attributes:
        text: characters of a formula or of equations.
        optimizers: how many at a time.
        steps: the largest step limit of a file.
        size: characters of an answer.
    """

    text: int
    optimizers: int
    steps: int
    size: int


LOCAL = Bounds(text=8_000, optimizers=32, steps=100_000, size=8_000_000)
PUBLIC = Bounds(text=500, optimizers=8, steps=2_000, size=1_000_000)


@dataclass(frozen=True)
class File:
    """A file that the page saves: its name, its media type, its bytes."""

    name: str
    kind: str
    data: bytes


def objective(question: Any, bounds: Bounds = LOCAL) -> Data:
    """The function that a question's `text` describes: see `steepest.lab.document.objective`.

    Raises:
        FormulaError, InputError: for what cannot be read; also a misspelled name has its place in the text.

    >>> objective({"text": "2x^2 - 4x"})["names"]
    ['x']
    """
    text = word(question, "text", bounds.text)
    try:
        return page.objective(text)
    except FormulaError:
        raise
    except InputError as error:
        raise FormulaError(str(error), text, len(text) - len(text.lstrip())) from None


def optimizer(question: Any, bounds: Bounds = LOCAL) -> Data:
    """The optimizer that a question's `text` and `settings` describe, for `count` parameters (`lab.document.optimizer`).

    Raises:
        FormulaError, InputError: for what cannot be read.

    >>> optimizer({"text": "adam(lr=0.1)", "count": 2})["state"]
    ['m', 'v']
    """
    text = word(question, "text", bounds.text)
    return page.optimizer(text, whole(question, "count", 1, 16), settings(question, bounds))


def runs(state: Any, bounds: Bounds = LOCAL) -> list[Trajectory]:
    """The runs that a state of the page shows.

    Raises:
        FormulaError, InputError: for a state that cannot be run.

    >>> [run.steps for run in runs({"objective": "x^2", "start": [1], "steps": 3, "optimizers": [{"text": "gd"}]})]
    [3]
    """
    function = read_objective(word(state, "objective", bounds.text))
    start = numbers(state["start"], "start") if state.get("start") is not None else None
    limits = page.DEFAULTS | {name: state[name] for name in ("tol", "gtol", "seed") if state.get(name) is not None}
    steps = whole(page.DEFAULTS | state, "steps", 0, bounds.steps)
    chosen = _listed(state, "optimizers", bounds.optimizers)
    return [
        descend(
            function, start, optimizer=page.method(word(each, "text", bounds.text), settings(each, bounds)), steps=steps,
            tol=limits["tol"], gtol=limits["gtol"], seed=limits["seed"],
        )
        for each in chosen
    ]  # fmt: skip


def file(question: Any, bounds: Bounds = LOCAL) -> File:
    """The runs of a question's `state` as a file with its `suffix`, in its `theme`.

    Raises:
        FormulaError, InputError: for a state that cannot be run, or a suffix that is not known.

    >>> file({"state": {"objective": "x^2", "steps": 3, "optimizers": [{"text": "gd"}]}, "suffix": "csv"}).name
    'descent.csv'
    """
    suffix = word(question, "suffix", bounds.text).lower()
    if suffix not in SUFFIXES or suffix not in KINDS:
        raise InputError(f"a file has one of the suffixes {', '.join(SUFFIXES)}, not '{clipped(suffix)}'")
    state = question.get("state")
    made = runs(state, bounds)
    picture_options = (
        _look_of(state, made, question.get("theme", "light")) if suffix not in ("csv", "json", "npz", "html") else PictureOptions()
    )
    with TemporaryDirectory(prefix="steepest-") as folder:
        path = os.path.join(folder, f"descent.{suffix}")
        save(made, path, picture_options=picture_options)
        with open(path, "rb") as done:
            return File(os.path.basename(path), KINDS[suffix], done.read())


def _look_of(state: Data, made: Sequence[Trajectory], theme: Any) -> PictureOptions:
    """How the page looks: its view, the part it shows, what it draws at the head of each run."""
    zoom, count = state.get("zoom"), len(made[0].names)
    view = "surface" if state.get("view") == "surface" and count == 2 else "plane"
    limits = tuple(_interval(each) for each in zoom) if isinstance(zoom, list) and len(zoom) == count == 2 else None
    named = state.get("show") or []
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise InputError("'show' is a list of names of quantities")
    shown = tuple(name for name in named if any(quantity(run.optimizer, name) for run in made))
    return PictureOptions(view=view, limits=limits if view == "plane" else None, show=shown, theme=theme)


def _interval(pair: Any) -> tuple[float, float]:
    ends = numbers(pair, "zoom")
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise InputError("zoom is a low and a high number for each parameter")
    return ends[0], ends[1]


def mistake(error: SteepestError) -> Data:
    """A mistake as data: a sentence, and for a text the place of the word at fault, counted in code points.

    >>> try:
    ...     objective({"text": "x^2 + sni(x)"})
    ... except FormulaError as error:
    ...     found = mistake(error)
    >>> found["place"], found["length"], found["text"]
    (6, 3, 'x^2 + sni(x)')
    """
    if not isinstance(error, FormulaError):
        return {"message": str(error), "text": None, "place": None, "length": 0}
    at_fault = re.match(r"[\w.]+|.?", error.text[error.position :], re.DOTALL)
    return {
        "message": f"{error.where}: {error.reason}" if error.where else error.reason,
        "text": error.text,
        "place": error.position,
        "length": max(1, len(at_fault[0]) if at_fault else 0),
    }


def word(question: Any, name: str, longest: int) -> str:
    """A text of a question."""
    value = question.get(name) if isinstance(question, Mapping) else None
    if not isinstance(value, str):
        raise InputError(f"a question needs the text '{name}'")
    if len(value) > longest:
        raise FormulaError(f"this is longer than {longest:,} characters: shorten it", value, longest)
    return value


def whole(question: Any, name: str, low: int, high: int) -> int:
    """A whole number of a question."""
    value = question.get(name) if isinstance(question, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"'{name}' is a whole number from {low} to {high:,}")
    return value


def numbers(value: Any, name: str) -> list[float]:
    """A list of finite numbers."""
    if not isinstance(value, list) or not all(map(_is_number, value)):
        raise InputError(f"'{name}' is a list of finite numbers")
    return [float(each) for each in value]


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number beyond float64
        return False


def _listed(question: Any, name: str, most: int) -> list[Any]:
    """A list of a question with one entry at least."""
    value = question.get(name)
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise InputError(f"'{name}' is a list of 1 to {most} entries")
    return value


def settings(question: Any, bounds: Bounds) -> dict[str, float | str]:
    """The hyperparameters of a question: numbers, or formulas in t and T."""
    value = question.get("settings") or {}
    if not isinstance(value, Mapping) or len(value) > bounds.optimizers:
        raise InputError("'settings' gives each of a few hyperparameters its value")
    for name, each in value.items():
        if not _is_number(each) and not (isinstance(each, str) and len(each) <= bounds.text):
            raise InputError(f"the hyperparameter '{clipped(name)}' is a finite number or a formula in t and T")
    return dict(value)
