"""Advice as it is printed: every setting in a sentence is run again, and must do what the sentence says."""

import json
import random
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest
from steepest.diagnosis.advice.advice import least, settled_value
from steepest.diagnosis.advice.crossing import crosses
from steepest.diagnosis.diagnosis import Diagnosis, diagnose
from steepest.diagnosis.sentences.wording import digits
from steepest.language.expression import evaluate
from steepest.objectives.formula import read_objective
from steepest.objectives.gallery import GALLERY
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.runs.descent import descend
from steepest.runs.trajectory import Trajectory

ROOT = Path(__file__).parent.parent.parent
OUTCOME = r"(?:converges in (?P<met>[\d,]+) steps? to f (?P<at>[=<] \S+)|is at f (?P<still>[=<] \S+) after (?P<steps>[\d,]+) steps)"
ADVICE = re.compile(
    r"Try (?:(?P<optimizer>\w+) with )?(?P<settings>\w+ [^ ,]+(?:, \w+ [^ ,]+)*) \(.*?\): run to check"
    rf"(?: with tol = (?P<tol>\S+?))?, it {OUTCOME}(?:, a local minimum: a lower value is known)?(?:; (?P<usual>.*))?\."
)


def settings_of(found: re.Match[str]) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in found["settings"].split(", "))


def as_told(found: re.Match[str], run: Trajectory) -> bool:
    """Whether a run did what the sentence says of it: how it ended, after how many steps, at which value."""
    last = float(run.values[-1])
    value = f"= {digits(last)}" if not 0 < last < 1e-30 else "< 1e-30"
    if found["met"]:
        return (run.ending, f"{run.steps:,}", value) == ("converged", found["met"], found["at"])
    return (run.ending, f"{run.steps:,}", value) == ("step_limit", found["steps"], found["still"])


def printed(found: Diagnosis) -> list[re.Match[str]]:
    """The advice of a diagnosis, read from its text."""
    sentences = [" ".join(part.split()) for part in re.split(r"^- ", found.text(60), flags=re.MULTILINE)[1:]]
    told = [sentence for sentence in sentences if sentence.startswith("Try ")]
    matches = [match for sentence in told if (match := ADVICE.fullmatch(sentence))]
    assert len(matches) == len(told) == len(found.advice), told
    return matches


# Random runs.

FORMULAS = [
    *("x^3", "x^3 - 3x", "x + 1/x", "x^2 + 1/x^2", "1/(1+x^2)", "-exp(-x^2)", "log(1+exp(-x))", "|x| + 2|y|", "x - log(x)"),
    *("x sin(x)", "cos(3x)", "x^2 + 10sin(x)", "exp(x) - x", "x^4 - 2x^2 + 0.3x", "x^2 - y^2", "(1-x)^2 + 100(y-x^2)^2"),
    *("x^2 + 1000y^2", "0.5x^2 + 0.001y^2", "tanh(x)^2", "x^2/(1+x^2)", "log(x)^2", "tan(x)^2", "sqrt(abs(x))", "x^4"),
    *("1/((x-y)^2) + x^2 + y^2", "(x-1e6)^2", "x^2 + y - sin(y)", "-x", "softplus(x) - 0.3x", "abs(x)^1.5", *GALLERY),
]
OWN = ("v = b*v + g; theta = theta - lr*v", "m = b*m + (1-b)*g; theta = theta - lr*sign(m)", "theta = theta - lr*(1-t/T)*g")
CASES = 120


def random_case(seed: int) -> tuple[str, tuple[float, ...], str, dict[str, Any], dict[str, Any]]:
    """A function, a start, an optimizer with its settings, and the options of a run."""
    chance = random.Random(seed)
    function = chance.choice(FORMULAS)
    count = len(read_objective(function).names)
    start = tuple(round(chance.uniform(-4, 4), 2) for _ in range(count))
    if "log(x)" in function:
        start = tuple(abs(value) + 0.1 for value in start)
    name = chance.choice([*OPTIMIZERS, *OWN, "gd", "gd", "momentum", "nesterov"])
    settings: dict[str, Any] = {"b": 0.8} if "b*" in name else {}
    rate = 10 ** chance.uniform(-5, 1.2)
    if name != "polyak_step":
        settings["lr"] = chance.choice([float(f"{rate:.{chance.choice([1, 3, 8])}g}")] * 4 + [f"{rate:.2g}/sqrt(t)"])
    options = {"steps": chance.choice([5, 50, 100, 300]), "tol": chance.choice([1e-8, 1e-8, 0.0]), "seed": chance.randrange(3)}
    return function, start, name, settings, options


@pytest.mark.parametrize("part", range(6))
def test_every_printed_setting_does_what_is_printed(part: int) -> None:
    told = 0
    for seed in range(part, CASES, 6):
        function, start, name, settings, options = random_case(seed)
        found = diagnose(descend(function, start, optimizer=steepest.optimizer(name, **settings), **options))
        limit = options["steps"] if "T" in name else 10_000
        for match in printed(found):
            told += 1
            again = options | {"steps": limit, "tol": float(match["tol"] or options["tol"])}
            new = settings_of(match) if match["optimizer"] else settings | settings_of(match)
            run = descend(function, start, optimizer=steepest.optimizer(match["optimizer"] or name, **new), **again)
            usual = descend(function, start, optimizer=steepest.optimizer(name, **settings), **again)
            where = f"{function} from {start}, {name} {settings} {options}: {match[0]}"
            assert as_told(match, run), where
            fall = float(usual.values[0]) - least(usual)
            assert run.values[-1] <= least(usual) + 1e-8 * fall + 1e-13 * abs(least(usual)), where
            if match["usual"] and (outcome := re.search(OUTCOME, match["usual"])):
                assert as_told(outcome, usual), where
    assert told > 5


# The examples of the documents, by the command line.


def examples() -> list[tuple[str, str]]:
    """The commands of the documents with each advice that they print."""
    found = []
    for page in (ROOT / "README.md", ROOT / "docs" / "diagnosis.md"):
        for command, lines in re.findall(r"```console\n\$ (steepest diagnose .*)\n([^`]*)```", page.read_text()):
            sentences = [" ".join(part.split()) for part in re.split(r"^- ", lines, flags=re.MULTILINE)]
            found += [(command, sentence) for sentence in sentences if sentence.startswith("Try ")]
    return found


@pytest.mark.parametrize(("command", "sentence"), examples())
def test_the_advice_in_the_documents_does_what_it_says(steepest: Callable[..., Any], command: str, sentence: str) -> None:
    match = ADVICE.fullmatch(sentence)
    assert match, sentence
    words = ["run", *shlex.split(command)[2:]]
    for option in ("--lr", "--steps"):
        if option in words:
            del words[words.index(option) : words.index(option) + 2]
    if "-o" in words:  # what stands in its brackets would win over --set
        words[words.index("-o") + 1] = words[words.index("-o") + 1].partition("(")[0]
    if match["optimizer"]:
        words += ["-o", match["optimizer"]]
    settings = [f"{name}={value}" for name, value in settings_of(match).items()]
    words += ["--steps", "10000", "--json", *(word for setting in settings for word in ("--set", setting))]
    (run,) = json.loads(steepest(*words).out)["runs"]
    last = float(run["values"][-1])
    assert run["ending"] == ("converged" if match["met"] else "step_limit")
    assert f"{len(run['values']) - 1:,}" == (match["met"] or match["steps"])
    assert (f"= {digits(last)}" if not 0 < last < 1e-30 else "< 1e-30") == (match["at"] or match["still"])


# What is never advised.

NOT_ADVISED: list[tuple[str, Any, dict[str, Any]]] = [
    ("x^3", -0.2, {}),  # no lower bound
    ("x + 1/x", 3, {"lr": 5}),  # across the pole, where it falls without end
    ("1/(1+x^2)", 1, {}),  # level farther and farther out
    ("log(1+exp(-x))", 1, {}),
    ("-x", 1, {}),
    ("x^2 - y^2", (1, 0.1), {}),
]


@pytest.mark.parametrize(("function", "start", "settings"), NOT_ADVISED)
def test_nothing_is_advised_that_leads_nowhere(function: str, start: Any, settings: dict[str, Any]) -> None:
    assert diagnose(descend(function, start, **settings)).advice == ()


@pytest.mark.parametrize("function", ["x^2 + 1/x^2", "(x-1)^2 + 1/x^2", "1/(x-1)^2 + x^2", "log(abs(x))^2 + 0.1x^2", "tan(x)^2"])
@pytest.mark.parametrize("lr", [0.001, 0.3, 1.0, 3.0])
def test_advice_stays_on_its_side_of_a_pole(function: str, lr: float) -> None:
    for start in (0.4, 0.9, 1.3):
        for each in diagnose(descend(function, start, lr=lr, steps=60)).advice:
            way = np.linspace(start, float(each.run.positions[-1, 0]), 10_001)
            expression = read_objective(function).expression
            heights = np.array([evaluate(expression, {"x": x}) for x in way.tolist()])
            assert np.isfinite(heights).all() and heights.max() < 1e6, (start, each.settings)


@pytest.mark.parametrize(
    ("function", "start", "lr", "crossed"),
    [
        ("x + 1/x", 3, 5, True),
        ("x + 1/x", 3, 0.1, False),
        ("sin(x)/x", 1, 3, False),
        ("log(abs(x))", 1, 1.5, True),
        ("(x-y)^-2 + x^2 + y^2", (1, -0.9), 1.3, True),
        ("1/(x^2 - 2x y + y^2) + x^2 + y^2", (1, -0.9), 1.3, True),
        ("1/(x^2 + y^2 + 1)", (1, -0.9), 3, False),
        ("tan(x)^2", 1.2, 0.2, True),
        ("log(x^2-1)^2", 2.5, 3, True),  # a gap in the domain
        ("sqrt(abs(x))", 1, 0.9, False),  # a cusp
        ("atan(1/x) + x^2", 1, 0.7, False),  # a jump
    ],
)
def test_a_pole_between_two_positions_is_seen(function: str, start: Any, lr: float, crossed: bool) -> None:
    assert crosses(descend(function, start, lr=lr, steps=6)) is crossed


@pytest.mark.parametrize(
    ("function", "start", "unbounded"),
    [
        ("x^3", -0.2, True),
        ("-x", 1, True),
        ("x^2 + y - sin(y)", (1, 2), True),
        ("x^2 - exp(x)", 6, True),
        ("x^2 - y^2", (1, 0.1), True),
        ("1/(1+x^2)", 1, False),
        ("x^2/1e250 - x", 1, False),  # its minimum is at 5e249
        ("-1e200*exp(-x^2)", 3, False),
        ("log(1+exp(-x))", 1, False),
        ("-log(x)", 1, False),  # true, but no number shows it
    ],
)
def test_a_function_without_lower_bound_is_told_where_that_is_certain(function: str, start: Any, unbounded: bool) -> None:
    found = diagnose(descend(function, start, steps=60))
    told = [sentence for sentence in found.sentences if "no lower bound" in sentence]
    assert bool(told) is unbounded
    for sentence in told:
        place, value = re.findall(r"f\(([^)]*)\) = (\S+)\.", sentence)[0]
        position = [float(part) for part in place.split(",")]
        assert digits(descend(function, position, steps=0).values[0]) == value


def test_a_run_is_measured_by_its_lowest_value_not_its_last() -> None:
    """Around the minimum it wanders, and at its best it is lower than where a worse minimum would end."""
    found = diagnose(descend("x^2 + 4sin(3x)", 8, lr=0.3, steps=100))
    for each in found.advice:
        assert settled_value(each.run) <= least(each.usual)


def test_wandering_is_not_advised() -> None:
    """Twice the step of Newton's method wanders; for a while it happens to be below the local minimum."""
    found = diagnose(descend("x^2 + 10sin(x)", 3.59, optimizer="newton", lr=0.02, steps=50))
    assert [dict(each.settings) for each in found.advice] == [{"lr": 0.2}]
    assert found.advice[0].local


def test_a_gallery_function_is_not_left_for_where_it_falls_without_end() -> None:
    run = descend("holder_table", (-1.77, 3.19), optimizer="nadam(psi=0.004)", lr=0.49491413, tol=1e-4)
    assert all(each.run.values[-1] > -19.21 for each in diagnose(run).advice)


def test_a_local_minimum_is_called_that() -> None:
    found = diagnose(descend("tilted_double_well", 1.5, lr=0.5))
    for each, sentence in zip(found.advice, [told for told in found.sentences if told.startswith("Try ")], strict=True):
        assert each.local is ("a local minimum" in sentence) is bool(each.run.positions[-1, 0] > 0)


def test_without_tol_the_trial_says_with_which() -> None:
    (sentence,) = [told for told in diagnose(descend("x^2 + 10y^2", (10, 1), lr=0.01, tol=0)).sentences if "Try" in told]
    assert "run to check with tol = 1e-08, it converges in 97 steps" in sentence or "it converges in 98 steps" in sentence


def test_the_step_limit_in_equations_is_kept() -> None:
    found = diagnose(descend("x^2", 3, optimizer="theta = theta - lr*(1-t/T)*g", lr=0.01, steps=60, tol=0))
    assert all(each.run.limit == 60 for each in found.advice)


def test_settings_are_printed_in_full() -> None:
    run = descend("x^2 + 10y^2", (10, 1), lr=0.0123456789, steps=50)
    assert "; lr 0.0123456789 converges in" in diagnose(run).sentences[-1]
