"""The libraries whose optimizers can be run, and how they are installed."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import cast

from steepest.errors import load
from steepest.optimizers.libraries.adapter import Adapter

LIBRARIES = {"torch": "PyTorch", "optax": "optax", "scipy": "SciPy", "optimagic": "optimagic"}
"""The prefix of each, which is also its module's name, the name of our extra and that of the adapter; and what it is called."""


def adapter(library: str, wanted: str) -> Adapter:
    """The adapter of a library, which is imported now.

    Args:
        library: its prefix.
        wanted: what needs it, for the error.

    Raises:
        MissingDependencyError: if it is not installed, with the command that installs it.

    >>> adapter("scipy", "the example").STOPS_ITSELF
    True
    """
    module = f"steepest.optimizers.libraries.{library}"
    if sys.modules.get(library) is None or module not in sys.modules:
        load(library, wanted, library, library=LIBRARIES[library])
        import_module(module)
    return cast("Adapter", sys.modules[module])
