"""The numbers of a sweep as files: NumPy archives, CSV, NetCDF and Zarr."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from typing import IO, Any

import numpy as np

from steepest.errors import InputError, clipped_path, load
from steepest.runs.sweep.dataset import attributes, to_dataset
from steepest.runs.sweep.endings import ENDINGS
from steepest.runs.sweep.stores.template import load_zarr
from steepest.runs.sweep.sweep import Sweep

ROWS = 65_536  # of a CSV file that are written at once


def write_npz(sweep: Sweep, file: IO[bytes]) -> None:
    """Write a NumPy archive.

    It holds an array for each axis under its name; over the axes `ending` (indices into `endings`), `steps`, `value`,
    `minimum` (indices into `minima`, whose rows are positions; -1 where the run reached none) and `position`, with one more
    axis, the parameters in order; `first` and `rate` where they were asked for; and a JSON `document` about them.
    """
    arrays: dict[str, Any] = {axis.name: axis.values.array for axis in sweep.axes}
    arrays |= {name: getattr(sweep, name) for name in ("ending", "steps", "value", "minimum", "minima", "position")}
    arrays["endings"] = np.array(ENDINGS)
    arrays |= {name: array for name in ("first", "rate") if (array := getattr(sweep, name)) is not None}
    about = {"axes": [axis.name for axis in sweep.axes], "parameters": sweep.names, "minimum_names": sweep.minimum_names}
    arrays["document"] = np.array(json.dumps({**about, **attributes(sweep.definition)}))
    np.savez(file, **arrays)


def write_csv(sweep: Sweep, file: IO[bytes]) -> None:
    """Write a table, a row for each cell: the axes, how the run ended and where; the first row says what made the file."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    about = attributes(sweep.definition)
    made = f"steepest {about['version']}: {about['command'] or about['python']}"
    writer = csv.writer(text, lineterminator="\n")
    further = [name for name in ("first", "rate") if getattr(sweep, name) is not None]
    writer.writerow(
        [*(axis.name for axis in sweep.axes), "ending", "steps", "value", "minimum", *map(_end, sweep.names), *further, "made_by"]
    )
    columns = [axis.values.array for axis in sweep.axes]
    position = sweep.position.reshape(-1, sweep.position.shape[-1])
    size = sweep.ending.size
    for first in range(0, size, ROWS):
        last = min(first + ROWS, size)
        indices = np.unravel_index(np.arange(first, last), sweep.shape)
        parts: list[list[Any]] = [column[index].tolist() for column, index in zip(columns, indices, strict=True)]
        parts.append([ENDINGS[code] for code in sweep.ending.ravel()[first:last].tolist()])
        parts += [getattr(sweep, name).ravel()[first:last].tolist() for name in ("steps", "value", "minimum")]
        parts += position[first:last].T.tolist()
        parts += [getattr(sweep, name).ravel()[first:last].tolist() for name in further]
        parts.append([made, *[""] * (last - first - 1)] if not first else [""] * (last - first))
        writer.writerows(zip(*parts, strict=True))
    text.flush()
    text.detach()


def _end(name: str) -> str:
    """The column of a parameter's last position; the axis of the same name is where runs start."""
    return f"{name}_end"


def write_netcdf(sweep: Sweep, file: IO[bytes]) -> None:
    """Write NetCDF 4.

    Raises:
        MissingDependencyError: without xarray and h5netcdf.
    """
    dataset = to_dataset(sweep)
    load("h5netcdf", "a NetCDF file", "sweep", or_else="save npz or csv")
    dataset.to_netcdf(file, engine="h5netcdf")


def write_zarr(sweep: Sweep, folder: str) -> None:
    """Write Zarr 3 into a folder.

    Raises:
        MissingDependencyError: without xarray and zarr.
    """
    dataset = to_dataset(sweep)
    load_zarr()
    dataset.to_zarr(folder, mode="w", zarr_format=3, consolidated=False)


def check_zarr(path: str) -> None:
    """Refuse a path where something else is than a Zarr store that was saved before.

    Raises:
        InputError: with the reason.
    """
    if os.path.exists(path) and not (os.path.isdir(path) and os.path.exists(os.path.join(path, "zarr.json"))):
        raise InputError(f"cannot save {clipped_path(path)}: something else is there")


def remove_zarr(path: str) -> None:
    """Remove the store that was saved before."""
    shutil.rmtree(path)
