"""What is read, as which plain text, and what is refused, with which reason at which place."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from steepest.errors import FormulaError
from steepest.language.grammar import read_assignments, read_expression, read_formula
from steepest.language.notation import plain, read_as

READ = {
    # powers
    "x^2": "x^2",
    "x**2": "x^2",
    "2^3^x": "2^3^x",
    "2**3**x": "2^3^x",
    "(2^3)^x": "(2^3)^x",
    "-x^2": "-x^2",
    "-x**2": "-x^2",
    "(-x)^2": "(-x)^2",
    "-(x^2)": "-x^2",
    "2^-x": "2^-x",
    "x^-y^2": "x^-y^2",
    "x²": "x^2",
    "x⁻¹": "x^-1",
    "2x²y": "2*x^2*y",
    "x¹²": "x^12",
    "e^x": "e^x",
    "e^2x": "e^2*x",
    "e^(-x^2)": "e^-x^2",
    # products without a sign
    "2x": "2*x",
    "2 x": "2*x",
    "2(x+1)": "2*(x+1)",
    "(x+1)(x-1)": "(x+1)*(x-1)",
    "x(x+1)": "x*(x+1)",
    "x y": "x*y",
    "x\ty": "x*y",
    "2 pi x": "2*pi*x",
    "2πx": "2*pi*x",
    "xπ": "x*pi",
    "1/2x": "1/2*x",
    "1/(2x)": "1/(2*x)",
    "x/y z": "x/y*z",
    "-x y": "-x*y",
    "2^x y": "2^x*y",
    "(x)2": "x*2",
    "2e3x": "2000*x",
    "2e x": "2*e*x",
    "5.x": "5*x",
    ".5x": "0.5*x",
    # sums and signs
    "x - (y - z)": "x - (y-z)",
    "x - y - z": "x - y - z",
    "x*-y": "x*(-y)",
    "x - -1": "x - (-1)",
    "+x": "x",
    "--x": "x",
    "-(-x)": "x",
    "((x))": "x",
    "x−1": "x - 1",
    "x – 1": "x - 1",
    "x×y·z÷w": "x*y*z/w",
    "x⋅y∕z": "x*y/z",
    # functions without brackets
    "sin x": "sin(x)",
    "sin 2x": "sin(2*x)",
    "sin -x": "sin(-x)",
    "sin x^2": "sin(x^2)",
    "sin x y": "sin(x*y)",
    "sin x/2": "sin(x)/2",
    "sin x + 1": "sin(x) + 1",
    "sin x cos y": "sin(x)*cos(y)",
    "sin x*cos y": "sin(x)*cos(y)",
    "sin cos x": "sin(cos(x))",
    "3 sin(2x) cos(x)": "3*sin(2*x)*cos(x)",
    "sin(x)y": "sin(x)*y",
    "sin(x)^2": "sin(x)^2",
    "sin^2(x)": "sin(x)^2",
    "sin^2 x": "sin(x)^2",
    "sin²x": "sin(x)^2",
    "√x": "sqrt(x)",
    "√(x+1)": "sqrt(x+1)",
    "∛x": "cbrt(x)",
    "ln x": "log(x)",
    "log_2(x)": "log2(x)",
    "log_10 x": "log10(x)",
    # bars
    "|x|": "abs(x)",
    "2|x|": "2*abs(x)",
    "|x||y|": "abs(x)*abs(y)",
    "||x|-1|": "abs(abs(x)-1)",
    "|x-|y||": "abs(x-abs(y))",
    "|(x|y|)|": "abs(x*abs(y))",
    "sqrt|x-1|": "sqrt(abs(x-1))",
    "sin 2|x|": "sin(2*abs(x))",
    "e^|x|": "e^abs(x)",
    "∣x∣": "abs(x)",
    # several arguments
    "max(x, y, z, 1)": "max(x, y, z, 1)",
    "min(x, min(y, z))": "min(x, min(y, z))",
    "hypot(x, atan2(y, x))": "hypot(x, atan2(y, x))",
    "where(x<0, -x, x)": "where(x < 0, -x, x)",
    "where(x ≤ 0, 1, x)": "where(x <= 0, 1, x)",
    "where(x≠0, 1/x, 0)": "where(x != 0, 1/x, 0)",
    "where(x == 1, 1, where(x >= 2, 2, x))": "where(x == 1, 1, where(x >= 2, 2, x))",
    # names
    "x1 + x_1 + x₁": "x1 + x_1 + x_1",
    "x₁₂": "x_12",
    "theta0^2": "theta0^2",
    "α + beta + β": "alpha + beta + beta",
    "λ²": "lambda^2",
    "lambda x": "lambda*x",
    "t + theta + T": "t + theta + T",
    "µ + ϕ": "mu + phi",
    # in front
    "f(x, y) = x^2 + y": "x^2 + y",
    "y = x^2": "x^2",
    "J(θ) = θ²": "theta^2",
    # space
    "\ufeffx^2": "x^2",
    "x\n+\r\n1": "x + 1",
    "\u00a0x\u2009+\u30001\u2028": "x + 1",
}


@pytest.mark.parametrize(("text", "expected"), READ.items())
def test_reads(text: str, expected: str) -> None:
    assert plain(read_formula(text).expression) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("y + x + a", ("a", "x", "y")),
        ("f(y, x) = x + y", ("y", "x")),
        ("f(x, y) = x^2", ("x", "y")),
        ("L(w, b) = (2w + b)^2", ("w", "b")),
        ("z = y^2 + x^2", ("x", "y")),
        ("e + pi + E", ("E",)),
    ],
)
def test_parameters(text: str, names: tuple[str, ...]) -> None:
    assert read_formula(text).names == names


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("2x^2 - 4x", "2*x^2 - 4*x"),
        ("1/2x", "1/2*x"),
        ("sin 2x", "sin(2*x)"),
        ("2*x**2-4*x", None),
        ("  2 * x ^ 2  ", None),
        ("f(x, y) = x + y", None),
        ("y = 3*x", None),
        ("y = 3x", "3*x"),
        ("\ufeffx", None),
        ("((x))", "x"),
    ],
)
def test_read_as(text: str, echo: str | None) -> None:
    assert read_as(text, plain(read_formula(text).expression)) == echo


CONSTANT = "this constant part is not a finite real number: "
TOO_LARGE = "larger than any number of the machine"
COMMA = "a decimal number has a point, such as 0.5"
CROSSED = "brackets and bars cross"
UNFINISHED = "the formula is unfinished"
EQUALS = "'=' inside a formula"
INVISIBLE = "an invisible character (U+"

REFUSED = [  # text, the beginning or a part of the reason, place
    # other languages
    ("x.sin()", "attribute access is not part of the language: write sin(...)", 1),
    ("x.real", "attribute access is not part of the language", 1),
    ("(x).real", "attribute access is not part of the language", 3),
    ("x.5", "write '*' between a name and a number", 1),
    ("x[k]", "indexing is not part of the language", 1),
    ("'x'", "quotes and primes are not part of the language", 0),
    ('"x^2"', "text in quotes", 0),
    ("f(x): x^2", "':' is not part of a formula", 4),
    ("x := 3", "the formula has no parameter", 5),
    ("import os", "the word 'import' is not part of the language", 0),
    ("__import__(os)", "a name starts with a letter", 0),
    ("x if x > 0 else -x", "a choice is written where(condition, a, b)", 2),
    ("x > 0 ? x : -x", "a choice is written where(condition, a, b)", 6),
    ("x and y", "the word 'and' is not part of the language: nest one where in another", 2),
    ("x & y", "nest one where in another", 2),
    ("{x, y}", "a decimal number has a point", 2),
    (r"\foo{1}{x}", r"the LaTeX command \foo is not read", 0),
    ("$x$ + $y$", "a dollar sign stands around the whole formula", 2),
    ("x!", "factorials", 1),
    ("x % 2", "remainders and percentages", 2),
    ("x // 2", "'//' is not part of the language: write floor(a/b)", 3),
    # equations
    ("x^2; y^2", "one formula at a time", 3),
    ("x = y = 2", EQUALS, 6),
    ("x^2 = 4", EQUALS, 4),
    ("sin(x) = 1/2", EQUALS, 7),
    ("f(2) = x", EQUALS, 5),
    ("where(x = 0, 1, x)", "the comparisons of where are <, <=, >, >=, == and !=", 8),
    ("f(x,) = x", EQUALS, 6),
    ("f(x y) = x", EQUALS, 7),
    ("x + (y = 3)", EQUALS, 7),
    ("= x", EQUALS, 0),
    ("x = x^2", "'x' stands on both sides of '='", 4),
    ("f() = x", "name the parameters, such as f(x, y) = ...", 2),
    ("f(x, x) = x", "the parameter 'x' is named twice", 5),
    ("f(x, sin) = x", "'sin' is a function: give the parameter another name", 5),
    ("f(ln) = 1", "'ln' is a function", 2),
    ("f(e) = e", "'e' is a constant: give the parameter another name", 2),
    ("f(x) = x + zeta", "unknown name 'zeta': known are x", 11),
    ("f(width) = widht^2", "unknown name 'widht': did you mean width?", 11),
    # brackets
    ("(x", "this '(' is never closed", 0),
    ("((x)", "this '(' is never closed", 0),
    ("sin(x", "this '(' is never closed", 3),
    ("x)", "this ')' closes nothing", 1),
    ("()", "there is nothing between the brackets", 1),
    ("|x", "this '|' is never closed", 0),
    ("||", "this '|' is never closed", 1),
    ("|x - 2|x||", "this '|' is never closed: write abs(...) for bars inside bars", 9),
    ("|(x|)", CROSSED, 4),
    ("(|x)|", CROSSED, 3),
    # what is missing
    ("", "there is no formula", 0),
    (" \n ", "there is no formula", 3),
    ("y =", "there is no formula", 3),
    ("x+", UNFINISHED, 2),
    ("x^", UNFINISHED, 2),
    ("-", UNFINISHED, 1),
    ("(x+)", "something is missing before this ')'", 3),
    ("* x", "'*' cannot stand here", 0),
    ("x ^^ 2", "'^' cannot stand here", 3),
    ("²", "'²' cannot stand here", 0),
    ("sin", "sin needs an argument, such as sin(x)", 0),
    ("sin + 1", "sin needs an argument, such as sin(x)", 0),
    ("sin()", "sin takes 1 argument, sin(x), and got 0", 0),
    ("atan2(x)", "atan2 takes 2 arguments, atan2(y, x), and got 1", 0),
    ("max(x)", "max takes 2 arguments, max(a, b), and got 1", 0),
    ("hypot x", "hypot needs its arguments in brackets, such as hypot(a, b)", 0),
    ("where(x<1, 2)", "where takes 3 arguments, where(x < 0, a, b), and got 2", 0),
    ("2", "the formula has no parameter", 0),
    ("f(x) = 2pi", "the formula has no parameter", 7),
    # numbers
    ("1,5x", COMMA, 1),
    ("x + 0,5", COMMA, 5),
    ("hypot(1,5, x)", COMMA, 7),
    ("x, y", COMMA, 1),
    ("1.2.3", "a number has one decimal point", 3),
    ("1_000x", "write numbers without underscores", 1),
    ("2 3x", "two numbers side by side", 2),
    ("x + nan", "'nan' is not a number of the language", 4),
    ("-Infinity x", "'Infinity' is not a number of the language", 1),
    ("∞", "infinity is not a number of the language", 0),
    ("3i + x", "complex numbers are not part of the language: write 3*i", 1),
    ("x + 2j", "complex numbers are not part of the language: write 2*j", 5),
    ("x + 1e400", "1e400 is larger than any number of the machine", 4),
    # constant parts
    ("x + 1/0", CONSTANT + "a quotient needs a divisor other than 0", 5),
    ("x + 0/0", CONSTANT + "a quotient", 5),
    ("x + log(-1)", CONSTANT + "log needs a positive number", 4),
    ("x + log 0", CONSTANT + "log needs a positive number", 4),
    ("sqrt(1-2) x", CONSTANT + "sqrt needs a number that is not negative", 0),
    ("asin(2) x", CONSTANT + "asin needs a number from -1 to 1", 0),
    ("x + (-8)^(1/3)", CONSTANT + "a power needs a positive base", 8),
    ("x + 9**9**9**9", TOO_LARGE, 8),
    ("x exp(1000)", TOO_LARGE, 2),
    ("x^(1/0)", CONSTANT, 4),
    ("where(x<0, 1/0, x)", CONSTANT, 12),
    # comparisons
    ("x < 1", "a comparison is read only as the first argument of where", 2),
    ("where((x<1), x, 2)", "a comparison is read only as the first argument of where", 8),
    ("where(0<x<1, x, 0)", "chained comparisons are not read: nest one where in another", 9),
    ("where(x, 1, 2)", "where starts with a comparison", 7),
    # powers of functions
    ("sin^-1(x)", "sin^-1 could mean asin(x) or 1/sin(x): write one of them", 0),
    ("tan⁻¹ x", "tan^-1 could mean atan(x) or 1/tan(x)", 0),
    ("sin^-2(x)", "write the power behind the brackets: sin(x)^-2", 0),
    ("sin^n(x)", "write the power behind the brackets: sin(x)^n", 4),
    ("x²^3", "a power of a power: use brackets", 2),
    ("x⁻", "a superscript is a whole number", 1),
    # names
    ("x y + xy", "adjacent letters are one name: write x*y", 6),
    ("xy + x + y", "adjacent letters are one name: write x*y", 0),
    ("f(x, y) = xy", "adjacent letters are one name: write x*y", 10),
    ("αβ + α + β", "adjacent letters are one name: write alpha*beta", 0),
    ("xe^x + x", "adjacent letters are one name: write x*e", 0),
    ("sinx", "adjacent letters are one name: write sin(x)", 0),
    ("cos2x", "adjacent letters are one name: write cos(2x)", 0),
    ("xcos(x)", "adjacent letters are one name: write x*cos(...)", 0),
    ("sinn(x)", "there is no function 'sinn': did you mean sin?", 0),
    ("2 lg x", "there is no function 'lg': lg and lb have several meanings: write log10(x), log2(x) or log(x)", 2),
    ("minimize x^2", "there is no function 'minimize': write the formula alone", 0),
    ("Sin x", "there is no function 'Sin': did you mean sin?", 0),
    ("log_3(x)", "there is no function 'log_3': write log(x)/log(3)", 0),
    ("grid(x)", "there is no function 'grid': write grid*(...) if it is a parameter", 0),
    ("pI x", "write pi for the number π, not pI", 0),
    # characters
    ("x + х^2", "'х' is cyrillic small letter ha (U+0445): type x", 4),
    ("Α + x", "'Α' is greek capital letter alpha (U+0391): type A", 0),
    ("ｘ^2", "type x", 0),
    ("x ＋ 1", "type +", 2),
    ("x‐1", "'‐' is hyphen (U+2010): type -", 1),
    ("½x", "type 1/2", 0),
    ("xⁿ", "type ^n", 1),
    ("∫x", "'∫' is integral (U+222B) and is not part of the language", 0),
    ("x\u200b", INVISIBLE + "200B): delete it", 1),
    ("x\u00ad^2", INVISIBLE + "00AD)", 1),
    ("x\x00", INVISIBLE + "0000)", 1),
    ("x\ufeff", INVISIBLE + "FEFF)", 1),
    ("x\u0301", "a combining character (U+0301): delete it", 1),
    ("x + \ud800", "lone surrogate U+D800", 4),
    ("日 + \U0001f600", "'日' (U+65E5) is not part of the language", 0),
]


@pytest.mark.parametrize(("text", "reason", "position"), REFUSED)
def test_refuses(text: str, reason: str, position: int) -> None:
    with pytest.raises(FormulaError) as caught:
        read_formula(text)
    assert reason in caught.value.reason
    assert (caught.value.position, caught.value.text) == (position, text)
    assert "\n" not in caught.value.reason


LIMITS: dict[str, tuple[Callable[[int], str], int]] = {  # a text of a size, and the largest size
    "characters": (lambda n: "x" + " " * (n - 1), 2_000),
    "parts": (lambda n: ("" if n % 2 else "-") + "+".join("x" * ((n + 1) // 2)), 1_000),
    "brackets": (lambda n: "(" * n + "x" + ")" * n, 64),
    "bars": (lambda n: "|" * n + "x" + "|" * n, 64),
    "signs": (lambda n: "-" * n + "x", 64),
    "powers": (lambda n: "x^" * n + "x", 64),
    "functions": (lambda n: "sin " * n + "x", 64),
    "calls": (lambda n: "sin(" * n + "x" + ")" * n, 64),
    "choices": (lambda n: "where(x<0,x," * n + "x" + ")" * n, 64),
    "parameters": (lambda n: "+".join(f"x{k}" for k in range(n)), 16),
    "declared parameters": (lambda n: f"f({','.join(f'x{k}' for k in range(n))}) = x0", 16),
}


@pytest.mark.parametrize(("write", "most"), LIMITS.values(), ids=LIMITS)
def test_limits(write: Callable[[int], str], most: int) -> None:
    expression = read_formula(write(most)).expression
    assert len(plain(expression)) > 2_000 or read_formula(plain(expression)).expression is expression
    with pytest.raises(FormulaError, match=f"{most:,}"):
        read_formula(write(most + 1))


@pytest.mark.parametrize(
    "text",
    [
        *(part * (2_000 // len(part)) for part in ("(", "-", "|", "x^", "x+", "x(", "sin ", "sin(", "1", "9**", "√", "²")),
        *(
            "f(" + "x," * 999,
            "max(" + "x," * 900,
            "x" * 2_001,
            "x" * 1_000_000,
            "q" * 1_990 + "(x)",
            "x+q+" + "xq" * 900,
            "1" * 1_990 + "i",
            "{0} = {0}".format("q" * 900),
            "f({0},{0}) = 1".format("q" * 900),
        ),
    ],
    ids=lambda text: text[:5],
)
def test_too_much_is_refused_at_once(text: str, counted_calls: Callable[[], AbstractContextManager[list[int]]]) -> None:
    with counted_calls() as count, pytest.raises(FormulaError) as caught:
        read_formula(text)
    assert count[0] < 100_000
    assert len(str(caught.value)) < 400


def test_an_expression_of_known_names() -> None:
    assert plain(read_expression("0.1/(1+0.02t)", known=("t", "T"))) == "0.1/(1+0.02*t)"
    assert read_expression("e", known=("e",)).operation == "name"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0.1/(1+s)", "unknown name 's': known are t, T"),
        ("tT", "adjacent letters are one name: write t*T"),
        ("lr = 0.1", EQUALS),
        ("norm(t)", "there is no function 'norm': a norm is written out"),
    ],
)
def test_an_expression_refuses(text: str, reason: str) -> None:
    with pytest.raises(FormulaError, match=re.escape(reason)):
        read_expression(text, known=("t", "T"))


KNOWN = ("theta", "g", "lr")


def test_equations() -> None:
    equations = ["v = 0.9 v + g + noise()", "u = noise() + norm(v) dot(u, v)", "θ = theta - lr*grad(θ + v)"]
    read = read_assignments(equations, known=KNOWN)
    assert [(name, plain(expression)) for name, expression in read] == [
        ("v", "0.9*v + g + noise()"),
        ("u", "noise() + norm(v)*dot(u, v)"),
        ("theta", "theta - lr*grad(theta+v)"),
    ]
    first, second = (expression.arguments[slot] for (_, expression), slot in zip(read, (1, 0), strict=False))
    assert first is not second  # each noise() is drawn on its own


@pytest.mark.parametrize(
    ("equations", "text"),
    [
        (["v = g", "theta - lr*g"], "equation 2: an equation assigns a name, such as theta = theta - lr*g"),
        (["v = g = 2"], "equation 1: one '=' an equation"),
        (["sin = g"], "equation 1: 'sin' is a constant or a function: assign another name"),
        (["norm = g"], "equation 1: 'norm' is a constant or a function: assign another name"),
        (["v = g", "theta = thata - g"], "equation 2: unknown name 'thata': did you mean theta?"),
        (["v = g", "theta = grd(theta)"], "equation 2: there is no function 'grd': did you mean grad?"),
        (["theta = theta - lr g;"], "equation 1: one equation at a time: leave out the ';'"),
        (["theta = dot(g)"], "equation 1: dot takes 2 arguments, dot(u, v), and got 1"),
        (["theta = noise(3)"], "equation 1: noise takes 0 arguments, noise(), and got 1"),
        (["theta = norm g"], "equation 1: norm needs its arguments in brackets, such as norm(g)"),
    ],
)
def test_equations_refuse(equations: list[str], text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        read_assignments(equations, known=KNOWN)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("x + (2", "x + (2", 4),
        ("x +\n\t(2", "x +  (2", 5),
        ("日x", "日x", 0),
        ("x^2 + y\u0301 + z", "x^2 + y\ufffd + z", 7),
        ("x \U0001f600 2", "x \U0001f600 2", 2),
        ("\ufeff(x", "\ufffd(x", 1),
        ("x" * 60 + "+" + "y" * 60 + ")", "…" + "x" * 10 + "+" + "y" * 60 + ")", 72),
        ("@" + "x" * 100, "@" + "x" * 71 + "…", 0),
    ],
)
def test_the_caret_stands_under_the_code_point(text: str, line: str, column: int) -> None:
    with pytest.raises(FormulaError) as caught:
        read_formula(text)
    _, shown, caret = str(caught.value).split("\n")
    assert (shown, caret) == ("  " + line, "  " + " " * column + "^")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x10 + x2 + x1", ("x1", "x2", "x10")),
        ("x_10 + x_2 + x", ("x", "x_2", "x_10")),
        ("theta12 + theta3 + b", ("b", "theta3", "theta12")),
        ("w2b1 + w2a10 + w2a9", ("w2a9", "w2a10", "w2b1")),
        ("y + x01 + x1", ("x01", "x1", "y")),
        ("f(x10, x2) = x10 + x2", ("x10", "x2")),
    ],
)
def test_numbered_names_are_in_the_order_of_their_numbers(text: str, names: tuple[str, ...]) -> None:
    assert read_formula(text).names == names
