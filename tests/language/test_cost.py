"""No text costs more than its length: the work on a formula and its derivatives, counted in expressions that are made."""

from typing import Any
from xml.etree import ElementTree

import pytest

from steepest.errors import InputError
from steepest.language import expression
from steepest.language.derivative import derivative, gradient, jacobian
from steepest.language.grammar import read_formula
from steepest.language.latex import latex
from steepest.language.mathml import mathml
from steepest.language.notation import LONGEST_WRITTEN, textbook, unwritten
from steepest.language.simplify import Terms, tidy
from steepest.runs.descent import descend

LETTERS = "abcdghklmnpqr"
LENGTH = 480


def repeated(form: str, join: str = "", before: str = "", after: str = "") -> str:
    """The form again and again, with a number and a letter in it, as a text of nearly `LENGTH` characters."""
    parts: list[str] = []
    while len(before) + len(join.join(parts)) + len(after) < LENGTH - len(form) - 4:
        parts.append(form.format(k=len(parts), v=LETTERS[len(parts) % len(LETTERS)]))
    return before + join.join(parts) + after


TEXTS = {
    "cubes below": "x/((x+a+b+c)^3(x+d+g+h)^3(x+k+l+m)^3)",
    "a long quotient": repeated("(x+{v}+{k}+y)^2", before="(x+1)/(", after=")"),
    "quotients": repeated("x/(x+{k})", "+"),
    "quotients of cubes": repeated("x/((x+{v}+{k})^3(x+1)^3)", "+"),
    "a chain of quotients": repeated("(x+{v})", "/"),
    "a product of sums": repeated("(x+{v}+{k})"),
    "a product of cubes": repeated("(x+{k})^3"),
    "a product of functions": repeated("sin({k}x)"),
    "a long sum": repeated("{v} x^{k}", "+"),
    "a power of a sum": repeated("{v} x^{k}", "+", "(", ")^3"),
    "roots below": repeated("sqrt(x^2+{v}+{k})", before="x/(", after=")"),
    "many maxima": repeated("x,y", ",", "max(", ",0)"),
    "nested maxima": "max(x*" * 30 + "x" + ",y)" * 30,
    "nested angles": "atan2(x," * 45 + "x" + ")" * 45,
    "a continued fraction": "1/(1+" * 20 + "x" + ")" * 20,
    "a tower": "^".join("x" * 60),
    "nested squares": "((" * 28 + "x" + ")^2+x)^2" * 28,
    "products side by side": " ".join("x" * 240),
}


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many expressions are made or looked up, and how many terms are added, from now on."""
    count = [0]
    intern, add = expression.intern, Terms.add

    def counted(*arguments: Any, **named: Any) -> expression.Expression:
        count[0] += 1
        return intern(*arguments, **named)

    def added(self: Terms, terms: dict, sign: int = 1) -> None:  # type: ignore[type-arg]
        count[0] += len(terms)
        add(self, terms, sign)

    monkeypatch.setattr(expression, "intern", counted)
    monkeypatch.setattr(Terms, "add", added)
    return count


@pytest.mark.parametrize("name", TEXTS)
def test_derivatives_are_written_in_a_few_thousand_steps(name: str, work: list[int]) -> None:
    formula, parameters = read_formula(TEXTS[name])
    for parameter in parameters:
        slope = derivative(formula, parameter)
        if not unwritten(slope):
            assert max(map(len, (textbook(slope), latex(slope)))) < 20 * LONGEST_WRITTEN
    assert work[0] < 20_000


@pytest.mark.parametrize("name", TEXTS)
def test_gradients_and_hessians_are_linear_in_the_text(name: str, work: list[int]) -> None:
    formula, parameters = read_formula(TEXTS[name])
    names = parameters[-2:]
    slopes = gradient(formula, names)
    assert work[0] < 2_000
    jacobian(slopes, names)
    assert work[0] < 12_000


@pytest.mark.parametrize("form", ["{v} x^{k}", "x"])
def test_a_sum_is_tidied_in_one_pass(form: str, work: list[int]) -> None:
    formula, _ = read_formula(repeated(form, "+"))
    work[0] = 0
    tidy(formula)
    assert work[0] < 6 * LENGTH


@pytest.mark.parametrize(("text", "cut"), [("x/((x+a+b+c)^3(x+d+g+h)^3(x+k+l+m)^3)", False), (repeated("(x+{k})"), True)])
def test_what_is_too_long_to_read_is_not_written(text: str, cut: bool) -> None:
    slope = derivative(read_formula(text).expression, "x")
    reason = f"too long to write out: {slope.parts:,} parts" if cut else ""
    assert unwritten(slope) == reason
    assert (slope.parts > LONGEST_WRITTEN) is cut
    ElementTree.fromstring(mathml(slope))


def test_a_step_that_asks_for_a_long_formula_again_and_again_is_refused() -> None:
    equation = "theta = theta - lr*(" + "+".join(f"grad(theta+{k}*g)" for k in range(112)) + ")"
    with pytest.raises(InputError, match="a step has at most 100,000 operations, and this one asks for a formula of"):
        descend(TEXTS["many maxima"], optimizer=equation, steps=1)
    assert descend("x^2", 1, optimizer=equation, lr=1e-4, steps=1).steps == 1
