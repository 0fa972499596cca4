"""The names in a worked step: `m_x` for the coordinate of `m` that belongs to `x`, symbols for derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from steepest.explain.step import WorkedStep
from steepest.language.expression import Expression, name, rebuilt
from steepest.language.latex import LATEX
from steepest.language.mathml import MATHML
from steepest.language.notation import HELD, PLAIN, column_text


class Symbol(NamedTuple):
    """A symbol in three notations: plain text, LaTeX, and MathML to stand inside a `<math>` element."""

    plain: str
    latex: str
    mathml: str


def symbol(word: str) -> Symbol:
    """The symbol of a name."""
    return Symbol(PLAIN.name(word).replace(HELD, " "), LATEX.name(word), MATHML.name(word))


def _joined(words: Sequence[str]) -> Symbol:
    """Names with commas between them."""
    parts = [symbol(word) for word in words]
    return Symbol(
        ", ".join(part.plain for part in parts),
        ", ".join(part.latex for part in parts),
        "<mo>,</mo>".join(part.mathml for part in parts),
    )


def function_symbol(at: Sequence[str]) -> Symbol:
    """`f(x, y)`"""
    inside = _joined(at)
    return Symbol(
        f"f({inside.plain})",
        rf"f\left({inside.latex}\right)",
        f"<mrow><mi>f</mi><mo>&#x2061;</mo><mo>(</mo>{inside.mathml}<mo>)</mo></mrow>",
    )


def partial_symbol(parameter: str | None, at: str = "") -> Symbol:
    """`f'(x)` for the only parameter (None), `df/dx` for one of several, perhaps at another point: `df/dx(q)`."""
    point = symbol(at)
    if parameter is None:
        prime = "<msup><mi>f</mi><mo>′</mo></msup>"
        return Symbol(
            f"f'({point.plain})",
            rf"f'\left({point.latex}\right)",
            f"<mrow>{prime}<mo>&#x2061;</mo><mo>(</mo>{point.mathml}<mo>)</mo></mrow>",
        )
    by = symbol(parameter)
    text, formula = f"df/d{by.plain}", rf"\frac{{\partial f}}{{\partial {by.latex}}}"
    fraction = f"<mfrac><mrow><mo>∂</mo><mi>f</mi></mrow><mrow><mo>∂</mo>{by.mathml}</mrow></mfrac>"
    if not at:
        return Symbol(text, formula, fraction)
    return Symbol(
        f"{text}({point.plain})",
        rf"{formula}\left({point.latex}\right)",
        f"<mrow>{fraction}<mo>(</mo>{point.mathml}<mo>)</mo></mrow>",
    )


def second_symbol(first: str, second: str, *, alone: bool) -> Symbol:
    """`f''(x)` for the only parameter, else `d2f/dx2` or `d2f/dxdy`."""
    a, b = symbol(first), symbol(second)
    if alone:
        prime = "<msup><mi>f</mi><mo>″</mo></msup>"
        return Symbol(f"f''({a.plain})", rf"f''\left({a.latex}\right)", f"<mrow>{prime}<mo>(</mo>{a.mathml}<mo>)</mo></mrow>")
    over = "<mrow><msup><mo>∂</mo><mn>2</mn></msup><mi>f</mi></mrow>"
    if first == second:
        under = f"<mrow><mo>∂</mo><msup>{a.mathml}<mn>2</mn></msup></mrow>"
        formula = rf"\frac{{\partial^{{2}} f}}{{\partial {{{a.latex}}}^{{2}}}}"
        return Symbol(f"d2f/d{a.plain}2", formula, f"<mfrac>{over}{under}</mfrac>")
    under = f"<mrow><mo>∂</mo>{a.mathml}<mo>∂</mo>{b.mathml}</mrow>"
    formula = rf"\frac{{\partial^{{2}} f}}{{\partial {a.latex} \, \partial {b.latex}}}"
    return Symbol(f"d2f/d{a.plain}d{b.plain}", formula, f"<mfrac>{over}{under}</mfrac>")


class Naming:
    """The names of coordinates.

    Attributes:
        parameters: of the objective, in order.
        labels: the suffix of a vector's coordinates: the parameters' names, as the language writes those of columns, or numbers.
        position: what the coordinates of `theta` are called: the parameters' names, unless the equations use one of them.
    """

    def __init__(self, worked_step: WorkedStep) -> None:
        run, words = worked_step.run, worked_step.optimizer.words
        self.parameters = run.names
        self.vectors = worked_step.vectors
        named = bool(run.objective.names) and not any("`" in word for word in run.objective.names)
        numbers = tuple(map(str, range(len(self.parameters))))
        self.labels = tuple(column_text(word) for word in self.parameters) if named else numbers
        names = self.labels if named else tuple(f"p_{label}" for label in self.labels)
        used = {"g", "f", "t", *({"T", "H"} & words), *worked_step.optimizer.assigned, *worked_step.optimizer.hyperparameters}
        indices = range(len(names))
        others = {self.indexed(word, k) if word in self.vectors else word for word in used - {"theta"} for k in indices}
        clash = not others.isdisjoint(names)
        self.position = tuple(self.indexed("theta", k) if clash else names[k] for k in indices)

    def indexed(self, word: str, index: int) -> str:
        """A name with the label of a parameter; the name alone if there is only one parameter."""
        if len(self.parameters) == 1:
            return word
        return f"{word}_{self.labels[index]}"

    def coordinate(self, word: str, index: int) -> str:
        """The name of a coordinate of a vector; a number keeps its name."""
        if word == "theta":
            return self.position[index]
        return self.indexed(word, index) if word in self.vectors else word

    def coordinates(self, word: str) -> tuple[str, ...]:
        """The names of all coordinates of a vector."""
        return tuple(self.coordinate(word, index) for index in range(len(self.parameters)))

    def at(self, root: Expression, index: int) -> Expression:
        """A coordinate of an expression without calls."""
        return rebuilt(root, lambda node: name(self.coordinate(node.name, index)) if node.operation == "name" else None)

    def moved(self, root: Expression, point: str) -> Expression:
        """The objective's expression at a point, in the names of the point's coordinates."""
        coordinates = dict(zip(self.parameters, self.coordinates(point), strict=True))
        return rebuilt(root, lambda node: name(coordinates[node.name]) if node.operation == "name" else None)
