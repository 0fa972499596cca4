"""A sweep in a Zarr store, chunk by chunk: each is computed by one process, written whole or not at all, and done when it is there.

The template (axes, definition, version) is written first. A chunk is a range of cells with the last axis fastest; its arrays are
written one file each, `ending` last, each file under another name until it is complete. So a process that is killed leaves
nothing half done, and several on a shared folder need no locks: two that compute the same chunk write the same bytes.
"""

from __future__ import annotations

import errno
import json
import math
import os
import shlex
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.errors import InputError, clipped, clipped_path, counted, named, sentence
from steepest.runs.sweep.definition import Definition, read_definition
from steepest.runs.sweep.description import described
from steepest.runs.sweep.engine import Cells, run_cells
from steepest.runs.sweep.minima import Minima, find_minima
from steepest.runs.sweep.stores.template import FORMAT, load_zarr, write_template
from steepest.runs.sweep.workers import spread
from steepest.targets.cores import cores
from steepest.version import __version__

SAMPLE = 1_048_576  # ends among which minima are looked for
NAMES = ("position", "value", "steps", "first", "rate", "minimum", "ending")
"""The arrays over cells, in the order in which a chunk of them is written."""
ASKED = {"first": "below", "rate": "rate"}
"""The arrays that a sweep has where they are asked for, and by what of the definition."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Store:
    """A sweep on disk.

    Attributes:
        path: of the folder.
        definition: what is run.
        chunk: the shape of a chunk.
        group: Zarr's.
        samples: the part of the sample of ends that this process computed, by chunk: it need not be read again.
    """

    path: str
    definition: Definition
    chunk: tuple[int, ...]
    group: Any = field(repr=False)
    samples: dict[int, Cells] = field(default_factory=dict, repr=False)

    @property
    def grid(self) -> tuple[int, ...]:
        """How many chunks there are along each axis."""
        return tuple(-(-size // part) for size, part in zip(self.definition.shape, self.chunk, strict=True))

    @property
    def count(self) -> int:
        """How many chunks there are."""
        return math.prod(self.grid)

    def place(self, number: int) -> tuple[int, ...]:
        """The place of a chunk in the grid."""
        return tuple(int(part) for part in np.unravel_index(number, self.grid))

    def region(self, number: int) -> tuple[slice, ...]:
        """The part of each axis that a chunk covers."""
        parts = zip(self.place(number), self.chunk, self.definition.shape, strict=True)
        return tuple(slice(at * part, min((at + 1) * part, size)) for at, part, size in parts)

    def cells(self, number: int) -> tuple[int, int]:
        """The first cell of a chunk, and the one behind its last."""
        region, shape = self.region(number), self.definition.shape
        first = int(np.ravel_multi_index([part.start for part in region], shape))
        return first, first + math.prod(part.stop - part.start for part in region)

    def done(self) -> set[int]:
        """The chunks that are there, all arrays of them but the minima that are found at the end."""
        return set.intersection(*(self.written(name) for name in self.arrays if name != "minimum"))

    def written(self, name: str) -> set[int]:
        """The chunks of an array that are there.

        Raises:
            InputError: where the system refuses to tell.
        """
        folder = os.path.join(self.path, name, "c")
        deep = (*self.grid, 1) if name == "position" else self.grid  # what else is there was put there by somebody else
        found = set()

        def refused(error: OSError) -> None:
            if isinstance(error, PermissionError):
                raise _unreadable(self.path, error) from None

        for parent, _, files in os.walk(folder, onerror=refused):
            before = os.path.relpath(parent, folder).split(os.sep) if parent != folder else []
            for file in files:
                parts = [*before, file]
                if len(parts) == len(deep) and all(
                    part.isdecimal() and int(part) < most for part, most in zip(parts, deep, strict=True)
                ):
                    found.add(int(np.ravel_multi_index([int(part) for part in parts[: len(self.grid)]], self.grid)))
        return found

    @cached_property
    def arrays(self) -> dict[str, Any]:
        """The arrays over cells, in the order in which a chunk of them is written."""
        return {name: self.group[name] for name in NAMES if name in self.group}

    @cached_property
    def known(self) -> Minima:
        """The minima that are known before any cell is run: the gallery's."""
        return find_minima(self.definition, Cells.empty(0, len(self.definition.names), self.definition), np.zeros(0, np.int64))

    def write(self, number: int, cells: Cells) -> None:
        """Write a chunk, with which of the known minima each cell reached; its endings last, which say that it is there.

        Raises:
            InputError: where the system refuses, with what stays.
        """
        region = self.region(number)
        shape = tuple(part.stop - part.start for part in region)
        self.samples[number] = self._sampled(number, cells)
        columns = {name: getattr(cells, name) for name in NAMES if name != "minimum"}
        if len(self.known.positions) and self.minima is None:
            columns["minimum"] = self.known.reached(self.definition, cells, np.arange(*self.cells(number), dtype=np.int64))
        with self.writing():
            for name, array in self.arrays.items():
                if (column := columns.get(name)) is not None:
                    array[region] = column.reshape(*shape, *column.shape[1:])

    @property
    def every(self) -> int:
        """Of how many cells one is in the sample among whose ends minima are looked for."""
        return max(1, -(-self.definition.size // SAMPLE))

    def sampled_numbers(self, number: int) -> range:
        """The cells of a chunk that are in the sample."""
        first, last = self.cells(number)
        return range(first + -first % self.every, last, self.every)

    def _sampled(self, number: int, cells: Cells) -> Cells:
        part = slice(self.sampled_numbers(number).start - self.cells(number)[0], None, self.every)
        return Cells(cells.ending[part].copy(), cells.steps[part].copy(), cells.value[part].copy(), cells.position[part].copy())

    def sample(self, number: int) -> Cells:
        """The cells of a chunk that are in the sample: those that this process computed, or what the chunk that is there has."""
        return self.samples[number] if number in self.samples else self._sampled(number, self.read(number))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Turn an error of the system into one line that says what is done and stays."""
        try:
            yield
        except OSError as error:
            reason = "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or str(error))
            with suppress(OSError):
                reason += f"; {len(self.done()):,} of {counted(self.count, 'chunk')} are done and stay"
            raise InputError(f"cannot write {clipped_path(self.path)}: {reason}") from None

    def part(self, name: str, number: int) -> NDArray[Any]:
        """A chunk of an array that is there.

        Raises:
            InputError: where it is damaged, with how it is made again.
        """
        try:
            found: NDArray[Any] = self.arrays[name][self.region(number)]
        except PermissionError as error:
            raise _unreadable(self.path, error) from None
        except Exception as error:  # whatever Zarr and its codecs raise
            folder = os.path.join(self.path, name, "c", *map(str, self.place(number)))
            raise self._to_delete(f"chunk {number + 1:,}", error, folder) from None
        return found

    def read(self, number: int) -> Cells:
        """A chunk that is there.

        Raises:
            InputError: where it is damaged.
        """
        found = {name: self.part(name, number) for name in self.arrays if name != "minimum"}
        count = found["ending"].size
        return Cells(**{name: part.reshape(count, -1) if name == "position" else part.ravel() for name, part in found.items()})

    @property
    def minima(self) -> tuple[NDArray[np.float64], tuple[str, ...]] | None:
        """The minima and their names; None before all chunks are there and the minima are found.

        Raises:
            InputError: where they are damaged, with how they are made again.
        """
        folder = os.path.join(self.path, "minima")
        if not os.path.isdir(folder):
            return None
        try:
            found = self.group["minima"]
            positions, names = np.asarray(found[:]), tuple(found.attrs["names"])
            if len(names) != len(positions) or (len(names) and not os.path.isdir(os.path.join(folder, "c"))):
                raise ValueError("its numbers are gone")
        except Exception as error:  # whatever Zarr and its codecs raise
            raise self._to_delete("the list of minima", error, folder) from None
        return positions, names

    def _to_delete(self, part: str, error: Exception, folder: str) -> InputError:
        """What is damaged, with how it is made again: a command, unless that is too long to be told whole."""
        told = f"{part} of {clipped_path(self.path)} is damaged ({named(error)})"
        remedy = f"{told}: rm -r {shlex.quote(folder)} && steepest sweep grow {shlex.quote(self.path)}"
        inside = os.path.relpath(folder, self.path)
        return InputError(remedy if sentence(remedy) == remedy else f"{told}: delete {inside} in it, and grow it")


def open_store(path: str) -> Store:
    """The store at a path.

    Raises:
        InputError: where there is none, or one that another version wrote.
        MissingDependencyError: without zarr.
    """
    zarr = load_zarr()
    if not _is_store(path):
        raise InputError(f"there is no sweep at {clipped_path(path)}: steepest sweep ... --store {clipped_path(path)} makes one")
    try:
        group = zarr.open_group(path, mode="r+" if os.access(path, os.W_OK) else "r", zarr_format=3)  # reads nothing else
        about = json.loads(group.attrs["store"])
        version, form = about["version"], about["format"]
    except PermissionError as error:
        raise _unreadable(path, error) from None
    except (KeyError, TypeError, ValueError, OSError):
        raise InputError(f"{clipped_path(path)} is a Zarr store, but none that a sweep wrote") from None
    if version != __version__:
        raise InputError(f"{clipped_path(path)} was written by steepest {version}, and this is {__version__}")
    if form != FORMAT:
        raise InputError(f"{clipped_path(path)} has format {form} of a store, and this steepest has {FORMAT}: sweep again")
    try:
        definition = read_definition(**about["definition"])
        chunk = tuple(int(size) for size in about["chunk"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, f"its definition cannot be read ({named(error)})") from None
    if len(chunk) != len(definition.shape) or not all(size > 0 for size in chunk):
        raise _damaged(path, "its chunks do not fit its axes")
    expected = [name for name in NAMES if name not in ("first", "rate") or getattr(definition, ASKED[name])]
    for name in (*expected, *(axis.name for axis in definition.axes)):
        try:
            found = group[name].shape
        except PermissionError as error:
            raise _unreadable(path, error) from None
        except Exception:  # whatever Zarr raises for what is not there or no JSON
            raise _damaged(path, f"it has no {name}") from None
        if name in expected and found[: len(chunk)] != definition.shape:
            raise _damaged(path, f"its {name} does not fit its axes")
    return Store(path, definition, chunk, group)


def _is_store(path: str) -> bool:
    """Whether a folder says that it is a Zarr group.

    Raises:
        InputError: where the system refuses to tell.
    """
    try:
        os.stat(os.path.join(path, "zarr.json"))
    except PermissionError as error:
        raise _unreadable(path, error) from None
    except (OSError, ValueError):
        return False
    return os.path.isfile(os.path.join(path, "zarr.json"))


def _unreadable(path: str, error: OSError) -> InputError:
    return InputError(f"cannot read {clipped_path(path)}: {error.strerror or named(error)}")


def _damaged(path: str, what: str) -> InputError:
    return InputError(f"{clipped_path(path)} is damaged: {what}: sweep again, into another folder")


def make_store(path: str, definition: Definition) -> Store:
    """A store for a sweep: a new one, or the one that is there if it is for the same sweep.

    Raises:
        InputError: for a sweep that no text describes, for a store of another sweep, with what differs, and for a path that cannot
            be written.
        MissingDependencyError: without zarr.
    """
    load_zarr()
    about = described(definition)
    if about is None:
        raise InputError("a store keeps what can be written as text: a formula, a gallery name, a table that is a file")
    path = path.rstrip("/" + os.sep)
    if not path:
        raise InputError("a store is a folder of its own, such as --store sweep.zarr")
    if not os.path.exists(path):
        write_template(path, definition, about)
    elif not _is_store(path) and _is_empty(path):
        os.rmdir(path)
        write_template(path, definition, about)
    elif not _is_store(path):
        raise InputError(f"{clipped_path(path)} is there, and it is no store of a sweep: name another folder")
    store = open_store(path)
    there = described(store.definition) or {}
    differing = [name for name in (*about, *there) if about.get(name) != there.get(name)]
    if differing:
        name = differing[0]
        raise InputError(
            f"{clipped_path(path)} is another sweep: {name} is {_short(there.get(name))} there and {_short(about.get(name))} here"
        )
    return store


def _is_empty(path: str) -> bool:
    """Whether a path is a folder with nothing in it.

    Raises:
        InputError: where the system refuses to tell.
    """
    try:
        return os.path.isdir(path) and not os.listdir(path)
    except PermissionError as error:
        raise _unreadable(path, error) from None


def _short(value: Any) -> str:
    text = "left out" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return clipped(text)


def part_of(store: Store, part: int, parts: int) -> list[int]:
    """The chunks of part k of n that are not there: every n-th, from the k-th on."""
    done = store.done()
    return [number for number in range(part - 1, store.count, parts) if number not in done]


def grow(
    store: Store, chunks: Sequence[int], progress: Progress | None = None, workers: tuple[Executor, int] | None = None
) -> bool:
    """Compute and write chunks; returns whether all of them are done, which Ctrl-C prevents.

    Args:
        progress: called with the runs done and all runs of the sweep now and then.
        workers: who computes them, and how many they are; see `steepest.runs.sweep.workers`. This process if it is left out.

    Raises:
        InputError: where the system refuses to write.
    """
    if chunks and not os.access(store.path, os.W_OK):
        with store.writing():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    ranges = [store.cells(number) for number in chunks]
    total = store.definition.size
    done = total - sum(last - first for first, last in ranges)
    if workers is not None:
        executor, count = workers
        return spread(
            executor, count, store.definition, ranges, lambda index, cells: store.write(chunks[index], cells), progress, start=done
        )  # fmt: skip
    with ThreadPoolExecutor(1) as writer:  # while the next chunk is computed
        waiting = None
        for number in chunks:
            first, last = store.cells(number)
            told = None if progress is None else (lambda more, _, before=done: progress(before + more, total))
            cells = run_cells(store.definition, first, last, told)
            if waiting is not None:
                waiting.result()
            if cells.interrupted:
                return False
            waiting = writer.submit(store.write, number, cells)
            done += last - first
        if waiting is not None:
            waiting.result()
    return True


def complete(store: Store) -> None:
    """Find the minima of a sweep whose chunks are all there, and write which of them each cell reached.

    Where no minimum is found but those that were known, each chunk has been written with what its cells reached.

    Raises:
        InputError: where the system refuses.
    """
    there, lacking = store.minima is not None, sorted(set(range(store.count)) - store.written("minimum"))
    if there and not lacking:
        return
    found, known = find_minima(store.definition, *sample(store)), store.known.positions
    with store.writing():
        if there or not len(known):
            _write_reached(store, found, lacking)
        elif not np.array_equal(found.positions, known):
            _write_reached(store, found, range(store.count))
        if not there:
            _write_minima(store, found)


def _write_reached(store: Store, found: Minima, chunks: Sequence[int]) -> None:
    """Write which minimum each cell of these chunks reached."""

    def write(number: int) -> None:
        region, numbers = store.region(number), np.arange(*store.cells(number), dtype=np.int64)
        reached = found.reached(store.definition, store.read(number), numbers)
        store.arrays["minimum"][region] = reached.reshape([part.stop - part.start for part in region])

    pool = ThreadPoolExecutor(cores())
    try:
        for written in [pool.submit(write, number) for number in chunks]:
            written.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _write_minima(store: Store, found: Minima) -> None:
    """Write the minima last, whole: they say that everything is there."""
    zarr, positions = load_zarr(), found.positions
    unfinished = f"{store.path}.{os.getpid()}.part"
    try:
        array = zarr.create_group(unfinished, zarr_format=3, overwrite=True).create_array(
            "minima", shape=positions.shape, chunks=(max(len(positions), 1), max(positions.shape[1], 1)), dtype="float64",
            dimension_names=["minimum_number", "parameter"], attributes={"names": list(found.names)},
            config={"write_empty_chunks": True},
        )  # fmt: skip
        if len(positions):
            array[:] = positions
        os.rename(os.path.join(unfinished, "minima"), os.path.join(store.path, "minima"))
    except OSError:
        if not os.path.isdir(os.path.join(store.path, "minima")):  # else another process was first
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def sample(store: Store) -> tuple[Cells, NDArray[np.int64]]:
    """All cells where they are few enough, else as many from every chunk; and their numbers."""
    parts = [store.sample(number) for number in range(store.count)]
    numbers = np.concatenate([np.array(store.sampled_numbers(number), dtype=np.int64) for number in range(store.count)])
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in ("ending", "steps", "value", "position")]
    return Cells(*columns), numbers
