"""Matplotlib's settings: its own ones while we draw, so that a user's neither change a picture nor stop it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from importlib import import_module
from importlib.util import find_spec
from threading import RLock
from typing import Any

SESSION = ("backend", "interactive", "toolbar")  # settings of windows, of which we have none
FILE, BACKEND = "MATPLOTLIBRC", "MPLBACKEND"
DRAWING = RLock()  # matplotlib has one set of settings for all threads


@contextmanager
def own_settings() -> Iterator[None]:
    """Matplotlib's defaults, and names in an SVG that are the same every time; afterwards the user's settings are back.

    >>> import matplotlib
    >>> with matplotlib.rc_context({"lines.linewidth": 9}), own_settings():
    ...     matplotlib.rcParams["lines.linewidth"]
    1.5
    """
    matplotlib = _loaded()
    own = {name: value for name, value in matplotlib.rcParamsDefault.items() if name not in SESSION}
    with DRAWING, matplotlib.rc_context({**own, "svg.hashsalt": "steepest"}):
        yield


def _loaded() -> Any:
    """Matplotlib, also where it cannot be loaded with the settings that it finds: then without them."""
    if "matplotlib" in sys.modules:
        return sys.modules["matplotlib"]
    log = logging.getLogger("matplotlib")
    before = log.level
    log.setLevel(logging.CRITICAL)  # what is wrong with settings that we do not use is not our user's concern
    try:
        return import_module("matplotlib")
    except (ValueError, OSError):  # an unknown backend, a file that is no text or cannot be read
        return _loaded_alone()
    finally:
        log.setLevel(before)


def _loaded_alone() -> Any:
    """Matplotlib, loaded in its own folder without a setting of the environment's."""
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
