"""The colors of a map's cells, and what they stand for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.language.digits import short
from steepest.plot.oklch import rgb
from steepest.plot.scene.sweep.number_scale import BEYOND, highest_shown, least_value, scale_ends, start_values, threshold
from steepest.plot.scene.text.labels import pretty
from steepest.plot.scene.text.number import typographic
from steepest.plot.theme import THEMES, Theme, channels
from steepest.runs.sweep.endings import CONVERGED, DIVERGED, ENDINGS, INTERRUPTED, STEP_LIMIT, UNDEFINED
from steepest.runs.sweep.sweep import Sweep

Pixels = NDArray[np.uint8]
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
STEEPEST = 8  # times an even share of the cells that a place of a scale counts at most
LABELS = {"value": "value at the end", "steps": "steps taken", "rate": "measured factor per step", "first": "first step below"}


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
    places = index[told].astype(np.uint8)
    colors = colors if by == "rate" else colors[_spread(places)]
    pixels[told] = colors[places]
    hexes = tuple("#" + bytes(color).hex() for color in colors)
    return pixels, swatches, ColorBar(pretty(label), hexes, low, high, spacing)


def _spread(places: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Which color each of 256 places of a scale has: half of the colors' way follows the scale, half of it the cells.

    So a map whose cells crowd at one end of the scale has differences there, too, and no place takes so many colors that its
    neighbors differ visibly: histogram equalization of limited counts (Pizer et al., Computer Vision, Graphics, and Image
    Processing 39, 1987).

    >>> _spread(np.repeat(np.array([0, 254, 255], dtype=np.uint8), [2, 49, 49]))[[0, 128, 254, 255]].tolist()
    [0, 86, 184, 255]
    """
    counts = np.minimum(np.bincount(places, minlength=256), STEEPEST * len(places) / 256)
    below = np.cumsum(counts) - counts / 2
    crowded = (below - below[0]) / max(below[-1] - below[0], 1e-300)
    return np.rint(255 * (0.5 * np.linspace(0, 1, 256) + 0.5 * crowded)).astype(np.intp) if below[-1] > below[0] else np.arange(256)


def _scale(theme: Theme, *, reverse: bool) -> Pixels:
    """256 colors from low to high: bright where a run did well."""
    colors = np.array([channels(theme.shade(part / 255)) for part in range(256)], dtype=np.uint8)
    return colors[::-1] if reverse else colors
