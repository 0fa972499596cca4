"""All comparisons in one run: `python -m benchmarks`, or some of them: `python -m benchmarks steps grid`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.by_hand import recorded
from benchmarks.columns import columns
from benchmarks.devices import devices
from benchmarks.films import films, surfaces
from benchmarks.lab import lab
from benchmarks.libraries import libraries
from benchmarks.many import many
from benchmarks.measure import machine, processes, ratio, take_turns
from benchmarks.peers import LR, PROBLEMS, lean, numpy_loop, optax_loop, torch_loop, tutorial
from benchmarks.rows import rows
from benchmarks.stream import stream
from benchmarks.sweeps import clusters, sweep
from benchmarks.tables import tables
from benchmarks.tapes import tapes
from benchmarks.vectors import vectors

PEERS = ("torch.optim", "optax", "numpy", "tutorial", "lean loop", "C")


def steps() -> None:
    """Recorded runs, from text, the program compiled: time for a step, and how many times as long the others take."""
    import steepest

    print("Recorded runs: microseconds a step (times as long as steepest)\n")
    print(f"{'':<34}{'steepest':>10}" + "".join(f"{name:>22}" for name in PEERS))
    for problem in PROBLEMS:
        for optimizer in ("gd", "adam"):
            peers = {
                "torch.optim": torch_loop(problem, optimizer),
                "optax": optax_loop(problem, optimizer),
                "tutorial": tutorial(problem, optimizer),
                "lean loop": lean(problem, optimizer),
                "numpy": numpy_loop(problem, optimizer),
                "C": recorded(problem, optimizer),
            }
            method = f"{optimizer}(lr={LR[optimizer]})"
            ours = partial(steepest.descend, problem.formula, problem.start, optimizer=method, tol=0.0)
            ours(steps=200_000)  # from here on the program is compiled
            for count in (200, 10_000):
                candidates: dict[str, Callable[[], object]] = {"steepest": partial(ours, steps=count)}
                candidates |= {name: partial(run, count) for name, run in peers.items()}
                slow, fast = (7, 61) if count == 200 else (3, 15)
                rounds = {name: slow if name in ("torch.optim", "optax") else fast for name in candidates}
                times = take_turns(candidates, rounds)
                line = f"{problem.name + ', ' + optimizer + ', ' + format(count, ',') + ' steps':<34}"
                line += f"{times['steepest'] / count * 1e6:>10.3f}"
                for name in PEERS:
                    line += f"{times[name] / count * 1e6:>12.3f} ({ratio(times, name):>6.1f}x)"
                print(line)


def ready() -> None:
    """From the formula's text to a function that is ready to run, nothing remembered from before."""
    from steepest.objectives.formula import read_objective
    from steepest.optimizers.reading import zoo_entry
    from steepest.tape.compile import function_tape, method_tape, program
    from steepest.targets.runner import run

    def build() -> None:
        for remembered in (program, function_tape, method_tape):
            remembered.cache_clear()
        objective = read_objective("(1-x)^2 + 100(y-x^2)^2")
        adam = zoo_entry("adam")
        prepared = program(adam.equations, (), objective.expression, objective.names)
        run(prepared, (-1.2, 1.0), {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}, steps=0, tol=0.0)

    print(f"\nText to ready-to-run function, Rosenbrock + adam: {take_turns({'build': build}, 51)['build'] * 1e3:.2f} ms")


CURVE = """
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
x, path = 3.0, [3.0]
for _ in range(20):
    x -= 0.3 * 2 * x
    path.append(x)
path = np.array(path)
grid = np.linspace(-4, 4, 400)
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 6))
left.plot(grid, grid**2)
left.plot(path, path**2, "o-", label="gradient descent")
left.set_title("$x^2$")
left.legend()
right.semilogy(path**2)
figure.savefig(PATH, dpi=150)
"""
PLANE = """
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
f = lambda x, y: (1 - x)**2 + 100*(y - x**2)**2
x, y, path = -1.2, 1.0, [(-1.2, 1.0)]
for _ in range(100):
    x, y = x - 1e-3*(-2*(1 - x) - 400*x*(y - x**2)), y - 1e-3*200*(y - x**2)
    path.append((x, y))
path = np.array(path)
a, b = np.meshgrid(np.linspace(-2, 2, 400), np.linspace(-1, 3, 400))
figure, (left, right) = plt.subplots(1, 2, figsize=(10.7, 6.2))
levels = np.expm1(np.linspace(0, np.log1p(2509), 17))
shown = left.contourf(a, b, f(a, b), levels)
left.contour(a, b, f(a, b), levels, colors="w", linewidths=0.6)
figure.colorbar(shown)
left.plot(*path.T, "o-", label="gradient descent")
left.plot(1, 1, "*")
left.set_title("$(1-x)^2 + 100(y-x^2)^2$")
left.legend()
right.semilogy(f(*path.T))
figure.savefig(PATH, dpi=150)
"""


def start() -> None:
    """Whole processes, from start to end."""
    run = [str(Path(sys.executable).with_name("steepest")), "run"]
    with tempfile.TemporaryDirectory() as folder:
        save = ["--save", f"{folder}/ours.png"]
        pairs = {
            "run x^2": ([*run, "x^2"], "import numpy", "import numpy", 31),
            "run x^2 --save x.png": ([*run, "x^2", "--start", "3", "--lr", "0.3", "--steps", "20", *save], "script", CURVE, 11),
            "run rosenbrock --save x.png": ([*run, "rosenbrock", "--steps", "100", *save], "script", PLANE, 11),
        }
        print("\nWhole processes")
        for name, (command, peer, text, rounds) in pairs.items():
            script = text.replace("PATH", repr(f"{folder}/peer.png"))
            times = processes({"steepest": command, peer: [sys.executable, "-c", script]}, rounds)
            ours, theirs = times["steepest"], times[peer]
            print(f"{name:<34}{ours * 1e3:>6.0f} ms, {peer:<12} {theirs * 1e3:>6.0f} ms ({ours / theirs:.2f} times as long)")


def grid() -> None:
    """The heights of a 400 x 400 picture."""
    import numpy as np

    from steepest.objectives.formula import read_objective
    from steepest.tape.compile import function_tape
    from steepest.targets.arrays import evaluate

    x, y = np.linspace(-2, 2, 400), np.linspace(-1, 3, 400)
    mesh_x, mesh_y = np.meshgrid(x, y)
    by_hand = {
        "(1-x)^2 + 100*(y-x^2)^2": lambda: (1 - mesh_x) ** 2 + 100 * (mesh_y - mesh_x**2) ** 2,
        "sin(x)*cos(y)": lambda: np.sin(mesh_x) * np.cos(mesh_y),
        "(x^2+y-11)^2 + (x+y^2-7)^2": lambda: (mesh_x**2 + mesh_y - 11) ** 2 + (mesh_x + mesh_y**2 - 7) ** 2,
    }
    print("\n400 x 400 grid")
    for text, peer in by_hand.items():
        objective = read_objective(text)
        tape = function_tape(objective.expression, objective.names, False)
        ours = partial(evaluate, tape, [x[None, :], y[:, None]], tape.outputs["f"][0])
        times = take_turns({"steepest": ours, "numpy": peer}, 101)
        line = f"{text:<34}{times['steepest'] * 1e3:>8.3f} ms, NumPy by hand {times['numpy'] * 1e3:.3f} ms"
        print(f"{line} ({ratio(times, 'numpy'):.2f}x)")


COMPARISONS = {
    "start": start, "ready": ready, "grid": grid, "films": films, "surfaces": surfaces, "steps": steps, "many": many,
    "vectors": vectors, "lab": lab, "tables": tables, "tapes": tapes,
    "rows": rows, "columns": columns, "stream": stream, "libraries": libraries, "sweep": sweep, "clusters": clusters,
    "devices": devices,
}  # fmt: skip

if __name__ == "__main__":
    chosen = sys.argv[1:] or list(COMPARISONS)
    unknown = [name for name in chosen if name not in COMPARISONS]
    if unknown:
        sys.exit(f"there is no comparison '{unknown[0]}': choose from {', '.join(COMPARISONS)}")
    print(machine(), end="\n\n")
    for name in chosen:
        COMPARISONS[name]()
