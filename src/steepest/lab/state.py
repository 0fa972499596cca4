"""The page's state as it comes from outside, in a link, a notebook or a request: checked field by field.

The page checks links by the same table (`lab/web/model/export.js`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from steepest.errors import InputError
from steepest.random import LARGEST_SEED
from steepest.runs.stopping import MOST_STEPS

SCHEMA = 1
LONGEST = 8_000  # characters of a text
MOST_PARAMETERS, MOST_OPTIMIZERS = 16, 32
MOST_ROWS, MOST_COLUMNS = 200_000, 32  # of a table that the page is given
LAST_LINE = 2**31  # of its file
DEFAULTS: dict[str, Any] = {
    "schema": SCHEMA,
    "let": {},
    "steps": 100,
    "seed": 0,
    "tol": 1e-8,
    "gtol": 0.0,
    "step": 0,
    "view": "plane",
    "zoom": None,
    "show": [],
    "scale": "auto",
    "flags": {"hide": [], "lock": []},
    "data": None,
}
Test = Callable[[Any], bool]


def check_state(state: Any) -> None:
    """Refuse a damaged state; what is left out has a default.

    Raises:
        InputError: with the field and what belongs there.

    >>> check_state({"objective": "x^2", "steps": "many"})
    Traceback (most recent call last):
    steepest.errors.InputError: the state is damaged: 'steps' is a whole number from 0 to 100,000,000
    """
    if not isinstance(state, Mapping):
        raise InputError("the state is damaged: it is an object with the fields objective, start, optimizers, ...")
    for name, value in state.items():
        if name in FIELDS and not FIELDS[name][1](value):
            raise InputError(f"the state is damaged: '{name}' is {FIELDS[name][0]}")
    for index, each in enumerate(state.get("optimizers") or ()):
        _check_optimizer(each, f"optimizers[{index}]")


def is_number(value: Any) -> bool:
    """Whether a value of JSON is a finite number that float64 can hold."""
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # an integer beyond float64
        return False


def _check_optimizer(value: Any, field: str) -> None:
    if not isinstance(value, Mapping) or not _is_text(value.get("text")):
        raise InputError(f"the state is damaged: '{field}.text' is a text")
    settings = value.get("settings")
    if not (settings is None or isinstance(settings, Mapping)):
        raise InputError(f"the state is damaged: '{field}.settings' gives each hyperparameter its value")
    for name, each in (settings or {}).items():
        if not (is_number(each) or _is_text(each)):
            raise InputError(f"the state is damaged: '{field}.settings.{name}' is a finite number or a formula in t and T")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST


def _is_integer(most: int) -> Test:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_length(value: Any) -> bool:
    return is_number(value) and value >= 0


def _is_list(most: int, test: Test) -> Test:
    return lambda value: isinstance(value, list | tuple) and len(value) <= most and all(map(test, value))


def _is_interval(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(map(is_number, value)) and value[0] < value[1]


def _is_object(test: Test) -> Test:
    return lambda value: isinstance(value, Mapping) and all(map(test, value.values()))


def _is_choice(*words: str) -> Test:
    return lambda value: value in words


def _is_table(value: Any) -> bool:
    """Whether a value is a table: a name, perhaps a file and the line of each row in it, and named columns of one length: of
    numbers or None, or of texts."""
    if not isinstance(value, Mapping) or not _is_text(value.get("name")) or not _is_text(value.get("path", "")):
        return False
    names, columns, lines = value.get("names", ()), value.get("columns", ()), value.get("lines")
    if not _is_list(MOST_COLUMNS, _is_text)(names) or not _is_list(MOST_COLUMNS, _is_list(MOST_ROWS, _is_cell))(columns):
        return False
    if not len(names) == len(columns) > 0 or {len(each) for each in columns} != {len(columns[0])} or not len(columns[0]):
        return False
    return lines is None or (_is_list(MOST_ROWS, _is_integer(LAST_LINE))(lines) and len(lines) == len(columns[0]))


def _is_cell(value: Any) -> bool:
    return value is None or is_number(value) or _is_text(value)


DATA: dict[str, Test] = {
    "table": lambda value: value is None or _is_table(value),
    "loss": _is_text,
    "scale": _is_choice("none", "z", "minmax"),
    "batch": lambda value: value is None or (_is_integer(MOST_ROWS)(value) and value > 0),
    "order": _is_choice("shuffle", "cyclic", "replacement"),
    "one": _is_cell,
    "dropMissing": lambda value: isinstance(value, bool),
}
"""What is fitted, and how: the table (null for that of the page), the loss, the scaling, the rows of a step (null for all), their
order, the value of the target that counts as 1, and whether rows in which a number is missing are left out."""


def _is_data(value: Any) -> bool:
    return isinstance(value, Mapping) and all(test(value[name]) for name, test in DATA.items() if name in value)


FIELDS: dict[str, tuple[str, Test]] = {
    "schema": (f"{SCHEMA}, and other versions of steepest may have others", lambda value: value == SCHEMA),
    "objective": (f"a text of at most {LONGEST:,} characters", _is_text),
    "let": (
        f"an object with a finite number for each of at most {MOST_PARAMETERS} constants",
        lambda value: isinstance(value, Mapping) and len(value) <= MOST_PARAMETERS and all(map(is_number, value.values())),
    ),
    "start": (
        f"a list of 1 to {MOST_PARAMETERS} finite numbers",
        lambda value: value is None or (bool(value) and _is_list(MOST_PARAMETERS, is_number)(value)),
    ),
    "steps": (f"a whole number from 0 to {MOST_STEPS:,}", _is_integer(MOST_STEPS)),
    "seed": (f"a whole number from 0 to {LARGEST_SEED:,}", _is_integer(LARGEST_SEED)),
    "tol": ("a finite number from 0", _is_length),
    "gtol": ("a finite number from 0", _is_length),
    "optimizers": (f"a list of at most {MOST_OPTIMIZERS} optimizers", _is_list(MOST_OPTIMIZERS, lambda value: True)),
    "step": (f"a whole number from 0 to {MOST_STEPS:,}", _is_integer(MOST_STEPS)),
    "view": ("plane, surface or diagnosis", lambda value: value in ("plane", "surface", "diagnosis")),
    "zoom": (
        "null, or a low and a high number for each parameter",
        lambda value: value is None or _is_list(MOST_PARAMETERS, _is_interval)(value),
    ),
    "starts": (
        "null, or a low and a high number for each parameter",
        lambda value: value is None or _is_list(MOST_PARAMETERS, _is_interval)(value),
    ),
    "show": ("a list of names", _is_list(MOST_OPTIMIZERS, _is_text)),
    "scale": ("auto, linear or log", lambda value: value in ("auto", "linear", "log")),
    "flags": ("an object with lists of names", _is_object(_is_list(MOST_OPTIMIZERS, _is_text))),
    "ranges": ("an object with a low and a high number for each name", _is_object(_is_interval)),
    "data": (
        f"null, or a table of up to {MOST_ROWS:,} rows and {MOST_COLUMNS} columns, and how it is fitted",
        lambda value: value is None or _is_data(value),
    ),
}
