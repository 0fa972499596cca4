"""A sweep read from its store into memory: all of its cells, or every so-manieth along each axis."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.errors import InputError, counted
from steepest.runs.sweep.axes import Axis
from steepest.runs.sweep.definition import Definition
from steepest.runs.sweep.stores.store import Store, complete
from steepest.runs.sweep.sweep import Sweep, check_memory
from steepest.targets.cores import cores

SHOWN = 2**24  # cells that are enough for a picture
Progress = Callable[[int, int], None]


def load(store: Store, every: int = 1, progress: Progress | None = None) -> Sweep:
    """The sweep in memory.

    Args:
        every: of how many values of an axis one is taken, from the first on; those of a list all are.
        progress: called with the chunks that are read and all chunks now and then.

    Raises:
        InputError: where chunks are missing, or memory is too small.
    """
    missing = store.count - len(store.done())
    if missing:
        raise InputError(
            f"{missing:,} of {counted(store.count, 'chunk')} are missing: steepest sweep grow {shlex.quote(store.path)}"
        )
    definition = thinned(store.definition, every)
    enough = f"steepest sweep show {shlex.quote(store.path)} --every {_enough(store.definition)}"
    check_memory(definition, f"{enough} takes one of so many values of each axis")
    complete(store)
    minima = store.minima
    assert minima is not None
    arrays = _read(store, definition, every, progress)
    return Sweep(
        definition, arrays["ending"], arrays["steps"], arrays["value"], arrays["position"], arrays["minimum"], *minima,
        arrays.get("first"), arrays.get("rate"),
    )  # fmt: skip


def thinned(definition: Definition, every: int) -> Definition:
    """The sweep over every so-manieth value of each axis that is no list.

    Raises:
        InputError: for a number that is none.
    """
    if every < 1:
        raise InputError(f"every how-manieth value is a whole number from 1 on, not {every}")
    return replace(definition, axes=tuple(Axis(axis.name, axis.values.thinned(every)) for axis in definition.axes))


def _enough(definition: Definition) -> int:
    """Of how many values one is taken, so that a picture has some millions of cells: a power of two."""
    every, most = 2, max(definition.shape)
    while every < most and thinned(definition, every).size > SHOWN:
        every *= 2
    return every


def _read(store: Store, definition: Definition, every: int, progress: Progress | None) -> dict[str, NDArray[Any]]:
    """The arrays of a store at the values of the thinned axes, chunk by chunk, so that memory stays flat."""
    shape, parameters = definition.shape, len(definition.names)
    found = {
        name: np.empty((*shape, parameters) if name == "position" else shape, array.dtype) for name, array in store.arrays.items()
    }
    steps = [1 if axis.values.spacing == "list" else every for axis in definition.axes]

    def read(number: int) -> None:
        region = store.region(number)
        wanted = tuple(slice(-(-part.start // step), -(-part.stop // step)) for part, step in zip(region, steps, strict=True))
        if all(part.start < part.stop for part in wanted):
            taken = tuple(slice(-part.start % step, None, step) for part, step in zip(region, steps, strict=True))
            for name in store.arrays:
                found[name][wanted] = store.part(name, number)[taken]

    pool = ThreadPoolExecutor(cores())
    try:
        for number, done in enumerate([pool.submit(read, number) for number in range(store.count)]):
            done.result()
            if progress is not None:
                progress(number + 1, store.count)
    finally:
        pool.shutdown(cancel_futures=True)
    return found
