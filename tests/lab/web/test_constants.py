"""Constants of a formula: the same numbers as in Python, a slider for each, and nothing compiled when one is moved."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from tests.lab.web.oracle import tape_data

import steepest
from steepest.cli.command_line import cli
from steepest.lab.document import document, state_of
from steepest.lab.error_data import error_data
from steepest.lab.plan import read_plan
from steepest.runs.descent import descend
from steepest.runs.trajectory import Trajectory
from steepest.tape.compile import function_tape

Open = Callable[..., Any]
CORPUS = Path(__file__).parent.parent.parent / "language" / "corpus"
OPTIMIZERS = ["gd", "adam", "newton", "nesterov"]
CASES: list[tuple[str, dict[str, float], tuple[float, ...]]] = [
    ("f(x, y) = x^2 + k y^2", {"k": 10.0}, (1.0, 1.0)),
    ("f(x, y) = x^2 + k y^2", {"k": 0.0}, (1.0, 1.0)),
    ("f(x, y) = x^2 + k y^2", {"k": -0.25}, (1.0, 0.5)),
    ("a x^2 + b x^n", {"a": 0.5, "b": 0.1, "n": 4.0}, (1.5,)),
    ("a x^2 + b |x|^n", {"a": 0.5, "b": 0.1, "n": 2.5}, (1.5,)),
    ("(a - x)^2 + c (y - x^2)^2", {"a": 1.0, "c": 100.0}, (-1.2, 1.0)),
    ("log(s + x^2) + sin(s y)^2 + z^2/s", {"s": 1e-3}, (0.7, 0.2, 0.1)),
    ("k1 x^2 + k2 x^4 - k10 x", {"k1": 1.0, "k2": 0.25, "k10": 1e31}, (2.0,)),
]
GD = [{"text": "gd", "settings": {"lr": 0.01}}]
MAIN = """
import { Store } from "/model/store.js";
import { readObjective } from "/model/reading.js";
const quiet = { onChange() {}, onObjective() {}, onOptimizers() {}, onMessage(text) { throw new Error(text); } };
const rows = (run) => {
  const end = run.steps + 1;
  return {
    steps: run.steps, ending: run.ending.message,
    positions: [...run.positions.slice(0, end * run.count)], values: [...run.values.slice(0, end)],
    gradients: [...run.gradients.slice(0, end * run.count)],
  };
};
globalThis.opened = (state) => {
  const store = new Store(state, {}, quiet);
  store.restore();
  return store;
};
globalThis.runs = (state) => opened(state).optimizers.map(({ latest }) => rows(latest));
// The runs after constants were moved one after another, and what is not the same object as before.
globalThis.moved = ({ state, values }) => {
  const store = opened(state);
  const parts = () => [store.objective.tape, store.grid, ...store.optimizers.flatMap((each) => [each.program, each.spare])];
  const before = parts();
  const found = values.map(([name, value]) => {
    store.constantChanges.set(name, value);
    store.run();
    const grid = [...store.grid.evaluate(Float64Array.of(-1, 0.5, 2), Float64Array.of(-2, 1))];
    return { runs: store.optimizers.map(({ latest }) => rows(latest)), grid };
  });
  return { found, compiled: parts().filter((part, index) => part !== before[index]).length };
};
globalThis.objectives = (cases) => cases.map(([text, constants]) => {
  try {
    const { names, tape, constantInputs, minima } = readObjective(text, constants);
    return { names, tape, constantInputs, minima };
  } catch (error) {
    return { error };
  }
});
"""


@pytest.fixture(scope="module")
def page(node: Callable[[str], Any]) -> Any:
    return node(MAIN)


def state(text: str, let: dict[str, float], start: tuple[float, ...], **more: Any) -> dict[str, Any]:
    optimizers = [{"text": name, "settings": {"lr": 1e-3} if name != "newton" else {}} for name in OPTIMIZERS]
    made = document({"objective": text, "let": let, "start": list(start), "optimizers": optimizers, "steps": 80} | more)
    return dict(made["state"])


def close(found: Any, wanted: Any) -> None:
    given, expected = (np.asarray(each, dtype=float) for each in (found, wanted))
    np.testing.assert_allclose(given, expected, rtol=1e-12, atol=1e-12)


def check_run(found: dict[str, Any], run: Trajectory) -> None:
    assert (found["steps"], found["ending"]) == (run.steps, run.ending.message)
    close(found["positions"], np.ravel(run.positions))
    close(found["values"], np.asarray(run.values))
    close(found["gradients"], np.ravel(run.gradients))


@pytest.mark.parametrize(("text", "let", "start"), CASES)
def test_runs_are_those_of_python(page: Any, text: str, let: dict[str, float], start: tuple[float, ...]) -> None:
    shown = state(text, let, start)
    for found, run in zip(page.evaluate("(state) => runs(state)", shown), read_plan(shown).runs(), strict=True):
        assert run.objective.text == steepest.objective(text, let=let).text
        check_run(found, run)


def test_a_constant_that_is_moved_compiles_nothing(page: Any) -> None:
    text, values = "f(x, y) = x^2 + k y^2 + sin(a x)", [("k", 3.0), ("a", -0.5), ("k", 0.125), ("k", -1.0), ("a", 2.0)]
    let = {"k": 10.0, "a": 1.0}
    made = page.evaluate("(given) => moved(given)", {"state": state(text, let, (1, 1)), "values": values})
    assert made["compiled"] == 0
    for (name, value), found in zip(values, made["found"], strict=True):
        let = let | {name: value}
        function = steepest.objective(text, let=let)
        for optimizer, each in zip(OPTIMIZERS, found["runs"], strict=True):
            lr = None if optimizer == "newton" else 1e-3
            check_run(each, descend(function, (1, 1), optimizer=optimizer, steps=80, lr=lr))
        close(found["grid"], [function.value((x, y)) for y in (-2, 1) for x in (-1, 0.5, 2)])


def test_formulas_with_constants_are_made_into_what_python_makes_of_them(page: Any) -> None:
    rows = [json.loads(line) for line in (CORPUS / "formulas.jsonl").read_text(encoding="utf-8").splitlines()]
    cases = [(row["text"], row["constants"]) for row in rows if row.get("constants")]
    cases += [(text, let) for text, let, _ in CASES] + [("x^2", {"pi": 3.0}), ("x^2", {"a b": 3.0}), ("x^2", {"sin": 3.0})]
    read = 0
    for (text, let), found in zip(cases, page.evaluate("(cases) => objectives(cases)", cases), strict=True):
        if text.startswith("f(k)"):
            continue  # the page's header wins: it declares what is a parameter
        try:
            function, refused = steepest.objective(text, let=let), None
        except steepest.SteepestError as error:
            refused = error_data(error)["message"]
        if refused:
            assert found["error"]["message"] == refused, text
            continue
        tape = function_tape(function.compiled, function.names, len(function.names) <= 4, function.constant_names)
        wanted = tape_data(tape)
        close(found["tape"].pop("constants"), wanted.pop("constants"))
        assert found["tape"] == json.loads(json.dumps(wanted)), text
        assert found["constantInputs"] == [value for _, value in function.constants]
        assert found["names"] == list(function.names)
        read += 1
    assert read > 100


def test_a_file_of_the_command_line_has_the_sliders(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    words = ["run", "f(x, y) = x^2 + k y^2", "--let", "k=10", "--start", "1,1", "--save", str(path)]
    assert CliRunner().invoke(cli, words).exit_code == 0
    written = re.search(r'id="steepest-document">(.*?)</script>', path.read_text(), re.DOTALL)
    assert written
    shown = json.loads(written[1])["state"]
    assert (shown["objective"], shown["let"]) == ("x^2 + k*y^2", {"k": 10.0})


def test_constants_in_exponents_and_at_0_travel_too() -> None:
    run = steepest.descend(steepest.objective("a x^2 + b x^n", let={"n": 4, "a": 0.0, "b": 1}), 1.0, steps=3)
    assert state_of([run])["objective"] == "a*x^2 + b*x^n"
    assert state_of([run])["let"] == {"a": 0.0, "b": 1.0, "n": 4.0}


def sliders(tab: Any) -> list[str]:
    return list(tab.locator(".steepest-constant .steepest-range").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))"))


def test_a_slider_moves_the_runs_while_it_is_dragged(shown: Open) -> None:
    tab = shown(state("f(x, y) = x^2 + k y^2", {"k": 10.0}, (1, 1), optimizers=GD))
    slider = tab.get_by_role("slider", name="k", exact=True)
    assert slider.evaluate("e => [e.min, e.max, e.value]") == ["-20", "20", "10"]
    program = "values.lab.store.optimizers[0].program"
    tab.evaluate(f"() => {{ globalThis.before = {program}; }}")
    box = slider.bounding_box()
    tab.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2, steps=4)
    tab.wait_for_function("() => !values.lab.store.stale && values.lab.store.objective.constants.k < 6")
    k = tab.evaluate("() => values.lab.store.objective.constants.k")
    values = tab.evaluate(f"() => [...{program}.latest.values.slice(0, 3)]")
    tab.mouse.up()
    assert tab.evaluate(f"() => globalThis.before === {program}")
    run = descend(steepest.objective("f(x, y) = x^2 + k y^2", let={"k": k}), (1, 1), lr=0.01, steps=2)
    close(values, np.asarray(run.values))
    tab.get_by_role("button", name="undo", exact=False).first.click()
    assert tab.get_by_role("textbox", name="k: a number").input_value() == "10"
    assert tab.mistakes == []


def test_a_number_field_and_a_finer_range(shown: Open) -> None:
    tab = shown(state("f(x, y) = x^2 + k y^2", {"k": 10.0}, (1, 1)))
    field = tab.get_by_role("textbox", name="k: a number")
    field.fill("pi/2")
    field.press("Enter")
    assert tab.evaluate("() => values.lab.store.objective.constants.k") == pytest.approx(np.pi / 2, abs=1e-15)
    tab.get_by_role("button", name="a finer range of k").click()
    slider = tab.get_by_role("slider", name="k", exact=True)
    tab.wait_for_function("() => document.querySelector('.steepest-constant .steepest-range').max === '10'")
    field.fill("300")
    field.press("Enter")
    tab.wait_for_function("() => document.querySelector('.steepest-constant .steepest-range').max === '1000'")
    assert slider.evaluate("e => e.min") == "-1000"
    field.fill("much")
    field.press("Enter")
    assert field.get_attribute("aria-invalid") == "true"
    assert tab.evaluate("() => values.lab.store.objective.constants.k") == 300


def test_a_name_becomes_a_constant_and_a_parameter_again(shown: Open) -> None:
    tab = shown({"objective": "x^2 + k*y^2", "start": [3.0, 1.0, 2.0], "steps": 20, "optimizers": [{"text": "gd"}]})
    tab.get_by_role("button", name="make k a constant").click()
    assert sliders(tab) == ["k"]
    store = "values.lab.store"
    assert tab.evaluate(f"() => [{store}.objective.names, {store}.state.start, {store}.state.let]") == [
        ["x", "y"], [1.0, 2.0], {"k": 1},
    ]  # fmt: skip
    tab.get_by_role("button", name="make k a parameter").click()
    assert tab.evaluate(f"() => [{store}.objective.names, {store}.state.start, {store}.state.let]") == [
        ["k", "x", "y"], [1, 1.0, 2.0], {},
    ]  # fmt: skip
    assert sliders(tab) == []
    assert tab.mistakes == []


def test_a_name_that_the_header_leaves_out_is_offered_a_slider(shown: Open) -> None:
    tab = shown({"objective": "x^2", "start": [3.0], "steps": 20, "optimizers": [{"text": "gd"}]})
    tab.get_by_role("textbox", name="function to minimize").fill("f(x, y) = a x^2 + k y^2")
    told = tab.locator(".steepest-objective .steepest-refusal").first
    assert told.locator("p").inner_text() == ("unknown name 'a': known are x, y; a constant needs a value: give it one below")
    tab.get_by_role("button", name="add a slider for a").click()
    tab.get_by_role("button", name="add a slider for k").click()
    assert sliders(tab) == ["a", "k"]
    assert tab.evaluate("() => values.lab.store.objective.constants") == {"a": 1, "k": 1}
    assert told.is_hidden()
    tab.get_by_role("textbox", name="function to minimize").fill("f(x) = a x^2")
    assert sliders(tab) == ["a"]
    assert tab.mistakes == []


def test_a_link_carries_constants_and_the_code_has_them(shown: Open) -> None:
    made = state("f(x, y) = x^2 + k y^2", {"k": 10.0}, (1, 1), optimizers=GD)
    tab = shown(made)
    fragment, code, command = tab.evaluate(
        """async () => {
          const { toFragment } = await import("/model/state.js");
          const { asPython, asCommand } = await import("/model/export.js");
          const { store } = values.lab;
          const constants = { ...store.objective.constants, k: 7 };
          const parts = [values.lab.present(), store.optimizers.map((each) => each.values()), constants];
          return [toFragment({ ...parts[0], let: { k: 7 } }), asPython(...parts), asCommand(...parts)];
        }"""
    )
    assert 'steepest.objective("x^2 + k*y^2", let={"k": 7})' in code
    assert "'x^2 + k*y^2' --let k=7 --start=1,1" in command
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the page's own code
    assert names["run"].objective.text == "x^2 + 7*y^2"
    other = shown({"objective": "x^2", "start": [3.0], "optimizers": [{"text": "gd"}]}, fragment)
    assert sliders(other) == ["k"]
    assert other.get_by_role("textbox", name="k: a number").input_value() == "7"


def test_a_formula_that_cannot_be_read_stays_while_a_slider_moves(shown: Open) -> None:
    tab = shown(state("f(x, y) = x^2 + k y^2", {"k": 10.0}, (1, 1)))
    formula = tab.get_by_role("textbox", name="function to minimize")
    formula.fill("x^2 + k y^")
    refusal = tab.locator(".steepest-objective .steepest-refusal pre")
    refusal.wait_for()
    field = tab.get_by_role("textbox", name="k: a number")
    field.fill("5")
    field.press("Enter")
    assert tab.evaluate("() => values.lab.store.objective.constants.k") == 5
    assert formula.input_value() == "x^2 + k y^" and refusal.is_visible()
    tab.get_by_role("button", name="undo", exact=False).first.click()
    assert formula.input_value() == "x^2 + k*y^2" and not refusal.is_visible()
    assert tab.mistakes == []
