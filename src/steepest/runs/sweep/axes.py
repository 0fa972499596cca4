"""The axes of a sweep: a name with its values, evenly spaced, spaced by equal factors, counted, or listed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.errors import FormulaError, InputError, clipped, counted
from steepest.language.expression import evaluate
from steepest.language.grammar import read_expression
from steepest.language.notation import number_text
from steepest.language.suggestions import nearest
from steepest.optimizers.settings import split_arguments
from steepest.runs.start import builtin_number

MOST_AXES = 4
VIEWED = 800  # values of an axis over the view, unless it says
MOST_CELLS = 2**62
RESERVED = ("ending", "endings", "steps", "value", "minimum", "minima", "position", "first", "rate", "document", "parameter")
"""What a sweep holds for its cells, under these names; no axis can be called so."""
CALL = re.compile(r"\s*(lin(?:ear|space)|log(?:space)?|geomspace)\s*\((.*)\)\s*(?:\[\s*::\s*(\d+)\s*\]\s*)?", re.DOTALL)
SPACINGS = {"linear": "linear", "linspace": "linear", "log": "log"}
INSTEAD = {"logspace": "log takes the two ends themselves: log(1e-5, 1e-1, 400)", "geomspace": "write log(1e-5, 1e-1, 400)"}
RANGE = re.compile(r"\s*([-+]?\d+)\s*:\s*([-+]?\d+)\s*(?::\s*([-+]?\d+)\s*)?")
Value = float | int | str


@dataclass(frozen=True)
class Values:
    """The values of an axis, made when they are needed.

    Attributes:
        spacing: `linear`, `log`, `range` (whole numbers) or `list`.
        low, high: the first and the last value of `linear` and `log`; the begin and the end of a range, which is not part of it.
        count: how many there are, before some are left out.
        given: the values of a list; the step of a range.
        every: of how many values one is taken, from the first on; written `linear(0, 1, 401)[::8]`.

    >>> linear(0, 1, 5).array.tolist(), log(1, 100, 3).array.tolist(), str(log(1e-5, 0.1, 400))
    ([0.0, 0.25, 0.5, 0.75, 1.0], [1.0, 10.0, 100.0], 'log(1e-5, 0.1, 400)')
    """

    spacing: str
    low: float
    high: float
    count: int
    given: tuple[Value, ...] = ()
    every: int = 1

    @cached_property
    def array(self) -> NDArray[Any]:
        """The values as an array: of float64, of whole numbers, or of texts."""
        if self.spacing == "linear":
            return np.linspace(self.low, self.high, self.count)[:: self.every]
        if self.spacing == "log":
            return np.asarray(np.geomspace(self.low, self.high, self.count), dtype=np.float64)[:: self.every]
        if self.spacing == "range":
            return np.arange(int(self.low), int(self.high), int(self.given[0]), dtype=np.int64)
        if any(isinstance(value, str) for value in self.given):
            return np.array([value if isinstance(value, str) else number_text(float(value)) for value in self.given])
        return np.array(self.given)

    def __len__(self) -> int:
        return -(-self.count // self.every)

    @property
    def ends(self) -> tuple[float, float]:
        """The first and the last value of `linear` and `log`."""
        return self.low, self.high if self.every == 1 else float(self.array[-1])

    def thinned(self, every: int) -> Values:
        """Every so-manieth value, from the first on; a list stays as it is.

        >>> str(linear(0, 1, 401).thinned(8)), linear(0, 1, 401).thinned(8).array[:3].tolist()
        ('linear(0, 1, 401)[::8]', [0.0, 0.02, 0.04])
        """
        if self.spacing == "list":
            return self
        if self.spacing == "range":
            return replace(self, count=-(-self.count // every), given=(int(self.given[0]) * every,))
        return replace(self, every=self.every * every)

    def __str__(self) -> str:
        if self.spacing in ("linear", "log"):
            thinned = f"[::{self.every}]" if self.every > 1 else ""
            return f"{self.spacing}({number_text(self.low)}, {number_text(self.high)}, {self.count}){thinned}"
        if self.spacing == "range":
            step = int(self.given[0])
            return f"{int(self.low)}:{int(self.high)}" + (f":{step}" if step != 1 else "")
        return ", ".join(value if isinstance(value, str) else number_text(float(value)) for value in self.given)


@dataclass(frozen=True)
class Axis:
    """An axis of a sweep: what is varied, and its values.

    Attributes:
        name: of a parameter, a hyperparameter, a constant, a schedule's constant; or `seed`, `batch`, `optimizer`.
    """

    name: str
    values: Values

    def __len__(self) -> int:
        return len(self.values)

    def __str__(self) -> str:
        return f"{self.name} = {self.values}"

    def index(self, value: Any) -> int:
        """The index of the value that is nearest: by the ratio on an axis of equal factors, else by the difference.

        Raises:
            InputError: for a value that is beyond the ends, or that is none of a list's words.
        """
        array, wanted = self.values.array, builtin_number(value)
        if array.dtype.kind == "U":
            text = wanted if isinstance(wanted, str) else number_text(float(wanted))
            if text not in array:
                near = nearest(text, array.tolist())
                raise InputError(f"{self.name} is one of {clipped(str(self.values))}" + (f": did you mean {near}?" if near else ""))
            return int(np.flatnonzero(array == text)[0])
        number = _number(self.name, wanted)
        low, high = float(array.min()), float(array.max())
        room = 1e-9 * max(abs(low), abs(high))
        if not low - room <= number <= high + room:
            raise InputError(
                f"{self.name} goes from {number_text(low)} to {number_text(high)}, and {number_text(number)} is beyond"
            )
        if self.values.spacing == "log":
            return int(np.argmin(np.abs(np.log(np.abs(array) / abs(number)))))
        return int(np.argmin(np.abs(array - number)))


def linear(low: float, high: float, count: int) -> Values:
    """Evenly spaced values: `low + k*(high - low)/(count - 1)` for k from 0 to count - 1, both ends included.

    Raises:
        InputError: for ends that are no finite numbers, or for no values.

    >>> linear(0, 1, 3).array.tolist()
    [0.0, 0.5, 1.0]
    """
    return _spaced("linear", low, high, count)


def log(low: float, high: float, count: int) -> Values:
    """Values spaced by equal factors: `low*(high/low)^(k/(count - 1))` for k from 0 to count - 1, both ends included.

    Raises:
        InputError: for ends that are not positive, finite numbers, or for no values.

    >>> log(1e-2, 1, 3).array.round(12).tolist()
    [0.01, 0.1, 1.0]
    """
    found = _spaced("log", low, high, count)
    if not (found.low > 0 and found.high > 0):
        raise InputError(
            f"log goes from one positive number to another, not from {number_text(found.low)} to {number_text(found.high)}"
        )
    return found


def _spaced(spacing: str, low: Any, high: Any, count: Any) -> Values:
    first, last = _number(spacing, builtin_number(low)), _number(spacing, builtin_number(high))
    number = builtin_number(count)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise InputError(f"{spacing} takes a whole number of values, such as {spacing}(0.1, 1, 400), not {clipped(repr(count))}")
    if number < 1:
        raise InputError(f"an axis has at least one value, and {spacing} is asked for {number}")
    if number > MOST_CELLS:
        raise InputError(f"an axis has at most 2^62 values, not {number:.3g}")
    if number > 1 and first == last:
        raise InputError(f"{spacing} goes from one number to another, and both are {number_text(first)}: a single value is listed")
    if spacing == "linear" and not math.isfinite(last - first):
        raise InputError(f"from {number_text(first)} to {number_text(last)} is further than a number of 64 bits can tell")
    return Values(spacing, first, last, number)


def _number(name: str, value: Any) -> float:
    """A finite number.

    Raises:
        InputError: for anything else.
    """
    try:
        if isinstance(value, bool | str | bytes):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name} takes finite numbers, not {clipped(repr(value))}") from None
    if not math.isfinite(number):
        raise InputError(f"{name} takes finite numbers, not {number}")
    return number + 0.0 if number else 0.0


def read_axes(over: Any) -> tuple[tuple[str, Values | None], ...]:
    """The names of axes with their values; None for those of an axis that is only named.

    Args:
        over: texts such as `"lr = log(1e-5, 1e-1, 400)"`, or a mapping of names to what `linear` and `log` give, to sequences of
            numbers or words, to texts; None for a coordinate over its view.

    Raises:
        InputError, FormulaError: for what cannot be read, for no axis and for more than four, and for one that is there twice.

    >>> read_axes({"lr": log(0.1, 1, 2), "seed": range(3), "x": None})[1][1].array.tolist()
    [0, 1, 2]
    """
    if isinstance(over, str):
        over = [over]
    if isinstance(over, Mapping):
        pairs = [(name, _values_of(name, given)) for name, given in over.items()]
    elif isinstance(over, Sequence):
        pairs = [read_axis(text) for text in over]
    else:
        raise InputError(
            f"over is a mapping of names to values, or texts such as 'lr = log(1e-5, 1e-1, 400)', not {type(over).__name__}"
        )
    if not pairs:
        raise InputError(
            'a sweep goes over something: --over "lr = log(1e-5, 1e-1, 400)", or over={"lr": steepest.log(1e-5, 1e-1, 400)}'
        )
    if len(pairs) > MOST_AXES:
        raise InputError(f"a sweep has one to {MOST_AXES} axes, not {len(pairs)}")
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"there are two axes called {clipped(str(name))}")
        if not isinstance(name, str) or not name.isidentifier():
            raise InputError(f"an axis has the name of what it varies, such as lr, not '{clipped(str(name))}'")
        if name in RESERVED:
            raise InputError(f"no axis can be called {name}, as a sweep's own results are: rename what it varies")
    return tuple(pairs)


def read_axis(text: str) -> tuple[str, Values | None]:
    """An axis from text.

    Raises:
        InputError, FormulaError: for what cannot be read.

    >>> read_axis("batch = 1, 8, full")[1].given, str(read_axis("seed=0:10:2")[1]), read_axis("x")
    ((1, 8, 'full'), '0:10:2', ('x', None))
    """
    if not isinstance(text, str):
        raise InputError(f"an axis is a text such as 'lr = log(1e-5, 1e-1, 400)', not {type(text).__name__}")
    name, equals, values = text.partition("=")
    name = name.strip()
    if not equals:
        if not name.isidentifier():
            raise InputError(f"an axis is a name and its values, such as lr = log(1e-5, 1e-1, 400), not '{clipped(text)}'")
        return name, None
    if not values.strip():
        raise InputError(f"{clipped(name)} has no values: write such as {example(clipped(name))}")
    return name, read_values(name, values)


def example(name: str) -> str:
    """An axis of that name as it is written.

    >>> example("lr"), example("seed")
    ('lr = log(1e-5, 1e-1, 400)', 'seed = 0:100')
    """
    known = {"seed": "0:100", "batch": "1, 8, full", "optimizer": "gd, momentum, adam"}
    return f"{name} = {known.get(name, 'log(1e-5, 1e-1, 400)')}"


def read_values(name: str, text: str) -> Values:
    """The values of an axis from text: `log(1e-5, 1e-1, 400)`, `linear(0, 1, 50)`, `0:100`, or a list between commas.

    Raises:
        InputError, FormulaError: for what cannot be read.
    """
    called, counted_ = CALL.fullmatch(text), RANGE.fullmatch(text)
    if counted_:
        begin, end, step = (int(part) if part else 1 for part in counted_.groups())
        return _range(name, range(begin, end, step) if step else range(0))
    if called and len(parts := split_arguments(called[2])) > 1:
        if called[1] in INSTEAD:
            raise InputError(f"{name}: {INSTEAD[called[1]]}")
        spacing = SPACINGS[called[1]]
        if len(parts) != 3:
            raise InputError(f"{name}: {spacing} takes two ends and how many values, such as {spacing}(0.1, 1, 400)")
        numbers = [_read_number(name, part) for part in parts]
        if called[3] is not None and not 1 <= int(called[3]) <= MOST_CELLS:
            raise InputError(f"{name}: [::{clipped(called[3])}] takes every so-manieth value, a whole number from 1 on")
        found = (log if spacing == "log" else linear)(numbers[0], numbers[1], numbers[2])  # type: ignore[arg-type]
        return found.thinned(int(called[3] or 1))
    return _listed(name, [_read_value(name, part) for part in split_arguments(text)])


def _read_value(name: str, text: str) -> Value:
    """One value of a list; what is no number is a word, for an axis that takes words."""
    text = text.strip()
    if name == "optimizer":
        return text
    try:
        return int(text)
    except ValueError:
        pass
    if name == "batch" and text == "full":
        return text
    return _read_number(name, text)


def _read_number(name: str, text: str) -> float:
    """A finite number, or an expression of numbers such as `pi/2`."""
    try:
        number = float(text)
    except ValueError:
        try:
            number = evaluate(read_expression(text, known=()))
        except FormulaError as error:
            raise error.within(name) from None
    return _number(name, number)


def _values_of(name: str, given: Any) -> Values | None:
    """Values as they are given in Python."""
    if given is None or isinstance(given, Values):
        return given
    if isinstance(given, str):
        return read_values(name, given)
    if isinstance(given, range):
        return _range(name, given)
    try:
        parts = list(given)
    except TypeError:
        parts = [given]
    return _listed(name, [part if name == "optimizer" else _given(name, builtin_number(part)) for part in parts])


def _given(name: str, value: Any) -> Value:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return _number(name, value)


def _range(name: str, given: range) -> Values:
    if not len(given):
        raise InputError(f"{name} has no values: write such as {name} = 0:100, from the first to before the last")
    return Values("range", given.start, given.stop, len(given), (given.step,))


def _listed(name: str, values: Sequence[Any]) -> Values:
    if not values:
        raise InputError(f"{name} has no values: {counted(0, 'cell')} would be run")
    numbers = [value for value in values if not isinstance(value, str)]
    if name not in ("batch", "optimizer"):
        words = [value for value in values if isinstance(value, str)]
        if words:
            raise InputError(f"{name} takes finite numbers, not '{clipped(words[0])}'")
        numbers = [value if isinstance(value, int) and abs(value) < 2**63 else _number(name, value) for value in values]
        whole = all(isinstance(value, int) or (value.is_integer() and abs(value) < 2**53) for value in numbers)
        values = [int(value) if whole else float(value) for value in numbers]  # as the text of the axis is read again
    ends = [float(value) if isinstance(value, int | float) else 0.0 for value in (values[0], values[-1])]
    return Values("list", ends[0], ends[1], len(values), tuple(values))
