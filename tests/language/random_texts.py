"""Random texts: formulas, formulas with mistakes, and garbage made of what people and programs write."""

import random
from collections.abc import Iterator

from steepest.language import latex_tokens
from steepest.language.dialects import BARE, PREFIXES, READINGS, REASONS, SPELLINGS
from steepest.language.operations import FUNCTIONS
from steepest.language.precedence import COMPARISON_SIGNS
from steepest.language.tokens import (  # fmt: skip
    GREEK,
    KEYWORDS,
    LETTERS,
    LOOKALIKES,
    REFUSED,
    SIGNS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
)
from steepest.optimizers import frameworks
from steepest.optimizers.zoo import OPTIMIZERS

NAMES = ("x", "y", "z", "x1", "x_2", "theta", "alpha", "w", "b", "E", "I", "t", "abc", "lr", "beta1")
NUMBERS = (
    "0", "1", "2", "3", "4", "7", "10", "100", "0.5", "0.1", "1.25", "2.2", "0.3333", "3.14159", "123456789", "1e-8", "2.5e-7",
    "1e16", "1e20", "1e-300", "1e300", "5e-324", "1.0000000000000002",
)  # fmt: skip
EXPONENTS = ("2", "3", "4", "-1", "0.5", "1/2", "x", "-2", "(-1/3)", "33", "1.5")
COMMANDS = (
    *latex_tokens.SIGNS, *latex_tokens.FRACTIONS, *latex_tokens.FONTS, *latex_tokens.REFUSED, *latex_tokens.LETTERS,
    *latex_tokens.OPENING, *latex_tokens.CLOSING, *latex_tokens.SKIPPED, "sqrt", "sin", "log", "foo",
)  # fmt: skip
WORDS = (
    *FUNCTIONS, *READINGS, *REASONS, *SPELLINGS, *sorted(PREFIXES), *sorted(BARE), *sorted(KEYWORDS), *GREEK, *NAMES,
    *(f"\\{word}" for word in sorted(COMMANDS)), "constructor", "toString", "__proto__", "hasOwnProperty", "sinx", "xy", "sin2x",
    "cosine", "momentum", "nan", "inf", "pI", "PI", "np.sin", "np.", "Math.PI", "x[0]", "x.pow(2)", "torch.exp", "5!", "200!",
    "log_2", "log_3", "2i", "3j", "k", "`k`", "`a b`", "x_{1}", "^{2}", "_1", "f(x) =", "f(x, y) =", "lambda x:", "x =>",
    "def f(x): return", "const f =",
)  # fmt: skip
MARKS = (
    *SIGNS, *SUPERSCRIPTS, *SUBSCRIPTS, *LETTERS, *LOOKALIKES, *REFUSED, *"+-*/^(),|=<>._; \n\t{}[]$&?@!~:'\"`\\", "**", "==", "√",
    "∛", "\ufeff", "\ud800", "\u00a0", "\u200b", "\u0301", "½", "ａ", "𝑥", "𝛼", "ℎ", "日", "😀", "é", "ⅷ", "‐", "⌊", "⌋", "⌈", "⌉",
    "→", "⇒", "≈", "∈", "ª", "ⁿ", "₊", "ᵀ", "\x00", "\x1f", "\x85", "´",
)  # fmt: skip
HEADERS = (
    "f(x, y) = ", "f(w, b)=", "f(x)=", "y = ", "lambda x, y: ", "(x, y) => ", "@(x) ", "def f(x, y): return ", "return ",
    "const f = (x) => ",
)  # fmt: skip
ORDINARY = "xyzab12345.()+-*^/|, xy2+*()"
CONSTANTS = ("k", "c", "x", "sum", "e", "log", "beta1", "living area")
SETTINGS = ("lr", "beta", "beta1", "beta2", "eps", "alpha", "decay", "momentum", "betas", "learning_rate", "k", "theta", "rho")
STATES = ("theta", "theta", "v", "m", "s", "u", "step", "beta", "g", "lr")
LIBRARY_NAMES = (
    "SGD", "torch.optim.SGD", "optax.adam", "optax.rmsprop", "optax.noisy_sgd", "Adam", "AdamW", "RMSprop", "NAdam",
    "keras.optimizers.Adam", "torch:Adam", "scipy:BFGS", "adm", "adamm", "newton's method", "heavy-ball", "Gradient Descent",
    "foo", "gradient",
)  # fmt: skip

Case = tuple[str, dict[str, float]]


def cases(seed: int, count: int) -> Iterator[Case]:
    """Texts with the values of their constants, the same for the same seed: half of them are formulas."""
    random_numbers = random.Random(seed)
    make = _Texts(random_numbers)
    for _ in range(count):
        text = random_numbers.choice((make.formula, make.formula, make.formula, make.mistake, make.mistake, make.garbage))()
        chosen = random_numbers.sample(CONSTANTS, random_numbers.choice((0, 0, 0, 1, 2)))
        yield text, {name: random_numbers.choice((2.0, 0.5, -1.0, 1e-8, 3.0)) for name in chosen}


def optimizers(seed: int, count: int) -> Iterator[tuple[str, dict[str, float | str]]]:
    """Texts of optimizers with settings, the same for the same seed: names, equations, and both with mistakes."""
    source = random.Random(seed)
    make = _Texts(source)
    for _ in range(count):
        text = source.choice((make.named_optimizer, make.equations, make.equations))()
        text = make.with_mistakes(text) if source.random() < 0.25 else text
        chosen = source.sample(SETTINGS, source.choice((0, 0, 0, 0, 0, 1, 2)))
        yield text, {name: source.choice((0.9, 1e-8, 3.0, "0.1/t", "lr", "t/T", "0.5^(t", "")) for name in chosen}


class _Texts:
    """Texts from a source of random numbers."""

    def __init__(self, source: random.Random) -> None:
        self.source, self.choice = source, source.choice

    def formula(self) -> str:
        """A formula, which may still have no value."""
        return self.choice(("", "", "", "", self.choice(HEADERS))) + self.term(self.choice((1, 2, 2, 3, 3, 4)))

    def term(self, depth: int) -> str:
        """A formula of some depth."""
        if depth <= 0:
            return self.choice((*NAMES, *NAMES, *NUMBERS, "pi", "e"))
        kinds = (self.sum, self.sum, self.sum, self.power, self.called, self.called, self.read, self.written)
        return self.choice(kinds)(depth - 1)

    def sum(self, depth: int) -> str:
        """A sum, a product or a quotient, with some brackets."""
        left, right = self.term(depth), self.term(depth)
        left, right = (f"({part})" if self.source.random() < 0.5 else part for part in (left, right))
        return left + self.choice(("+", "-", "*", "/", " + ", " - ", "*", " ", "")) + right

    def power(self, depth: int) -> str:
        """A power."""
        return f"({self.term(depth)}){self.choice((*(f'^{exponent}' for exponent in EXPONENTS), *'²³⁴'))}"

    def called(self, depth: int) -> str:
        """A call of a function of the language."""
        word = self.choice(tuple(FUNCTIONS))
        count = self.choice((2, 2, 3, 4)) if word in ("min", "max") else FUNCTIONS[word].arity
        arguments = [self.term(depth) for _ in range(count)]
        if word == "where":
            arguments[0] += f" {self.choice(tuple(COMPARISON_SIGNS))} {self.term(depth)}"
        return f"{word}({', '.join(arguments)})"

    def read(self, depth: int) -> str:
        """A call of a function of another language."""
        word = self.choice(tuple(READINGS))
        count = self.choice(READINGS[word]).partition(": ")[0].count(",") + 1
        return f"{word}({', '.join(self.term(depth) for _ in range(count))})"

    def written(self, depth: int) -> str:
        """A sign, bars, LaTeX, or a function in a notation of its own."""
        inner, other = self.term(depth), self.term(depth)
        return self.choice((
            f"-{inner}", f"-({inner})", f"|{inner}|", rf"\frac{{{inner}}}{{{other}}}", rf"\sqrt{{{inner}}}", f"√({inner})",
            f"{self.choice(('sin', 'cos', 'exp', 'log'))} {self.term(0)}", f"{self.choice(('sin', 'cosh', 'tan'))}^2({inner})",
        ))  # fmt: skip

    def mistake(self) -> str:
        """A formula in which a few characters are missing, added or exchanged."""
        return self.with_mistakes(self.formula())

    def with_mistakes(self, text: str) -> str:
        """A text in which a few characters are missing, added or exchanged."""
        signs = list(text)
        for _ in range(self.choice((1, 1, 1, 2, 3))):
            kind, place = self.source.random(), self.source.randrange(len(signs) + 1)
            if kind < 0.3:
                del signs[place : place + 1]
            elif kind < 0.9:
                signs[place : place + (kind > 0.7)] = [self.choice(MARKS if kind < 0.5 else WORDS if kind < 0.6 else ORDINARY)]
            else:
                del signs[place:]
        return "".join(signs)

    def named_optimizer(self) -> str:
        """An optimizer by a name of the zoo or of a library, with settings."""
        name = self.choice((*OPTIMIZERS, *frameworks.NAMES, *LIBRARY_NAMES))
        arguments = (*SETTINGS, *frameworks.HYPERPARAMETERS, *sorted(frameworks.OTHER_ARGUMENTS))
        values = ("0.1", "0.9", "0.1/t", "0", "False", "True", "(0.9, 0.99)", "None", "x", "", "1e-8", "cos(pi*t/T)")
        settings = ", ".join(f"{self.choice(arguments)}={self.choice(values)}" for _ in range(self.choice((0, 1, 1, 2))))
        return self.choice((name, f"{name}({settings})", f"{name} ({self.choice(values)}, {settings})"))

    def equations(self) -> str:
        """Equations of the zoo, some with another right side."""
        found = self.choice(tuple(OPTIMIZERS.values())).equations.split("; ")
        for index in range(len(found)):
            if self.source.random() < 0.3:
                found[index] = f"{self.choice((*STATES, found[index].split(' = ')[0]))} = {self.vector(self.choice((1, 2, 2, 3)))}"
        return self.choice(("; ", ";", "\n")).join(found)

    def vector(self, depth: int) -> str:
        """An expression of an optimizer's equations."""
        if depth <= 0:
            return self.choice((*STATES, *STATES, "g", "f", "t", "T", "lr", "beta", "0.5", "2", "noise()", "grad(theta)", "H"))
        one, other = self.vector(depth - 1), self.vector(depth - 1)
        return self.choice((
            f"{one} + {other}", f"{one} - {other}", f"({one})*({other})", f"({one})/({other})", f"({one})^2", f"sqrt(|{one}|)",
            f"norm({one})", f"dot({one}, {other})", f"solve(H, {one})", f"value({one})", f"max({one}, {other})", f"sign({one})",
            f"where({one} < {other}, {one}, {other})", f"grad({one})", f"relu({one})", f"{one} {other}",
        ))  # fmt: skip

    def garbage(self) -> str:
        """Words and signs in any order."""
        kinds = (WORDS, MARKS, ORDINARY, ORDINARY)
        return "".join(self.choice(self.choice(kinds)) for _ in range(self.source.randrange(1, 14)))
