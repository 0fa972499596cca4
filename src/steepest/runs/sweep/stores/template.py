"""The template of a sweep's store: its axes, its definition, and empty arrays over cells in chunks of a size that suits them."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.errors import InputError, bytes_text, clipped_path, counted, load
from steepest.runs.sweep.dataset import LONG_NAMES, attributes
from steepest.runs.sweep.definition import Definition
from steepest.runs.sweep.endings import ENDINGS
from steepest.runs.sweep.sweep import bytes_of_cell
from steepest.version import __version__

LEAST, MOST = 131_072, 1_048_576  # runs of a chunk, of sweeps that are small and large
PARTS = 64  # chunks up to which they stay small
CHUNK_BYTES = 2**26  # beyond which a chunk does not grow
BUFFER = 2**30  # bytes that are compressed at once
MOST_FILES = 20_000  # chunks of one array; a chunk is larger where there would be more
NOT_THERE = 255  # an ending that is none
FORMAT = 2


def chunk_shape(shape: Sequence[int], cell: int = 32) -> tuple[int, ...]:
    """The shape of a chunk: whole last axes, and of the one before as much as makes it large enough.

    Args:
        cell: bytes that a cell takes.

    >>> chunk_shape((1000, 1000)), chunk_shape((10**9,)), chunk_shape((3, 400, 400))
    ((132, 1000), (1048576,), (1, 328, 400))
    """
    size = math.prod(shape)
    least = max(LEAST, min(size // PARTS, MOST, CHUNK_BYTES // cell), size // MOST_FILES)
    found = [1] * len(shape)
    covered = 1
    for index in range(len(shape) - 1, -1, -1):
        found[index] = min(shape[index], max(1, -(-least // covered)))
        covered *= found[index]
        if found[index] < shape[index]:
            break
    return tuple(found)


def write_template(path: str, definition: Definition, about: dict[str, Any]) -> None:
    """Write the axes, the definition and empty arrays, under another name until they are complete.

    Args:
        path: of the folder.
        definition, about: what is run, and its description.

    Raises:
        InputError: for a path that cannot be written, and for more than the disk holds.
    """
    zarr = load_zarr()
    chunk, shape = chunk_shape(definition.shape, bytes_of_cell(definition)), definition.shape
    folder, needed = os.path.dirname(os.path.abspath(path)), definition.size * bytes_of_cell(definition)
    if not os.path.isdir(folder):
        raise InputError(f"cannot write {clipped_path(path)}: there is no folder {clipped_path(folder)}")
    if needed > (free := shutil.disk_usage(folder).free):
        told = f"{counted(definition.size, 'cell')} take up to {bytes_text(needed)}, and {bytes_text(free)} are free"
        raise InputError(f"cannot write {clipped_path(path)}: {told}")
    unfinished = f"{path}.{os.getpid()}.part"
    own = {"format": FORMAT, "version": __version__, "definition": about, "chunk": chunk}
    try:
        group = zarr.create_group(
            unfinished, zarr_format=3, attributes={**attributes(definition), "store": json.dumps(own)}
        )  # fmt: skip
        names = [axis.name for axis in definition.axes]
        for axis in definition.axes:
            _write_values(group, axis.name, axis.values.array, [axis.name])
        _write_values(group, "parameter", np.array(definition.names), ["parameter"])
        parameters = len(definition.names)
        kinds: dict[str, tuple[str, Any]] = {
            "ending": ("uint8", NOT_THERE),
            "steps": ("int32", -1),
            "value": ("float64", 0.0),
            "position": ("float64", 0.0),
        }
        kinds |= {"first": ("int32", -2)} if definition.below is not None else {}
        kinds |= {"rate": ("float64", 0.0)} if definition.rate else {}
        kinds["minimum"] = ("int16", -2)
        width = min(parameters, max(1, BUFFER // (8 * math.prod(chunk))))
        for name, (kind, empty) in kinds.items():
            extra = name == "position"
            flags = {"flag_values": list(range(len(ENDINGS))), "flag_meanings": " ".join(ENDINGS)} if name == "ending" else {}
            group.create_array(
                name, shape=(*shape, parameters) if extra else shape, chunks=(*chunk, width) if extra else chunk, dtype=kind,
                fill_value=empty, dimension_names=[*names, "parameter"] if extra else names, compressors=_compressor(),
                attributes={"long_name": LONG_NAMES[name], **flags}, config={"write_empty_chunks": True},
            )  # fmt: skip
        os.rename(unfinished, path)
    except OSError as error:
        if not os.path.isfile(os.path.join(path, "zarr.json")):  # else another process was first
            raise InputError(f"cannot write {clipped_path(path)}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _compressor() -> Any:
    """How chunks are compressed: at the speed of a disk or faster, also where numbers have nothing in common.

    Runs that arrive at one minimum end in the same numbers, which are found as they are; in bytes that are shuffled first, later.
    """
    from zarr.codecs import BloscCodec

    return BloscCodec(cname="lz4", clevel=1, shuffle="noshuffle")


def _write_values(group: Any, name: str, values: NDArray[Any], dimensions: Sequence[str]) -> None:
    """Write a coordinate; words as strings of any length."""
    if values.dtype.kind == "U":
        array = group.create_array(name, shape=values.shape, dtype="string", dimension_names=dimensions)
        array[:] = values.astype(object)
    else:
        group.create_array(name, data=values, dimension_names=dimensions)


def load_zarr() -> Any:
    """The module zarr.

    Raises:
        MissingDependencyError: where it is not installed.
    """
    return load("zarr", "a store", "sweep", or_else="leave out --store and save npz or csv")
