"""What the page knows about data, as one module of JavaScript: `web/model/data/tables.js`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from steepest.data import batches, labels, losses, missing_values, scaling
from steepest.data.files import cells, dialect, magic
from steepest.lab import state
from steepest.lab.tables.shared import constants, module
from steepest.objectives import data, model_text, units
from steepest.objectives.exact import exact, least_squares, newton

MODULE = Path(__file__).parents[1] / "web" / "model" / "data" / "tables.js"
UNREAD = "which the page does not read: save the table as CSV"


def tables() -> str:
    """The module: losses as formulas, scalings, orders, what cells mean, and the bounds of reading and of exact answers."""
    return module({
        "DATA": constants(state, "MOST_ROWS MOST_COLUMNS LAST_LINE"),
        "BATCHES": constants(batches, "ORDERS ROUNDS LEAST_BITS SHUFFLE REPLACEMENT"),
        "LOSSES": {name: _loss(entry) for name, entry in losses.LOSSES.items()},
        "LOSS": constants(losses, "LONGEST ANY CLASSES SIGNS COUNTS") | {"REDUCTIONS": list(losses.REDUCTIONS)},
        "SCALING": constants(scaling, "LARGE MOST_TOLD"),
        "METHODS": {name: {"told": each.told, "description": each.description} for name, each in scaling.METHODS.items()},
        "LABELS": constants(labels, "CODES MOST_NAMED"),
        "CELLS": {"MISSING": " ".join(sorted(cells.MISSING)).strip()} | constants(cells, "FIRST_SHOWN LARGEST_EXACT"),
        "DIALECT": constants(dialect, "COUNTED LOOKED_AT MOST_CELLS MOST_TEXT MOST_NAMED DELIMITERS"),
        "MAGIC": {head.decode(): told for head, told in magic.OTHERS.items() if head.isascii()}
        | {head.decode(): f"{kind.title()}, {UNREAD}" for head, kind in magic.MAGIC.items()},
        "FINDINGS": constants(missing_values, "MOST_NAMED"),
        "MODEL": constants(data, "SHORT") | {"PREDICTORS": list(model_text.PREDICTORS), "LONG": model_text.SHORT},
        "UNITS": {"LINKS": list(units.LINKS), "CLOSE": units.CLOSE},
        "LEAST_SQUARES": constants(least_squares, "MOST_NAMED PERFECT"),
        "NEWTON": constants(newton, "FIRST_DAMPING LEAST_DAMPING MOST_DAMPING DEFINITE SMALL LAST_PLACE")
        | {"MOST_STEPS": exact.MOST_STEPS, "CONVEX": exact.CONVEX},
    })  # fmt: skip


def _loss(entry: losses.Entry) -> dict[str, Any]:
    """What the page knows about a loss; what is as usual is left out."""
    usual = losses.Entry("", losses.ANY, "", "")
    own = ("link", "linked", "settings", "above", "below")
    given = {name: getattr(entry, name) for name in own if getattr(entry, name) != getattr(usual, name)}
    return {"formula": entry.formula, "labels": entry.labels, "description": entry.description} | given
