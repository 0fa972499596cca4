"""An objective that is a formula, with what the gallery knows about it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, ClassVar

from steepest.errors import InputError
from steepest.language.derivative import derivative, gradient
from steepest.language.expression import Expression, evaluate, names
from steepest.language.grammar import read_formula
from steepest.language.latex import latex
from steepest.language.notation import plain, read_as
from steepest.language.suggestions import nearest
from steepest.language.tokens import GREEK, LONGEST, natural
from steepest.objectives.constants import CONSTANT
from steepest.objectives.domain import Domain, random_point
from steepest.objectives.gallery import GALLERY, Entry, Point

if TYPE_CHECKING:
    from steepest.data.batches import Batches

DEFAULT_LR = 0.1
REMEMBERED = 256  # texts
OPTION = re.compile(r"--|-[ho]\w*$")  # formulas that a command line takes for options
DEFAULT_VIEW = (-5.0, 5.0)


@dataclass(frozen=True)
class FormulaObjective:
    """A formula to minimize; see `steepest.objectives.objective.Objective`.

    Attributes:
        expression: the formula.
        names: the parameters in order.
        entry: the gallery's entry, if the objective was asked for by name.
        typed: the text it was read from.
        opened: the formula as it is compiled, with names for those constants that are inputs of its tape; None if there are none.
        constants: the names and values of these.
        named: the formula with the names of all constants; None if there are none.
        let: the names and values of all constants.
    """

    expression: Expression
    names: tuple[str, ...]
    entry: Entry | None = None
    typed: str = ""
    opened: Expression | None = None
    constants: tuple[tuple[str, float], ...] = ()
    named: Expression | None = None
    let: tuple[tuple[str, float], ...] = ()

    method: ClassVar[str] = "exact"
    is_fit: ClassVar[bool] = False

    @cached_property
    def text(self) -> str:
        """The formula in plain text that reads back."""
        return plain(self.expression)

    @property
    def compiled(self) -> Expression:
        """The formula as it is compiled: another value of a constant is another input."""
        return self.opened or self.expression

    @property
    def constant_names(self) -> tuple[str, ...]:
        """The constants that are inputs of the tape, behind the parameters."""
        return tuple(name for name, _ in self.constants)

    @cached_property
    def constant_inputs(self) -> dict[str, float]:
        """The values of these inputs by their names, such as `constant k`."""
        return {CONSTANT + name: value for name, value in self.constants}

    def inputs(self, position: Sequence[float]) -> list[float]:
        """The inputs of its tape (see `steepest.tape.compile.tape_of`) at a position."""
        return [*map(float, position), *self.constant_inputs.values()]

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
        """The gallery's title, else the formula."""
        return self.entry.title if self.entry else self.text

    @cached_property
    def latex(self) -> str:
        """The formula in LaTeX."""
        return latex(self.expression)

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
        return read_as(self.typed, self.text) if self.typed else None

    @cached_property
    def known(self) -> Entry | None:
        """The gallery's entry with the same formula, whose minima are this objective's."""
        return self.entry or _same_formulas().get((self.text, self.names))

    @property
    def minima(self) -> tuple[Point, ...]:
        """The known global minima; empty where none is known."""
        return self.known.minima if self.known else ()

    @property
    def saddles(self) -> tuple[Point, ...]:
        """The known saddles; empty where none is known."""
        return self.known.saddles if self.known else ()

    @property
    def view(self) -> tuple[tuple[float, float], ...]:
        """The interval of each parameter that a picture shows first: the gallery's, else -5 to 5."""
        return self.entry.view if self.entry else (DEFAULT_VIEW,) * len(self.names)

    @cached_property
    def hyperparameters(self) -> Mapping[str, float]:
        """Values for hyperparameters that nobody set: a learning rate `lr` and the least value `f_star`."""
        least = min((point.value for point in self.minima), default=0.0)
        return {"lr": self.entry.lr if self.entry else DEFAULT_LR, "f_star": least}

    def batches(self, seed: int) -> Batches | None:
        """The rows of each step; None for a formula without data."""
        return None

    def start(self, seed: int) -> tuple[float, ...]:
        """Where a run starts that is not told where: the gallery's start, else a seeded random point of the domain.

        The point lies in the view if one is found there.

        Raises:
            InputError: if no point of the domain is found.
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

    def value(self, position: Sequence[float]) -> float:
        """The IEEE value at a position, one number for each parameter.

        >>> read_objective("x^2 + y").value((3, 1))
        10.0
        """
        return evaluate(self.expression, self._named(position))

    def gradient(self, position: Sequence[float]) -> tuple[float, ...]:
        """The exact gradient at a position, one number for each parameter.

        >>> read_objective("x^2 + y").gradient((3, 1))
        (6.0, 1.0)
        """
        return tuple(evaluate(slope, self._named(position)) for slope in self._slopes)

    @cached_property
    def _slopes(self) -> tuple[Expression, ...]:
        return gradient(self.expression, self.names)

    def _named(self, position: Sequence[float]) -> dict[str, float]:
        return dict(zip(self.names, map(float, position), strict=True))


@lru_cache(maxsize=REMEMBERED)
def read_objective(text: str) -> FormulaObjective:
    """The objective that a text describes, read once: the name of a gallery function, or a formula.

    Args:
        text: `rosenbrock`, `2x^2 - 4x`, or `f(w, b) = (3w + b - 1)^2`, which names the parameters in order.

    Raises:
        FormulaError: for a text that is neither.
        InputError: for a misspelled name of a gallery function.

    >>> read_objective("rosenbrock").minima[0].position
    (1.0, 1.0)
    >>> read_objective("2x^2 - 4x").text
    '2*x^2 - 4*x'
    """
    name = text.strip()
    if name in GALLERY:
        entry = GALLERY[name]
        return FormulaObjective(read_formula(entry.formula).expression, entry.names, entry)
    near = _misspelled(name)
    if near:
        raise InputError(f"there is no function '{name}' in the gallery: did you mean {near}?")
    formula = read_formula(text)
    return FormulaObjective(formula.expression, formula.names, typed=text)


@cache
def _same_formulas() -> dict[tuple[str, tuple[str, ...]], Entry]:
    """The gallery by formula and parameters; of two entries with the same formula the first."""
    return {(entry.formula, entry.names): entry for entry in reversed(GALLERY.values())}


def _is_word(text: str) -> bool:
    """Whether a text is the name of a gallery function, perhaps misspelled."""
    return text in GALLERY or _misspelled(text) is not None


def _misspelled(word: str) -> str | None:
    """The gallery function that a lone word most likely meant, which would else be read as a parameter."""
    is_word = len(word) > 2 and word[0].isalpha() and word.replace("_", "").isalnum() and word not in GREEK
    joined = "_".join(word.lower().replace("-", " ").split())
    if joined in GALLERY and joined != word:
        return joined
    return nearest(word, GALLERY) if is_word else None
