"""The widget's side of Python: what is set, what is read back, what the page asks."""

import base64
import json
import subprocess
import sys
from typing import Any

import pytest

import steepest
from steepest.errors import FormulaError, InputError
from steepest.lab import plan, widget
from steepest.lab.document import document, first_state, state_of
from steepest.lab.fit_data import state_objective
from steepest.lab.texts import page_optimizer
from steepest.language.grammar import read_assignments
from steepest.objectives.formula import read_objective
from steepest.optimizers.optimizer import Optimizer
from steepest.runs import descent


@pytest.fixture
def w() -> Any:
    return steepest.lab("2x^2-4x", start=0, steps=(1, 20), lr=(0.01, 1))


def moved(w: Any, **state: Any) -> None:
    """What the page sends when somebody plays."""
    w.set_state({"state": {**w.state, **state}})


def asked(w: Any, monkeypatch: pytest.MonkeyPatch, **question: Any) -> Any:
    """What the page gets for a question."""
    sent: list[Any] = []
    monkeypatch.setattr(w, "send", sent.append)
    w._handle_msg({"content": {"data": {"method": "custom", "content": {"id": 7, **question}}}, "buffers": []})
    (answer,) = sent
    assert answer["id"] == 7
    json.dumps(answer, allow_nan=False)
    return answer


def test_ranges_are_the_ends_of_sliders_and_values_lie_in_them(w: Any) -> None:
    assert w.state["ranges"] == {"steps": [1, 20], "lr": [0.01, 1]}
    assert (w.steps, w.lr) == (20, 0.1)
    assert steepest.lab("x^2", lr=(0.2, 0.5)).lr == 0.2
    assert "ranges" not in steepest.lab("x^2").state


def test_the_runs_are_trajectories(w: Any) -> None:
    (run,) = w.runs
    assert run.positions[:4, 0].round(3).tolist() == [0.0, 0.4, 0.64, 0.784]
    both = steepest.lab("rosenbrock", start=(-1.2, 1), optimizers=["gd", steepest.optimizer("adam", lr=0.05)], lr=0.001, steps=5)
    same = steepest.compare("rosenbrock", ["gd", "adam(lr=0.05)"], start=(-1.2, 1), lr=0.001, steps=5)
    assert [run.label for run in both.runs] == [run.label for run in same]
    assert [run.positions.tolist() for run in both.runs] == [run.positions.tolist() for run in same]


def test_what_is_set_is_the_state_of_the_page(w: Any) -> None:
    seen: list[Any] = []
    w.observe(lambda change: seen.append(change["new"]), "state")
    w.lr = 0.2
    w.start = 3
    w.steps = 7
    w.seed = 5
    w.tol = 0.0
    w.gtol = 1e-3
    assert w.state["optimizers"] == [{"text": "gd", "settings": {"lr": 0.2}}]
    assert (w.state["start"], w.state["steps"], w.state["seed"], w.state["tol"], w.state["gtol"]) == ([3.0], 7, 5, 0.0, 1e-3)
    assert len(seen) == 6
    w.lr = "0.2/t"
    assert w.lr == "0.2/t"


def test_what_is_moved_on_the_page_is_read(w: Any) -> None:
    moved(w, start=[-1.0], steps=3, optimizers=[{"text": "adam", "settings": {"lr": 0.3}}])
    assert (w.start, w.steps, w.lr, w.optimizers) == ((-1.0,), 3, 0.3, ("adam",))
    assert w.runs[0].positions[0, 0] == -1.0
    assert w.runs[0].steps == 3
    moved(w, optimizers=[{"text": "gd", "settings": {"lr": 0.1}}, {"text": "gd", "settings": {"lr": 0.2}}])
    assert w.lr == (0.1, 0.2)


def test_another_function_begins_at_its_own_start_if_it_must(w: Any) -> None:
    w.objective = "x^4"
    assert (w.objective, w.start) == ("x^4", (0.0,))
    w.objective = "rosenbrock"
    assert (w.objective, w.start) == ("rosenbrock", (-1.2, 1.0))


def test_optimizers_can_be_exchanged(w: Any) -> None:
    w.optimizers = ["momentum(beta=0.5)", "theta = theta - 0.1 g"]
    assert [run.optimizer.name for run in w.runs] == ["momentum", "custom"]
    assert w.runs[0].settings["beta"] == 0.5
    w.optimizers = "adam"
    assert w.optimizers == ("adam",)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is run from now on."""
    ran: list[Any] = []
    monkeypatch.setattr(descent, "descend", lambda *given, **named: ran.append(given))
    monkeypatch.setattr(plan, "descend", lambda *given, **named: ran.append(given))
    return ran


def test_nothing_is_run_before_the_runs_are_read(runs: list[Any]) -> None:
    w = steepest.lab("rosenbrock", optimizers=["gd", "adam"], lr=(0.001, 0.1), steps=50)
    assert (w.lr, w.optimizers, w.objective, w.start, w.steps) == (0.001, ("gd", "adam"), "rosenbrock", (-1.2, 1.0), 50)
    w.lr = 0.01
    w.optimizers = ["gd(lr=0.1)", "theta = theta - lr*g"]
    w.objective = "x^2"
    w.start = 2
    w.steps = 7
    assert w.lr == 0.1
    with pytest.raises(InputError):
        w.steps = -1
    assert runs == []
    assert len(w.runs) == len(runs) == 2


def test_a_change_reads_every_text_once(w: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def objective(state: Any) -> Any:
        read.append(state["objective"])
        return state_objective(state)

    def optimizer(text: str, settings: Any) -> Any:
        read.append(text)
        return page_optimizer(text, settings)

    monkeypatch.setattr(plan, "state_objective", objective)
    monkeypatch.setattr(plan, "page_optimizer", optimizer)
    w.steps = 7
    assert read == ["2*x^2 - 4*x", "gd"]


def read(text: str) -> Optimizer:
    """An optimizer, also one whose hyperparameter has no value."""
    if "beta1" not in text:
        return steepest.optimizer(text)
    return Optimizer("custom", tuple(read_assignments(text.split("; "), known=("theta", "g", "lr", "beta1"))))


OPTIMIZERS = ("gd", "adam(lr=0.05)", "momentum(beta=0.5)", "v = 0.9 v + g; theta = theta - lr*v", "sgd(lr=0.1/t)")


@pytest.mark.parametrize(
    ("objective", "start", "limits"),
    [
        ("x^2", 3, {}),
        ("rosenbrock", None, {"steps": 7, "lr": "0.01/t"}),
        ("f(x, y) = x^2", {"y": 1, "x": -2}, {"tol": 0.0, "gtol": 1e-3, "seed": 5}),
        ("log(x) + x^2", None, {"seed": 3, "lr": 0.1}),
    ],
)
def test_the_first_state_is_that_of_the_runs(objective: str, start: Any, limits: dict[str, Any]) -> None:
    chosen = [steepest.optimizer(text) for text in OPTIMIZERS]
    state = first_state(read_objective(objective), start, chosen, **limits)
    assert state == state_of(steepest.compare(objective, chosen, start, **limits).runs)
    document(state)


@pytest.mark.parametrize(
    ("objective", "text", "given"),
    [
        ("x^2", "gd", {"start": (1, 2)}),
        ("x^2", "gd", {"start": float("nan")}),
        ("x^2", "gd", {"steps": -1}),
        ("x^2", "gd", {"tol": "1"}),
        ("x^2", "gd", {"seed": -1}),
        ("x^2", "gd", {"lr": "0.1*("}),
        ("x^2", "gd", {"lr": float("inf")}),
        ("sqrt(-1 - x^2)", "gd", {}),
        ("x^2", "b = beta1*g; theta = theta - lr*b", {}),
        ("+".join(f"x_{k}^2" for k in range(9)), "newton", {}),
    ],
)
def test_the_first_state_is_refused_as_a_run_is(objective: str, text: str, given: dict[str, Any]) -> None:
    function, limits = read_objective(objective), dict(given)
    start, optimizer = limits.pop("start", None), read(text)
    with pytest.raises(steepest.SteepestError) as run:
        steepest.descend(function, start, optimizer=optimizer, **limits)
    with pytest.raises(steepest.SteepestError) as state:
        first_state(function, start, [optimizer], **limits)
    assert (type(state.value), str(state.value)) == (type(run.value), str(run.value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lr", "0.1*("), ("lr", float("nan")), ("start", (1, 2)), ("start", float("inf")), ("steps", -1), ("steps", 1.5),
        ("steps", 10**7), ("seed", -1), ("tol", -1), ("objective", "x^"),
        ("objective", "rosenbrok"), ("optimizers", "adan"), ("optimizers", []),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_refused_and_nothing_changes(w: Any, name: str, value: Any) -> None:
    before = w.state
    with pytest.raises(steepest.SteepestError):
        setattr(w, name, value)
    assert w.state is before


@pytest.mark.parametrize("wrong", [(1,), (2, 1), (1, 2, 3), ("a", "b"), (0, 1), (1, float("inf")), (True, 2)])
def test_a_range_is_a_low_and_a_high_number(wrong: Any) -> None:
    with pytest.raises(InputError, match="the range of lr"):
        steepest.lab("x^2", lr=wrong)


def test_a_python_function_has_no_page() -> None:
    with pytest.raises(InputError, match="a formula, not a Python function"):
        steepest.lab(lambda p: p @ p, start=(1, 2))  # type: ignore[arg-type]


def test_questions_are_answered_as_the_server_does(w: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = asked(w, monkeypatch, kind="export", state={**w.state, "objective": "x^2 + sni(x)"}, suffix="csv")
    assert (refused["ok"], refused["error"]["place"], refused["error"]["length"]) == (False, 6, 3)
    assert "no request 'pickle'" in asked(w, monkeypatch, kind="pickle")["error"]["message"]
    made = asked(w, monkeypatch, kind="export", state=w.state, suffix="csv")["result"]
    assert (made["name"], made["type"]) == ("descent.csv", "text/csv")
    assert base64.b64decode(made["data"]).startswith(b"run,optimizer,step,x,f,")


def test_a_fault_of_ours_is_answered_too_so_that_the_page_waits_for_nothing(w: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(request: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(widget, "export_request", broken)
    sent: list[Any] = []
    monkeypatch.setattr(w, "send", sent.append)
    with pytest.raises(RuntimeError):
        widget._reply(w, {"id": 7, "kind": "export"}, [])
    assert [(each["id"], each["ok"]) for each in sent] == [(7, False)]
    assert "please report it" in sent[0]["error"]["message"]


def test_a_message_that_is_no_question_is_left_alone(w: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(w, "send", sent.append)
    for content in ({"kind": "export"}, "text", None):
        w._handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})
    assert sent == []


def test_a_saved_notebook_shows_a_picture(w: Any) -> None:
    data = w._repr_mimebundle_()[0]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data["text/plain"] == "<Lab of gd on 2*x^2 - 4*x>"


def test_the_module_stands_alone(w: Any) -> None:
    assert w._esm.count("export default ") == 1
    assert "\nimport " not in w._esm
    assert "eval(" not in w._esm
    assert "new Function" not in w._esm
    assert "GIF89a" not in w._esm, "Python makes a notebook's films"
    assert len(w._esm) + len(w._css) < 850_000


def test_constants_are_shared_and_sliders_have_ends() -> None:
    shown = steepest.lab("f(x, y) = x^2 + k*y^2", start=(2, 1), let={"k": (1, 100)}, steps=5, compact=True)
    assert (shown.let, shown.state["ranges"], shown.state["flags"]) == ({"k": 1.0}, {"constant k": [1, 100]}, {"show": ["compact"]})
    shown.let = {"k": 3}
    assert shown.runs[0].objective.text == "x^2 + 3*y^2"
    with pytest.raises(InputError, match="a constant has a name of its own"):
        shown.let = {"pi": 3}
    assert shown.let == {"k": 3}
    with pytest.raises(InputError, match=r"the range of k is \(low, high\), not \(3, 1\)"):
        steepest.lab("k*x^2", let={"k": (3, 1)})


def test_without_anywidget_there_is_a_way_out() -> None:
    code = "import sys; sys.modules['anywidget'] = None; import steepest; steepest.lab('x^2')"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "the lab in a notebook needs anywidget: pip install 'steepest[notebook]', or type steepest lab" in result.stderr


def test_a_mistake_in_a_formula_has_its_caret() -> None:
    with pytest.raises(FormulaError, match="something is missing"):
        steepest.lab("x^2 +")
