"""A sweep as an xarray dataset: named axes, and the definition among the attributes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.errors import load
from steepest.runs.sweep.description import code, command, described
from steepest.runs.sweep.endings import ENDINGS
from steepest.version import __version__

if TYPE_CHECKING:
    from steepest.runs.sweep.sweep import Sweep

LONG_NAMES = {
    "ending": "how the run ended",
    "steps": "steps taken",
    "value": "value at the last position",
    "minimum": "index of the minimum that was reached, -1 for none",
    "position": "last position",
    "first": "first step whose value is below the threshold, -1 for none",
    "rate": "measured factor by which steps shrink",
}


def to_dataset(sweep: Sweep) -> Any:
    """The sweep as an `xarray.Dataset`: a coordinate for each axis, and `parameter` for the positions.

    Raises:
        MissingDependencyError: without xarray.
    """
    xarray = load_xarray()
    names = [axis.name for axis in sweep.axes]
    arrays: dict[str, Any] = {
        "ending": (names, sweep.ending, {"flag_values": list(range(len(ENDINGS))), "flag_meanings": " ".join(ENDINGS)}),
        "steps": (names, sweep.steps, {}),
        "value": (names, sweep.value, {}),
        "minimum": (names, sweep.minimum, {}),
        "position": ([*names, "parameter"], sweep.position, {}),
        "minima": (["minimum_number", "parameter"], sweep.minima, {"long_name": "the minima that were reached or are known"}),
    }
    arrays |= {} if sweep.first is None else {"first": (names, sweep.first, {})}
    arrays |= {} if sweep.rate is None else {"rate": (names, sweep.rate, {})}
    variables = {
        name: (dimensions, array, {"long_name": LONG_NAMES.get(name, ""), **about})
        for name, (dimensions, array, about) in arrays.items()
    }
    coordinates: dict[str, Any] = {axis.name: (axis.name, _words(axis.values.array)) for axis in sweep.axes}
    coordinates["parameter"] = ("parameter", _words(sweep.names))
    coordinates["minimum_name"] = ("minimum_number", _words(sweep.minimum_names))
    return xarray.Dataset(variables, coordinates, attributes(sweep.definition))


def _words(values: Any) -> Any:
    """Words as Python's own strings, of any length; numbers as they are."""
    array = np.asarray(values)
    return array.astype(object) if array.dtype.kind == "U" or not array.size else array


def attributes(definition: Any) -> dict[str, Any]:
    """What a sweep is, for the file that holds it: the definition as JSON, the version, the command and the code."""
    return {
        "version": __version__,
        "definition": json.dumps(described(definition)),
        "command": command(definition),
        "python": code(definition),
    }


def load_xarray() -> Any:
    """The module xarray.

    Raises:
        MissingDependencyError: where it is not installed.
    """
    return load("xarray", "a sweep as a dataset", "sweep", or_else="save npz or csv")
