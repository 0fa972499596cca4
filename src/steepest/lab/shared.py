"""What the page shares with Python, as one module of JavaScript: `web/model/shared.js`, written by `scripts/reference`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steepest import random
from steepest.diagnosis import stability
from steepest.lab import state
from steepest.language import digits, tokens
from steepest.language.operations import OPERATIONS
from steepest.plot import options
from steepest.plot.scene import grid, limits, objective_layer, path
from steepest.plot.surface import axes, best_camera, renderer, shading, surface
from steepest.runs import ending, stopping
from steepest.tape import builder, program, tape
from steepest.targets import reference

MODULE = Path(__file__).parent / "web" / "model" / "shared.js"
LONGEST_LINE = 80
HEAD = """// @ts-check
/** What Python's engine and the page have in common. Written by scripts/reference: change it in Python. */
"""


def shared() -> str:
    """The module: the operations, their domains, the words of endings, the state's fields, and constants room by room."""
    exports = {
        "OPERATIONS": list(OPERATIONS),
        "DOMAINS": {name: operation.domain for name, operation in OPERATIONS.items() if operation.domain},
        "GREEK": tokens.GREEK,
        "DIGITS": _constants(digits, "NOISE MOST SHOWN"),
        "TAPE": _constants(tape, "STEP CALLS") | _constants(builder, "REPEATED") | _constants(program, "NOT_RECORDED"),
        "RANDOM": _constants(random, "STREAM"),
        "ENDING": _constants(stopping, "SLOPE SHORTEST LONGEST") | _constants(ending, "TOO_LARGE QUANTITIES WORDS GROWING"),
        "FAILURE": {"NEGLIGIBLE": reference.NEGLIGIBLE, "SIGNS": {name: text[2:-2] for name, text in reference.SIGNS.items()}},
        "STABILITY": _constants(stability, "LATE"),
        "STATE": _constants(state, "SCHEMA LONGEST MOST_PARAMETERS MOST_OPTIMIZERS") | _constants(random, "LARGEST_SEED"),
        "FIELDS": {name: text for name, (text, _) in state.FIELDS.items()},
        "LIMITS": _constants(limits, "AMONG FIRST FIRST_FARTHER FAR GROWTH SQUASH MARGIN BESIDE DOT STANDSTILL STRETCH")
        | _constants(options, "LARGEST")
        | _constants(objective_layer, "WIDENINGS")
        | _constants(grid, "EQUAL"),
        "LEVELS": _constants(grid, "BANDS LONG_TAIL OUTLIER CONSTANT"),
        "SURFACE": _constants(surface, "RISE FLOOR DEFINED"),
        "SURFACE_PATH": _constants(surface, "PIECES MOST_PIECES") | _constants(path, "SHORT OUTSIDE DOT"),
        "VISIBILITY": _constants(renderer, "SAMPLES NEAR TOLERANCE"),
        "BEST_CAMERA": _constants(best_camera, "USUAL STEP ELEVATIONS STEEP CELLS UNUSUAL"),
        "SURFACE_AXES": _constants(axes, "HIDDEN SHADOW TICKS TICK_MARGIN TICK_LABELS AXIS_LABELS"),
        "SHADING": _constants(shading, "LIGHT_FROM AMBIENT DIFFUSE UNDERSIDE"),
    }
    return HEAD + "".join(f"\nexport const {name} = {_literal(value)};\n" for name, value in exports.items())


def _constants(module: Any, names: str) -> dict[str, Any]:
    return {name: getattr(module, name) for name in names.split()}


def _literal(value: Any, indent: str = "") -> str:
    """A value in the layout of the page's formatter."""
    inner = f"{indent}  "
    if isinstance(value, Mapping):
        lines = [f"{inner}{_key(name)}: {_literal(each, inner)},\n" for name, each in value.items()]
        return f"{{\n{''.join(lines)}{indent}}}"
    if isinstance(value, list | tuple):
        line = f"[{', '.join(_literal(each) for each in value)}]"
        lines = [f"{inner}{_literal(each)},\n" for each in value]
        return line if len(line) < LONGEST_LINE else f"[\n{''.join(lines)}{indent}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    text = f"{value:.17g}" if float(f"{value:.15g}") != value else f"{value:.15g}"
    return re.sub(r"e([+-])0*(\d)", lambda found: f"e{found[1].replace('+', '')}{found[2]}", text)


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)
