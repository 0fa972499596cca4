"""Gradient descent over the rows of a table, on all rows and on batches, beside NumPy, PyTorch, scikit-learn and C by hand."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

import numpy as np
from benchmarks.by_hand import compiled
from benchmarks.measure import ratio, take_turns
from numpy.typing import NDArray

ROWS, STEPS, LR = 1_000_000, 50, 0.1
FEW, BATCH, BATCHES, BATCH_LR = 100_000, 32, 10_000, 0.01
THREADS = 2
Array = NDArray[np.float64]
Run = Callable[[], object]


def rows() -> None:
    """All comparisons over rows."""
    whole()
    batches()
    pictures()


def table(count: int) -> tuple[Array, Array]:
    """Columns with a line in them."""
    chosen = np.random.default_rng(0)
    x = chosen.normal(size=count)
    return x, 3 * x + 1 + chosen.normal(size=count)


def ours(x: Array, y: Array, batch: int | None, lr: float, steps: int, threads: int | None = None) -> Run:
    """Recorded runs on the mean square of y - (w*x + b), the table read, the program compiled."""
    from steepest.objectives.fit import read_fit
    from steepest.optimizers.reading import zoo_entry
    from steepest.tape.compile import program
    from steepest.targets.runner import run

    objective = read_fit("y ~ w*x + b", {"x": x, "y": y}, batch=batch)
    linked = program(zoo_entry("gd").equations, (), objective.expression, objective.names)

    def descend() -> Any:
        kept = objective  # which has the table
        return run(
            linked, (0.0, 0.0), {"lr": lr}, steps=steps, tol=0.0, batches=kept.batches(0), threads=threads
        ).block.read(steps, 0, 2)  # fmt: skip

    return descend


def whole() -> None:
    """Full-batch descent over a million rows: milliseconds a step."""
    x, y = table(ROWS)
    candidates = {
        "steepest": ours(x, y, None, LR, STEPS, THREADS),
        "NumPy": numpy_loop(x, y),
        "C": c_loop(x, y, THREADS),
        "steepest, 1 thread": ours(x, y, None, LR, STEPS, 1),
        "C, 1 thread": c_loop(x, y, 1),
    }
    if find_spec("torch"):
        candidates["PyTorch"] = torch_loop(x, y)
    times = take_turns(candidates, 9)
    print(f"\nAll of {ROWS:,} rows x 2 columns, mse of w*x + b, gd: milliseconds a step ({THREADS} threads)")
    for name, taken in times.items():
        print(f"{name:<24}{taken / STEPS * 1e3:>9.3f}  ({ratio(times, name):.2f}x)")


def batches() -> None:
    """Descent on batches: nanoseconds a row."""
    x, y = table(FEW)
    candidates = {"steepest": ours(x, y, BATCH, BATCH_LR, BATCHES), "C, order given": c_batches(x, y)}
    rows_of = dict.fromkeys(candidates, BATCH * BATCHES)
    candidates["NumPy"], rows_of["NumPy"] = numpy_batches(x, y, 1000), BATCH * 1000
    if find_spec("torch"):
        candidates["PyTorch DataLoader"], rows_of["PyTorch DataLoader"] = torch_batches(x, y, 100), BATCH * 100
    if find_spec("sklearn"):
        candidates["scikit-learn"], rows_of["scikit-learn"] = sklearn_epochs(x, y, 3), FEW * 3
    times = take_turns(candidates, {name: 3 if name == "PyTorch DataLoader" else 9 for name in candidates})
    print(f"\n{BATCHES:,} batches of {BATCH} of {FEW:,} rows, shuffled: nanoseconds a row")
    first = times["steepest"] / rows_of["steepest"]
    for name, taken in times.items():
        own = taken / rows_of[name]
        print(f"{name:<24}{own * 1e9:>9.1f}  ({own / first:.2f}x)")
    for name in ("torch", "sklearn"):
        if not find_spec(name):
            print(f"{name} is not installed")


def pictures() -> None:
    """The heights of a picture over rows: 200 x 200 positions, 60 rows, and 100,000."""
    from steepest.objectives.data import objective
    from steepest.tape.compile import function_tape
    from steepest.targets.arrays import evaluate

    a, b = np.linspace(-2, 2, 200)[None, :], np.linspace(-1, 3, 200)[:, None]
    print("\nHeights of a picture, mse of w*x + b")
    for count, width in ((60, 200), (FEW, 20)):
        x, y = table(count)
        made = objective("mean((y - (w*x + b))^2)", {"x": x, "y": y})
        tape = function_tape(made.expression, made.names, False)
        grid = [b[:width], a[:, :width]]

        def height(grid: list[Array] = grid, made: Any = made, tape: Any = tape) -> object:
            return evaluate(tape, grid, tape.outputs["f"][0])

        def by_hand(grid: list[Array] = grid, x: Array = x, y: Array = y) -> object:
            found = np.empty((len(grid[0]), grid[1].size))
            for row, one in enumerate(grid[0][:, 0]):
                for place, other in enumerate(grid[1][0]):
                    found[row, place] = np.square(y - (one + other * x)).mean()
            return found

        times = take_turns({"steepest": height, "NumPy, one by one": by_hand}, 5)
        line = f"{width} x {width} positions, {count:,} rows: {times['steepest'] * 1e3:.1f} ms"
        print(f"{line}, NumPy one by one {times['NumPy, one by one'] * 1e3:.1f} ms ({ratio(times, 'NumPy, one by one'):.1f}x)")


def numpy_loop(x: Array, y: Array) -> Run:
    """As one writes it, without values."""

    def run() -> object:
        w = b = 0.0
        for _ in range(STEPS):
            error = w * x + b - y
            w, b = w - LR * 2 * float(np.mean(error * x)), b - LR * 2 * float(np.mean(error))
        return w, b

    return run


def torch_loop(x: Array, y: Array) -> Run:
    """A loop with `torch.optim`, on as many threads."""
    import torch

    torch.set_num_threads(THREADS)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)

    def run() -> object:
        w, b = (torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in range(2))
        optimizer = torch.optim.SGD([w, b], lr=LR)
        for _ in range(STEPS):
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(w * inputs + b, targets).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        return w, b

    return run


def c_loop(x: Array, y: Array, threads: int) -> Run:
    """C that reads the same memory, `cc -O3 -march=native`, a share of the rows for each thread."""
    function = compiled("rows", "-O3", "-march=native", "-mprefer-vector-width=512").sums
    function.argtypes = [ctypes.c_void_p] * 2 + [ctypes.c_long, ctypes.c_double, ctypes.c_double, ctypes.c_void_p]
    function.restype = None
    part = len(x) // threads
    pool = ThreadPoolExecutor(threads)

    def run() -> object:
        w = b = 0.0
        results = np.empty((threads, 3))

        def share(index: int) -> None:
            place = 8 * part * index
            function(x.ctypes.data + place, y.ctypes.data + place, part, w, b, results[index].ctypes.data)

        for _ in range(STEPS):
            others = [pool.submit(share, index) for index in range(1, threads)]
            share(0)
            for each in others:
                each.result()
            _, products, residuals = results.sum(axis=0)
            w, b = w + LR * 2 * products / len(x), b + LR * 2 * residuals / len(x)
        return w, b

    return run


def c_batches(x: Array, y: Array) -> Run:
    """C that finds the order of all batches ready."""
    function = compiled("rows", "-O3", "-march=native", "-mprefer-vector-width=512").batches
    function.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_long] * 2 + [ctypes.c_double, ctypes.c_void_p]
    function.restype = None
    chosen = np.random.default_rng(0)
    order = np.concatenate([chosen.permutation(len(x)) for _ in range(-(-BATCH * BATCHES // len(x)))])

    def run() -> object:
        path = np.empty((BATCHES, 3))
        function(x.ctypes.data, y.ctypes.data, order.ctypes.data, BATCHES, BATCH, BATCH_LR, path.ctypes.data)
        return path[-1]

    return run


def numpy_batches(x: Array, y: Array, steps: int) -> Run:
    """A permutation an epoch, and slices of it."""

    def run() -> object:
        w = b = 0.0
        order = np.random.default_rng(0).permutation(len(x))
        for step in range(steps):
            taken = order[BATCH * step : BATCH * (step + 1)]
            inputs = x[taken]
            error = w * inputs + b - y[taken]
            w, b = w - BATCH_LR * 2 * float(np.mean(error * inputs)), b - BATCH_LR * 2 * float(np.mean(error))
        return w, b

    return run


def torch_batches(x: Array, y: Array, steps: int) -> Run:
    """The loop of PyTorch's tutorial: a `DataLoader` over a `TensorDataset`."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    data = TensorDataset(torch.from_numpy(x), torch.from_numpy(y))

    def run() -> object:
        w, b = (torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in range(2))
        optimizer = torch.optim.SGD([w, b], lr=BATCH_LR)
        for step, (inputs, targets) in enumerate(DataLoader(data, batch_size=BATCH, shuffle=True)):
            if step == steps:
                break
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(w * inputs + b, targets).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        return w, b

    return run


def sklearn_epochs(x: Array, y: Array, epochs: int) -> Run:
    """`SGDRegressor`, which takes one row a step."""
    from sklearn.linear_model import SGDRegressor  # type: ignore[import-untyped,import-not-found,unused-ignore]

    inputs = x[:, None]

    def run() -> object:
        made = SGDRegressor(max_iter=epochs, tol=None, penalty=None, learning_rate="constant", eta0=BATCH_LR)
        return made.fit(inputs, y)

    return run
