"""Random runs, and every sentence of their diagnoses held against the record, by code that shares nothing with the diagnosis."""

import math
import random
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from steepest.diagnosis.character import character
from steepest.diagnosis.curvature import curvature
from steepest.diagnosis.diagnosis import Diagnosis
from steepest.diagnosis.evidence import gather
from steepest.diagnosis.sentences.sentences import sentences
from steepest.objectives.gallery import GALLERY
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.runs.descent import descend
from steepest.runs.trajectory import Trajectory

Array = NDArray[np.float64]
NUMBER = r"(-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)"
ONE = [
    *("x^2 - 4x + 1", "x^4 - 3x^3 + 2", "x^2 + 5sin(x)", "x^3 - 3x", "x^4 - 2x^2 + 0.5x", "cos(3x)", "log(1+x^2)", "sqrt(1+x^2)"),
    *("x*exp(-x)", "abs(x-1) + x^2/10", "sqrt(abs(x))", "x^2 + 4sin(3x)", "exp(x) - 2x", "x^4", "x^3", "-exp(-x^2)", "-x^2"),
    *("max(x, -2x)", "1e-6*x^2", "3x + 2", "1000(x-2)^2 + 5", "4x^3/3 - 1.5x^2", "x - log(x)", "abs(x)^1.5"),
]
TWO = [
    *("x^2 + 10y^2", "x^2 - y^2", "(1-x)^2 + 100(y-x^2)^2", "x^2*y^2", "x*y", "(x+y)^2", "x^4 + y^2", "sin(x)*cos(y)"),
    *("abs(x) + abs(y)", "x^2 + y - sin(y)", "sqrt(x^2+y^2)", "x^2 + 1000y^2", "(x-2)^4 + (x-2y)^2"),
    *("x^2/2 - y^2/2 + y^4/4", "log(1 + x^2 + 3y^2)"),
]
RATES = ["0.5/t", "0.3/sqrt(t)", "0.1*0.9^t", "0.1*(1-t/T)", "0.01*1.1^t"]
OTHERS = [
    *("theta = theta - lr*(g + 0.1*theta)", "adamw(decay=1)", "momentum(beta=1)", "momentum(beta=0.5)", "noisy_gd(temperature=0)"),
]


def random_run(seed: int) -> Trajectory:
    """A function of the gallery or of exercises, any optimizer, any learning rate, any number of steps."""
    draw = random.Random(seed)
    near, far = draw.uniform(-4, 4), draw.choice([0, 1, -2, 10])
    function: str
    start: Any
    function, start = draw.choice(
        [
            (draw.choice(list(GALLERY)), None),
            (draw.choice(ONE), draw.choice([near, far, 10 ** draw.uniform(-2, 3)])),
            (draw.choice(TWO), (near, far)),
        ]
    )
    optimizer = draw.choice(["gd", draw.choice(list(OPTIMIZERS)), draw.choice(OTHERS)])
    lr = draw.choice([None, 10 ** draw.uniform(-4, 0.7), 10 ** draw.uniform(-3, 0), draw.choice(RATES)])
    return descend(function, start, optimizer=optimizer, lr=lr, steps=draw.choice([1, 3, 7, 20, 50, 100, 200, 500]))


def diagnosed(run: Trajectory) -> Diagnosis:
    """The diagnosis without advice, which takes long and is tested elsewhere."""
    with np.errstate(all="ignore"):
        evidence = gather(run)
        words = character(evidence)
        return Diagnosis(run, words, curvature(evidence), (), sentences(evidence, (), words), evidence)


def number(text: str) -> float:
    return float(text.replace(",", ""))


def table(run: Trajectory) -> tuple[Array, Array, Array]:
    """Positions, values and gradients, a row a step."""
    count = run.steps + 1
    return run.positions.reshape(count, -1), run.values, run.gradients.reshape(count, -1)


def close(found: float, told: str, share: float = 2e-3) -> bool:
    """Whether a number is the one that is told with four digits."""
    return math.isclose(found, number(told), rel_tol=share, abs_tol=1e-300)


def fell(found: Diagnosis, first: str, last: str, before: str, after: str) -> bool:
    values = found.run.values
    return close(values[int(first)], before) and close(values[int(last)], after) and values[int(last)] < values[int(first)]


def arrives(found: Diagnosis, told: str) -> bool:
    positions, _, gradients = table(found.run)
    place = found.evidence.stationary
    assert place is not None
    slopes = np.abs(gradients).max(axis=1)
    rest = slopes[-1] <= 1e-3 * np.nanmax(slopes) or np.allclose(positions[-1], place.position, rtol=1e-5, atol=1e-9)
    way = np.abs(positions - place.position).max()
    return bool(rest and np.abs(positions[-1] - place.position).max() <= 0.05 * way and close(place.value, told))


def no_lower(found: Diagnosis, told: str) -> bool:
    finite = found.run.values[np.isfinite(found.run.values)]
    return bool(finite.min() >= number(told) - 1e-3 * abs(number(told)) - 1e-12 * np.abs(finite).max())


def one_way(found: Diagnosis) -> bool:
    positions, _, _ = table(found.run)
    moves = np.diff(positions, axis=0)
    moves[np.abs(moves) <= 2e-15 * np.abs(positions[1:])] = 0
    return bool(((moves >= 0).all(axis=0) | (moves <= 0).all(axis=0)).all())


def changes(found: Diagnosis) -> Array:
    with np.errstate(all="ignore"):
        return np.diff(np.nan_to_num(found.run.values, nan=np.inf))


def crossings(found: Diagnosis, direction: Array) -> list[int]:
    """The steps at which the slope along a direction changes its sign."""
    _, _, gradients = table(found.run)
    with np.errstate(all="ignore"):
        sides = np.sign(gradients @ direction)
    known = np.flatnonzero(sides)
    return [int(after) for before, after in pairwise(known) if sides[before] * sides[after] < 0]


def oscillations(found: Diagnosis, first: str, last: str, times: str | None) -> bool:
    """Some swing changes sides at every step, or so many times, from the first to the last step."""
    wanted = int(last) - int(first) + 1 if times is None else int(times)
    for each in found.evidence.oscillations:
        steps = [step for step in crossings(found, each.direction) if int(first) <= step <= int(last)]
        known = len(steps) == wanted and (steps[0], steps[-1]) == (int(first), int(last))
        if steps and (known or (not each.certain and len(steps) >= wanted)):
            return True
    return False


def distance_shrinks(found: Diagnosis, factor: str, first: str, last: str) -> bool:
    positions, _, _ = table(found.run)
    place = found.evidence.stationary
    assert place is not None
    errors = np.linalg.norm(positions - place.position, axis=1)
    a, b = int(first), int(last)
    near = max(1, (b - a) // 5)
    early, late = a + int(errors[a : a + near].argmax()), b - near + 1 + int(errors[b - near + 1 : b + 1].argmax())
    measured = math.log(errors[late] / errors[early]) / (late - early)
    return abs(measured - math.log(number(factor))) <= 0.15 * abs(measured) + 1e-3


def steps_grow(found: Diagnosis, factor: str, first: str, last: str) -> bool:
    positions, _, _ = table(found.run)
    sizes = np.abs(np.diff(positions, axis=0)).max(axis=1)
    a, b = int(first) - 1, int(last) - 1
    near = max(1, (b - a) // 5)
    early, late = a + int(sizes[a : a + near].argmax()), b - near + 1 + int(sizes[b - near + 1 : b + 1].argmax())
    measured = math.log(sizes[late] / sizes[early]) / (late - early)
    return abs(measured - math.log(number(factor))) <= 0.15 * abs(measured) + 1e-3


def comes_back(found: Diagnosis, period: int) -> bool:
    positions, _, _ = table(found.run)
    size = np.ptp(positions[-period:], axis=0).max()
    return bool(np.abs(positions[-period:] - positions[-2 * period : -period]).max() <= 1e-4 * size)


def repeats(found: Diagnosis, period: str) -> bool:
    positions, _, _ = table(found.run)
    p = int(period)
    size = np.ptp(positions[-p:], axis=0).max()
    back = [np.abs(positions[-1 - k] - positions[-1]).max() <= 1e-4 * size for k in range(1, p + 1)]
    return bool(back[-1]) and not any(back[:-1])


def forever(found: Diagnosis, period: str) -> bool:
    run, p = found.run, int(period)
    more = descend(
        run.objective, tuple(run.positions[0]), optimizer=run.optimizer, lr=run.settings.get("lr"), steps=run.steps + 64 * p,
        tol=run.tol, seed=run.seed,
    )  # fmt: skip
    return bool((more.positions[run.steps :: p] == run.positions[-1]).all())


def chaotic(found: Diagnosis, first: str, last: str) -> bool:
    """Bounded, and a neighbor of the same run from the same start is far away at the end."""
    run = found.run
    positions, _, _ = table(run)
    start = positions[0] + 1e-13 * (1 + np.abs(positions[0]))
    other = descend(
        run.objective, tuple(start), optimizer=run.optimizer, lr=run.settings.get("lr"), steps=run.limit, tol=run.tol, seed=run.seed
    )
    if other.steps < int(last):
        return True  # it went elsewhere altogether
    late = positions[int(first) :]
    apart = np.abs(other.positions.reshape(-1, positions.shape[1])[int(first) : run.steps + 1] - late).max()
    return bool(np.isfinite(late).all() and apart > 1e3 * np.abs(start - positions[0]).max())


def turns(found: Diagnosis, name: str, times: str, first: str) -> bool:
    positions, _, _ = table(found.run)
    column = positions[:, found.run.names.index(name)]
    moves = np.diff(column)
    moves[np.abs(moves) <= 1e-15 * np.maximum(np.abs(column[1:]), np.abs(column[:-1]))] = 0
    real = np.flatnonzero(moves)
    back = [int(b) + 1 for a, b in pairwise(real) if moves[a] * moves[b] < 0]
    return len(back) == (1 if times == "once" else int(times.split()[0])) and back[0] == int(first)


def ended_from(found: Diagnosis, away: str) -> bool:
    positions, _, _ = table(found.run)
    place = found.evidence.stationary
    assert place is not None
    return close(float(np.linalg.norm(positions[-1] - place.position)), away)


def unstable(found: Diagnosis, step: str, told: str, bound: str) -> bool:
    """The run moves along the direction within the next steps, and for gradient descent the number is lr times a curvature."""
    positions, _, _ = table(found.run)
    direction = found.unstable_direction
    assert direction is not None and found.unstable_step == int(step)
    ahead = np.diff(positions[int(step) - 1 : int(step) + 10], axis=0)
    with np.errstate(all="ignore"):
        moved = float(np.abs(ahead @ direction).max()) > 0 or found.evidence.stability.scaled
    return moved and number(told) > number(bound)


def overshoots(found: Diagnosis, step: str) -> bool:
    positions, _, gradients = table(found.run)
    move = positions[int(step)] - positions[int(step) - 1]
    with np.errstate(all="ignore"):
        return bool(move @ gradients[int(step) - 1] < 0 < move @ gradients[int(step)])


def came_back(found: Diagnosis, low: str, high: str, last: str) -> bool:
    values = found.run.values
    back = values[-1] < number(low) + 1e-3 * abs(number(low))
    return any(close(value, high) for value in values) and bool(back) and close(values[-1], last)


def ran_away(found: Diagnosis, steps: str, last: str, first: str) -> bool:
    values = found.run.values
    grown = abs(values[-1] - values[0]) >= abs(values[len(values) // 2] - values[0])
    return int(steps) == found.run.steps and close(values[-1], last) and close(values[0], first) and bool(grown)


CLAIMS: list[tuple[str, Callable[..., bool]]] = [
    (rf"from step (\d+) to step (\d+) f fell from {NUMBER} to {NUMBER}", fell),
    (rf"It arrives at the minimum .*, where f = {NUMBER}:", arrives),
    (rf"trapped in a local minimum at .*, where f = {NUMBER}:", arrives),
    (rf"where f = {NUMBER}: (?:no lower value is known|the lowest value known)", no_lower),
    (r"It never changes sides: every coordinate moves one way only", one_way),
    (r"[Tt]he value falls at every step", lambda found: bool((changes(found) < 0).all())),
    (r"[Tt]he value rises at every step", lambda found: bool((changes(found) > 0).all())),
    (r"[Tt]he value rises at (\d+) steps?", lambda found, count: int((changes(found) > 0).sum()) == int(count)),
    (
        r"[Tt]he value never rises",
        lambda found: bool((changes(found) <= 1e-11 * np.abs(found.run.values[:-1])).all()),
    ),
    (r"side to side [^:;]* at every step from step (\d+) to step (\d+)()", lambda f, a, b, _: oscillations(f, a, b, None)),
    (r"side to side [^;]*? (\d+) times from step (\d+) to step (\d+)", lambda f, n, a, b: oscillations(f, a, b, n)),
    (r"It repeats itself every (\d+) steps", lambda found, period: comes_back(found, int(period))),
    (rf"(?:error|distance to .*) is multiplied by {NUMBER} per step.*measured from step (\d+) to step (\d+)", distance_shrinks),
    (rf"ach step is {NUMBER} times as long .*measured from step (\d+) to step (\d+)", steps_grow),
    (r"It repeats the same (\d+) points", repeats),
    (r"It repeats the same (\d+) points.*would do so forever", forever),
    (r"It is chaotic: from step (\d+) to step (\d+)", chaotic),
    (r"^(\S+) turns back (once|\d+ times), (?:first )?at step (\d+)", turns),
    (rf"it ended {NUMBER} from it", ended_from),
    (rf"Unstable .* at step (\d+).*lr\*lambda = (?:\S+ = )?{NUMBER} there, and .* stable below {NUMBER}", unstable),
    (r"Unstable .*? at step (\d+).*The step overshoots", overshoots),
    (rf"f rose from {NUMBER} to {NUMBER}, and is {NUMBER} at the end", came_back),
    (rf"It ran away: after (\d+) steps?(?:, the limit)?, f is {NUMBER}; it was {NUMBER} at the start", ran_away),
]


def lies(found: Diagnosis) -> Iterator[str]:
    """The sentences that the record contradicts."""
    for sentence in found.sentences:
        for pattern, holds in CLAIMS:
            match = re.search(pattern, sentence)
            if match and not holds(found, *match.groups()):
                yield sentence
        if re.search(r"\bnan\b|\binf\b|None\b(?! of)|(?<![\d.,])1 steps\b|  ", sentence):
            yield sentence


@pytest.mark.parametrize("block", range(8))
def test_no_sentence_contradicts_the_record(block: int) -> None:
    found = [diagnosed(random_run(seed)) for seed in range(25 * block, 25 * block + 25)]
    assert [(repr(each), lie) for each in found for lie in lies(each)] == []


def test_every_claim_is_made() -> None:
    """Each pattern is met by some run: a sentence that is worded anew is still checked."""
    runs: list[tuple[str, Any, dict[str, Any]]] = [
        ("2x^2 - 4x", 0, {"lr": 0.1}),
        ("2x^2 - 4x", 0, {"lr": 0.5}),
        ("2x^2 - 4x", 0, {"lr": 0.45}),
        ("2x^2 - 4x", 0, {"lr": 0.51, "steps": 40}),
        ("x^4", 0.9, {"lr": 0.5, "steps": 50}),
        ("4x^3/3 - 1.5x^2", 0.3, {"lr": 1, "steps": 300}),
        ("tilted_double_well", 1.5, {}),
        ("rosenbrock", None, {"lr": 0.001}),
        ("x^2", 3, {"lr": 0.001}),
        ("cos(x)", 0, {}),
        ("abs(x)", 2.05, {"optimizer": "nesterov", "lr": 0.1}),
        ("x^2 + 10y^2 + x*y", (1, 1), {"lr": 0.02, "steps": 9}),
        ("-x^2", 0.3, {"optimizer": "theta = theta + lr*g", "lr": 0.1, "steps": 20}),
        ("x^2", 1, {"optimizer": "theta = theta + lr*g", "lr": 0.1, "steps": 20}),
        ("sin(x)*cos(y)", (3.13, -0.6), {"optimizer": "barzilai_borwein", "lr": 3.88}),
        ("x^2*sin(1/x)", 0.323, {"optimizer": "nesterov", "lr": "0.3/sqrt(t)", "steps": 50}),
        ("zakharov", None, {"steps": 20}),
        ("x^4 + y^2", (0.11748915602681276, 1), {"optimizer": "lion", "steps": 500}),
        ("abs(x)", 1.5, {"optimizer": "ema_momentum", "lr": 0.1}),
    ]
    found = [diagnosed(descend(function, start, **settings)) for function, start, settings in runs]
    told = "\n".join(sentence for each in found for sentence in each.sentences)
    missing = [pattern for pattern, _ in CLAIMS if not re.search(pattern, told, re.MULTILINE)]
    assert missing == []
