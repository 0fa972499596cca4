"""Formulas over the rows of a table: how they are read, written, differentiated, added up and pickled."""

import gc
import math
import pickle
import random
import subprocess
import sys
import weakref
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from steepest.data.arrays import read_columns
from steepest.data.chunked import ChunkedTable
from steepest.data.table import Table
from steepest.errors import FormulaError, InputError
from steepest.language.derivative import derivative
from steepest.language.expression import Expression, call, column, evaluate, name, number, postorder, reduction
from steepest.language.grammar import read_formula
from steepest.language.latex import latex
from steepest.language.mathml import mathml
from steepest.language.notation import is_plain_name, plain, textbook
from steepest.language.rows import BLOCK, LANES, reduced_rows
from steepest.objectives.data import DataObjective, meanings_of, objective
from steepest.tape.compile import function_tape
from steepest.targets.reference import results
from steepest.targets.rows.grid import sums_over
from steepest.targets.rows.sums import RowSums

DATA = {"x": [1.0, 2.0, 4.0], "y": [2.0, 4.0, 5.0], "living area": [1.0, 2.0, 3.0], "e": [3.0, 1.0, 2.0], "log": [1.0, 5.0, 0.5]}
X = np.array(DATA["x"])


def over(text: str, **more: object) -> DataObjective:
    found = objective(text, {**DATA, **more})
    assert isinstance(found, DataObjective)
    return found


# Reading --------------------------------------------------------------------------------------------------------------

READ = [  # text, parameters, the value with every parameter 1.5, the plain text
    ("mean((y - w*x)^2)", ("w",), 0.75, "mean((y-w*x)^2)"),
    ("f(w, b) = mean((y - w*x - b)^2)", ("w", "b"), 2.5, "mean((y-w*x-b)^2)"),
    ("sum(w*x + b)", ("b", "w"), 15.0, "sum(w*x+b)"),
    ("sum(x)*w", ("w",), 10.5, "sum(x)*w"),
    ("mean(w x)", ("w",), 3.5, "mean(w*x)"),
    ("mean^2(w*x)", ("w",), 12.25, "mean(w*x)^2"),
    ("mean(sum(x)*w)", ("w",), 10.5, "mean(sum(x)*w)"),
    ("sum(sum(x*w))", ("w",), 31.5, "sum(sum(x*w))"),
    ("mean(log(x)*w)", ("w",), 1.5 * math.log(8) / 3, "mean(log(x)*w)"),
    ("mean(`log`*w)", ("w",), 3.25, "mean(`log`*w)"),
    ("mean(`e`*e*w)", ("w",), 3.0 * math.e, "mean(`e`*e*w)"),
    ("mean(w*`living area`)", ("w",), 3.0, "mean(w*`living area`)"),
    ("mean(where(x > 1, w, 0))", ("w",), 1.0, "mean(where(x > 1, w, 0))"),
]


@pytest.mark.parametrize(("text", "names", "value", "written"), READ)
def test_reading(text: str, names: tuple[str, ...], value: float, written: str) -> None:
    found = over(text)
    assert found.names == names
    assert found.text == written
    assert found.value([1.5] * len(names)) == pytest.approx(value, rel=1e-15)
    assert evaluate(found.expression, dict.fromkeys(names, 1.5)) == pytest.approx(value, rel=1e-15)


REFUSED = [  # text, the position of the caret, a part of the reason
    ("w*x", 2, "the column 'x' has a number in every row: put mean(...) or sum(...) around it"),
    ("mean(x*w) + x", 12, "the column 'x' has a number in every row"),
    ("where(x > 1, w, 0)", 6, "the column 'x' has a number in every row"),
    ("w + mean(b)*mean(x)", 4, "there is no column in this mean, which is taken over the rows: the columns are x, y, living area"),
    ("mean(w*living)", 0, "did you mean living area?"),
    ("mean(`nix`*w)", 5, "there is no column 'nix': there are x, y, living area, e, log"),
    ("mean(`living ara`*w)", 5, "did you mean `living area`?"),
    ("mean(`x*w)", 5, "this '`' is never closed"),
    ("f(w, x) = mean(x*w)", 5, "'x' is a column of the table: give the parameter another name"),
    ("mean(e*w*x)", 5, "'e' is a column and a constant of the language: write `e` for the column"),
    ("mean(w*log)", 7, "'log' is a column and a function: write `log` for the column"),
    ("mean(x*w, 2)", 0, "mean takes 1 argument, mean(w*x), and got 2"),
    ("mean()", 0, "mean takes 1 argument, mean(w*x), and got 0"),
    ("w*mean x", 2, "mean needs its arguments in brackets, such as mean(w*x)"),
    ("mean(w*x) = 3", 10, "'=' inside a formula"),
    ("f(w) = mean(w*x) = 2", 17, "'=' inside a formula"),
    ("w^2", 0, "the formula names no column of the data, which has x, y, living area, e, log"),
    ("mean(x)", 0, "the formula has no parameter: name what to minimize over, such as w"),
    ("mean(w*xx)", 7, "adjacent letters are one name: write x*x"),
    ("mean(w*x", 4, "never closed"),
]


@pytest.mark.parametrize(("text", "position", "reason"), REFUSED)
def test_refusals_have_a_caret(text: str, position: int, reason: str) -> None:
    with pytest.raises(FormulaError) as caught:
        over(text)
    assert reason in caught.value.reason
    assert caught.value.position == position
    assert str(caught.value).splitlines()[2].index("^") == position + 2


@pytest.mark.parametrize("word", ["mean", "sum"])
def test_a_column_called_mean(word: str) -> None:
    assert over(f"mean(`{word}`*w)", **{word: [1.0, 2.0, 6.0]}).value([1]) == 3.0
    assert over("mean(x*w)", **{word: [1.0, 2.0, 6.0]}).value([3]) == 7.0
    with pytest.raises(FormulaError, match=f"'{word}' is a column and a function: write `{word}`"):
        over(f"mean({word}*w)", **{word: [1.0, 2.0, 6.0]})


def test_a_misspelled_column_is_no_parameter() -> None:
    with pytest.raises(FormulaError, match=r"there is no column 'prize': did you mean price\?") as caught:
        over("mean((prize - w*x)^2)", price=[1.0, 2.0, 3.0])
    assert caught.value.position == 6
    assert over("f(w, prize) = mean((prize - w*x)^2)", price=[1.0, 2.0, 3.0]).names == ("w", "prize")


def test_backquotes_without_data() -> None:
    with pytest.raises(FormulaError, match="backquotes stand around the name of a column, and this formula has no table") as caught:
        objective("2 + `x`")
    assert caught.value.position == 4


def test_constants() -> None:
    assert objective("mean(k*x*w)", DATA, let={"k": 3}).value([1]) == 7.0
    assert objective("mean(k*x*w)", DATA, let={"k": 3}).names == ("w",)
    for let, reason in [
        ({"e": 1.0}, "a constant has a name of its own"),
        ({"2k": 1.0}, "a constant has a name of its own"),
        ({"k": math.nan}, "the constant k is a finite number"),
    ]:
        with pytest.raises(InputError, match=reason):
            objective("mean(k*x*w)", DATA, let=let)
    with pytest.raises(FormulaError, match="'x' is a column and a constant with a value"):
        objective("mean(x*w)", DATA, let={"x": 1.0})
    with pytest.raises(FormulaError, match="'k' is a constant with a value: give the parameter another name"):
        objective("f(k) = mean(x*k)", DATA, let={"k": 1.0})
    with pytest.raises(FormulaError, match="column and a constant"):
        objective("mean(`x`*w)", DATA, let={"x": 1.0})


# Writing --------------------------------------------------------------------------------------------------------------

NAMES = (
    "x",
    "living area",
    "a + b",
    "größe",
    "log",
    "e",
    "x_1",
    "2nd",
    "mean",
    "pI",
    "size",
    "E",
    "a|b",
    "i",
    "x*(y)",
    "f",
    "w^2 & <c>",
)
TABLE = read_columns({word: [1.0, 2.0, 3.0] for word in NAMES})
COLUMNS = [column(word, TABLE) for word in NAMES]


def formulas(rows: bool) -> st.SearchStrategy[Expression]:
    leaves = [name("w"), name("b"), name("theta_1"), number(2.0), number(0.5), number(3e-7)]
    base = st.sampled_from([*COLUMNS, *leaves] if rows else leaves)
    sums = (
        st.tuples(st.sampled_from(["mean", "sum"]), formulas(True)).map(lambda pair: reduction(pair[0], pair[1], TABLE))
        if not rows
        else st.nothing()
    )
    return st.recursive(
        base | sums,
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(["add", "sub", "mul", "div", "pow", "min", "max"]), inner, inner).map(
                lambda each: call(*each)
            ),
            st.tuples(st.sampled_from(["sin", "exp", "abs", "sqrt", "neg"]), inner).map(lambda each: call(*each)),
        ),
        max_leaves=6,
    )


def finite_constants(expression: Expression) -> bool:
    """Whether all parts without names and columns are numbers, which the language demands."""
    return all(math.isfinite(evaluate(node)) for node in postorder(expression) if node.is_constant)


@settings(max_examples=300, deadline=None)
@example(call("pow", call("neg", number(2.0)), number(0.5)))
@given(formulas(rows=False))
def test_what_is_written_reads_back(expression: Expression) -> None:
    formula = call("add", expression, name("w"))
    meanings = meanings_of(TABLE, TABLE.names, {})
    for write in (plain, textbook):
        if finite_constants(formula):
            assert read_formula(write(formula), meanings).expression is formula, write(formula)
        else:  # such as (-2)^0.5, which has no value whatever the parameters are
            with pytest.raises(FormulaError, match=r"this constant part is (not a finite real number|larger than any number)"):
                read_formula(write(formula), meanings)
    ElementTree.fromstring(mathml(formula))
    assert latex(formula).count("{") - latex(formula).count(r"\{") == latex(formula).count("}") - latex(formula).count(r"\}")


@pytest.mark.parametrize("word", NAMES)
def test_each_name_of_a_column_reads_back(word: str) -> None:
    table = read_columns({word: [1.0, 2.0, 3.0]})
    formula = call("mul", name("w"), reduction("mean", call("mul", number(2.0), column(word, table)), table))
    meanings = meanings_of(table, table.names, {})
    for write in (plain, textbook):
        assert read_formula(write(formula), meanings).expression is formula
    assert ("`" in plain(formula)) is not is_plain_name(word)


# Derivatives ----------------------------------------------------------------------------------------------------------

DIFFERENTIATED = [
    "mean((y - w*x - b)^2)",
    "sum(w*x + b)",
    "log(mean(exp(w*x)))*b",
    "mean((x - mean(x))^2*w)/(1 + b^2)",
    "sum(exp(w*x/5))*mean(b^2*y) + sum(x)*w^2",
    "mean(sin(w*x)*mean(cos(b*y)))",
    "sqrt(sum((y - w*x)^2)) + mean(x*b)^3",
    "mean(softplus(w*x - b)) + sum(mean(x*w)*y*b)",
]


@pytest.mark.parametrize("text", DIFFERENTIATED)
def test_derivatives_against_sympy(text: str) -> None:
    found = over(text, e=[1.0, 1.0, 1.0])
    at = {"w": 0.3, "b": -0.7}
    position = [at[word] for word in found.names]
    symbols = {word: sympy.Symbol(word) for word in found.names}

    def rows(node: Expression, row: int | None) -> sympy.Expr:
        parts = [None if node.operation in ("mean", "sum") else rows(part, row) for part in node.arguments]
        if node.operation in ("mean", "sum"):
            total = sum(rows(node.arguments[0], each) for each in range(3))
            return total / 3 if node.operation == "mean" else total
        if node.operation == "column":
            assert row is not None
            return sympy.Rational(DATA[node.name][row])
        if node.operation == "name":
            return symbols[node.name]
        if not node.arguments:
            return sympy.Rational(node.value)
        made: dict[str, Callable[..., sympy.Expr]] = {
            "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b,
            "pow": lambda a, b: a**b, "softplus": lambda a: sympy.log(1 + sympy.exp(a)),
        }  # fmt: skip
        return made[node.operation](*parts) if node.operation in made else getattr(sympy, node.operation)(*parts)

    exact = rows(found.expression, None)

    def value(expression: sympy.Expr) -> float:
        return float(expression.subs({symbols[word]: sympy.Rational(at[word]) for word in found.names}).evalf(30))

    assert found.value(position) == pytest.approx(value(exact), rel=1e-13)
    slopes = [sympy.diff(exact, symbols[word]) for word in found.names]
    assert found.gradient(position) == pytest.approx([value(each) for each in slopes], rel=1e-12, abs=1e-13)
    tape = function_tape(found.expression, found.names, True)
    slots = results(tape, position)
    hessian = [value(sympy.diff(slope, symbols[word])) for slope in slopes for word in found.names]
    assert [slots[slot] for slot in tape.outputs["H"]] == pytest.approx(hessian, rel=1e-11, abs=1e-12)
    for word, slope in zip(found.names, found.gradient(position), strict=True):
        written = derivative(found.expression, word)
        assert evaluate(written, at) == pytest.approx(slope, rel=1e-12, abs=1e-13)
        both = call("add", written, call("mul", number(0.0), call("add", name("w"), name("b"))))
        read = read_formula(plain(both), meanings_of(found.table, found.table.names, {}))
        assert evaluate(read.expression, at) == pytest.approx(slope, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize(
    "text", ["mean(where(x > 1, w^2, w*b))", "mean(min(w*x, b*y)^2)", "sum(max(0, 1 - y*(w*x + b)))", "mean(|y - w*x|)*b"]
)
def test_choices_in_rows_against_central_differences(text: str) -> None:
    found = over(text)
    position = np.array([0.37, -0.21][: len(found.names)])
    for index in range(len(position)):
        step = np.zeros_like(position)
        step[index] = 1e-6
        slope = (found.value((position + step).tolist()) - found.value((position - step).tolist())) / 2e-6
        assert found.gradient(position.tolist())[index] == pytest.approx(slope, rel=1e-7, abs=1e-8)


# Sums -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 2, 7, 8, 9, 100, BLOCK - 1, BLOCK, BLOCK + 3, 3 * BLOCK + 17])
def test_sums_are_the_same_bits_and_close_to_exact_ones(rows: int) -> None:
    values = np.random.default_rng(rows).normal(size=rows) * 10.0 ** np.random.default_rng(rows + 1).integers(-8, 8, rows)
    found = objective("sum(x)*w + mean(x)*0", {"x": values})
    assert isinstance(found, DataObjective)
    tape = function_tape(found.expression, found.names, False)
    assert tape.rows is not None
    sums = RowSums(tape.rows).at([1.0])
    by_kind = dict(zip(tape.rows.kinds, sums, strict=True))
    for kind, total in by_kind.items():
        assert total == reduced_rows(kind, values.tolist())
    many = sums_over(RowSums(tape.rows), [np.array([1.0, 2.0, 3.0])])
    assert all(each.tolist() == [total] * 3 for each, total in zip(many, sums, strict=True))
    bound = (BLOCK / LANES + 3 + rows / BLOCK) * 2.0**-53 * math.fsum(abs(values))
    assert abs(reduced_rows("sum", values.tolist()) - math.fsum(values)) <= bound


def test_the_order_of_a_sum_is_told() -> None:
    values = [1e16, 1.0, -1e16, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0]  # rows 0 and 8 share a lane, lanes 0 and 4 are added first
    assert reduced_rows("sum", values) == ((1e16 + 1.0) + 0.0 + -1e16) + (1.0 + 1.0)
    random.Random(1).shuffle(values)
    assert reduced_rows("mean", values) == reduced_rows("sum", values) / 9


# Tables ---------------------------------------------------------------------------------------------------------------


def test_columns_of_two_tables_are_two_expressions() -> None:
    one, other = over("mean(x*w)"), over("mean(x*w)")
    assert one.expression is not other.expression
    assert one.text == other.text
    assert objective("mean(x*w)", {"x": [5.0]}).value([2]) == 10.0
    assert one.value([3]) == other.value([3]) == 7.0


def test_pickles_in_another_process() -> None:
    found = over("log(mean(exp(w*x))) + mean((y - b)^2)")
    script = "import pickle, sys; f = pickle.load(sys.stdin.buffer); print(repr((f.value((.3, .5)), f.gradient((.3, .5)))))"
    ran = subprocess.run([sys.executable, "-c", script], input=pickle.dumps(found), capture_output=True, check=True)
    assert ran.stdout.decode().strip() == repr((found.value((0.3, 0.5)), found.gradient((0.3, 0.5))))


def test_a_table_that_is_gone() -> None:
    expression = over("mean(x*w)").expression
    gc.collect()
    for use in (lambda: evaluate(expression, {"w": 1.0}), lambda: pickle.dumps(expression), lambda: derivative(expression, "w")):
        with pytest.raises(ReferenceError, match="the table of this formula is gone: keep the objective that was made with it"):
            use()


def test_nothing_keeps_a_table_alive() -> None:
    tables: list[weakref.ref[Table | ChunkedTable]] = []
    for _ in range(50):
        found = objective("mean((y - w*x - b)^2)", {"x": np.ones(500_000), "y": np.ones(500_000)})
        assert isinstance(found, DataObjective)
        tables.append(weakref.ref(found.table))
        found.gradient([1.0, 2.0])
        assert found.latex
        assert found.derivatives
    del found
    gc.collect()
    assert [each() for each in tables] == [None] * 50
