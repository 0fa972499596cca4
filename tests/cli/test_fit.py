"""`steepest fit`, and the other commands over data, as other programs see them."""

import csv
import io
import json
import re
import shlex
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steepest.objectives.answer import Exact

Steepest = Callable[..., Any]

HOUSES = "x,y\n1,300\n2,500\n"


@pytest.fixture
def houses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The two houses of a well known course, in the present folder."""
    monkeypatch.chdir(tmp_path)
    Path("two.csv").write_text(HOUSES)
    return "two.csv"


def fitted(steepest: Steepest, *words: str) -> dict[str, Any]:
    """The first run of the JSON document."""
    result = steepest("fit", *words, "--json")
    assert result.code == 0, result.err
    assert result.err == ""
    run: dict[str, Any] = json.loads(result.out)["runs"][0]
    return run


def test_the_two_houses(steepest: Steepest, houses: str) -> None:
    run = fitted(steepest, houses, "y(w, b) ~ w*x + b", "--loss", "mse/2", "--lr", "0.01", "--steps", "1001", "--tol", "0")
    assert run["names"] == ["w", "b"]
    assert run["positions"][1] == [6.5, 4.0]
    assert run["values"][:2] == [85000.0, 79274.8125]
    assert run["positions"][-1] == pytest.approx([194.914824093896, 108.2279874548], rel=1e-12)
    fit = run["fit"]
    assert list(fit) == [
        "rows", "target", "model", "loss", "scale", "batch", "coefficients", "original", "exact", "residual_sum_of_squares",
    ]  # fmt: skip
    assert (fit["rows"], fit["target"], fit["model"], fit["scale"], fit["batch"]) == (2, "y", "w*x + b", "none", None)
    assert fit["loss"] == "mean((y-p)^2/2)"
    assert fit["coefficients"] == fit["original"] == dict(zip(run["names"], run["positions"][-1], strict=True))
    assert fit["exact"]["coefficients"] == pytest.approx({"w": 200, "b": 100}, rel=1e-13)
    assert fit["exact"]["value"] == pytest.approx(0, abs=1e-20)
    assert fit["residual_sum_of_squares"] == pytest.approx(4 * run["values"][-1], rel=1e-12)


def test_scaled_columns_are_told_in_both_units(steepest: Steepest) -> None:
    words = ["houses", "price ~ w*size + b", "--scale", "z", "--lr", "0.5", "--steps", "20"]
    fit = fitted(steepest, *words)["fit"]
    plain = fitted(steepest, "houses", "price ~ w*size + b", "-o", "newton", "--steps", "3")["fit"]
    assert fit["original"] == pytest.approx(plain["coefficients"], rel=1e-9)
    assert fit["coefficients"] != pytest.approx(fit["original"], rel=0.1)
    assert fit["exact"]["original"] == pytest.approx(plain["exact"]["coefficients"], rel=1e-9)
    result = steepest("fit", *words)
    assert "z: size is replaced by (size - 144.717)/57.0138, its mean and its population standard deviation" in result.err
    assert [line.partition(":")[0] for line in result.out.splitlines()[-5:]] == [
        "coefficients for the scaled columns",
        "coefficients in the table's units",
        "residual sum of squares",
        "exact",
        "exact in the table's units",
    ]


def test_what_cannot_be_told_in_the_tables_units_is_null_with_a_reason(steepest: Steepest) -> None:
    words = ["houses", "price ~ w*size", "--scale", "z", "--steps", "2"]
    assert fitted(steepest, *words)["fit"]["original"] is None
    assert "none, since no parameter can take up what the scaling adds" in steepest("fit", *words).out


def test_batches_and_epochs(steepest: Steepest) -> None:
    run = fitted(
        steepest, "houses", "price ~ w*size + b", "--scale", "z", "--batch", "16", "--epochs", "3", "--seed", "1", "--tol", "0"
    )
    assert (run["steps"], run["fit"]["batch"]) == (12, 16)
    full = fitted(steepest, "houses", "price ~ w*size + b", "--scale", "z", "--batch", "full", "--epochs", "3", "--tol", "0")
    assert (full["steps"], full["fit"]["batch"]) == (3, None)


def test_classes_have_no_residual_sum(steepest: Steepest) -> None:
    run = fitted(steepest, "exam", "passed ~ sigmoid(b0 + b1*hours)", "--loss", "log", "--steps", "5")
    assert run["fit"]["residual_sum_of_squares"] is None
    assert fitted(steepest, "exam", "--steps", "5")["positions"] == run["positions"], "the table's own model and loss"


def test_the_words_around_a_fit(steepest: Steepest, houses: str) -> None:
    result = steepest("fit", houses, "y ~ w*x + b", "--steps", "3")
    assert result.err.splitlines()[0] == "minimizes mean((y-(w*x+b))^2)"
    assert "two.csv: 2 rows, 2 columns" in result.err
    assert "lr 0.1 is 1/L to one digit: L = 6.854 is the largest curvature at 0" in result.err
    assert "coefficients: b = " in result.out
    assert steepest("fit", houses, "y ~ w*x + b", "--steps", "3", "--quiet").out == ""
    assert "1/L" not in steepest("fit", houses, "y ~ w*x + b", "--steps", "3", "--lr", "0.1").err


def test_where_the_usual_rate_diverges_it_is_told_how_another_is_found(steepest: Steepest) -> None:
    words = ("fit", "houses", "rooms ~ exp(w*size + b)", "--loss", "poisson", "--scale", "z")
    advice = "diverged with the usual learning rate: --tune lr takes the best of 64\n"
    code, out, err = steepest(*words)
    assert code == 0 and "diverged at step" in out and err.endswith(advice)
    code, out, err = steepest(*words, *re.findall(r"--tune \w+", advice)[0].split())
    assert code == 0 and "converged after" in out and "usual" not in err
    for given in (("--lr", "10"), ("-o", "adam"), ("--json",), ("--budget", "50")):  # --tune takes no budget
        assert advice not in steepest(*words, *given).err


def test_files_say_what_makes_them_again(steepest: Steepest, houses: str) -> None:
    words = [
        "fit",
        houses,
        "y(w,b) ~ w*x + b",
        "--loss",
        "mse/2",
        "--steps",
        "9",
        "--batch",
        "1",
        "--order",
        "cyclic",
        "-o",
        "momentum",
    ]
    assert steepest(*words, "--save", "fit.csv", "--save", "fit.json", "--save", "fit.npz", "--save", "fit.png").code == 0
    before = Path("fit.csv").read_text()
    made = next(csv.DictReader(io.StringIO(before)))["made_by"].partition(": ")[2]
    assert steepest(*shlex.split(made)[1:]).code == 0
    assert Path("descent.csv").read_text() == before
    assert json.loads(Path("fit.json").read_text())["runs"][0]["fit"]["batch"] == 1


@pytest.mark.parametrize("command", ["run", "explain", "diagnose"])
def test_other_commands_take_a_table(steepest: Steepest, houses: str, command: str) -> None:
    formula = steepest(command, "f(w,b) = mean((y - (w*x + b))^2)/2", "--data", houses, "--lr", "0.01", "--steps", "5")
    model = steepest(command, "--data", houses, "--model", "y(w,b) ~ w*x + b", "--loss", "mse/2", "--lr", "0.01", "--steps", "5")
    assert formula.code == model.code == 0
    numbers = [result.out.replace("mean((y-(w*x+b))^2)/2", "").replace("mean((y-(w*x+b))^2/2)", "") for result in (formula, model)]
    if command == "run":
        assert numbers[0] == numbers[1]


def test_diff_takes_a_table(steepest: Steepest) -> None:
    words = ["diff", "--data", "houses", "--model", "price ~ w*size", "-o", "momentum", "-o", "heavy_ball", "--lr", "1e-5"]
    assert steepest(*words).code == 0


def test_constants(steepest: Steepest) -> None:
    result = steepest("run", "f(x, y) = x^2 + k y^2", "--let", "k=10", "--start", "1,1", "--steps", "1", "--json")
    assert json.loads(result.out)["runs"][0]["values"][0] == 11
    assert steepest("run", "f(x) = k*x^2", "--let", "k=pi/2", "--start", "1", "--steps", "0").code == 0


def test_the_tables_that_come_with_it_are_listed(steepest: Steepest) -> None:
    assert [line.split()[0] for line in steepest("list", "data").out.splitlines()] == ["houses", "exam", "iris", "misra1a", "rat42"]


def test_a_run_that_rests_above_the_exact_answer_says_so(steepest: Steepest) -> None:
    told = steepest("fit", "misra1a", "y ~ b1*(1-exp(-b2*x))", "--start", "500,1e-4", "-o", "newton").out
    assert "the run converged above the exact answer, at f = 2361.4024" in told
    assert "steepest diagnose --data misra1a --model 'y ~ b1*(1-exp(-b2*x))'" in told
    told = steepest("fit", "misra1a", "y ~ b1*(1-exp(-b2*x))", "--start", "500,1e-4", "-o", "newton(lr=0.5)").out
    assert "b1 = 238.94213, b2 = 0.00055015643" in told
    assert "above the exact answer" not in told


REFUSALS = [
    (["fit", "two.csv"], "write what is to be fitted behind two.csv"),
    (["fit", "housse"], "there is no file housse: did you mean houses, a table that comes with steepest?"),
    (["fit", "houses.csv", "price ~ w*size + b"], "there is no file houses.csv: did you mean houses, a table"),
    (["fit", "nowhere.csv", "y ~ w*x"], "nowhere.csv"),
    (["fit", "two.csv", "w*x"], "write the column that is predicted in front"),
    (["fit", "two.csv", "z ~ w*x"], "has no column 'z'"),
    (["fit", "two.csv", "y ~ w*y"], "'y' is on both sides"),
    (["fit", "two.csv", "y ~ w*x", "--loss", "msq"], "did you mean mse?"),
    (["fit", "two.csv", "y ~ w*x", "--batch", "half"], "a batch is a number of rows, or full"),
    (["fit", "two.csv", "y ~ w*x", "--batch", "3"], "a batch of 3 rows cannot be taken from 2 rows"),
    (["fit", "two.csv", "y ~ w*x", "--epochs", "2", "--steps", "2"], "give steps or epochs, not both"),
    (["fit", "two.csv", "y ~ w*x", "--epochs", "-1"], "epochs is a whole number from 0"),
    (["fit", "two.csv", "y ~ w*x", "--let", "k"], "--let is a name and a value"),
    (["fit", "two.csv", "y ~ w*x", "--let", "k=1", "--let", "k=2"], "two values"),
    (["fit", "two.csv", "y ~ w*x", "--let", "sin=1"], "a constant has a name of its own"),
    (["fit", "two.csv", "y ~ w*x", "--let", "k=1"], "the formula has no 'k' to give a value to: its names are w"),
    (["run", "x^2 + c*y^2", "--let", "C=2"], "the formula has no 'C' to give a value to: did you mean c?"),
    (["run", "himmelblau", "--let", "k=1"], "himmelblau is a function of the gallery, without constants"),
    (["sweep", "f(x) = k*x^2", "--let", "j=1", "--over", "k=1,2"], "the formula has no 'j' to give a value to: its names are x, k"),
    (["fit", "iris", "species ~ sigmoid(a*petal_length)", "--loss", "log"], "such as --one virginica"),
    (["fit", "iris", "species ~ softmax", "--save", "page.html"], "the page does not show softmax"),
    (["run", "x^2", "--loss", "mse"], "--loss is for a fit"),
    (["run", "--model", "y ~ w*x"], "--model needs a table"),
    (["run", "x^2", "--model", "y ~ w*x", "--data", "two.csv"], "give OBJECTIVE or --model, not both"),
    (["run", "w^2", "--data", "two.csv"], "names no column of two.csv"),
    (["run", "w*x", "--data", "two.csv"], "put mean(...) or sum(...) around it"),
    (["run", "--data", "two.csv"], "give a formula"),
    (["run", "x^2", "--drop-missing"], "--drop-missing is for a table"),
]


@pytest.mark.parametrize(("words", "reason"), REFUSALS, ids=lambda part: " ".join(part) if isinstance(part, list) else "")
def test_what_is_refused_in_one_line(steepest: Steepest, houses: str, words: list[str], reason: str) -> None:
    result = steepest(*words)
    assert result.code == 2
    assert reason in result.err
    assert "Traceback" not in result.err
    assert result.out == ""
    assert not Path("page.html").exists()


def test_the_first_ctrl_c_ends_the_search_for_the_exact_answer_of_many_rows(steepest: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("fit", "houses", "price ~ w*size + b", "--steps", "1")

    def sought(*_: object) -> Exact:
        signal.raise_signal(signal.SIGINT)
        return Exact(None, None, False, "none: the search went on")

    monkeypatch.setattr("steepest.objectives.exact.exact.exact_answer", sought)
    noted = steepest(*words)
    assert noted.code == 130 and "the search went on" in noted.out
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a command that was ended ignores
    monkeypatch.setattr("steepest.runs.fit.MANY_ROWS", 60)
    ended = steepest(*words)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    assert ended.code == 130 and "coefficients: b = " in ended.out and "exact" not in ended.out
