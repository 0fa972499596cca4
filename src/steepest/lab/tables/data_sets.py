"""The small tables that come with steepest, as one module of JavaScript: `web/model/data/sets.js`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from steepest.data.sets.catalog import SETS, set_path
from steepest.lab.tables.shared import module

STARTS = {"misra1a": [250.0, 5e-4], "rat42": [75.0, 2.5, 0.07]}
"""The second starts of NIST, for models that are flat at 0."""

MODULE = Path(__file__).parents[1] / "web" / "model" / "data" / "sets.js"


def tables() -> str:
    """The module: of each table its text, and the model and loss to begin with."""
    return module({"SETS": {name: _set(name) for name in SETS}})


def _set(name: str) -> dict[str, Any]:
    entry = SETS[name]
    text = set_path(name).read_text(encoding="utf-8")
    start = {"start": STARTS[name]} if name in STARTS else {}
    return {"description": entry.description, "model": entry.model, "loss": entry.loss, **start, "text": text}
