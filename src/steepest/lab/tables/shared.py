"""What the page shares with Python, as one module of JavaScript: `web/model/shared.js`, written by `scripts/reference`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steepest import random
from steepest.diagnosis import stability
from steepest.lab import state, wording
from steepest.language import digits, tokens
from steepest.language.operations import OPERATIONS
from steepest.objectives import constants as formula_constants
from steepest.plot import options
from steepest.plot.scene import grid, limits, neighborhood, objective_layer, overlap, path
from steepest.plot.surface import axes, best_camera, framing, labels, renderer, shading, surface, ticks
from steepest.runs import ending, stopping
from steepest.tape import builder, lowering, program, tape
from steepest.targets import reference

MODULE = Path(__file__).parents[1] / "web" / "model" / "shared.js"
LONGEST_LINE, SHORT_KEY = 120, 5  # a short key's text stays on its line
HEAD = """// @ts-check
/** What Python's engine and the page have in common. Written by scripts/reference: change it in Python. */
"""


def shared() -> str:
    """The module: the operations, their domains, the words of endings, the state's fields, and constants room by room."""
    return module({
        "OPERATIONS": list(OPERATIONS),
        "DOMAINS": {name: operation.domain for name, operation in OPERATIONS.items() if operation.domain},
        "GREEK": tokens.GREEK,
        "DIGITS": constants(digits, "NOISE MOST SHOWN"),
        "TAPE": constants(tape, "STEP CALLS REDUCE") | constants(builder, "REPEATED") | constants(program, "NOT_RECORDED")
        | constants(lowering, "MOST_OPERATIONS MOST_FOR_SOLVE"),
        "CONSTANTS": constants(formula_constants, "CONSTANT LARGEST"),
        "RANDOM": constants(random, "STREAM"),
        "ENDING": constants(stopping, "SLOPE SHORTEST LONGEST") | constants(ending, "TOO_LARGE QUANTITIES WORDS GROWING"),
        "FAILURE": {"NEGLIGIBLE": reference.NEGLIGIBLE, "SIGNS": {name: text[2:-2] for name, text in reference.SIGNS.items()}},
        "WORDING": wording.WORDING,
        "STABILITY": constants(stability, "LATE"),
        "STATE": constants(state, "SCHEMA LONGEST MOST_PARAMETERS MOST_OPTIMIZERS") | constants(random, "LARGEST_SEED"),
        "FIELDS": {name: text for name, (text, _) in state.FIELDS.items()},
        "LIMITS": constants(limits, "AMONG FIRST FIRST_FARTHER FAR GROWTH SQUASH MARGIN BESIDE DOT STANDSTILL COMES_BACK STRETCH")
        | constants(options, "LARGEST")
        | constants(objective_layer, "WIDENINGS")
        | constants(grid, "EQUAL"),
        "NEIGHBORHOOD": constants(neighborhood, "SCAN SCANNED SEEN DEEP BEYOND FLAT DECAY PROFILE ROUNDS WINDOW CELLS NOISE LOW"),
        "LEVELS": constants(grid, "BANDS LONG_TAIL OUTLIER CONSTANT TINY"),
        "SURFACE": constants(surface, "RISE FLOOR DEFINED LONGEST SLENDER"),
        "OVERLAP": constants(overlap, "SAME_PLACE"),
        "SURFACE_PATH": constants(surface, "PIECES MOST_PIECES") | constants(path, "SHORT OUTSIDE DOT"),
        "VISIBILITY": constants(renderer, "SAMPLES NEAR TOLERANCE"),
        "BEST_CAMERA": constants(best_camera, "USUAL STEP ELEVATIONS STEEP CELLS UNUSUAL ALIGNED SHARP"),
        "SURFACE_AXES": constants(axes, "HIDDEN SHADOW")
        | constants(labels, "CLEAR NAME_CLEAR SHARPEST HEIGHTS_APART")
        | constants(framing, "FARTHER")
        | constants(ticks, "TICKS TICK_MARGIN FEWEST MOST OTHERS FEW QUARTERS"),
        "SHADING": constants(shading, "LIGHT_FROM AMBIENT DIFFUSE UNDERSIDE"),
    })  # fmt: skip


def module(exports: Mapping[str, Any]) -> str:
    """A module of JavaScript that exports constants by name."""
    return HEAD + "".join(f"\n{_assigned(f'export const {name} =', value, '', ';')}" for name, value in exports.items())


def constants(module: Any, names: str) -> dict[str, Any]:
    """Some of a module's constants by name."""
    return {name: getattr(module, name) for name in names.split()}


def _assigned(target: str, value: Any, indent: str, end: str) -> str:
    """A value behind its name, on a line of its own if it is a long text."""
    line = f"{indent}{target} {_literal(value, indent, len(f'{target} {end}'))}{end}\n"
    too_long = isinstance(value, str) and len(line) > LONGEST_LINE + 1 and len(target) > SHORT_KEY
    return f"{indent}{target}\n{indent}  {_literal(value)}{end}\n" if too_long else line


def _literal(value: Any, indent: str = "", beside: int = 0) -> str:
    """A value in the layout of the page's formatter, on a line with so many other characters besides the indentation."""
    inner = f"{indent}  "
    if isinstance(value, Mapping):
        lines = [_assigned(f"{_key(name)}:", each, inner, ",") for name, each in value.items()]
        return f"{{\n{''.join(lines)}{indent}}}" if lines else "{}"
    if isinstance(value, list | tuple):
        line = f"[{', '.join(_literal(each) for each in value)}]"
        lines = [f"{inner}{_literal(each)},\n" for each in value]
        rows = len(value) > 1 and all(isinstance(each, list | tuple) and len(each) > 1 for each in value)
        return line if len(indent) + beside + len(line) <= LONGEST_LINE and not rows else f"[\n{''.join(lines)}{indent}]"
    if isinstance(value, str):
        return _quoted(value)
    text = f"{value:.17g}" if float(f"{value:.15g}") != value else f"{value:.15g}"
    return re.sub(r"e([+-])0*(\d)", lambda found: f"e{found[1].replace('+', '')}{found[2]}", text)


def _quoted(text: str) -> str:
    """A text in the quotes that need fewer escapes."""
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if text.count('"') <= text.count("'") else "'" + quoted[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"


def _key(name: str) -> str:
    return name if name.replace("$", "_").isidentifier() else _quoted(name)
