"""The picture of a sweep as data: colored cells over two axes, known points, and what theory says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.errors import InputError, clipped
from steepest.plot.map_options import ZOOM, MapOptions
from steepest.plot.scene.sweep.axis import MapAxis, map_axis, value_text
from steepest.plot.scene.sweep.colors import ColorBar, Pixels, Swatch, colored, default_color
from steepest.plot.scene.sweep.heading import caption, heading
from steepest.plot.scene.sweep.theory import Line, Point, theory
from steepest.plot.scene.text.labels import pretty
from steepest.runs.sweep.axes import Axis
from steepest.runs.sweep.definition import Definition
from steepest.runs.sweep.sweep import Sweep

MOST_PANELS = 12
SOME = 8  # values of an axis
LARGEST = 1e200  # on an axis: matplotlib looks for ticks far beyond its ends


@dataclass(frozen=True, eq=False)
class Panel:
    """One map: a row of pixels for each value of the vertical axis, the lowest first, and the known points that its runs show."""

    title: str
    pixels: Pixels
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, eq=False)
class MapScene:
    """Everything that a map shows.

    Attributes:
        title, formula, text: of the objective: the gallery's title, the formula in LaTeX and in plain text.
        caption: what was run.
        x, y: the axes.
        panels: one, or one for each value of a third axis.
        swatches, bar: what the colors stand for.
        lines, points: what theory says, and known minima and saddles.
        positions: whether both axes are parameters of the objective.
    """

    title: str
    formula: str
    text: str
    caption: str
    x: MapAxis
    y: MapAxis
    panels: tuple[Panel, ...]
    swatches: tuple[Swatch, ...]
    bar: ColorBar | None
    lines: tuple[Line, ...]
    points: tuple[Point, ...]
    positions: bool


def map_scene(sweep: Sweep, options: MapOptions) -> MapScene:
    """The map of a sweep over two or three axes.

    Raises:
        InputError: for another number of axes with more than one value, and for too many panels.
    """
    check_picture(sweep.definition, options)
    across, up, panel = _arranged(sweep.definition, options.film)
    by = options.by or default_color(sweep, across, up)
    colors, swatches, bar = colored(sweep, by, options.theme)
    order = [*([panel] if panel is not None else []), up, across]
    rest = [index for index in range(len(sweep.axes)) if index not in order]
    stacked = colors.transpose(*rest, *order, len(sweep.axes)).reshape(*(sweep.shape[index] for index in order), 3)
    if panel is None:
        texts, parts = [""], [stacked]
    else:
        values, name = sweep.axes[panel].values.array, sweep.axes[panel].name
        before = "" if name == "optimizer" else f"{name} = "
        texts, parts = [pretty(before + value_text(value)) for value in values], list(stacked)
    x, y = map_axis(sweep.axes[across]), map_axis(sweep.axes[up])
    lines, points = theory(sweep, x, y) if options.theory and panel is None else ((), ())
    minima = sweep.minimum[None] if panel is None else np.moveaxis(sweep.minimum, panel, 0)
    known = [known_points(sweep, x, y, part) for part in minima]
    panels = tuple(
        Panel(text, part, (*points, *marked)) for text, part, marked in zip(texts, parts, known, strict=True)
    )  # fmt: skip
    marked = tuple(point for point in known_points(sweep, x, y, sweep.minimum) if any(point in part for part in known))
    title, formula, text = heading(sweep)
    positions = all(sweep.definition.roles[index] == "parameter" for index in (across, up))
    return MapScene(title, formula, text, caption(sweep), x, y, panels, swatches, bar, lines, (*points, *marked), positions)


def check_picture(definition: Definition, options: MapOptions, *, beside_film: bool = False) -> None:
    """Refuse what no picture or film shows, which is known before anything is run.

    Args:
        beside_film: whether a film through an axis is made as well as this picture.

    Raises:
        InputError: for no axis with more than one value, for more axes or values than there is room for, for a film through no
            axis, for numbers that were not asked for, and for an axis with ends near the largest numbers of 64 bits.
    """
    wide = [axis for axis in definition.axes if len(axis) > 1]
    if not wide:
        raise InputError("a picture of a sweep needs an axis with more than one value: steepest run shows a single run")
    if len(wide) > 1 or options.film is not None:
        _arranged(definition, options.film, beside_film=beside_film)
    if options.film is not None and options.size in ("column", "thumbnail"):
        raise InputError(
            f"a film of maps has words beside its map, for which {options.size} has no room: --size slide, or 1280x720"
        )  # fmt: skip
    if options.by == "rate" and not definition.rate:
        raise InputError("the rate was not measured: sweep(..., rate=True), or --rate")
    if options.by == "first" and definition.below is None:
        raise InputError("the first step below a threshold was not asked for: sweep(..., below=1e-6), or --below 1e-6")
    for axis in wide:
        array = axis.values.array
        if array.dtype.kind != "U":
            low, high = float(array.min()), float(np.abs(array).max())
            if high > LARGEST or (axis.values.spacing != "linear" and 0 < low < 1 / LARGEST):
                raise InputError(f"no picture has an axis as long as {clipped(str(axis))}: save npz or csv")


def some_cells(definition: Definition, options: MapOptions) -> Definition:
    """The sweep over some of the values of the axes across and up: its picture has the words of the whole one."""
    wide = [index for index, axis in enumerate(definition.axes) if len(axis) > 1]
    shown = _arranged(definition, options.film)[:2] if len(wide) > 1 else wide
    axes = [
        Axis(axis.name, axis.values.thinned(max(1, len(axis) // SOME))) if index in shown else axis
        for index, axis in enumerate(definition.axes)
    ]
    return replace(definition, axes=tuple(axes))


def _arranged(definition: Definition, film: str | None, *, beside_film: bool = False) -> tuple[int, int, int | None]:
    """The axes across, up, and of panels or of a film."""
    names = [axis.name for axis in definition.axes]
    wide = [index for index, axis in enumerate(definition.axes) if len(axis) > 1]
    if film == ZOOM and ZOOM not in names:
        if len(wide) != 2:
            raise InputError(f"a film of zooming shows two axes, and there are {len(wide)}")
        return wide[0], wide[1], None
    if film is not None:
        panel = definition.axes.index(definition.axis(film))
        others = [index for index in wide if index != panel]
        if len(others) != 2:
            raise InputError(f"a film shows two axes besides {film}, and there are {len(others)}")
        return others[0], others[1], panel
    if len(wide) > 3:
        raise InputError(f"a picture shows up to three axes, and these are {', '.join(names)}: save npz, csv, nc or zarr")
    if len(wide) == 3:
        panel = names.index("optimizer") if "optimizer" in names and len(definition.axis("optimizer")) > 1 else wide[2]
        count = len(definition.axes[panel])
        if count > MOST_PANELS:
            raise InputError(
                f"a picture has up to {MOST_PANELS} panels, and {names[panel]} has {count:,} values: take fewer, "
                + ("or save the film alone" if beside_film else f"or save a film through it: --film {names[panel]}")
            )
        across, up = (index for index in wide if index != panel)
        return across, up, panel
    assert len(wide) == 2
    across, up = wide
    if names[across] == "optimizer":
        across, up = up, across
    return across, up, None


def known_points(sweep: Sweep, x: MapAxis, y: MapAxis, minimum: NDArray[np.integer[Any]]) -> tuple[Point, ...]:
    """The minima that were reached, and the gallery's saddles, on a map of starts.

    Args:
        minimum: the index of the minimum that each of the map's runs reached.
    """
    definition = sweep.definition
    objective = definition.source.objective()
    names = list(objective.names)
    if x.name not in names or y.name not in names or x.ticks or y.ticks or "constant" in definition.roles:
        return ()
    columns = names.index(x.name), names.index(y.name)
    inside = [index for index in range(len(sweep.minima)) if (minimum == index).any()]
    points = [Point("minimum", (float(sweep.minima[i][columns[0]]), float(sweep.minima[i][columns[1]])), "") for i in inside]
    points += [Point("saddle", (each.position[columns[0]], each.position[columns[1]]), "") for each in objective.saddles]
    (left, right), (low, high) = sorted(x.limits), sorted(y.limits)
    return tuple(point for point in points if left <= point.at[0] <= right and low <= point.at[1] <= high)
