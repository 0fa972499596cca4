import pytest

from steepest.language.grammar import read_expression
from steepest.language.notation import textbook
from steepest.language.simplify import tidy, tidy_quotient

NAMES = ("x", "y", "z", "a", "b", "n")

TIDY = {
    # like terms and like factors
    "x + x": "2x",
    "x - x": "0",
    "2x - y + 3x": "5x - y",
    "x*y + y*x": "2x y",
    "x*x*x": "x^3",
    "x^2*x^-2": "1",
    "x^y*x": "x x^y",
    "y*x*2": "2x y",
    "x*3*pi": "3pi x",
    "(x+1)*2*(x+1)": "2(x+1)^2",
    "(2x)^3": "8x^3",
    "(x y)^2": "x^2 y^2",
    "sin(x)*x*cos(x)*2": "2x sin(x)cos(x)",
    "sin(x+x)": "sin(2x)",
    # signs
    "-(-x)": "x",
    "x + -y": "x - y",
    "x - -y": "x + y",
    "-1*x": "-x",
    "-x*-y": "x y",
    "-(x - y)": "-x + y",
    "0 - x": "-x",
    "(-x)^2": "x^2",
    "(-x)^3": "-x^3",
    # neutral elements
    "0*x + 1*y": "y",
    "x^1": "x",
    "x^0": "1",
    "x/1": "x",
    "0/x": "0",
    "1.0*x": "x",
    "where(x < 0, y, y)": "y",
    # fractions stay fractions, decimals decimals
    "1/3*x": "x/3",
    "2/4*x": "x/2",
    "x/3 + x/6": "x/2",
    "2*x/4*y": "x y/2",
    "1/3 + 1/6": "1/2",
    "0.1*x + 0.2*x": "0.3x",
    "0.5*x": "0.5x",
    "0.1*x/3": "x/30",
    "-x/2": "-x/2",
    "x/y/z": "x/(y z)",
    "x/(y/z)": "x z/y",
    "1/x*x^3": "x^2",
    "x^(1/3)*x^(2/3)": "x",
    "x^0.5*x^0.5": "x",
    "1/(2x)": "1/(2x)",
    # what must stay
    "(x^2)^0.5": "(x^2)^0.5",
    "(4x)^0.5": "(4x)^0.5",
    "sqrt(x)*sqrt(x)": "sqrt(x)^2",
    "(x+y)*(x-y)": "(x+y)(x-y)",
    "2^x*2": "2*2^x",
    "(y-y)^-1*x": "x*0^-1",
    "x*1e200*1e200": "x*1e200*1e200",
    "(1+x)/(1+x)": "1",
}


@pytest.mark.parametrize(("text", "expected"), TIDY.items())
def test_tidy(text: str, expected: str) -> None:
    assert textbook(tidy(read_expression(text, known=NAMES))) == expected


def test_tidy_twice_changes_nothing() -> None:
    for text in TIDY:
        once = tidy(read_expression(text, known=NAMES))
        assert tidy(once) is once, text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/(1+x^2) - 2x^2/(1+x^2)^2", "(1-x^2)/(1+x^2)^2"),
        ("1/(x-1) - (x+1)/(x-1)^2", "-2/(x-1)^2"),
        ("cos(x)/x - sin(x)/x^2", "(x cos(x)-sin(x))/x^2"),
        ("1/sqrt(1+x^2) - x^2/sqrt(1+x^2)^3", "1/sqrt(1+x^2)^3"),
        ("1/(x-a)^5 + 1/(x-b)^5", "1/(x-a)^5 + 1/(x-b)^5"),
        ("0.5/(1+x) - 0.5x/(1+x)^2", "0.5/(1+x)^2"),
        ("x/y - x/y", "0"),
        ("x + y", "x + y"),
    ],
)
def test_tidy_quotient(text: str, expected: str) -> None:
    assert textbook(tidy_quotient(read_expression(text, known=NAMES))) == expected


@pytest.mark.parametrize("depth", [1, 2, 5, 60])
def test_a_coefficient_that_grows_without_bound_is_left_alone(depth: int) -> None:
    nested = read_expression("(" * depth + "2x" + ")^32" * depth, known=NAMES)
    assert len(textbook(tidy(nested))) < 1_000
