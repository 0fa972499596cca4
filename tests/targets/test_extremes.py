"""Formulas with extreme constants on every target: none crashes, and all give what the reference interpreter gives."""

import json
import math
import random

import numpy as np
import pytest

from steepest.errors import FormulaError
from steepest.language.grammar import Formula, read_formula
from steepest.language.operations import FUNCTIONS
from steepest.runs.descent import descend
from steepest.tape.lowering import objective_tape
from steepest.tape.tape import Tape
from steepest.targets.arrays import evaluate, interpret
from steepest.targets.many.runs import run_many
from steepest.targets.reference import results

ENDINGS = [  # formula, start, ending, steps
    ("0^x + x", 2.0, "step_limit", 5),
    ("0^x", 2.0, "converged", 1),
    ("(-2)^x", 2.0, "undefined", 0),
    ("x*1e308*10", 2.0, "diverged", 0),
    ("x*1e308*10", 1e-300, "diverged", 0),
    ("(x/1e-308)/1e-308", 1e-320, "diverged", 0),
    ("where(x < 3, x^2, x*1e308*10)", 2.0, "step_limit", 5),
    ("1e308*x*x*10 - 1e308*x*x*10", 0.0, "converged", 1),
    ("(1e-200*x)^2/1e-300", 1e50, "converged", 1),
    ("max(x^2, x*1e-308*1e-308)", 1.0, "step_limit", 5),
]


@pytest.mark.parametrize(("formula", "start", "ending", "steps"), ENDINGS)
def test_constants_that_are_not_finite_end_a_run_with_a_sentence(formula: str, start: float, ending: str, steps: int) -> None:
    run = descend(formula, start, lr=0.1, steps=5)
    assert (str(run.ending), run.steps) == (ending, steps)
    assert len(run.values) == len(run.gradients) == steps + 1
    assert run.record.program is not None
    many = run_many(run.record.program, np.array([[start]]), {"lr": 0.1}, steps=5, tol=1e-8)
    assert (many.stops[0], many.steps[0]) == (run.ending.stop.code, steps)


@pytest.mark.parametrize("base", ["-0.5", "0.5", "-1", "-2", "0"])
def test_a_number_to_the_power_t_keeps_its_sign(base: str) -> None:
    run = descend("x^2", 1.0, optimizer=f"theta = theta - 0.01*({base})^t*g", steps=4)
    position = 1.0
    for t in range(1, run.steps + 1):
        position -= 0.01 * float(base) ** t * (2 * position)
        assert run.positions[t, 0] == pytest.approx(position, rel=1e-15)


CONSTANTS = (
    *("0", "1", "2", "(-2)", "(-1)", "0.5", "3", "1e308", "(-1e308)", "1.7e308", "1e-308", "5e-324", "1e154", "1e200"),
    *("1e16", "700", "(-745)", "1e-8", "(1/3)", "pi"),
)
STARTS = (0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.3, 1e-300, 5e-324, 1e154, -1e200, 1.7e308, 700.0, -745.0, 3.3)


def grown(chosen: random.Random, depth: int) -> str:
    """A random formula in x and y."""
    if not depth or chosen.random() < 0.15:
        return chosen.choice("xxy") if chosen.random() < 0.6 else chosen.choice(CONSTANTS)
    a, b, c, d = (grown(chosen, depth - 1) for _ in range(4))
    word = chosen.choice([name for name in FUNCTIONS if name != "where"])
    return chosen.choice([
        f"({a}){chosen.choice('+-*/')}({b})", f"({a})^{chosen.choice(CONSTANTS)}", f"{chosen.choice(CONSTANTS)}^({a})",
        f"({a})^({b})", f"{word}({a})" if FUNCTIONS[word].arity == 1 else f"{word}({a}, {b})",
        f"where({a} {chosen.choice(['<', '<=', '>', '>=', '==', '!='])} {b}, {c}, {d})", f"({a})*1e200*1e200", f"-({a})",
    ])  # fmt: skip


def cases(count: int, seed: int = 7) -> list[tuple[str, tuple[float, ...]]]:
    """Readable formulas, each with a point."""
    chosen, found = random.Random(seed), list[tuple[str, tuple[float, ...]]]()
    while len(found) < count:
        text = grown(chosen, chosen.randint(1, 4))
        try:
            formula = read_formula(text)
        except FormulaError:
            continue
        found.append((text, tuple(chosen.choice(STARTS) for _ in formula.names)))
    return found


def tape_of(formula: Formula) -> tuple[Tape, list[int]]:
    """The tape of a formula with its Hessian, and the slots of all its outputs."""
    tape = objective_tape(*formula, second=True)
    return tape, [slot for slots in tape.outputs.values() for slot in slots]


def test_every_target_gives_the_reference_for_values_gradients_and_hessians() -> None:
    for text, point in cases(400):
        tape, outputs = tape_of(read_formula(text))
        json.dumps(tape.to_data(), allow_nan=False)
        slots = results(tape, point)
        wanted = [slots[slot] for slot in outputs]
        found = interpret(tape, [np.full(2, value) for value in point])
        assert all(np.shape(found[slot]) in ((), (2,)) for slot in outputs), (text, point)
        grid = evaluate(tape, [np.array([value]) for value in point], outputs[0])
        assert math.isfinite(grid[0]) == math.isfinite(wanted[0]), (text, point)


def test_no_run_crashes_and_each_is_the_reference() -> None:
    for text, point in cases(250):
        run = descend(text, point, optimizer="momentum", lr=0.1, steps=6)
        program = run.record.program
        assert program is not None
        function, (value,) = program.objective, program.objective.outputs["f"]
        for position, found, slopes in zip(run.positions, run.values, run.gradients, strict=True):
            slots = results(function, position.tolist())
            wanted = [slots[value], *(slots[slot] for slot in function.outputs["g"])]
            assert [*map(repr, map(float, (found, *slopes)))] == [*map(repr, wanted)], (text, point)
        many = run_many(program, np.array([point]), {"lr": 0.1, "beta": 0.9}, steps=6, tol=1e-8)
        assert many.stops[0] == run.ending.stop.code, (text, point)
