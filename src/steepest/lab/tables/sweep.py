"""What maps of many runs share with the page, as one module of JavaScript: `web/model/sweep/tables.js`."""

from __future__ import annotations

from pathlib import Path

from steepest.lab.tables.shared import constants, module
from steepest.plot import oklch
from steepest.plot.scene.sweep import colors
from steepest.runs.sweep import endings, minima

MODULE = Path(__file__).parents[1] / "web" / "model" / "sweep" / "tables.js"


def tables() -> str:
    """The module: the words of endings, the bounds of the search for minima, and the colors of maps."""
    return module({
        "ENDINGS": endings.ENDINGS,
        "MINIMA": constants(minima, "ARRIVED ON_THE_WAY SAMPLE ROUNDS NEWTON SAME FLAT MOST_FLAT MOST"),
        "OKLCH": {"TO_LMS": oklch.TO_LMS.tolist(), "TO_RGB": oklch.TO_RGB.tolist()},
        "MAP": constants(colors, "MOST_NAMED HUES LIGHTEST DARKEST CHROMA GOLDEN")
        | {"BESIDE": {name: [shades.get(code, "#ffffff") for code in range(5)] for name, shades in colors.BESIDE.items()}}
        | {"WORDS": [colors.BESIDE_WORDS[code] for code in range(5)]},
    })  # fmt: skip
