"""A sweep from end to end, beside its runs alone, NumPy in blocks, JAX, and numba run by run, where they are installed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
from benchmarks.many import in_blocks
from benchmarks.measure import take_turns

SIDE, STEPS, LR = 1448, 200, 0.01


def sweep() -> None:
    """1,448 x 1,448 starts on Himmelblau's function, 200 steps of gradient descent: axes, runs, minima, picture."""
    from steepest.runs.sweep.axes import linear
    from steepest.runs.sweep.definition import read_definition
    from steepest.runs.sweep.stores.store import complete, grow, make_store, part_of
    from steepest.runs.sweep.sweep import run_sweep
    from steepest.targets.many.runs import run_many

    over = {"x": linear(-5, 5, SIDE), "y": linear(-5, 5, SIDE)}

    def defined(target: str = "llvm") -> Any:
        return read_definition("himmelblau", over, settings={"lr": LR}, steps=STEPS, tol=0.0, target=target)

    definition = defined()
    setup = definition.setup(())
    starts = definition.starts(definition.indices(np.arange(definition.size)), setup.objective)
    assert setup.linked is not None
    with tempfile.TemporaryDirectory() as folder:
        names = iter(range(1_000_000))

        def stored() -> None:
            store = make_store(str(Path(folder) / f"{next(names)}.zarr"), defined())
            grow(store, part_of(store, 1, 1))
            complete(store)

        candidates: dict[str, Callable[[], Any]] = {
            "runs alone": partial(run_many, setup.linked, starts, {"lr": LR}, steps=STEPS, tol=0.0, exact=True),
            "end to end": lambda: run_sweep(defined()).save(Path(folder) / "map.png"),
            "without picture": lambda: run_sweep(defined()),
            "into a store": stored,
            "through --target jax": lambda: run_sweep(defined("jax")),
            "NumPy in blocks": lambda: in_blocks("(x^2+y-11)^2", starts[: SIDE * SIDE // 16], LR),
        }
        if (each := run_by_run(starts)) is not None:
            candidates["numba run by run"] = each
        if (each := mapped(starts)) is not None:
            candidates["JAX vmap by hand"] = each
        else:
            del candidates["through --target jax"]
        times = take_turns(candidates, {name: 3 if "NumPy" in name or "store" in name else 5 for name in candidates})
    times["NumPy in blocks"] *= 16
    alone = times["runs alone"]
    print(f"\n{SIDE * SIDE:,} starts, {STEPS} steps of gradient descent on Himmelblau's function: seconds (times the runs alone)")
    print(", ".join(f"{name} {times[name]:.2f} ({times[name] / alone:.2f}x)" for name in candidates))
    print(f"end to end: {times['end to end'] / (1.5 * alone + 0.7):.2f} of 1.5 times the runs alone + 0.7 s")


def mapped(starts: Any) -> Callable[[], Any] | None:
    """The same by `jax.vmap` of a loop that is written by hand, in float64; None where JAX is not installed."""
    try:
        import jax
    except ImportError:
        return None

    def descend(start: Any) -> Any:
        def step(_: Any, at: Any) -> Any:
            x, y = at
            a, b = x * x + y - 11, x + y * y - 7
            return x - LR * (4 * x * a + 2 * b), y - LR * (2 * a + 4 * y * b)

        return jax.lax.fori_loop(0, STEPS, step, (start[0], start[1]))

    together = jax.jit(jax.vmap(descend))

    def run() -> Any:
        with jax.enable_x64(True):
            return [part.block_until_ready() for part in together(starts)]

    run()
    return run


def clusters() -> None:
    """A sweep on a Dask cluster of this machine, with one worker and with two, each on a processor core of its own."""
    from distributed import Client, LocalCluster

    from steepest.runs.sweep.axes import linear
    from steepest.runs.sweep.definition import read_definition
    from steepest.runs.sweep.sweep import run_sweep
    from steepest.runs.sweep.workers import cluster

    over = {"x": linear(-2, 2, SIDE), "y": linear(-1, 3, SIDE)}
    steps, times = 100 * STEPS, {}
    local, connect = cast(Any, LocalCluster), cast(Any, Client)
    for count in (1, 2):
        with (
            local(n_workers=count, processes=True, threads_per_worker=1, dashboard_address=None) as made,
            connect(made) as client,
            cluster(made.scheduler_address) as workers,
        ):
            for core, worker in enumerate(client.scheduler_info()["workers"]):
                client.run(keep_to, core, workers=[worker])
            definition = read_definition("rosenbrock", over, optimizer="momentum", settings={"lr": 1e-4}, steps=steps, tol=0.0)
            run = partial(run_sweep, definition, None, workers)
            run()  # each worker compiles once
            times[count] = take_turns({"": run}, 3)[""]
    print(f"\n{SIDE * SIDE:,} starts, {steps:,} steps of momentum on Rosenbrock's function, on a Dask cluster: ", end="")
    print(f"one worker {times[1]:.1f} s, two {times[2]:.1f} s, {times[1] / times[2]:.2f} times as fast")


def keep_to(core: int) -> None:
    """Keep this process to one of its processor cores."""
    own = sorted(os.sched_getaffinity(0))
    for thread in os.listdir("/proc/self/task"):
        os.sched_setaffinity(int(thread), {own[core % len(own)]})


def run_by_run(starts: Any) -> Callable[[], Any] | None:
    """The same, each run by itself, compiled by numba on all cores; None where it is not installed."""
    try:
        import numba
    except ImportError:
        return None

    @numba.njit(parallel=True)  # type: ignore[untyped-decorator]
    def descend(starts: Any, lr: float, steps: int) -> Any:
        found = np.empty_like(starts)
        for index in numba.prange(len(starts)):
            x, y = starts[index]
            for _ in range(steps):
                a, b = x * x + y - 11, x + y * y - 7
                gx, gy = 4 * x * a + 2 * b, 2 * a + 4 * y * b
                x, y = x - lr * gx, y - lr * gy
            found[index, 0], found[index, 1] = x, y
        return found

    descend(starts[:10], LR, 2)
    return partial(descend, starts, LR, STEPS)
