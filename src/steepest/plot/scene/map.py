"""The picture of a sweep as data: colored cells over two axes, what each color counts, known points, and what theory says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.errors import InputError, clipped, counted
from steepest.language.digits import short
from steepest.language.expression import name as named
from steepest.language.expression import number, substitute
from steepest.language.latex import latex
from steepest.language.notation import textbook
from steepest.plot.map_options import ZOOM, MapOptions
from steepest.plot.oklch import rgb
from steepest.plot.scene.number import typographic
from steepest.plot.scene.number_scale import BEYOND, highest_shown, least_value, scale_ends, start_values, threshold
from steepest.plot.scene.text import listed, point_text, pretty
from steepest.plot.scene.theory import Line, Point, theory
from steepest.plot.theme import THEMES, Theme, channels
from steepest.runs.sweep.axes import Axis
from steepest.runs.sweep.definition import Definition
from steepest.runs.sweep.endings import CONVERGED, DIVERGED, ENDINGS, INTERRUPTED, STEP_LIMIT, UNDEFINED
from steepest.runs.sweep.optimizers import optimizer_text
from steepest.runs.sweep.sweep import Sweep

Array = NDArray[np.float64]
Pixels = NDArray[np.uint8]
MOST_PANELS = 12
LARGEST = 1e200  # on an axis: matplotlib looks for ticks far beyond its ends
MOST_NAMED = 9  # minima that have a swatch of their own
HUES = (250.0, 30.0, 145.0, 75.0, 320.0, 195.0, 355.0, 110.0)
LIGHTEST, DARKEST = 0.94, 0.40  # of a minimum's hue: reached in few steps, and in many
CHROMA = 0.15
GOLDEN = 137.508  # degrees from one hue to the next where there are many
ENDING_COLORS = {
    "light": {
        CONVERGED: "#8fd694", STEP_LIMIT: "#e9e4d4", DIVERGED: "#3a2f4d", UNDEFINED: "#8a5a74", INTERRUPTED: "#ffffff",
        5: "#c06c84", 6: "#bcd4e6",
    },
    "dark": {
        CONVERGED: "#8fd694", STEP_LIMIT: "#4b545e", DIVERGED: "#08090c", UNDEFINED: "#b3678d", INTERRUPTED: "#ffffff",
        5: "#c06c84", 6: "#bcd4e6",
    },
    "journal": {
        CONVERGED: "#c4c4c4", STEP_LIMIT: "#ececec", DIVERGED: "#1f1f1f", UNDEFINED: "#6b6b6b", INTERRUPTED: "#ffffff",
        5: "#444444", 6: "#dadada",
    },
}  # fmt: skip
"""Each ending has a lightness of its own, so that they differ without color, too."""
BESIDE = {
    "light": {STEP_LIMIT: "#e6e6e3", CONVERGED: "#bdbdb8", DIVERGED: "#2b2b33", UNDEFINED: "#77707a"},
    "dark": {STEP_LIMIT: "#4a535c", CONVERGED: "#8b949d", DIVERGED: "#050608", UNDEFINED: "#77707a"},
    "journal": {STEP_LIMIT: "#ffffff", CONVERGED: "#ffffff", DIVERGED: "#1f1f1f", UNDEFINED: "#4a4a4a"},
}
"""Of cells that reached no minimum, or have no number: shades of gray, which no minimum has."""
WORDS = {
    CONVERGED: "converged", STEP_LIMIT: "step limit", DIVERGED: "diverged", UNDEFINED: "undefined", INTERRUPTED: "not run",
    5: "failed", 6: "budget spent",
}  # fmt: skip
BESIDE_WORDS = WORDS | {CONVERGED: "converged elsewhere", STEP_LIMIT: "still on the way"}
"""The same, of cells that reached no minimum."""
STRIPED = {
    "light": {DIVERGED: ("#e9ecef", "#c3c9d1"), UNDEFINED: ("#f3dfe8", "#cfa3b8"), STEP_LIMIT: ("#f4f4f2", "#f4f4f2")},
    "dark": {DIVERGED: ("#20262d", "#39424c"), UNDEFINED: ("#3a2431", "#6b3f58"), STEP_LIMIT: ("#2a3138", "#2a3138")},
    "journal": {DIVERGED: ("#ffffff", "#000000"), UNDEFINED: ("#4a4a4a", "#ffffff"), STEP_LIMIT: ("#ffffff", "#ffffff")},
}
"""Of cells that have no number, where numbers have all colors: stripes, which no number has."""
HATCHES = ("", 4 * "\\", 4 * "-", 3 * "|", 4 * "/", 3 * ".")  # as matplotlib names them
HATCH_PERIOD, HATCH_GRAY = 5, 0x33  # cells from line to line of a hatch, and its gray
PERIOD, STRIPE = 8, 2  # cells from one stripe to the next, and its width
LABELS = {"value": "value at the end", "steps": "steps taken", "rate": "measured factor per step", "first": "first step below"}


@dataclass(frozen=True, eq=False)
class MapAxis:
    """An axis of a map.

    Attributes:
        name, label: the name, and the same in LaTeX between dollar signs.
        values: numbers; the indices 0, 1, ... where the values are words or have no even spacing.
        spacing: `linear` or `log`.
        ticks: of an axis of words: their positions and texts.
    """

    name: str
    label: str
    values: Array
    spacing: str
    ticks: tuple[tuple[float, ...], tuple[str, ...]] | None = None

    @property
    def limits(self) -> tuple[float, float]:
        """The ends of the axis, half a cell beyond the first and the last value."""
        at = np.log(self.values) if self.spacing == "log" else self.values
        half = (at[-1] - at[0]) / (2 * (len(at) - 1)) if len(at) > 1 else 0.5
        low, high = float(at[0] - half), float(at[-1] + half)
        return (float(np.exp(low)), float(np.exp(high))) if self.spacing == "log" else (low, high)


@dataclass(frozen=True)
class Swatch:
    """An entry of the legend: colors, what they stand for, how many cells have them, and the lines across them as matplotlib names
    hatches."""

    colors: tuple[str, ...]
    label: str
    count: str
    hatch: str = ""


@dataclass(frozen=True, eq=False)
class ColorBar:
    """A scale of colors, from the lowest to the highest number."""

    label: str
    colors: tuple[str, ...]
    low: float
    high: float
    spacing: str


@dataclass(frozen=True, eq=False)
class Panel:
    """One map: a row of pixels for each value of the vertical axis, the lowest first."""

    title: str
    pixels: Pixels


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
        panels: tuple[Panel, ...] = (Panel("", stacked),)
    else:
        values, name = sweep.axes[panel].values.array, sweep.axes[panel].name
        before = "" if name == "optimizer" else f"{name} = "
        panels = tuple(Panel(pretty(before + _value_text(value)), part) for value, part in zip(values, stacked, strict=True))
    x, y = map_axis(sweep.axes[across]), map_axis(sweep.axes[up])
    lines, points = theory(sweep, x, y) if options.theory and panel is None else ((), ())
    title, formula, text = heading(sweep)
    return MapScene(title, formula, text, caption(sweep), x, y, panels, swatches, bar, lines, (*points, *known_points(sweep, x, y)))


def check_picture(definition: Definition, options: MapOptions) -> None:
    """Refuse what no picture or film shows, which is known before anything is run.

    Raises:
        InputError: for no axis with more than one value, for more axes or values than there is room for, for a film through no
            axis, for numbers that were not asked for, and for an axis with ends near the largest numbers of 64 bits.
    """
    wide = [axis for axis in definition.axes if len(axis) > 1]
    if not wide:
        raise InputError("a picture of a sweep needs an axis with more than one value: steepest run shows a single run")
    if len(wide) > 1 or options.film is not None:
        _arranged(definition, options.film)
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


def _arranged(definition: Definition, film: str | None) -> tuple[int, int, int | None]:
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
                f"or save a film through it: --film {names[panel]}"
            )
        across, up = (index for index in wide if index != panel)
        return across, up, panel
    assert len(wide) == 2
    across, up = wide
    if names[across] == "optimizer":
        across, up = up, across
    return across, up, None


def _value_text(value: object) -> str:
    return str(value) if isinstance(value, str) else typographic(short(float(value)))  # type: ignore[arg-type]


def heading(sweep: Sweep) -> tuple[str, str, str]:
    """The title, and the formula in LaTeX and in plain text."""
    objective = sweep.definition.source.objective()
    if objective.expression is None:
        return objective.text, "", ""
    names, expression = objective.names, objective.expression
    if objective.named is not None:  # constants that are varied have no value
        varied = {axis.name for axis in sweep.axes if len(axis) > 1}
        values = dict(objective.let) | {name: float(value) for name, value in sweep.definition.alone("constant").items()}
        expression = substitute(objective.named, {name: number(value) for name, value in values.items() if name not in varied})
    label = ", ".join(latex(named(word)) for word in names)
    text = pretty(f"f({', '.join(names)}) = {textbook(expression)}")
    return (objective.entry.title if objective.entry else ""), f"f({label}) = {latex(expression)}", text


def caption(sweep: Sweep) -> str:
    """What was run, in a line."""
    definition = sweep.definition
    parts = []
    if len(definition.optimizers) == 1:
        parts.append(clipped(optimizer_text(definition.optimizers[0])))
        swept = {axis.name for axis in sweep.axes}
        setup = definition.setup((0,) * len(definition.structural))
        given = {name: value for name, value in setup.hyperparameters.items() if name not in swept}
        shown = {name: value for name, value in given.items() if name not in definition.optimizers[0].settings}
        formulas = {name: definition.shared.get(name, value) for name, value in shown.items()}
        parts += [f"{name} = {textbook(value)}" for name, value in formulas.items()]
    parts += [
        f"{axis.name} = {_value_text(axis.values.array[0].item())}"
        for axis, role in zip(sweep.axes, definition.roles, strict=True)
        if len(axis) == 1 and role not in ("parameter", "optimizer")
    ]
    if start := _start_text(sweep):
        parts.append(f"from {start}")
    parts.append(f"{counted(sweep.ending.size, 'run')}, up to {counted(definition.rule.steps, 'step')} each")
    thinned: dict[int, list[str]] = {}
    for axis in sweep.axes:
        thinned.setdefault(axis.values.every, []).append(axis.name)
    parts += [f"one in {every:,} values of {' and '.join(names)}" for every, names in thinned.items() if every > 1]
    return pretty("; ".join(parts))


def _start_text(sweep: Sweep) -> str:
    """The coordinates from which all runs start; nothing where there are none."""
    definition = sweep.definition
    lengths = {axis.name: len(axis) for axis in sweep.axes}
    fixed = [name for name in sweep.names if lengths.get(name, 1) == 1]
    if not fixed or (lengths.get("seed", 1) > 1 and definition.start is None):
        return ""
    first = definition.starts(
        [np.zeros(1, dtype=np.int64)] * len(sweep.axes), definition.setup((0,) * len(definition.structural)).objective
    )
    at = dict(zip(sweep.names, first[0].tolist(), strict=True))
    if len(fixed) == len(at):
        return point_text(sweep.names, list(at.values()))
    return listed([f"{name} = {short(at[name])}" for name in fixed])


def map_axis(axis: Axis) -> MapAxis:
    """An axis as a map has it."""
    array, label = axis.values.array, f"${latex(named(axis.name))}$" if axis.name.isascii() else axis.name
    label = label if axis.name not in ("lr", "seed", "batch", "optimizer") else {"lr": "learning rate"}.get(axis.name, axis.name)
    if axis.values.spacing in ("linear", "log") and len(array) > 1:
        return MapAxis(axis.name, label, array, axis.values.spacing)
    if axis.values.spacing == "range":
        return MapAxis(axis.name, label, array.astype(float), "linear")
    numbers = array.astype(float) if array.dtype.kind != "U" else None
    if numbers is not None and len(numbers) > 2 and (numbers > 0).all():
        ratios, gaps = np.diff(np.log(numbers)), np.diff(numbers)
        if (np.abs(gaps - gaps[0]) <= 1e-6 * np.abs(gaps).max()).all():
            return MapAxis(axis.name, label, numbers, "linear")
        if (np.abs(ratios - ratios[0]) <= 1e-6 * np.abs(ratios).max()).all():
            return MapAxis(axis.name, label, numbers, "log")
    shown = range(0, len(array), max(1, len(array) // 12))
    ticks = tuple(float(index) for index in shown), tuple(_value_text(array[index].item()) for index in shown)
    return MapAxis(axis.name, label, np.arange(len(array), dtype=float), "linear", ticks)


def default_color(sweep: Sweep, across: int, up: int) -> str:
    """What a map is colored by unless it is said: the minimum where starts are varied, else the value."""
    roles = [sweep.definition.roles[index] for index in (across, up)]
    reached = len(np.unique(sweep.minimum[sweep.minimum >= 0]))
    return "minimum" if reached > 1 or (reached and roles == ["parameter", "parameter"]) else "value"


def colored(sweep: Sweep, by: str, theme: str) -> tuple[Pixels, tuple[Swatch, ...], ColorBar | None]:
    """The color of every cell, the legend, and a scale of colors.

    Args:
        by: see `MapOptions`.
    """
    if by == "minimum":
        return _by_minimum(sweep, theme)
    if by == "ending":
        return _by_ending(sweep, theme)
    return _by_number(sweep, by, theme)


def _by_ending(sweep: Sweep, theme: str) -> tuple[Pixels, tuple[Swatch, ...], None]:
    colors = ENDING_COLORS[theme]
    table = np.array([channels(colors[code]) for code in range(len(ENDINGS))], dtype=np.uint8)
    return table[sweep.ending], _ending_swatches(sweep.ending, colors), None


def _ending_swatches(ending: NDArray[np.uint8], colors: dict[int, str]) -> tuple[Swatch, ...]:
    """A swatch for each ending that occurs."""
    counts = np.bincount(ending.ravel(), minlength=len(ENDINGS)).tolist()
    return tuple(
        Swatch((colors.get(code, "#888888"),), WORDS[code], f"{counts[code]:,}") for code in range(len(counts)) if counts[code]
    )


def shades(index: int, count: int) -> NDArray[np.uint8]:
    """The colors of a minimum, from that of the fewest steps to that of the most."""
    many = count > len(HUES)
    hue = (HUES[0] + GOLDEN * index) % 360 if many else HUES[index]
    chroma = CHROMA * (1.0, 0.72, 0.45)[index % 3] if many else CHROMA
    light = np.linspace(LIGHTEST, DARKEST, 256)
    return rgb(light, np.minimum(chroma, 0.32 * (1 - light) + 0.035), hue)


def gray_shades(index: int, count: int) -> NDArray[np.uint8]:
    """The grays of a minimum where hatches tell minima apart.

    The first 128 lead from that of the fewest steps to that of the most; the others are its hatch's.

    >>> gray_shades(0, 2)[[0, 127, 255]].tolist()
    [[245, 245, 245], [185, 185, 185], [51, 51, 51]]
    """
    lightest = 245 - round(60 * index / max(count - 1, 1))
    grays = np.concatenate([np.linspace(lightest, lightest - 60, 128).round(), np.full(128, HATCH_GRAY)])
    return np.repeat(grays[:, None], 3, axis=1).astype(np.uint8)


def hatch(order: int, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which cells of a map the hatch of a minimum covers: none, lines in four directions, dots; then wider ones."""
    across, up = np.indices(shape[-2:] if len(shape) > 1 else (shape[0], 1))
    turn, kind = divmod(order, 6)
    period = HATCH_PERIOD + 3 * turn
    lines = (None, across + up, up, across, across - up, None)[kind]  # as in HATCHES
    if lines is not None:
        covered = lines % period == 0
    else:
        covered = (across % period == 0) & (up % period == 0) & (kind == 5)
    return np.broadcast_to(covered if len(shape) > 1 else covered[:, 0], shape)


def _by_minimum(sweep: Sweep, theme: str) -> tuple[Pixels, tuple[Swatch, ...], None]:
    """A hue for each minimum, darker for more steps; grays where none is reached."""
    gray, hatched = BESIDE[theme], theme == "journal"
    tint, halved = (gray_shades, 2) if hatched else (shades, 1)  # the grays of steps are half as many
    counts = np.bincount(sweep.minimum.ravel() + 1, minlength=len(sweep.minima) + 1)[1:]
    reached = sweep.hues
    palette = [np.array([channels(gray.get(code, "#ffffff")) for code in range(len(ENDINGS))], dtype=np.uint8)]
    first = np.zeros(len(sweep.minima) + 1, dtype=np.int32)  # where a minimum's shades begin; of none those of the endings
    swatches = []
    for order, index in enumerate(reached):
        colors = tint(order, len(reached))
        first[index] = len(ENDINGS) + 256 * order
        palette.append(colors)
        if order < MOST_NAMED and counts[index]:
            shown = tuple(_hex(colors[at // halved]) for at in (20, 70, 120, 170, 220))
            lines = HATCHES[order % len(HATCHES)] if hatched else ""
            swatches.append(Swatch(shown, pretty(sweep.minimum_names[index]), f"{counts[index]:,}", lines))
    levels = _levels(sweep) // halved
    if hatched:
        for order, index in enumerate(reached):
            levels[(sweep.minimum == index) & hatch(order, sweep.shape)] = 255
    pixels = np.concatenate(palette)[first[sweep.minimum] + np.where(sweep.minimum < 0, sweep.ending, levels)]
    if len(reached) > MOST_NAMED:
        rest = int(sum(counts[index] for index in reached[MOST_NAMED:]))
        further = sum(1 for index in reached[MOST_NAMED:] if counts[index])
        orders = range(MOST_NAMED, min(len(reached), MOST_NAMED + 5))
        shown = tuple(_hex(tint(order, len(reached))[90 // halved]) for order in orders)
        if further:
            swatches.append(Swatch(shown, f"{further} more minima", f"{rest:,}"))
    none = np.bincount(sweep.ending[sweep.minimum < 0], minlength=len(ENDINGS)).tolist()
    swatches += [
        Swatch((gray.get(code, "#ffffff"),), BESIDE_WORDS[code], f"{none[code]:,}") for code in range(len(ENDINGS)) if none[code]
    ]
    return pixels, tuple(swatches), None


def _hex(color: NDArray[np.uint8]) -> str:
    return "#" + bytes(color).hex()


def _levels(sweep: Sweep) -> NDArray[np.uint8]:
    """From 0 for the fewest steps to 255 for the most, by the logarithm, between the 1st and the 99th percentile."""
    steps = sweep.steps[sweep.minimum >= 0]
    if not len(steps):
        return np.zeros(sweep.shape, dtype=np.uint8)
    sample = np.sort(steps[:: max(1, len(steps) // 100_000)])
    low, high = float(sample[len(sample) // 100]), float(sample[-1 - len(sample) // 100])
    table = np.arange(int(sweep.steps.max()) + 1, dtype=float)
    span = max(np.log1p(high) - np.log1p(low), 1e-9)
    scaled = np.clip((np.log1p(table) - np.log1p(low)) / span, 0, 1) * 255
    return np.asarray(scaled.astype(np.uint8)[sweep.steps])


def _by_number(sweep: Sweep, by: str, theme: str) -> tuple[Pixels, tuple[Swatch, ...], ColorBar | None]:
    """A scale of colors for numbers; what has none is gray."""
    pairs = STRIPED[theme]
    table = np.array(
        [[channels(color) for color in pairs.get(code, ("#ffffff", "#ffffff"))] for code in range(len(ENDINGS))], np.uint8
    )
    places = np.indices(sweep.shape[-2:]).sum(axis=0) if len(sweep.shape) > 1 else np.arange(sweep.shape[0])
    pixels = table[sweep.ending, (places % PERIOD < STRIPE).astype(np.uint8)]
    numbers = np.asarray(getattr(sweep, by), dtype=float)
    finite = (sweep.ending == CONVERGED) | (sweep.ending == STEP_LIMIT) | (sweep.ending == 6)
    told = np.isfinite(numbers) & (finite if by != "first" else numbers >= 0)
    counts = np.bincount(sweep.ending[~told].ravel(), minlength=len(ENDINGS)).tolist()
    before = "" if by != "first" else "never, "
    swatches = tuple(
        Swatch(pairs.get(code, ("#ffffff", "#ffffff")) * 4, before + WORDS[code], f"{counts[code]:,}")
        for code in range(len(ENDINGS))
        if counts[code]
    )
    if not told.any():
        return pixels, swatches, None
    shown = numbers[told]
    offset, label = 0.0, LABELS[by]
    if by == "first":
        label = f"first step below {threshold(sweep)}"
    if by == "value":
        offset, label = least_value(sweep, shown)
    highest = highest_shown(shown - offset, start_values(sweep) - offset if by == "value" else np.zeros(0))
    low, high, spacing = scale_ends(shown - offset, highest, by)
    if spacing == "log" and float(shown.max()) - offset > BEYOND * high:
        label = f"{label} (one color from {typographic(short(high))} on)"
    if by == "rate" and low < 1 < high:  # all that grows is one color
        high, label = 1.0, f"{label} (one color from 1 on)"
    at = np.log(np.maximum(numbers - offset, low)) if spacing == "log" else numbers - offset
    ends = (np.log(low), np.log(high)) if spacing == "log" else (low, high)
    colors = _scale(THEMES[theme], reverse=by in ("value", "steps", "first", "rate"))
    span = max(ends[1] - ends[0], 1e-300)
    with np.errstate(invalid="ignore"):
        index = np.clip((at - ends[0]) / span * 255, 0, 255)
    pixels[told] = colors[index[told].astype(np.uint8)]
    hexes = tuple("#" + bytes(color).hex() for color in colors)
    return pixels, swatches, ColorBar(pretty(label), hexes, low, high, spacing)


def _scale(theme: Theme, *, reverse: bool) -> Pixels:
    """256 colors from low to high: bright where a run did well."""
    colors = np.array([channels(theme.shade(part / 255)) for part in range(256)], dtype=np.uint8)
    return colors[::-1] if reverse else colors


def known_points(sweep: Sweep, x: MapAxis, y: MapAxis) -> tuple[Point, ...]:
    """The minima that were reached, and the gallery's saddles, on a map of starts."""
    definition = sweep.definition
    objective = definition.source.objective()
    names = list(objective.names)
    if x.name not in names or y.name not in names or x.ticks or y.ticks or "constant" in definition.roles:
        return ()
    columns = names.index(x.name), names.index(y.name)
    inside = [index for index in range(len(sweep.minima)) if (sweep.minimum == index).any()]
    points = [Point("minimum", (float(sweep.minima[i][columns[0]]), float(sweep.minima[i][columns[1]])), "") for i in inside]
    points += [Point("saddle", (each.position[columns[0]], each.position[columns[1]]), "") for each in objective.saddles]
    (left, right), (low, high) = sorted(x.limits), sorted(y.limits)
    return tuple(point for point in points if left <= point.at[0] <= right and low <= point.at[1] <= high)
