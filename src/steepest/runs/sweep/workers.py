"""Spreads the chunks of a sweep over processes of this machine, or over a Dask cluster; this process gathers what they find."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from steepest.errors import InputError, clipped, load
from steepest.runs.sweep.definition import Definition, read_definition
from steepest.runs.sweep.description import described
from steepest.runs.sweep.engine import Cells, run_cells

MOST_WORKERS = 256
IN_FLIGHT = 2  # chunks for each worker at a time, so that memory stays flat
RETRIES = 3
PATIENCE = "20s"
Progress = Callable[[int, int], None]
Range = tuple[int, int]


def compute(about: str, first: int, last: int) -> Cells:
    """The cells of a range: what a worker runs, which needs nothing but steepest.

    Args:
        about: the sweep's description as JSON.
    """
    return run_cells(_definition(about), first, last)


@lru_cache(maxsize=4)
def _definition(about: str) -> Definition:
    return read_definition(**json.loads(about))


def spread(
    executor: Executor,
    workers: int,
    definition: Definition,
    ranges: Sequence[Range],
    take: Callable[[int, Cells], None],
    progress: Progress | None = None,
    *,
    start: int = 0,
) -> bool:
    """Have ranges of cells computed by workers; returns whether all of them are done, which Ctrl-C prevents.

    Args:
        take: receives the index of each range and its cells, in the order in which they are done.
        progress: called with the runs done and all runs of the sweep.
        start: the runs that were done before.

    Raises:
        InputError: for a sweep that no text describes, and where a worker ends.
    """
    found = described(definition)
    if found is None:
        raise InputError("workers read a sweep as text: a formula, a gallery name, a table that is a file")
    about, left, done = json.dumps(found), list(enumerate(ranges)), start
    waiting: dict[Future[Cells], int] = {}
    try:
        while left or waiting:
            while left and len(waiting) < IN_FLIGHT * workers:
                index, (first, last) = left.pop(0)
                waiting[executor.submit(compute, about, first, last)] = index
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                index = waiting.pop(future)
                cells = future.result()
                if cells.interrupted:
                    return False
                take(index, cells)
                done += ranges[index][1] - ranges[index][0]
                if progress is not None:
                    progress(done, definition.size)
    except KeyboardInterrupt:
        return False
    except BrokenProcessPool:
        raise InputError("a worker ended before its chunk was done, perhaps for lack of memory: run it again with fewer") from None
    finally:
        for future in waiting:
            future.cancel()
    return True


@contextmanager
def processes(count: int) -> Iterator[tuple[Executor, int]]:
    """Processes of this machine, and how many.

    Raises:
        InputError: for a number that is none.
    """
    from multiprocessing import get_context

    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_WORKERS:
        raise InputError(f"workers are a whole number from 1 to {MOST_WORKERS}, not {clipped(repr(count))}")
    context = get_context("spawn")
    numbers = context.Value("i", 0)
    pool = ProcessPoolExecutor(count, context, initializer=_prepare, initargs=(numbers, count))
    try:
        yield pool, count
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _prepare(numbers: Any, count: int) -> None:
    """Leave Ctrl-C to the process that gathers, end with it, and take this worker's share of the processor cores."""
    import signal
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with numbers.get_lock():
        number = numbers.value
        numbers.value += 1
    if hasattr(os, "sched_setaffinity"):
        own = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, own[number % len(own) :: count] or [own[number % len(own)]])


def _end_with_parent() -> None:
    """End this process when the one that started it has ended, also where that was killed: it would wait for work for ever."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """The workers of a Dask cluster, and how many.

    Args:
        address: of the scheduler, such as `tcp://scheduler:8786`.

    Raises:
        InputError: where no scheduler answers, or it has no workers.
        MissingDependencyError: without Dask.
    """
    distributed = load("distributed", "a cluster", "dask", library="Dask", or_else="use --workers 2 on this machine")
    try:
        if not address.startswith("inproc://"):  # a client of what is no address would wait 40 seconds when it is collected
            whole = address if "://" in address else f"tcp://{address}"
            load("distributed.comm", "a cluster", "dask", library="Dask").get_address_host_port(whole, strict=True)
        client: Any = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"no Dask scheduler answers at {clipped(address)}: {clipped(reason)}") from None
    with client:
        count = sum(client.nthreads().values())
        if not count:
            raise InputError(
                f"the Dask scheduler at {clipped(address)} has no workers: start one with: dask worker {clipped(address)}"
            )
        executor = client.get_executor(pure=False, retries=RETRIES)
        try:
            yield executor, len(client.nthreads())
        finally:
            executor.shutdown(wait=False)
