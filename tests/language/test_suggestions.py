import pytest

from steepest.errors import clipped
from steepest.language.grammar import read_formula
from steepest.language.operations import FUNCTIONS
from steepest.language.suggestions import SIGNATURES, fused, nearest, no_function, signature, split, unknown_name


@pytest.mark.parametrize(
    ("word", "found"), [("sine", "sin"), ("sqt", "sqrt"), ("hypott", "hypot"), ("floot", "floor"), ("SQRT", "sqrt"), ("qq", None)]
)
def test_nearest(word: str, found: str | None) -> None:
    assert nearest(word, FUNCTIONS) == found


@pytest.mark.parametrize(
    ("word", "known", "parts"),
    [
        ("xy", "xy", ["x", "y"]),
        ("xxy", "xy", ["x", "x", "y"]),
        ("xy", "x", []),
        ("x", "x", []),
        ("eta", "eat", []),
        ("x1y", ["x1", "y"], ["x1", "y"]),
        ("abc", ["ab", "a", "bc"], ["a", "bc"]),
    ],
)
def test_split(word: str, known: list[str], parts: list[str]) -> None:
    assert split(word, known) == parts


@pytest.mark.parametrize(
    ("word", "written"),
    [("sinx", "sin(x)"), ("sin2x", "sin(2x)"), ("lnx1", "ln(x1)"), ("costheta", "cos(theta)"), ("sin", ""), ("single", "")],
)
def test_fused(word: str, written: str) -> None:
    assert fused(word) == written


@pytest.mark.parametrize(
    ("word", "sentence", "meant"),
    [
        ("cosine", "cosine needs its arguments in brackets: write cos(x)", True),
        ("Relu", "Relu needs its arguments in brackets: write max(0, x)", True),
        ("log7", "there is no function 'log7': write log(x)/log(7)", True),
        ("xsin", "adjacent letters are one name: write x*sin(...)", True),
        ("tanhh", "there is no function 'tanhh': did you mean tanh?", True),
        ("grid", "there is no function 'grid': write grid*(...) if it is a parameter", False),
    ],
)
def test_no_function(word: str, sentence: str, meant: bool) -> None:
    assert no_function(word, FUNCTIONS) == (sentence, meant)


def test_unknown_name() -> None:
    assert unknown_name("bta1", ["beta1", "lr"]) == "unknown name 'bta1': did you mean beta1?"
    assert unknown_name("q", ["beta1", "lr"]) == "unknown name 'q': known are beta1, lr"
    assert unknown_name("q", []) == "unknown name 'q': write a number"


@pytest.mark.parametrize("word", FUNCTIONS)
def test_a_signature_is_a_formula(word: str) -> None:
    assert read_formula(signature(word)).names
    assert word in FUNCTIONS or word in SIGNATURES


def test_a_long_word_is_clipped() -> None:
    assert clipped("x" * 40) == "x" * 40
    assert clipped("x" * 41) == "x" * 39 + "…"
