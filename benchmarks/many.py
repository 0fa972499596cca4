"""Many runs at once, beside C by hand and NumPy in blocks."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from benchmarks.by_hand import himmelblau
from benchmarks.measure import take_turns
from numpy.typing import NDArray

COUNT, STEPS, BLOCK = 2**20, 200, 8192
Array = NDArray[np.float64]


def many() -> None:
    """2^20 starts, 200 steps of gradient descent."""
    from steepest.objectives.formula import read_objective
    from steepest.optimizers.reading import optimizer
    from steepest.tape.compile import program
    from steepest.targets.many.runs import run_many

    starts = np.random.default_rng(0).uniform(-5, 5, (COUNT, 2))
    print(f"\n{COUNT:,} starts, {STEPS} steps of gradient descent: million steps a second")
    for text, lr in (("(x^2+y-11)^2 + (x+y^2-7)^2", 0.01), ("sin(x)*cos(y)", 0.1)):
        objective = read_objective(text)
        linked = program(optimizer("gd").equations, (), objective.expression, objective.names)

        def ours(tol: float = 0.0, linked: Any = linked, lr: float = lr) -> Any:
            return run_many(linked, starts, {"lr": lr}, steps=STEPS, tol=tol)

        candidates: dict[str, Any] = {"steepest": ours, "with tol": lambda ours=ours: ours(1e-8)}
        candidates["NumPy in blocks"] = lambda text=text, lr=lr: in_blocks(text, starts[: COUNT // 16], lr)
        if text[0] == "(":
            candidates["C by hand"] = himmelblau(starts, lr, STEPS, len(os.sched_getaffinity(0)))
        times = take_turns(candidates, {name: 3 if "NumPy" in name else 9 for name in candidates})
        taken = dict.fromkeys(candidates, COUNT * STEPS) | {"NumPy in blocks": COUNT // 16 * STEPS}
        taken["with tol"] = int(ours(1e-8).steps.sum())
        print(f"{text:<34}" + ", ".join(f"{name} {taken[name] / times[name] / 1e6:,.0f}" for name in candidates))


def in_blocks(text: str, starts: Array, lr: float) -> list[Array]:
    """The same with NumPy's arrays, in blocks that fit the cache."""
    found = []
    for first in range(0, len(starts), BLOCK):
        x, y = starts[first : first + BLOCK].T.copy()
        for _ in range(STEPS):
            if text[0] == "(":
                a, b = x * x + y - 11, x + y * y - 7
                gx, gy = 4 * x * a + 2 * b, 2 * a + 4 * y * b
            else:
                gx, gy = np.cos(x) * np.cos(y), -np.sin(x) * np.sin(y)
            x -= lr * gx
            y -= lr * gy
        found.append(np.stack([x, y], axis=1))
    return found
