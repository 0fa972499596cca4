"""An objective that is a formula, with what the gallery knows about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from steepest.errors import InputError
from steepest.language import notation
from steepest.language.derivative import derivative
from steepest.language.expression import Expression, names
from steepest.language.grammar import read_formula
from steepest.language.suggestions import nearest
from steepest.language.tokens import GREEK, LONGEST, natural
from steepest.objectives.domain import Domain, random_point
from steepest.objectives.gallery import GALLERY, Entry, Point

DEFAULT_LR = 0.1
OPTION = re.compile(r"--|-[ho]\w*$")  # what a command line takes for an option, although it is a formula
DEFAULT_VIEW = (-5.0, 5.0)


@dataclass(frozen=True)
class FormulaObjective:
    """A function to minimize, as an expression.

    Attributes:
        expression: the formula.
        names: the parameters in order.
        entry: the gallery's entry by whose name it was asked for.
        typed: the text it was read from.
    """

    expression: Expression
    names: tuple[str, ...]
    entry: Entry | None = None
    typed: str = ""

    @cached_property
    def text(self) -> str:
        """The formula in plain text that reads back."""
        return notation.plain(self.expression)

    @cached_property
    def definition(self) -> str:
        """Text that reads back to the same objective, its parameters and their order included."""
        bare = (
            tuple(sorted(names(self.expression), key=natural)) == self.names
            and not _is_word(self.text)
            and not OPTION.match(self.text)
        )
        text = self.text if bare else f"f({', '.join(self.names)}) = {self.text}"
        return text if len(text) <= LONGEST else self.typed.strip() or text.replace(" ", "")

    @property
    def title(self) -> str:
        return self.entry.title if self.entry else self.text

    @cached_property
    def latex(self) -> str:
        return notation.latex(self.expression)

    @cached_property
    def derivatives(self) -> tuple[Expression, ...]:
        """The partial derivatives in textbook form."""
        return tuple(derivative(self.expression, name) for name in self.names)

    @property
    def read_as(self) -> str | None:
        """The formula in plain text if that differs from what was typed, or if E or I is a parameter."""
        constants = [name for name in self.names if name in ("E", "I")]
        if self.typed and constants and not re.match(r"\s*\w+\s*\([^()=]*\)\s*=", self.typed):
            told = {"E": "E is a parameter: Euler's number is e", "I": "I is a parameter"}
            return f"f({', '.join(self.names)}) = {self.text}, where {' and '.join(told[name] for name in constants)}"
        return notation.read_as(self.typed, self.text) if self.typed else None

    @cached_property
    def known(self) -> Entry | None:
        """The gallery's entry with the same formula, whose minima are this objective's."""
        return self.entry or _same_formulas().get((self.text, self.names))

    @property
    def minima(self) -> tuple[Point, ...]:
        return self.known.minima if self.known else ()

    @property
    def saddles(self) -> tuple[Point, ...]:
        return self.known.saddles if self.known else ()

    @property
    def view(self) -> tuple[tuple[float, float], ...]:
        """What to look at: the gallery's view, else -5 to 5 in every parameter."""
        return self.entry.view if self.entry else (DEFAULT_VIEW,) * len(self.names)

    @cached_property
    def hyperparameters(self) -> Mapping[str, float]:
        """What the objective itself says about hyperparameters that nobody set: a learning rate, its least value."""
        least = min((point.value for point in self.minima), default=0.0)
        return {"lr": self.entry.lr if self.entry else DEFAULT_LR, "f_star": least}

    def start(self, seed: int) -> tuple[float, ...]:
        """The gallery's start, else the seed's random point of the function's domain, in the view if that has one.

        Raises:
            InputError: where no such point is found.
        """
        if self.entry:
            return self.entry.start
        found = Domain(self.expression, self.names).random(self.view, seed)
        if found is None:
            numbers = ["1"] * len(self.names)
            python = f"({', '.join(numbers)})" if len(numbers) > 1 else "1"
            raise InputError(
                "no point was found where the function has a value and a slope: "
                f"say where to start, such as --start {','.join(numbers)}, or start={python}"
            )
        return found

    def samples(self, count: int, seed: int) -> list[tuple[float, ...]]:
        """Seeded random points, uniform in the view."""
        return [random_point(self.view, seed, index) for index in range(count)]


def read_objective(text: str) -> FormulaObjective:
    """A gallery function by name, or a formula.

    Raises:
        FormulaError: for a text that is neither.
        InputError: for a word that is nearly the name of a gallery function.

    >>> read_objective("rosenbrock").minima[0].position
    (1.0, 1.0)
    >>> read_objective("2x^2 - 4x").text
    '2*x^2 - 4*x'
    """
    name = text.strip()
    if name in GALLERY:
        entry = GALLERY[name]
        return FormulaObjective(read_formula(entry.formula).expression, entry.names, entry)
    near = misspelled(name)
    if near:
        raise InputError(f"there is no function '{name}' in the gallery: did you mean {near}?")
    formula = read_formula(text)
    return FormulaObjective(formula.expression, formula.names, typed=text)


@cache
def _same_formulas() -> dict[tuple[str, tuple[str, ...]], Entry]:
    """The gallery by what it computes; of two names for the same, the first."""
    return {(entry.formula, entry.names): entry for entry in reversed(GALLERY.values())}


def _is_word(text: str) -> bool:
    """Whether a text stands for a gallery function, or nearly."""
    return text in GALLERY or misspelled(text) is not None


def misspelled(word: str) -> str | None:
    """The gallery function that a word most likely meant; alone it would read as a parameter, which has no minimum."""
    is_word = len(word) > 2 and word[0].isalpha() and word.replace("_", "").isalnum() and word not in GREEK
    joined = "_".join(word.lower().replace("-", " ").split())
    if joined in GALLERY and joined != word:
        return joined
    return nearest(word, GALLERY) if is_word else None
