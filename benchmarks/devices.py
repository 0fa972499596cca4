"""Many runs through `--target jax` on the device that JAX has, beside the same machine's processor cores and a loop by hand."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from benchmarks.measure import take_turns
from benchmarks.sweeps import LR, mapped

CASES = (("himmelblau", "gd", {"lr": LR}, 200), ("rosenbrock", "momentum", {"lr": 1e-4, "beta": 0.9}, 2000))
"""Function, optimizer, hyperparameters and steps."""
COUNTS = (10**6, 10**7)


def devices() -> None:
    """Runs alone, from starts in the machine's memory to ends in the machine's memory, in float64, compiled before."""
    try:
        import jax
    except ImportError:
        sys.exit("JAX is not installed: pip install 'steepest[jax]'")
    from steepest.objectives.formula import read_objective
    from steepest.optimizers.reading import zoo_entry
    from steepest.runs.sweep.axes import linear
    from steepest.runs.sweep.definition import read_definition
    from steepest.runs.sweep.sweep import run_sweep
    from steepest.tape.compile import program
    from steepest.targets.cores import cores
    from steepest.targets.many.jax_runs import run_many_jax
    from steepest.targets.many.runs import run_many

    own = jax.devices()[0]
    print(f"JAX {jax.__version__} on {own.device_kind} ({own.platform}), beside llvm on {cores()} cores: seconds\n")
    random = np.random.default_rng(1)
    for function, optimizer, hyperparameters, steps in CASES:
        objective, entry = read_objective(function), zoo_entry(optimizer)
        prepared = program(entry.equations, (), objective.expression, objective.names)
        for count in COUNTS:
            starts = random.uniform(-2, 2, (count, 2))
            candidates: dict[str, Callable[[], Any]] = {
                "llvm": partial(run_many, prepared, starts, hyperparameters, steps=steps, tol=0.0, exact=True),
                "jax": partial(run_many_jax, prepared, starts, hyperparameters, steps=steps, tol=0.0),
            }
            if function == "himmelblau" and (by_hand := mapped(starts)) is not None:
                candidates["by hand, left on the device"] = by_hand
            times = take_turns(candidates, 5)
            plain, traced = candidates["llvm"](), candidates["jax"]()
            apart = np.nanmax(np.abs(plain.positions - traced.positions))
            same = np.array_equal(plain.stops, traced.stops) and np.array_equal(plain.steps, traced.steps)
            print(f"{function}, {optimizer}, {count:,} runs x {steps:,} steps: ", end="")
            print(", ".join(f"{name} {taken:.3f}" for name, taken in times.items()), end="")
            print(f"; {times['llvm'] / times['jax']:.1f} times as fast; positions at most {apart:.1e} apart, ", end="")
            print("endings and steps the same" if same else "endings or steps differ", flush=True)
    over = {"x": linear(-5, 5, 4000), "y": linear(-5, 5, 4000)}
    whole = {
        target: partial(run_sweep, read_definition("himmelblau", over, settings={"lr": LR}, steps=2000, tol=0.0, target=target))
        for target in ("llvm", "jax")
    }
    times = take_turns(whole, 3)
    print(f"a whole sweep, 4,000 x 4,000 starts x 2,000 steps: llvm {times['llvm']:.2f}, jax {times['jax']:.2f}")
