"""The descents that are written by hand in C, compiled where the benchmarks run."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.peers import LR, Problem
from numpy.typing import NDArray

COLUMNS = {"gd": 5, "adam": 9}
NAMES = {"rosenbrock": "rosenbrock", "sin(x)cos(y)": "waves"}


@cache
def compiled(name: str, *options: str) -> ctypes.CDLL:
    """A C file of this folder as a library."""
    folder = tempfile.mkdtemp()
    target = f"{folder}/{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run(["cc", *options, "-shared", "-fPIC", str(source), "-o", target, "-lm"], check=True)
    return ctypes.CDLL(target)


def recorded(problem: Problem, optimizer: str) -> Callable[[int], Any]:
    """A recorded run with `cc -O2`."""
    function = getattr(compiled("descent", "-O2"), f"{NAMES[problem.name]}_{optimizer}")
    function.argtypes = [ctypes.c_double] * 3 + [ctypes.c_long, ctypes.c_void_p]
    function.restype = None

    def run(steps: int) -> Any:
        rows = np.empty((steps + 1, COLUMNS[optimizer]))
        function(*problem.start, LR[optimizer], steps, rows.ctypes.data)
        return rows

    return run


def himmelblau(starts: NDArray[np.float64], lr: float, steps: int, threads: int) -> Callable[[], Any]:
    """Many runs of gradient descent on Himmelblau's function, with `cc -O3 -march=native`."""
    function = compiled("many_runs", "-O3", "-march=native", "-mprefer-vector-width=512").himmelblau
    function.argtypes = [ctypes.c_void_p] * 2 + [ctypes.c_long] * 2 + [ctypes.c_double]
    function.restype = None

    def run() -> Any:
        x, y = starts.T.copy()
        part = len(x) // threads
        with ThreadPoolExecutor(threads) as pool:
            places = [(x.ctypes.data + 8 * part * index, y.ctypes.data + 8 * part * index) for index in range(threads)]
            list(pool.map(lambda place: function(*place, part, steps, lr), places))
        return x, y

    return run
