"""The zoo and other libraries' names for the page, as one module of JavaScript: `web/model/optimizers/tables.js`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from steepest.lab.tables.shared import constants, module
from steepest.optimizers import frameworks, optimizer, reading, settings, zoo
from steepest.optimizers.libraries.registry import LIBRARIES

MODULE = Path(__file__).parents[1] / "web" / "model" / "optimizers" / "tables.js"


def tables() -> str:
    """The module: every table and bound of `steepest.optimizers` that a text is read with; a set of words is one text."""
    return module({
        "ZOO": {name: asdict(entry) for name, entry in zoo.OPTIMIZERS.items()},
        "READING": constants(reading, "LONGEST MOST_EQUATIONS LONGEST_NAME")
        | constants(settings, "MOST_SETTINGS")
        | {"FROM_OBJECTIVE": " ".join(reading.FROM_OBJECTIVE), "GIVEN": " ".join(optimizer.GIVEN)}
        | {"LIBRARIES": " ".join(LIBRARIES)},
        "FRAMEWORKS": constants(frameworks, "NAMES OTHERWISE_IN_OPTAX")
        | {name: " ".join(sorted(getattr(frameworks, name))) for name in ("PREFIXES", "PARAMETERS", "NOTHING", "OTHER_ARGUMENTS")}
        | {"VARIANTS": {" ".join(key): variant for key, variant in frameworks.VARIANTS.items()}}
        | {"HYPERPARAMETERS": {name: " ".join(ours) for name, ours in frameworks.HYPERPARAMETERS.items()}},
    })  # fmt: skip
