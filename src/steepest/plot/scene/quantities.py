"""Named quantities of the runs, as data: vectors to draw as arrows, second moments as squares, numbers as text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from steepest.language.expression import evaluate
from steepest.language.expression import name as named
from steepest.language.latex import latex
from steepest.optimizers.quantities import FULL, GRADIENT, MOMENTUM, TRIALS, UPDATE, order, quantity
from steepest.plot.scene.evaluations import trials_a_step
from steepest.plot.scene.limits import Array
from steepest.plot.scene.path import View
from steepest.plot.scene.text.labels import pretty
from steepest.plot.scene.text.number import number
from steepest.runs.trajectory import Trajectory

Kind = Literal["arrow", "squares", "number"]

# Lengths as shares of the view.
LONGEST = {"arrow": 0.18, "squares": 0.11}  # the largest that is visible is drawn with about this length
TRUE = (0.08, 0.25)  # a largest length between these is drawn true to scale
LONG = 0.02  # of a step that is visible

ROUND = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)


@dataclass(frozen=True, eq=False)
class ShownQuantity:
    """One named quantity of a run; row k belongs to the step that starts at position k.

    Attributes:
        name: as the user wrote it.
        symbol: in LaTeX; of a number in plain text.
        kind: `arrow`; `squares`, one for each parameter; or `number`.
        rows: the components of the vector, or the sides of the squares, a row for each step; or one number for each.
        root: whether the sides are square roots, so that the areas are the quantity.
    """

    name: str
    symbol: str
    kind: Kind
    rows: Array
    root: bool = False


@dataclass(frozen=True)
class QuantityScale:
    """How long a quantity is drawn: the same for all runs and all steps.

    Attributes:
        symbols: those of all runs, each once.
        factor: from the quantity to data coordinates.
    """

    name: str
    symbols: tuple[str, ...]
    kind: Kind
    factor: float
    root: bool

    @property
    def label(self) -> str:
        r"""What the legend says.

        >>> QuantityScale("momentum", ("v",), "arrow", 0.05, root=False).label
        'momentum $v$ × 0.05'
        """
        symbols = ", ".join(f"${symbol}$" for symbol in self.symbols)
        if self.kind == "squares":
            symbols += ", as sides " + ", ".join(rf"$\sqrt{{{symbol}}}$" for symbol in self.symbols) if self.root else ", as sides"
        word = "gradient over all rows " if self.name == FULL else ""
        word = f"{self.name} " if self.name in (GRADIENT, MOMENTUM, UPDATE) else word
        return word + symbols + (f" × {number(self.factor, 2)}" if self.factor != 1 else "")


def shown_quantities(run: Trajectory, shown: Sequence[str], *, drawn: bool) -> tuple[ShownQuantity, ...]:
    """Those of the quantities to show that a run has, in their order.

    Args:
        shown: `gradient`, `update`, `momentum`, or names in the equations.
        drawn: whether vectors can be drawn, in a plane or along an axis; otherwise their lengths become numbers.

    >>> from steepest import descend
    >>> run = descend("x^2", optimizer="adam")
    >>> [(each.name, each.symbol, each.kind) for each in shown_quantities(run, ["momentum", "v"], drawn=True)]
    [('momentum', 'm', 'arrow'), ('v', 'v', 'squares')]
    """
    found = []
    for name in dict.fromkeys(shown):
        meant = quantity(run.optimizer, name)
        if meant == TRIALS:
            if len(run.names) > 2:  # else they are marks: see `steepest.plot.scene.evaluations`
                found.append(ShownQuantity(name, "trials", "number", trials_a_step(run)))
        elif meant is not None:
            each = _quantity(run, name, meant)
            found.append(each if drawn or each.kind == "number" else _length_of(each, meant))
    return tuple(found)


def _quantity(run: Trajectory, name: str, meant: str) -> ShownQuantity:
    """The quantity that a name means, as it is drawn where it can be."""
    count = len(run.names)
    if meant in run.quantities and meant in run.record.vectors:
        rows, power = run.quantities[meant].reshape(-1, count), order(run.optimizer, meant, run.hyperparameters)
        if power is None:
            return ShownQuantity(name, _symbol(meant), "arrow", rows)
        with np.errstate(invalid="ignore"):
            return ShownQuantity(name, _symbol(meant), "squares", np.sqrt(rows) if power >= 2 else rows, root=power >= 2)
    if meant in run.quantities:
        return ShownQuantity(name, pretty(meant), "number", run.quantities[meant])
    if meant in run.hyperparameters:
        return ShownQuantity(name, pretty(meant), "number", np.full(run.steps, evaluate(run.hyperparameters[meant])))
    if meant == UPDATE:
        with np.errstate(over="ignore", invalid="ignore"):
            return ShownQuantity(name, r"\Delta\theta", "arrow", np.diff(run.positions.reshape(-1, count), axis=0))
    if meant == FULL:
        return ShownQuantity(name, r"\nabla f", "arrow", run.full_gradients.reshape(-1, count))
    return ShownQuantity(name, "g", "arrow", run.gradients.reshape(-1, count))


def _length_of(each: ShownQuantity, meant: str) -> ShownQuantity:
    """A vector's length, as a number."""
    word = {GRADIENT: "g", FULL: "∇f", UPDATE: "Δθ"}.get(meant, pretty(meant))
    with np.errstate(over="ignore"):
        rows = np.square(each.rows) if each.root else each.rows
        return ShownQuantity(each.name, f"|{word}|", "number", np.sqrt(np.square(rows).sum(axis=1)))


def _symbol(name: str) -> str:
    r"""A name in LaTeX; of `mhat` and `m_hat` with a hat, as in textbooks.

    >>> _symbol("v_max"), _symbol("mhat")
    ('v_{\\mathrm{max}}', '\\hat{m}')
    """
    hat = re.fullmatch(r"([a-zA-Z])_?hat", name)
    return rf"\hat{{{hat[1]}}}" if hat else latex(named(name))


def quantity_scales(
    runs: Sequence[tuple[Sequence[ShownQuantity], Array]], view: View, shown: Sequence[str], steps: Sequence[int] | None = None
) -> tuple[QuantityScale, ...]:
    """For each quantity that is drawn, one round factor with which the largest visible one has a suitable length.

    Args:
        runs: the quantities of each, and its path, a row for each position.
        shown: the names in their order.
        steps: for each run the only step that is drawn; all steps if None.
    """
    found = {name: list(_visible_lengths(name, runs, view, steps)) for name in dict.fromkeys(shown)}
    beside = [name for name in (GRADIENT, "g", FULL) if found.get(name)]
    if FULL in beside:  # comparable: with one factor
        largest = max(length for name in beside for _, length in found[name])
        found |= {name: [(each, largest) for each, _ in found[name]] for name in beside}
    return tuple(_quantity_scale(each, name) for name, each in found.items() if each)


def _visible_lengths(
    name: str, runs: Sequence[tuple[Sequence[ShownQuantity], Array]], view: View, steps: Sequence[int] | None
) -> Iterator[tuple[ShownQuantity, float]]:
    """For each run that has the quantity, the quantity and the greatest length at a visible position."""
    low, high = (np.array(side) for side in zip(*view, strict=True))
    for index, (quantities, points) in enumerate(runs):
        for each in quantities:
            if each.name != name or each.kind == "number":
                continue
            count = min(len(each.rows), len(points))
            drawn = slice(None) if steps is None else slice(steps[index], steps[index] + 1)
            lengths = _lengths(each, view)[:count]
            visible = ((points[:count] >= low) & (points[:count] <= high)).all(axis=1) & np.isfinite(lengths)
            yield each, float(np.where(visible, lengths, 0.0)[drawn].max(initial=0.0))


def _lengths(each: ShownQuantity, view: View) -> Array:
    """The length of each row as drawn true to scale, as a share of the view; of squares the larger side."""
    sizes = np.array([high - low for low, high in view])
    with np.errstate(over="ignore", invalid="ignore"):
        if each.kind == "squares":
            return np.asarray(each.rows.max(axis=1) / sizes[0])
        return np.asarray(np.hypot.reduce(each.rows / sizes[: each.rows.shape[1]], axis=1))


def _quantity_scale(found: Sequence[tuple[ShownQuantity, float]], name: str) -> QuantityScale:
    first = found[0][0]
    largest = max(length for _, length in found)
    symbols = tuple(dict.fromkeys(each.symbol for each, _ in found))
    factor = 1.0 if name == UPDATE else _round_factor(largest, LONGEST[first.kind])
    return QuantityScale(name, symbols, first.kind, factor, first.root)


def _round_factor(largest: float, wanted: float) -> float:
    """A round factor that makes a length about as long as wanted; 1 where that is long enough and not too long.

    >>> _round_factor(0.1, 0.18), _round_factor(32.0, 0.18), _round_factor(0.0, 0.18)
    (1.0, 0.005, 1.0)
    """
    if largest == 0 or TRUE[0] <= largest <= TRUE[1] * wanted / LONGEST["arrow"]:
        return 1.0
    exact = 1.05 * wanted / largest
    decade = math.floor(math.log10(exact))
    return float(f"{max(each for each in ROUND if each <= exact / 10.0**decade * (1 + 1e-12))}e{decade}")


def still_step(points: Array, view: View) -> int:
    """The step at which a still picture shows the quantities of a run: the last long one.

    That is one long enough to be seen and at least a fifth as long as the longest; if there is none, the longest.

    Args:
        points: the run's path, a row for each position.

    >>> view = ((0.0, 1.0), (0.0, 1.0))
    >>> still_step(np.array([[0.0, 0.0], [0.5, 0.0], [0.8, 0.0], [0.81, 0.0], [0.811, 0.0]]), view)
    1
    """
    low, high = (np.array(side) for side in zip(*view, strict=True))
    with np.errstate(over="ignore", invalid="ignore"):
        long = np.hypot(*(np.diff(points, axis=0) / (high - low)).T)
    inside = ((points[:-1] >= low) & (points[:-1] <= high)).all(axis=1)
    long = np.where(inside & np.isfinite(long), long, -1.0)
    if not len(long):
        return 0
    visible = np.flatnonzero(long >= max(LONG, long.max() / 5))
    return int(visible[-1]) if visible.size else int(long.argmax())
