"""Matplotlib's default settings while pictures are drawn, so that the user's neither change a picture nor make it fail."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from importlib import import_module
from importlib.util import find_spec
from threading import RLock
from typing import Any

SESSION = ("backend", "interactive", "toolbar")  # settings of windows, which are not used
FILE, BACKEND = "MATPLOTLIBRC", "MPLBACKEND"
DRAWING = RLock()  # matplotlib has one set of settings for all threads


@contextmanager
def own_settings() -> Iterator[None]:
    """A context with matplotlib's defaults, and with reproducible ids in SVG; afterwards the user's settings are restored.

    >>> import matplotlib
    >>> with matplotlib.rc_context({"lines.linewidth": 9}), own_settings():
    ...     matplotlib.rcParams["lines.linewidth"]
    1.5
    """
    matplotlib = _loaded()
    own = {name: value for name, value in matplotlib.rcParamsDefault.items() if name not in SESSION}
    with DRAWING, matplotlib.rc_context({**own, "svg.hashsalt": "steepest"}), _quiet_fonts():
        yield


@contextmanager
def _quiet_fonts() -> Iterator[None]:
    """No warnings of glyphs, which `steepest.plot.mpl.text.fonts` tells once, nor of weights that a font lacks."""
    log = logging.getLogger("matplotlib.font_manager")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        log.addFilter(_is_no_weight)
        try:
            yield
        finally:
            log.removeFilter(_is_no_weight)


def _is_no_weight(record: logging.LogRecord) -> bool:
    return "Failed to find font weight" not in record.msg


def _loaded() -> Any:
    """Matplotlib; where it cannot be imported with the settings that it finds, it is imported without them."""
    if "matplotlib" in sys.modules:
        return sys.modules["matplotlib"]
    log = logging.getLogger("matplotlib")
    before = log.level
    log.setLevel(logging.CRITICAL)  # no warnings about settings that are not used
    try:
        return import_module("matplotlib")
    except (ValueError, OSError):  # an unknown backend, a file that is no text or cannot be read
        return _loaded_alone()
    finally:
        log.setLevel(before)


def _loaded_alone() -> Any:
    """Matplotlib, imported in its own folder and without settings from the environment."""
    spec = find_spec("matplotlib")
    folder = next(iter(spec.submodule_search_locations or ()), os.curdir) if spec is not None else os.curdir
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        del sys.modules[name]  # what is left of the first attempt
    before = {name: os.environ.pop(name) for name in (FILE, BACKEND) if name in os.environ}
    os.environ[FILE] = os.devnull
    try:
        with chdir(folder):
            return import_module("matplotlib")
    finally:
        del os.environ[FILE]
        os.environ.update(before)
