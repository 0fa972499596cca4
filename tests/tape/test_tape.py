"""The program that every target runs: what it contains, its JSON, and making it in two parts."""

import json
import math

import pytest

from steepest.errors import InputError
from steepest.language.grammar import read_expression, read_formula
from steepest.language.precedence import MOST_PARAMETERS
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.reading import optimizer
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.runs.descent import descend
from steepest.tape.compile import program
from steepest.tape.lowering import link, objective_tape, optimizer_tape
from steepest.tape.tape import CALLS, STEP, Tape, check
from steepest.targets.reference import results

FORMULAS = ["x^2", "(1-x)^2 + 100(y-x^2)^2", "sin(x)cos(y) + where(x < y, x, exp(-z))", "x^64 + y^-3 + z^0.5 + e^x"]


def function(formula: str, *, second: bool = False) -> Tape:
    expression, names = read_formula(formula)
    return objective_tape(expression, names, second=second)


def step(method: str, formula: str) -> Tape:
    chosen = optimizer(method)
    objective = function(formula, second=chosen.uses("H"))
    return link(optimizer_tape(chosen, len(objective.inputs)), objective)


def values(tape: Tape, inputs: list[float]) -> dict[str, list[float]]:
    slots = results(tape, inputs)
    return {name: [slots[slot] for slot in used] for name, used in tape.outputs.items()}


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("second", [False, True])
def test_objectives_survive_json(formula: str, second: bool) -> None:
    tape = function(formula, second=second)
    again = Tape.from_json(tape.to_json())
    assert again == tape
    assert again.to_json() == tape.to_json()
    document = json.loads(tape.to_json())
    assert document["steepest_tape"] == 1
    assert set(document) == {"steepest_tape", "inputs", "constants", "operations", "outputs", "vectors"}


@pytest.mark.parametrize(
    ("method", "count"), [(method, count) for method in OPTIMIZERS for count in (0, 1, 3) if count or method != "newton"]
)
def test_optimizers_survive_json(method: str, count: int) -> None:
    tape = optimizer_tape(optimizer(method), count)
    assert Tape.from_json(tape.to_json()) == tape


@pytest.mark.parametrize("method", OPTIMIZERS)
def test_parts_made_apart_link_to_what_is_made_together(method: str) -> None:
    """The lab gets both as JSON from different places."""
    chosen = Optimizer("", optimizer(method).equations)
    expression, names = read_formula("(1-x)^2 + 5(y-x^2)^2")
    apart = link(
        Tape.from_json(optimizer_tape(chosen, 2).to_json()),
        Tape.from_json(objective_tape(expression, names, second=chosen.uses("H")).to_json()),
    )
    assert apart == program(chosen.equations, (), expression, names).step


@pytest.mark.parametrize("method", OPTIMIZERS)
@pytest.mark.parametrize("formula", FORMULAS)
def test_a_linked_tape_is_tidy(method: str, formula: str) -> None:
    tape = step(method, formula)
    check(tape)
    first = len(tape.inputs) + len(tape.constants)
    assert len(set(tape.operations)) == len(tape.operations), "an operation is there twice"
    assert len({(value, math.copysign(1, value)) for value in tape.constants}) == len(tape.constants)
    assert not {operation[0] for operation in tape.operations} & set(CALLS)
    used = {slot for slots in tape.outputs.values() for slot in slots}
    used |= {slot for operation in tape.operations for slot in operation[1:]}
    assert used >= set(range(len(tape.inputs), first + len(tape.operations))), "an operation that nothing reads"
    assert tape.inputs[-3:] == ("t", "T", "seed")
    assert {"theta", "f", "g", STEP} <= set(tape.outputs)


def test_two_orders_of_a_product_are_one_operation() -> None:
    tape = function("x*y + y*x + sin(x*y)")
    assert [operation[0] for operation in tape.operations].count("mul") <= 5


def test_hyperparameters_are_inputs() -> None:
    """Another learning rate, start, seed or limit compiles nothing."""
    program.cache_clear()
    for lr in (0.1, 0.2, "0.3"):
        descend("x^2 + y^2", (1, 2), optimizer="adam(beta1=0.8)", lr=lr)
        descend("x^2 + y^2", (3, lr if isinstance(lr, float) else 0), optimizer="adam", lr=0.01, steps=7, seed=3)
    assert program.cache_info().misses == 1
    tape = optimizer_tape(optimizer("adam"), 2)
    inputs = ("theta[0]", "theta[1]", "m[0]", "m[1]", "v[0]", "v[1]", "lr", "beta1", "beta2", "eps", "t", "T", "seed")
    assert tape.inputs == inputs


def test_a_schedule_is_part_of_the_tape() -> None:
    schedule = read_expression("0.1/(1+t)", known=("t", "T"))
    tape = optimizer_tape(optimizer("gd"), 1, {"lr": schedule})
    assert tape.inputs == ("theta[0]", "t", "T", "seed")
    linked = link(tape, function("x^2"))
    assert values(linked, [1.0, 3.0, 10.0, 0]) == {
        "theta": [1 - 0.025 * 2], "lr": [0.025], "f": [1.0], "g": [2.0], STEP: [0.05]
    }  # fmt: skip


def test_whole_arrays_have_one_input_for_all_parameters() -> None:
    tape = optimizer_tape(optimizer("adam"), 0)
    assert tape.inputs == ("theta", "m", "v", "lr", "beta1", "beta2", "eps", "t", "T", "seed")
    assert tape.vectors == {"theta", "m", "v", STEP}


def test_the_hessian_row_by_row() -> None:
    found = values(function("x^2*y + y^3", second=True), [2.0, 3.0])
    assert (found["f"], found["g"], found["H"]) == ([39.0], [12.0, 31.0], [6.0, 4.0, 4.0, 18.0])


@pytest.mark.parametrize(
    ("formula", "position", "value"),
    [
        ("x^2", 1e154, 1e308),
        ("x^64", 1.5, 1.5**64),
        ("x^-64", 1.5, 1.5**-64),
        ("x^65", 1.5, 1.5**65),
        ("x^0.5", 2.0, 2**0.5),
        ("e^x", 1.5, math.exp(1.5)),
        ("-(-x)", -0.0, -0.0),
        ("3*(2*(-x))", 5.0, -30.0),
        ("-x - (-1)", 5.0, -4.0),
    ],
)
def test_shorter_operations_keep_the_value(formula: str, position: float, value: float) -> None:
    (found,) = values(function(formula), [position])["f"]
    assert found == pytest.approx(value, rel=1e-14)
    assert math.copysign(1, found) == math.copysign(1, value)


def test_constants_that_overflow_are_left_to_the_run() -> None:
    assert values(function("x*1e300*1e300"), [1e-300])["f"] == [1e300]


@pytest.mark.parametrize("method", ["gd", "adam", "nesterov", "v = g + 0.9 v; theta = theta - lr*v"])
def test_shared_parts_are_not_walked_again_and_again(method: str) -> None:
    """Each square doubles the number of ways through the program; its length grows by a few operations."""
    formula = "x"
    for _ in range(40):
        formula = f"({formula})^2/2-0.1"
    assert len(step(method, formula).operations) < 500
    assert descend(formula, 0.3, optimizer=method, lr=1e-3, steps=5).positions.shape[1] == 1


def test_shared_hyperparameters_are_not_walked_again_and_again() -> None:
    chain = "; ".join(f"a{k} = a{k - 1}*a{k - 1}/2 + 0.1" for k in range(1, 40))
    chosen = optimizer(f"a0 = b; {chain}; theta = theta - a39*g", b=0.3)
    assert descend("x^2", 1, optimizer=chosen, steps=3).ending == "step_limit"


def spoiled(**changes: object) -> str:
    document = json.loads(function("x^2 + 3x").to_json())
    return json.dumps(document | changes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is not a tape"),
        ("[]", "this is not a tape"),
        ("null", "this is not a tape"),
        ("{}", "this is not a tape"),
        (spoiled(steepest_tape=2), "this is a tape of version 2, and only 1 is read"),
        (spoiled(operations=[["system", 0]]), "there is no operation 'system'"),
        (spoiled(operations=[["mul", 0]]), "does not fit"),
        (spoiled(operations=[["mul", 0, 99]]), "does not fit"),
        (spoiled(operations=[["mul", -1, 0]]), "does not fit"),
        (spoiled(operations=[[]]), "this is not a tape"),
        (spoiled(operations=[["mul", "x", 0]]), "this is not a tape"),
        (spoiled(operations=3), "this is not a tape"),
        (spoiled(operations=[["gradient"]]), "does not fit"),
        (spoiled(operations=[["gradient", 0]]), "does not fit"),
        (spoiled(operations=[["gradient", 1, 0]]), "does not fit"),
        (spoiled(operations=[["value"]]), "does not fit"),
        (spoiled(constants=["a"]), "this is not a tape"),
        (spoiled(constants=[None]), "this is not a tape"),
        (spoiled(outputs={"f": [99]}), "an output has no slot"),
        (spoiled(outputs={"f": [-1]}), "an output has no slot"),
        (spoiled(outputs=[1]), "this is not a tape"),
        (spoiled(vectors=3), "this is not a tape"),
        (spoiled(vectors=[[]]), "this is not a tape"),
        ("[" * 100_000, "this is not a tape"),
    ],
)
def test_what_is_not_a_tape(text: str, message: str) -> None:
    with pytest.raises(InputError, match="tape") as caught:
        Tape.from_json(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_limits() -> None:
    assert len(optimizer_tape(optimizer("adam"), MOST_PARAMETERS).outputs["theta"]) == MOST_PARAMETERS
    with pytest.raises(InputError, match="at most 16 parameters, not 17"):
        optimizer_tape(optimizer("adam"), MOST_PARAMETERS + 1)
    with pytest.raises(InputError, match="up to 4 parameters"):
        optimizer_tape(optimizer("newton"), 5)
    with pytest.raises(InputError, match="the Hessian H stands only in solve"):
        optimizer_tape(Optimizer("", (("theta", read_expression("H", known=("H",))),)), 2)
