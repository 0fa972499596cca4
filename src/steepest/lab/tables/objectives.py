"""The gallery for the page, and the bounds of reading objectives, as one module of JavaScript: `web/model/objectives/tables.js`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from steepest.lab.tables.shared import constants, module
from steepest.objectives import domain, formula
from steepest.objectives.gallery import GALLERY, GROUPS, Entry, Point
from steepest.runs import stable_forms

MODULE = Path(__file__).parents[1] / "web" / "model" / "objectives" / "tables.js"


def tables() -> str:
    """The module: what is known about each function of the gallery, with intervals and points as text."""
    return module({
        "GALLERY": {name: _entry(entry) for name, entry in GALLERY.items()},
        "GROUPS": GROUPS,
        "FORMULA": constants(formula, "DEFAULT_LR DEFAULT_VIEW"),
        "FORMS": constants(stable_forms, "LONGEST MOST_TRIED"),
        "DOMAIN": constants(domain, "IN_VIEW APPROACHES MOVES BEYOND LONGEST HALVINGS AROUND SCALES"),
    })  # fmt: skip


def _entry(entry: Entry) -> dict[str, Any]:
    shown = ("title", "formula", "start", "lr", "description")
    points = {"minima": _points(entry.minima), "localMinima": _points(entry.local_minima), "saddles": _points(entry.saddles)}
    view = {"names": " ".join(entry.names), "view": "; ".join(" ".join(map(repr, interval)) for interval in entry.view)}
    return {name: getattr(entry, name) for name in shown} | view | points


def _points(points: tuple[Point, ...]) -> str:
    return "; ".join(" ".join(map(repr, (*point.position, point.value))) for point in points)
