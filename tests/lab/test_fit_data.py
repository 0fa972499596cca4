"""Tables in the page's state: there and back, what is refused, and the doors that lead there."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest
from steepest.data.table import Table
from steepest.errors import InputError
from steepest.lab import fit_data
from steepest.lab.document import document, first_state, state_of
from steepest.lab.fit_data import check_shown, data_of, shown, state_objective
from steepest.lab.plan import read_plan
from steepest.objectives.data import objective as over_data
from steepest.objectives.fit import FitObjective, read_fit
from steepest.objectives.many_columns.reading import read_many_columns
from steepest.optimizers.reading import optimizer

POINTS = {"x": [1.0, 2.0, 4.0, 5.0], "y": [2.0, 3.0, 9.0, 9.5]}
GAPS = {"x": [1.0, None, 3.0, 4.0], "y": [2.0, 3.0, 5.0, 9.0]}
SPACED = {"a b": [1.0, 2.0, 4.0], "w": [1.0, 0.0, 1.0], "y": [3.0, 4.0, 5.5]}
SIDES = {"x": [1.0, 2.0, 3.0, 4.0], "side": ["no", "yes", "no", "yes"]}


def there_and_back(made: Any) -> Any:
    state = document(first_state(made, None, [optimizer("gd")]))["state"]
    return state_objective(json.loads(json.dumps(state, allow_nan=False)))


@pytest.mark.parametrize(
    ("model", "data", "settings"),
    [
        ("y ~ w*x + b", POINTS, {}),
        ("y(slope, base) ~ slope*x + base", POINTS, {"loss": "huber(2)", "scale": "z", "batch": 2, "order": "cyclic"}),
        ("y ~ k*w*x", POINTS, {"let": {"k": 10}}),
        ("y ~ w*x + b", GAPS, {"drop_missing": True}),
        ("side ~ sigmoid(w*x + b)", SIDES, {"loss": "log"}),
        ("side ~ sigmoid(w*x + b)", SIDES, {"loss": "log", "one": "no"}),
        ("price ~ w*size + b", "houses", {"scale": "minmax", "loss": "huber(10000)"}),
        ("`the price` ~ w*`the size` + b", {"the size": [1.0, 2.0], "the price": [3.0, 5.0]}, {}),
    ],
)
def test_a_fit_goes_into_a_state_and_comes_back(model: str, data: Any, settings: dict[str, Any]) -> None:
    made = read_fit(model, data, **settings)
    found = there_and_back(made)
    assert isinstance(found, FitObjective)
    assert (found.written, found.names, found.batch, found.order) == (made.written, made.names, made.batch, made.order)
    assert (found.let, found.written_with_constants) == (made.let, made.written_with_constants)
    place = [0.3] * len(made.names)
    assert found.value(place) == made.value(place) and found.gradient(place) == made.gradient(place)
    assert found.in_original_units(place) == made.in_original_units(place)


def by_name(table: dict[str, Any]) -> dict[str, Any]:
    """The columns of a table of the state, in their order."""
    return dict(zip(table["names"], table["columns"], strict=True))


def test_columns_of_a_state_that_are_called_alike_cannot_be_named() -> None:
    table = {"name": "points", "names": ["x", "z", "y", "z"], "columns": [[1, 2], [5, 6], [2, 4], [7, 8]]}
    assert state_objective({"objective": "y ~ w*x", "data": {"table": table}}).value([1.0]) == 2.5
    with pytest.raises(InputError, match="points has 2 columns called 'z', number 2 and 4: rename them"):
        state_objective({"objective": "y ~ w*z", "data": {"table": table}})


def test_a_state_keeps_the_lines_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text('town,size,price\n"a\nb",1,2\nOslo,,4\nBari,4,8\n')
    table = json.loads(json.dumps(data_of(read_fit("price ~ w*size", str(path), drop_missing=True))))["table"]
    assert table["lines"] == [2, 4, 5]
    with pytest.raises(InputError, match=r"^gaps\.csv has 1 missing number: size is missing in line 4"):
        state_objective({"objective": "price ~ w*size", "data": {"table": table}})


def test_a_formula_over_rows_goes_into_a_state_and_comes_back() -> None:
    made = over_data("mean((y - w*x)^2) + k*w^2", POINTS, let={"k": 0.5})
    assert there_and_back(made).value([0.7]) == made.value([0.7])
    dropped = over_data("mean((y - w*x)^2)", GAPS, drop_missing=True)
    assert there_and_back(dropped).value([0.7]) == dropped.value([0.7])


def test_the_page_has_all_columns_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "houses.csv"
    path.write_text("size,town,rooms,price,far\n1,Ulm,2,3,inf\n2,Bern,,5,1\n")
    made = data_of(read_fit("price ~ w*size", str(path)))
    assert made is not None
    assert by_name(made["table"]) == {"size": [1, 2], "town": ["Ulm", "Bern"], "rooms": [2, None], "price": [3, 5]}
    assert made["table"]["lines"] == [2, 3]


def test_the_page_has_the_rows_of_the_run_whatever_became_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "houses.csv"
    path.write_text("size,rooms,price\n1,2,3\n2,1,5\n4,4,8\n")
    run = steepest.fit(path, "price ~ w*size", lr=0.01, steps=2)
    found = state_of([run])["data"]["table"]
    assert (found["name"], found["path"], found["names"]) == ("houses.csv", "houses.csv", ["size", "rooms", "price"])
    assert str(tmp_path) not in json.dumps(state_of([run])), "the folder is nobody else's business"
    path.write_text("size,rooms,price\n1,2,30\n2,1,50\n4,4,80\n")
    for _ in ("another file", "no file"):
        found = state_of([run])["data"]["table"]
        assert by_name(found) == {"size": [1, 2, 4], "price": [3, 5, 8]} and "path" not in found
        path.unlink(missing_ok=True)
    assert data_of(read_fit("price ~ w*size + b", "houses"))["table"]["path"] == "houses"  # type: ignore[index]
    classes = data_of(read_fit("species ~ sigmoid(w*petal_length + b)", "iris", loss="log", one="virginica"))
    assert classes is not None
    assert classes["table"]["path"] == "iris" and classes["one"] == "virginica"


def test_a_formula_without_data_has_none() -> None:
    assert data_of(state_objective({"objective": "x^2"})) is None
    assert document({"objective": "x^2"})["state"]["data"] is None


def test_what_the_page_cannot_keep_is_refused_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    every = {**{f"u{k}": np.arange(5.0) ** k for k in range(1, 17)}, "y": [1, 2, 3, 5, 8]}
    many = steepest.fit(every, "y ~ linear", steps=1)
    with pytest.raises(InputError, match=r"at most 16 parameters, and there are 17: name some .* linear\(u1\), or a picture"):
        state_of([many])
    with pytest.raises(InputError, match=r"^the page does not show softmax, which has weights for every class: a picture"):
        state_of([steepest.fit(SIDES, "side ~ softmax", steps=1)])
    monkeypatch.setattr(fit_data, "MOST_ROWS", 3)
    with pytest.raises(InputError, match=r"^the page takes at most 3 rows, and the data has 4: a picture"):
        check_shown(read_fit("y ~ w*x", POINTS))


def test_a_streamed_table_is_refused(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    path = tmp_path / "rows.parquet"
    parquet.write_table(pyarrow.table(POINTS), path)
    with pytest.raises(InputError, match=r"^the page keeps all rows in itself, and .*rows\.parquet is streamed: a picture"):
        check_shown(read_fit("y ~ w*x", str(path), stream=True))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"table": None}, "this state has no table in it"),
        (
            {"table": {"name": "points", "names": list(POINTS), "columns": list(POINTS.values())}, "batch": 9},
            "a batch of 9 rows cannot be taken from 4 rows",
        ),
        (
            {"table": {"name": "points", "names": list(POINTS), "columns": list(POINTS.values())}, "loss": "mze"},
            "there is no loss 'mze': did you mean mse",
        ),
        (
            {"table": {"name": "points", "names": list(GAPS), "columns": list(GAPS.values())}},
            r"^points has 1 missing number: x is missing in row 2",
        ),
    ],
)
def test_a_state_that_cannot_be_fitted_says_why(data: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        document({"objective": "y ~ w*x", "data": data})


def test_a_saved_page_has_the_table_inside(tmp_path: Path) -> None:
    run = steepest.fit("houses", "price ~ w*size + b", scale="z", steps=5)
    run.save(tmp_path / "fit.html")
    text = (tmp_path / "fit.html").read_text()
    inside = json.loads(text.split('id="steepest-document"')[1].partition(">")[2].partition("</script>")[0])
    state = inside["state"]
    assert state["objective"] == "price ~ w*size + b" and len(by_name(state["data"]["table"])["price"]) == 60
    (again,) = read_plan(state).runs()
    assert np.array_equal(again.positions, run.positions)


def test_the_widget_takes_a_table() -> None:
    shown = steepest.lab("y ~ w*x + b", data=POINTS, scale="z", steps=5)
    assert shown.state["data"]["scale"] == "z" and shown.runs[0].steps <= 5
    shown.objective = "y ~ w*x"
    assert shown.state["start"] == [0.0] and shown.runs[0].objective.names == ("w",)
    shown.start = 2
    shown.optimizers = ("gd", "adam")
    assert [run.start for run in shown.runs] == [(2.0,), (2.0,)]
    run = steepest.fit(POINTS, "y ~ w*x + b", steps=3)
    assert isinstance(run.objective, FitObjective)
    assert steepest.lab(run.objective, steps=3).runs[0].positions.tolist() == run.positions.tolist()
    assert steepest.lab("y ~ linear", data=POINTS).state["objective"] == "y(w1,b) ~ w1*x + b"


@pytest.mark.parametrize("scale", ["none", "z"])
@pytest.mark.parametrize(
    ("data", "model", "written"),
    [
        ("houses", "price ~ linear(age, size)", "price(w1,w2,b) ~ w1*age + w2*size + b"),
        ("houses", "price ~ linear", "price(w1,w2,w3,b) ~ w1*size + w2*rooms + w3*age + b"),
        ("exam", "passed ~ logistic", "passed(w1,b) ~ sigmoid(w1*hours+b)"),
        (SIDES, "side ~ logistic(x)", "side(w1,b) ~ sigmoid(w1*x+b)"),
        (
            {"a b": [1.0, 2.0, 4.0], "w": [1.0, 0.0, 1.0], "y": [3.0, 4.0, 5.5]},
            "y ~ linear",
            "y(ww1,ww2,b) ~ ww1*`a b` + ww2*w + b",
        ),
    ],
)
def test_a_model_of_many_columns_is_written_out(data: Any, model: str, written: str, scale: str) -> None:
    settings = {"lr": 0.01, "steps": 20} if scale == "z" else {"steps": 20}
    run = steepest.fit(data, model, scale=scale, **settings)
    state = json.loads(json.dumps(document(state_of([run]))["state"], allow_nan=False))
    assert state["objective"] == written and state["data"]["scale"] == scale
    assert state["data"]["table"].get("path", "") == (data if isinstance(data, str) else "")
    again = steepest.descend(state_objective(state), state["start"], steps=20, **state["optimizers"][0]["settings"])
    np.testing.assert_allclose(again.positions, run.positions, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(again.values, run.values, rtol=1e-12)


def test_a_column_that_no_formula_can_name_is_told() -> None:
    made = read_many_columns("y ~ linear", {"x": [1, 2], "a`b": [3, 1], "y": [1, 2]}, "linear", None)
    with pytest.raises(InputError, match="no formula can name 'a`b', for its backtick: rename the column"):
        shown(made)


def test_a_file_that_changed_gives_the_runs_own_numbers(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("x,z,y\n1,5,2\n2,7,3\n4,6,9\n")
    run = steepest.fit(str(path), "y ~ linear(x, z)", steps=5)
    path.write_text("x,z,y\n1,5,2\n2,8,3\n4,6,9\n")
    for _ in range(2):
        table = state_of([run])["data"]["table"]
        assert by_name(table) == {"y": [2, 3, 9], "x": [1, 2, 4], "z": [5, 7, 6]} and not table.get("path")
        path.unlink(missing_ok=True)


def test_a_table_with_a_name_like_a_word_of_the_language() -> None:
    table = Table(("e", "y"), (np.array([1.0, 2.0]), np.array([2.0, 5.0])), "words")
    made = read_fit("y ~ w*`e`", table)
    assert there_and_back(made).value([1.0]) == made.value([1.0])
