"""How expressions are written: plain and textbook text, LaTeX, presentation MathML."""

import math
from xml.etree import ElementTree

import pytest

from steepest.language.expression import Expression, evaluate, name
from steepest.language.grammar import read_assignments, read_expression, read_formula
from steepest.language.latex import latex
from steepest.language.mathml import mathml
from steepest.language.notation import plain, textbook
from steepest.language.operations import FUNCTIONS
from steepest.language.suggestions import signature
from steepest.language.tokens import GREEK

NAMES = ("x", "y", "z", "x_1", "abc", "theta0", "beta_max", "a_b_c", "epsilon", "a", "b", "f", "E")

NOTATIONS = [  # plain text, textbook text, LaTeX
    ("2*x^2 - 4*x", "2x^2 - 4x", "2 x^{2} - 4 x"),
    ("-x^2", "-x^2", "-x^{2}"),
    ("(-x)^2", "(-x)^2", r"\left(-x\right)^{2}"),
    ("(x^2)^3", "(x^2)^3", r"\left(x^{2}\right)^{3}"),
    ("2^3^x", "2^3^x", "2^{3^{x}}"),
    ("x^-1", "x^-1", "x^{-1}"),
    ("x^(y+1)", "x^(y+1)", "x^{y + 1}"),
    ("x_1^2", "x_1^2", "{x_{1}}^{2}"),
    ("x - (y-z)", "x - (y-z)", r"x - \left(y - z\right)"),
    ("x - (-y)", "x - (-y)", r"x - \left(-y\right)"),
    ("x*(-y)", "x(-y)", r"x \left(-y\right)"),
    ("-(x*y)", "-(x y)", "-x y"),
    ("-x*y", "-x y", "-x y"),
    ("x*(y*z)", "x(y z)", r"x \left(y z\right)"),
    ("(x+1)*(x-1)", "(x+1)(x-1)", r"\left(x + 1\right) \left(x - 1\right)"),
    ("x*2", "x*2", r"x \cdot 2"),
    ("2*3^x", "2*3^x", r"2 \cdot 3^{x}"),
    ("2*(1/x)", "2(1/x)", r"2 \cdot \frac{1}{x}"),
    ("1/2*x", "1/2*x", r"\frac{1}{2} x"),
    ("-x/y", "-x/y", r"-\frac{x}{y}"),
    ("x/(y/z)", "x/(y/z)", r"\frac{x}{\frac{y}{z}}"),
    ("x/(1+x)", "x/(1+x)", r"\frac{x}{1 + x}"),
    ("(x/y)^2", "(x/y)^2", r"\left(\frac{x}{y}\right)^{2}"),
    ("2*pi*x", "2pi x", r"2 \pi x"),
    ("2*e^x", "2 e^x", "2 e^{x}"),
    ("2*E", "2 E", "2 E"),
    ("2*f + 0.5*f", "2f + 0.5 f", "2 f + 0.5 f"),
    ("1.5e-7*f^2", "1.5e-7 f^2", r"1.5 \cdot 10^{-7} f^{2}"),
    ("2e-8*x", "2e-8x", r"2 \cdot 10^{-8} x"),
    ("1e20*x", "1e20 x", "10^{20} x"),
    ("1.5e-7^x", "1.5e-7^x", r"\left(1.5 \cdot 10^{-7}\right)^{x}"),
    ("abc*x", "abc*x", r"\mathrm{abc} \, x"),
    ("theta0*(x+1)", "theta0(x+1)", r"\theta_{0} \left(x + 1\right)"),
    ("beta_max + a_b_c", "beta_max + a_b_c", r"\beta_{\mathrm{max}} + a_{b,c}"),
    ("epsilon", "epsilon", r"\varepsilon"),
    ("sin(x)^2", "sin^2(x)", r"\sin^{2}\left(x\right)"),
    ("sin(x)^-2", "sin(x)^-2", r"\sin\left(x\right)^{-2}"),
    ("log(x)^2", "log(x)^2", r"\ln\left(x\right)^{2}"),
    ("2*sin(x)*cos(y)", "2sin(x)cos(y)", r"2 \sin\left(x\right) \cos\left(y\right)"),
    ("x*sin(x)", "x sin(x)", r"x \sin\left(x\right)"),
    ("exp(-x^2)", "exp(-x^2)", "e^{-x^{2}}"),
    ("exp(x)^2", "exp(x)^2", r"\left(e^{x}\right)^{2}"),
    ("exp(x/y)", "exp(x/y)", r"\exp\left(\frac{x}{y}\right)"),
    ("abs(x)^2", "|x|^2", r"\left|x\right|^{2}"),
    ("abs(abs(x)-1)", "abs(|x|-1)", r"\left|\left|x\right| - 1\right|"),
    ("x*abs(y)*abs(z)", "x*|y|*|z|", r"x \left|y\right| \left|z\right|"),
    ("2*abs(x)*y", "2|x|*y", r"2 \left|x\right| y"),
    ("sqrt(x)*cbrt(y)", "sqrt(x)cbrt(y)", r"\sqrt{x} \sqrt[3]{y}"),
    ("floor(x) + ceil(x)", "floor(x) + ceil(x)", r"\left\lfloor x\right\rfloor + \left\lceil x\right\rceil"),
    ("max(x, y, 0)", "max(x, y, 0)", r"\max\left(x, y, 0\right)"),
    ("max(x, max(y, 0))", "max(x, max(y, 0))", r"\max\left(x, \max\left(y, 0\right)\right)"),
    ("min(max(x, y), 1)", "min(max(x, y), 1)", r"\min\left(\max\left(x, y\right), 1\right)"),
    ("log2(x)*log10(x)", "log2(x)log10(x)", r"\log_{2}\left(x\right) \log_{10}\left(x\right)"),
    ("sigmoid(x) + erf(x)", "sigmoid(x) + erf(x)", r"\sigma\left(x\right) + \operatorname{erf}\left(x\right)"),
    (
        "where(x <= 0, -x, x^2)",
        "where(x <= 0, -x, x^2)",
        r"\begin{cases} -x & \text{if } x \leq 0 \\ x^{2} & \text{otherwise} \end{cases}",
    ),
    (
        "where(x != 0, 1, 2)^2",
        "where(x != 0, 1, 2)^2",
        r"\left(\begin{cases} 1 & \text{if } x \neq 0 \\ 2 & \text{otherwise} \end{cases}\right)^{2}",
    ),
]


def read(text: str) -> Expression:
    return read_expression(text, known=NAMES)


@pytest.mark.parametrize(("plain_text", "textbook_text", "latex_text"), NOTATIONS)
def test_notations(plain_text: str, textbook_text: str, latex_text: str) -> None:
    expression = read(plain_text)
    assert (plain(expression), textbook(expression), latex(expression)) == (plain_text, textbook_text, latex_text)


@pytest.mark.parametrize("text", [*(row[0] for row in NOTATIONS), *map(signature, FUNCTIONS)])
def test_what_is_written_reads_back(text: str) -> None:
    expression = read(text)
    assert read(plain(expression)) is expression
    assert read(textbook(expression)) is expression
    assert ElementTree.fromstring(mathml(expression)).tag == "{http://www.w3.org/1998/Math/MathML}math"
    assert balanced(latex(expression))


def balanced(text: str) -> bool:
    pairs = [("{", "}"), (r"\left", r"\right"), (r"\begin", r"\end")]
    return all(text.replace(r"\leq", "").count(opening) == text.count(closing) for opening, closing in pairs)


MATHML = [  # text, the content of the element, with invisible times as `*` and function application as `@`
    ("2x", "<mrow><mn>2</mn><mo>*</mo><mi>x</mi></mrow>"),
    ("x - 0.5", "<mrow><mi>x</mi><mo>−</mo><mn>0.5</mn></mrow>"),
    ("-x", "<mrow><mo>−</mo><mi>x</mi></mrow>"),
    ("x^2", "<msup><mi>x</mi><mn>2</mn></msup>"),
    ("x_1 + theta0", "<mrow><msub><mi>x</mi><mn>1</mn></msub><mo>+</mo><msub><mi>θ</mi><mn>0</mn></msub></mrow>"),
    ("beta_max", "<msub><mi>β</mi><mi>max</mi></msub>"),
    ("x*3^x", "<mrow><mi>x</mi><mo>·</mo><msup><mn>3</mn><mi>x</mi></msup></mrow>"),
    ("pi", "<mi>π</mi>"),
    ("2e-8", "<mrow><mn>2</mn><mo>·</mo><msup><mn>10</mn><mn>-8</mn></msup></mrow>"),
    ("x/(1+y)", "<mfrac><mi>x</mi><mrow><mn>1</mn><mo>+</mo><mi>y</mi></mrow></mfrac>"),
    ("-x/2", "<mrow><mo>−</mo><mfrac><mi>x</mi><mn>2</mn></mfrac></mrow>"),
    ("(-x)^2", "<msup><mrow><mo>(</mo><mrow><mo>−</mo><mi>x</mi></mrow><mo>)</mo></mrow><mn>2</mn></msup>"),
    ("sin x", "<mrow><mi>sin</mi><mo>@</mo><mo>(</mo><mi>x</mi><mo>)</mo></mrow>"),
    ("sin^2 x", "<mrow><msup><mi>sin</mi><mn>2</mn></msup><mo>@</mo><mo>(</mo><mi>x</mi><mo>)</mo></mrow>"),
    ("ln x", "<mrow><mi>ln</mi><mo>@</mo><mo>(</mo><mi>x</mi><mo>)</mo></mrow>"),
    ("log2 x", "<mrow><msub><mi>log</mi><mn>2</mn></msub><mo>@</mo><mo>(</mo><mi>x</mi><mo>)</mo></mrow>"),
    ("sqrt x", "<msqrt><mi>x</mi></msqrt>"),
    ("cbrt x", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
    ("exp x", "<msup><mi>e</mi><mi>x</mi></msup>"),
    ("|x|", "<mrow><mo>|</mo><mi>x</mi><mo>|</mo></mrow>"),
    ("floor x", "<mrow><mo>⌊</mo><mi>x</mi><mo>⌋</mo></mrow>"),
    ("min(x, y, z)", "<mrow><mi>min</mi><mo>@</mo><mo>(</mo><mi>x</mi><mo>,</mo><mi>y</mi><mo>,</mo><mi>z</mi><mo>)</mo></mrow>"),
    (
        "where(x < 0, 1, 2)",
        "<mrow><mo>{</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mtext>if&#xA0;</mtext><mrow><mi>x</mi><mo>&lt;</mo><mn>0</mn></mrow>"
        "</mtd></mtr><mtr><mtd><mn>2</mn></mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>",
    ),
]


@pytest.mark.parametrize(("text", "content"), MATHML)
def test_mathml(text: str, content: str) -> None:
    written = mathml(read(text)).replace("&#x2062;", "*").replace("&#x2061;", "@")
    assert written == f'<math xmlns="http://www.w3.org/1998/Math/MathML">{content}</math>'


@pytest.mark.parametrize("letter", GREEK)
def test_greek_letters(letter: str) -> None:
    assert latex(name(letter)).removeprefix("\\").removeprefix("var") == letter
    assert GREEK[letter] in mathml(name(letter))


EQUATIONS = [
    ("norm(g)^2", "norm(g)^2", r"\left\|g\right\|^{2}"),
    ("dot(u, g)", "dot(u, g)", r"\left\langle u, g\right\rangle"),
    ("grad(theta-u)", "grad(theta-u)", r"\nabla f\left(\theta - u\right)"),
    ("value(theta)*g", "value(theta)g", r"f\left(\theta\right) g"),
    ("noise()*u", "noise()u", r"\xi u"),
    ("solve(H+1, -g)", "solve(H+1, -g)", r"\left(H + 1\right)^{-1} \left(-g\right)"),
    ("lr*sign(g)", "lr sign(g)", r"\mathrm{lr} \, \operatorname{sign}\left(g\right)"),
]


@pytest.mark.parametrize(("plain_text", "textbook_text", "latex_text"), EQUATIONS)
def test_equations(plain_text: str, textbook_text: str, latex_text: str) -> None:
    known = ("g", "u", "H", "lr", "theta")
    [(_, expression)] = read_assignments([f"v = {plain_text}"], known=known)
    assert (plain(expression), textbook(expression), latex(expression)) == (plain_text, textbook_text, latex_text)
    assert read_assignments([f"v = {textbook_text}"], known=known) == [("v", expression)]
    ElementTree.fromstring(mathml(expression))


PUT_IN = [  # text, numbers, plain, textbook, LaTeX
    ("2x^2 - 4x", {"x": 3.0}, "2*3^2 - 4*3", "2*3^2 - 4*3", r"2 \cdot 3^{2} - 4 \cdot 3"),
    ("2x^2 - 4x", {"x": -1.5}, "2*(-1.5)^2 - 4*(-1.5)", "2(-1.5)^2 - 4(-1.5)", r"2 \left(-1.5\right)^{2} - 4 \left(-1.5\right)"),
    ("x - y", {"y": -2.0}, "x - (-2)", "x - (-2)", r"x - \left(-2\right)"),
    ("x y", {"x": 2.0}, "2*y", "2y", "2 y"),
    ("y/x", {"x": 1e-8}, "y/1e-8", "y/1e-8", r"\frac{y}{10^{-8}}"),
    ("x^y", {"x": 1e20, "y": 2.0}, "1e20^2", "1e20^2", r"\left(10^{20}\right)^{2}"),
    ("sin x", {"x": 0.1}, "sin(0.1)", "sin(0.1)", r"\sin\left(0.1\right)"),
    ("x + 1", {"x": math.inf}, "inf + 1", "inf + 1", r"\infty + 1"),
    ("x + 1", {"x": math.nan}, "nan + 1", "nan + 1", r"\mathrm{nan} + 1"),
]


@pytest.mark.parametrize(("text", "numbers", "plain_text", "textbook_text", "latex_text"), PUT_IN)
def test_numbers_put_in(text: str, numbers: dict[str, float], plain_text: str, textbook_text: str, latex_text: str) -> None:
    expression = read(text)
    assert (plain(expression, numbers), textbook(expression, numbers)) == (plain_text, textbook_text)
    assert latex(expression, numbers) == latex_text
    assert "<mi>x</mi>" not in mathml(expression, {"x": 1.0, **numbers})
    ElementTree.fromstring(mathml(expression, numbers))


@pytest.mark.parametrize("x", [-2.5, -1e-30, 3.0, 1.25e20])
@pytest.mark.parametrize("text", ["2x^2 - 4x", "-x^2", "3^(x/1e20)", "1/2x", "x - -x", "|x|x - (x - 1)^2", "-(-x y)/x"])
def test_numbers_put_in_have_the_same_value(text: str, x: float) -> None:
    expression, numbers = read_formula(text).expression, {"x": x, "y": -0.75}
    for write in (plain, textbook):
        assert evaluate(read(write(expression, numbers))) == evaluate(expression, numbers)
