"""Fits in the page: the runs, the answers and the sentences are those of Python."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from steepest import descend
from steepest.data.sets.catalog import read_set
from steepest.errors import FormulaError
from steepest.lab.document import document, first_state
from steepest.lab.plan import read_plan
from steepest.objectives.data import objective as over_data
from steepest.objectives.fit import FitObjective, read_fit
from steepest.objectives.many_columns.objective import ManyColumnsObjective
from steepest.objectives.reading import read_model
from steepest.optimizers.reading import optimizer

MAIN = """
import { Store } from "/model/store.js";
import { quantityAt } from "/model/runs/program.js";
import { stableBounds } from "/model/sweep/setting_map.js";
const listeners = { onChange() {}, onObjective() {}, onOptimizers() {}, onMessage(text) { throw new Error(text); } };
globalThis.opened = (state) => {
  const store = new Store(state, {}, listeners);
  const refused = store.restore();
  if (refused) throw refused;
  while (store.isRunning) store.goOn(50);
  return store;
};
globalThis.fitted = (state) => {
  const { objective, optimizers } = opened(state);
  const { fit, tape } = objective;
  return {
    text: objective.text, plain: objective.plain, start: objective.start, lr: objective.hyperparameters.lr,
    minima: objective.minima, notes: fit?.notes ?? [], written: fit?.written ?? "", minimized: fit?.minimized ?? objective.plain,
    runs: optimizers.map(({ latest: run }) => {
      const end = run.steps + 1;
      const last = run.positions.slice(run.steps * run.count, end * run.count);
      return {
        steps: run.steps, ending: { kind: run.ending.kind, message: run.ending.message },
        positions: [...run.positions.slice(0, end * run.count)], values: [...run.values.slice(0, end)],
        gradients: [...run.gradients.slice(0, end * run.count)],
        quantities: Object.fromEntries(run.quantities.map((each) => [
          each.name, Array.from({ length: run.steps }, (_, k) => [...quantityAt(run, each, k + 1)]).flat(),
        ])),
        coefficients: fit?.coefficients(last) ?? null, predictions: fit ? [...fit.predict(last)] : [],
        value: fit?.valueAt(last) ?? null,
      };
    }),
    exact: fit?.exact ?? null, reason: fit?.units.reason ?? "",
  };
};
globalThis.stable = (state) => {
  const [store, made] = [opened(state), []];
  const [optimizer] = store.optimizers;
  const working = stableBounds(optimizer, optimizer.values(), "beta", [0, 0.9], 2);
  for (let next = working.next(); ; next = working.next())
    if (next.done) return [...store.stableRates(0), ...next.value];
};
globalThis.refusal = (state) => {
  try {
    opened(state);
  } catch ({ message, place }) {
    return [message, place];
  }
  return null;
};
globalThis.batches = (rows, size, order, seed, steps) => {
  const made = new Batches(rows, size, order, seed);
  return [made.sentence, ...steps.map((step) => [...made.at(step)])];
};
import { Batches } from "/model/data/batches.js";
import { defaultRate } from "/model/data/objective.js";
globalThis.rates = (all) => all.map(defaultRate);
"""

POINTS = {"x": [-1.0, 0.5, 2.0, 3.5, 1.0, 4.5, -2.5, 0.0, 2.5], "y": [1.0, 2.0, 2.5, 5.0, 1.5, 30.0, -1.0, 0.5, 3.0]}
COUNTS = {"x": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], "n": [1.0, 0.0, 3.0, 4.0, 9.0, 14.0]}
SIDES = {"a": [0.5, 1.0, 1.5, 3.0, 2.0, 1.0], "b": [1.5, 1.0, 0.5, 0.5, 2.0, 2.5], "side": ["no", "no", "yes", "yes", "yes", "no"]}
FITS: dict[str, tuple[Any, str, dict[str, Any], list[str]]] = {
    "a line": ("houses", "price ~ w*size + b", {}, ["gd", "adam(lr=100)", "newton"]),
    "scaled": ("houses", "price ~ w*size + b", {"scale": "z"}, ["gd", "momentum(lr=0.1)", "newton"]),
    "scaled to 0..1": ("houses", "price ~ w1*size + w2*age + b", {"scale": "minmax", "loss": "mse/2"}, ["gd", "nesterov"]),
    "shuffled batches": ("houses", "price ~ w*size + b", {"scale": "z", "batch": 16}, ["gd(lr=0.1)", "adam(lr=5000)"]),
    "batches in order": ("houses", "price ~ w*size + b", {"scale": "z", "batch": 7, "order": "cyclic"}, ["momentum(lr=0.02)"]),
    "drawn batches": ("houses", "price ~ w*size + b", {"scale": "z", "batch": 5, "order": "replacement"}, ["rmsprop(lr=900)"]),
    "robust": (POINTS, "y ~ w*x + b", {"loss": "huber"}, ["gd(lr=0.05)", "adam"]),
    "absolute": (POINTS, "y ~ w*x + b", {"loss": "mae"}, ["gd(lr=0.02)", "adagrad(lr=0.5)"]),
    "a quantile": (POINTS, "y ~ b + 0*x", {"loss": "pinball(0.9)"}, ["gd(lr=0.5)"]),
    "own loss": (POINTS, "y ~ w*x + b", {"loss": "log(cosh(p-y))", "scale": "z"}, ["gd(lr=0.3)", "newton"]),
    "a constant in the loss": ({"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]}, "y ~ w*x", {"loss": "(y-p)^4+1e6"}, ["gd(lr=1e-3)"]),
    "logistic": ("exam", "passed ~ sigmoid(b0 + b1*hours)", {"loss": "log"}, ["gd", "newton"]),
    "classes as texts": (SIDES, "side ~ sigmoid(w1*a + w2*b + w0)", {"loss": "log", "one": "yes"}, ["gd(lr=0.5)"]),
    "a margin": (SIDES, "side ~ w1*a + w2*b + w0", {"loss": "hinge"}, ["gd(lr=0.1)"]),
    "counts": (COUNTS, "n ~ exp(a + b*x)", {"loss": "poisson"}, ["gd(lr=0.002)", "newton"]),
    "a curve": ("misra1a", "y ~ b1*(1-exp(-b2*x))", {"start": (250.0, 5e-4)}, ["gd(lr=1e-9)", "momentum(lr=1e-10)"]),
    "named parameters": (POINTS, "y(slope, base) ~ slope*x + base", {}, ["gd(lr=0.05)"]),
    "one parameter": (POINTS, "y ~ w*x", {"batch": 1}, ["gd(lr=0.01)"]),
    "a cubic": (POINTS, "y ~ a*x^3 + b*x^2 + c*x + d", {"scale": "z"}, ["gd", "adam(lr=0.1)"]),
    "diverges": ("houses", "price ~ w*size + b", {}, ["gd(lr=1)"]),
    "a mean in the model": (POINTS, "y ~ w*(x - mean(x)) + b", {}, ["gd(lr=0.05)"]),
}
FORMULAS = {
    "a ridge": ("houses", "mean((price - (w*size+b))^2) + 0.1 w^2", ["gd", "adam(lr=100)"]),
    "a sum": (POINTS, "sum((y - w*x)^2)/2", ["gd"]),
    "nested": (POINTS, "mean((y - mean(w*x) - c)^2)", ["gd(lr=0.05)", "newton"]),
    "undefined": (POINTS, "mean(log(w*x + b + 3))", ["gd(lr=5)"]),
}


@pytest.fixture(scope="module")
def page(node: Callable[..., Any]) -> Any:
    return node(MAIN)


def table_of(data: Any) -> Any:
    return read_set(data) if isinstance(data, str) else data


def columns_of(data: Any) -> dict[str, Any]:
    """A table as the page is given it."""
    table = table_of(data)
    columns = table if isinstance(table, dict) else {name: list(table[name]) for name in table.names}
    return {"name": getattr(table, "source", "the table"), "names": list(columns), "columns": list(columns.values())}


def close(found: Any, wanted: Any, tolerance: float = 1e-12) -> None:
    expected = np.asarray(wanted, dtype=float).ravel()
    got = np.asarray(found, dtype=float).ravel()
    assert got.shape == expected.shape
    usual = np.isfinite(expected)
    np.testing.assert_array_equal(got[~usual], expected[~usual])
    got, expected = got[usual], expected[usual]
    largest = np.abs(expected).max(initial=0.0)
    np.testing.assert_array_less(np.abs(got - expected), tolerance * np.maximum(largest, 1.0) + 1e-300)


def told(message: str) -> str:
    """An ending without the length of a last step that is rounding."""
    return re.sub(r"the last step, \S+e-(1[3-9]|2\d) long", "the last step", message)


def check(page: Any, objective: Any, optimizers: list[str], start: Any = None, steps: int = 60) -> dict[str, Any]:
    """The page's runs, which are those of Python."""
    state = document(first_state(objective, start, [optimizer(each) for each in optimizers], steps=steps, seed=3))["state"]
    found: dict[str, Any] = page.evaluate("(state) => fitted(state)", state)
    assert found["text"] == state["objective"] and found["minimized"] == objective.text
    assert found["lr"] == objective.hyperparameters["lr"]
    for run, wanted in zip(found["runs"], read_plan(state).runs(), strict=True):
        assert run["steps"] == wanted.steps and run["ending"]["kind"] == wanted.ending, wanted.label
        assert told(run["ending"]["message"]) == told(wanted.ending.message), wanted.label
        close(run["positions"], wanted.positions)
        close(run["values"], wanted.values)
        close(run["gradients"], wanted.gradients)
        for name, rows in wanted.quantities.items():
            close(run["quantities"][name], rows, 1e-11)
    return found


@pytest.mark.parametrize("name", FITS)
def test_a_fit_is_that_of_python(page: Any, name: str) -> None:
    data, model, settings, optimizers = FITS[name]
    start = settings.get("start")
    objective = read_fit(model, table_of(data), **{key: value for key, value in settings.items() if key != "start"})
    found = check(page, objective, optimizers, start)
    assert found["written"] == objective.written
    for run, wanted in zip(found["runs"], read_plan(_state(objective, optimizers, start)).runs(), strict=True):
        assert isinstance(wanted.objective, FitObjective)
        last = wanted.positions[-1].tolist()
        coefficients = wanted.objective.in_original_units(last)
        assert (run["coefficients"] is None) == (coefficients is None)
        if coefficients is not None:
            assert list(run["coefficients"]) == list(coefficients)
            close(list(run["coefficients"].values()), list(coefficients.values()))
        close(run["predictions"], wanted.objective.predict(last))
        close([run["value"]], [objective.value(last)])
    exact = objective.exact
    assert found["exact"]["told"] == exact.told and found["exact"]["unique"] == exact.unique
    assert (found["exact"]["position"] is None) == (exact.position is None)
    if exact.position is not None:
        close(found["exact"]["position"], exact.position, 1e-11 if exact.unique else 1e-7)
        close([found["exact"]["value"]], [exact.value])
    assert found["reason"] == objective.units.reason


def _state(objective: Any, optimizers: list[str], start: Any) -> dict[str, Any]:
    return first_state(objective, start, [optimizer(each) for each in optimizers], steps=60, seed=3)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_over_rows_is_that_of_python(page: Any, name: str) -> None:
    data, text, optimizers = FORMULAS[name]
    check(page, over_data(text, table_of(data)), optimizers)


@pytest.mark.parametrize("order", ["shuffle", "cyclic", "replacement"])
@pytest.mark.parametrize(("rows", "size"), [(1, 1), (5, 2), (6, 6), (64, 10), (1000, 33), (100_000, 512)])
def test_batches_take_the_same_rows(page: Any, rows: int, size: int, order: str) -> None:
    from steepest.data.batches import Batches

    for seed in (0, 7, 2**32 - 1):
        made = Batches(rows, size, order, seed)
        steps = [1, 2, made.steps_an_epoch, made.steps_an_epoch + 1, 12_345]
        sentence, *found = page.evaluate("(given) => batches(...given)", [rows, size, order, seed, steps])
        assert sentence == made.sentence
        assert found == [made.at(step).tolist() for step in steps]


def test_many_rows_are_added_in_the_same_order(page: Any) -> None:
    generator = np.random.default_rng(5)
    x = generator.normal(50, 20, 20_011)
    table = {"x": x, "y": 3 * x - 7 + generator.normal(0, 5, x.size)}
    objective = read_fit("y ~ w*x + b", table, scale="z")
    state = _state(objective, ["gd(lr=0.2)", "momentum(lr=0.05)"], None)
    found = page.evaluate("(state) => fitted(state)", document(state)["state"])
    for run, wanted in zip(found["runs"], read_plan(state).runs(), strict=True):
        assert run["positions"] == wanted.positions.ravel().tolist()  # bit for bit: the four operations alone
        assert run["values"] == wanted.values.tolist()


@pytest.mark.parametrize("batch", [None, 4])
def test_only_steps_of_all_rows_have_a_bound(page: Any, batch: int | None) -> None:
    made = _state(read_fit("y ~ w*x + b", POINTS, batch=batch), ["momentum(lr=0.01)"], None)
    found = page.evaluate("(state) => stable(state)", document(made)["state"])
    if batch:  # each of which has curvatures of its own
        assert found == [None, None, None]
    else:
        design = np.column_stack([POINTS["x"], np.ones(len(POINTS["x"]))])
        largest = np.linalg.eigvalsh(2 * design.T @ design / len(design))[-1]
        assert found == pytest.approx([2 * 1.9 / largest, 1.0, 1.9], rel=1e-6)


def test_the_default_rate_is_the_same_in_both(page: Any) -> None:
    from steepest.objectives.data import default_rate

    curvatures = [10.0, 9.999999999999998, 10.000000000000002, 5.868e6, 0.3, 1 / 3, 1e-12, 1e308, 5e-324, 48_390.0, 2.0]
    found = page.evaluate("(all) => rates(all)", curvatures)
    assert found == [default_rate(each) for each in curvatures]


MANY: dict[str, tuple[Any, str, dict[str, Any], list[str]]] = {
    "all columns": ("houses", "price ~ linear", {}, ["gd", "adam(lr=100)"]),
    "named and scaled": ("houses", "price ~ linear(age, size)", {"scale": "z"}, ["gd(lr=0.1)", "momentum"]),
    "batches": ("houses", "price ~ linear", {"scale": "z", "batch": 16}, ["gd(lr=0.1)"]),
    "classes": ("exam", "passed ~ logistic", {}, ["gd", "nesterov"]),
    "texts and constants are left out": (
        SIDES | {"same": [2.0] * 6, "word": list("uvwxyz")}, "side ~ logistic", {"one": "yes"}, ["gd(lr=0.5)"]
    ),
    "names that are taken": ({"w": [1.0, 2.0, 4.0], "b": [2.0, 1.0, 7.0], "y": [1.0, 3.0, 2.0]}, "y ~ linear", {}, ["gd(lr=0.01)"]),
}  # fmt: skip
"""Models of many columns, which the page writes out with a name for each weight."""


@pytest.mark.parametrize("name", MANY)
def test_a_model_of_many_columns_is_that_of_python(page: Any, name: str) -> None:
    data, model, settings, optimizers = MANY[name]
    objective = read_model(model, table_of(data), **settings)
    assert isinstance(objective, ManyColumnsObjective) and objective.hyperparameters is not None
    state: dict[str, Any] = {
        "objective": model, "start": [0.0] * len(objective.names), "steps": 40, "seed": 3,
        "optimizers": [{"text": text} for text in optimizers],
        "data": {
            "table": columns_of(data), "loss": "mse", "scale": settings.get("scale", "none"),
            "batch": settings.get("batch"), "order": "shuffle", "one": settings.get("one"), "dropMissing": False,
        },
    }  # fmt: skip
    found = page.evaluate("(state) => fitted(state)", state)
    assert found["lr"] == objective.hyperparameters["lr"]
    for run, text in zip(found["runs"], optimizers, strict=True):
        wanted = descend(objective, state["start"], optimizer=optimizer(text), steps=40, seed=3)
        assert run["steps"] == wanted.steps
        close(run["positions"], wanted.positions)
        close(run["values"], wanted.values)
        close(run["gradients"], wanted.gradients)
        close(run["predictions"], objective.predict(wanted.positions[-1]))
        close(list(run["coefficients"].values()), list(objective.in_original_units(wanted.positions[-1]).values()))
    exact = objective.exact
    assert (found["exact"]["position"] is None) == (exact.position is None)
    if exact.position is not None:
        close(found["exact"]["position"], exact.position, 1e-11)
    for note in objective.told:
        assert note in found["notes"], found["notes"]


REFUSED = {
    "price ~ linear(size, )": "a column is missing: name them with commas between, or none for all",
    "price ~ linear(size, size)": "'size' is named twice",
    "price ~ linear(siez)": "the table houses has no column 'siez': did you mean size?",
    "price ~ linear(price)": "'price' is on both sides: the model predicts it from other columns",
    "price(a) ~ linear": "linear has a weight for each column: write price ~ linear",
}


@pytest.mark.parametrize("model", REFUSED)
def test_what_is_wrong_with_many_columns_is_told_as_by_python(page: Any, model: str) -> None:
    with pytest.raises(FormulaError) as refused:
        read_model(model, table_of("houses"))
    state = {"objective": model, "data": {"table": columns_of("houses")}, "optimizers": [{"text": "gd"}]}
    found = page.evaluate("(state) => refusal(state)", state)
    assert found == [REFUSED[model], refused.value.position]
    assert str(refused.value).splitlines()[0].startswith(REFUSED[model])


def test_more_weights_than_the_page_shows_are_refused(page: Any) -> None:
    wide = {f"x{k}": [0.0, 1.0, float(k)] for k in range(16)} | {"y": [1.0, 2.0, 4.0]}
    state = {"objective": "y ~ linear", "data": {"table": columns_of(wide)}, "optimizers": [{"text": "gd"}]}
    message, _ = page.evaluate("(state) => refusal(state)", state)
    wanted = "linear takes 17 parameters here, and the page shows up to 16: name some of the columns, such as linear(x0)"
    assert message == wanted
