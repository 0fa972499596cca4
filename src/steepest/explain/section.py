"""A worked step in sections: the function, its gradient, then every equation with its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from steepest.explain.line import Line, given, worked
from steepest.explain.naming import Naming, Symbol, function_symbol, partial_symbol, second_symbol, symbol
from steepest.explain.step import Value, WorkedStep
from steepest.explain.substeps import Substep
from steepest.language.derivative import derivative
from steepest.language.expression import Expression, call, evaluate, name, number, rebuilt
from steepest.language.latex import latex
from steepest.language.mathml import MATHML
from steepest.language.notation import plain, unwritten, write
from steepest.optimizers.vectors import is_vector

MOST_KNOWN = 16  # coordinates whose numbers a formula may need
MOST_ARGUMENTS = 4  # that f(x, y, ...) lists
SOURCES = {
    "given": "the gradient comes from the function that was given with the objective",
    "jax": "JAX differentiates the Python function",
    "central differences": "the gradient of the Python function is found by central differences",
}


@dataclass(frozen=True)
class Section:
    """Lines that belong together, under one heading.

    Attributes:
        heading: the words above them; may be empty.
        equation: the equation whose coordinates they are, as a name and a formula.
        lines: one for each parameter that is shown, or a single one.
    """

    lines: tuple[Line, ...]
    heading: str = ""
    equation: tuple[str, Expression] | None = None


def sections(worked_step: WorkedStep, digits: int, most: int) -> Iterator[Section]:
    """The sections of a step in the order of the computation; of vectors, the first `most` coordinates."""
    writer = _Writer(worked_step, digits, most)
    yield writer.function()
    yield writer.gradient()
    yield from writer.schedules()
    for substep, value in zip(worked_step.substeps, worked_step.results, strict=True):
        yield from writer.substep(substep, value)


class _Writer:
    """Writes sections one after the other; `exact` has the value of every name so far."""

    def __init__(self, worked_step: WorkedStep, digits: int, most: int) -> None:
        self.worked_step, self.digits = worked_step, digits
        run = worked_step.run
        self.naming = Naming(worked_step)
        self.shown = range(min(len(run.names), most))
        self.alone = len(run.names) == 1
        self.whole = {*run.constant_settings, "t", "T"}
        self.exact: dict[str, float] = {}
        self.calls: dict[str, Expression] = {}
        for word, value in worked_step.before.items():
            self.set_value(word, value)

    def set_value(self, word: str, value: Value) -> None:
        """Set the value of a name, or of each of its coordinates."""
        if word not in self.worked_step.vectors:
            self.exact[word] = value[0]
            return
        for index, coordinate in enumerate(value[:MOST_KNOWN]):
            self.exact[self.naming.coordinate(word, index)] = coordinate

    @property
    def expression(self) -> Expression | None:
        return self.worked_step.run.objective.expression

    def function(self) -> Section:
        """`f(x) = x^2 = 3^2 = 9`"""
        names = self.naming.position
        left = function_symbol(names) if len(names) <= MOST_ARGUMENTS else symbol("f")
        told = self.worked_step.rows.told if self.worked_step.rows else ""
        return Section((self.value_line("f", left, "theta", self.worked_step.before["f"][0]),), told)

    def value_line(self, quantity: str, left: Symbol, point: str, value: float, label: Symbol | None = None) -> Line:
        if self.expression is None:
            return given(quantity, None, left, value, self.digits, label)
        return self.formula_line(quantity, None, left, self.expression, point, value, label)

    def formula_line(
        self, quantity: str, parameter: str | None, left: Symbol, root: Expression, point: str, value: float, label: Symbol | None
    ) -> Line:
        """A line for the objective's formula, or a derivative of it, at a point."""
        formula = filled = self.naming.moved(root, point)
        further: dict[str, float] = {}
        if formula.source and self.worked_step.rows:
            filled, further = self.worked_step.rows.written_out(formula, self.exact)
        exact = {**self.exact, **further}
        return worked(quantity, parameter, left, formula, filled, exact, value, self.digits, label=label, textbook=True)

    def gradient(self) -> Section:
        """`g = f'(x) = 2x = 2*3 = 6`"""
        lines = self.gradient_lines("g", "theta", self.worked_step.before["g"])
        source = SOURCES.get(getattr(self.worked_step.run.objective, "method", ""), "")
        return Section(lines, source or ("" if self.alone else "the gradient"))

    def gradient_lines(self, target: str, point: str, values: Value) -> tuple[Line, ...]:
        return tuple(self.derivative_line(target, point, index, values[index]) for index in self.shown)

    def derivative_line(self, target: str, point: str, index: int, value: float) -> Line:
        """One derivative, at the position or another point."""
        left, parameter = symbol(self.naming.coordinate(target, index)), self.naming.parameters[index]
        at = point if point != "theta" else ""
        label = (
            partial_symbol(None, at or self.naming.position[0]) if self.alone else partial_symbol(self.naming.position[index], at)
        )
        partial = self.written_derivative(self.expression, index)
        if partial is None:
            return given(target, parameter, left, value, self.digits, label)
        return self.formula_line(target, parameter, left, partial, point, value, label)

    def written_derivative(self, expression: Expression | None, *indices: int) -> Expression | None:
        """The derivative by parameters one after the other, unless it is too long to write out or there is no formula."""
        for index in indices:
            if expression is None or unwritten(expression):
                return None
            expression = derivative(expression, self.naming.parameters[index])
        return None if expression is None or unwritten(expression) else expression

    def schedules(self) -> Iterator[Section]:
        """`lr = 0.1/(1+0.02*t) = 0.1/(1+0.02*3) = 0.09434`"""
        for key, formula in self.worked_step.run.schedules.items():
            value = self.worked_step.before[key][0]
            yield Section((worked(key, None, symbol(key), formula, formula, self.exact, value, self.digits, whole=self.whole),))

    def substep(self, substep: Substep, value: Value) -> Iterator[Section]:
        """The sections of one substep, whose value is known from then on."""
        if substep.kind in ("norm", "dot"):
            yield self.norm_or_dot(substep, value[0])
        elif substep.kind == "noise":
            seed = self.worked_step.run.seed
            words = f"{substep.name} is noise, drawn at random from the standard normal distribution (seed {seed})"
            yield Section(self.drawn(substep.name, value), words)
        elif substep.kind == "grad":
            point = substep.formula.arguments[0].name
            lines = self.gradient_lines(substep.name, point, value)
            yield Section(
                lines, "" if self.alone else "the gradient at the new position" if point == "theta" else f"the gradient at {point}"
            )
        elif substep.kind == "value":
            point = substep.formula.arguments[0].name
            label = function_symbol([point if point != "theta" else self.naming.position[0]])
            yield Section((self.value_line(substep.name, symbol(substep.name), point, value[0], label),))
        elif substep.kind == "solve":
            yield from self.solution(substep, value)
        else:
            yield self.equation(substep, value)
        self.set_value(substep.name, value)

    def equation(self, substep: Substep, value: Value) -> Section:
        """`x = x - lr*g = 3 - 0.3*6 = 1.2`, for every parameter if it is one of a vector."""
        if substep.name not in self.worked_step.vectors:
            return Section((self.assignment(substep, None, value[0]),))
        lines = tuple(self.assignment(substep, index, value[index]) for index in self.shown)
        return Section(lines, "", None if self.alone else (substep.name, substep.written))

    def assignment(self, substep: Substep, index: int | None, value: float) -> Line:
        coordinate = index or 0
        target = self.naming.coordinate(substep.name, coordinate)
        parameter = None if index is None else self.naming.parameters[index]
        before = self.exact[target] if substep.name == "theta" else None
        return worked(
            substep.name, parameter, symbol(target), self.written(substep.formula, coordinate),
            self.naming.at(substep.formula, coordinate), self.exact, value, self.digits, whole=self.whole, before=before,
        )  # fmt: skip

    def written(self, root: Expression, index: int) -> Expression:
        """A coordinate of a formula, with norms and scalar products as the equations write them."""

        def replace(node: Expression) -> Expression | None:
            if node.operation != "name":
                return None
            return self.calls.get(node.name) or name(self.naming.coordinate(node.name, index))

        return rebuilt(root, replace)

    def drawn(self, word: str, values: Value) -> tuple[Line, ...]:
        """Lines of numbers that have no formula."""
        return tuple(
            given(word, self.naming.parameters[index], symbol(self.naming.coordinate(word, index)), values[index], self.digits)
            for index in self.shown
        )

    def norm_or_dot(self, substep: Substep, value: float) -> Section:
        """`norm(g) = sqrt(g_x^2 + g_y^2) = ...`, or a scalar product."""
        written = self.written(substep.formula, 0) if self.alone else rebuilt(substep.formula, self.as_called)
        self.calls[substep.name] = written
        left = Symbol(plain(written), latex(written), write(written, MATHML, None))
        if len(self.naming.parameters) > len(self.shown):
            return Section((given(substep.name, None, left, value, self.digits),))
        indices = self.shown if any(is_vector(part, self.worked_step.vectors) for part in substep.formula.arguments) else range(1)
        formula = _expanded(
            substep.kind, [[self.naming.at(part, index) for part in substep.formula.arguments] for index in indices]
        )
        return Section((worked(substep.name, None, left, formula, formula, self.exact, value, self.digits, whole=self.whole),))

    def as_called(self, node: Expression) -> Expression | None:
        return self.calls.get(node.name) if node.operation == "name" else None

    def solution(self, substep: Substep, value: Value) -> Iterator[Section]:
        """The second derivatives, and how `d = solve(H, g)` follows from them."""
        vector = substep.formula.arguments[1].name
        yield self.second_derivatives()
        if self.alone:
            quotient = call("div", name(vector), name("H"))
            yield Section((self.plain_line(substep.name, 0, quotient, value[0]),))
            return
        equation = (substep.name, substep.formula)
        if len(value) == 2:
            yield self.determinant()
            yield Section(
                tuple(self.plain_line(substep.name, k, _cramer(self, vector, k), value[k]) for k in range(2)), "", equation
            )
            return
        yield Section(self.drawn(substep.name, value), "", equation)
        self.set_value(substep.name, value)
        yield Section(
            tuple(self.product_row(substep.name, vector, k) for k in range(len(value))),
            f"because H times {substep.name} is {vector}",
        )

    def plain_line(self, word: str, index: int, formula: Expression, value: float) -> Line:
        target, parameter = symbol(self.naming.coordinate(word, index)), self.naming.parameters[index]
        return worked(word, parameter, target, formula, formula, self.exact, value, self.digits, whole=self.whole)

    def second_derivatives(self) -> Section:
        """`H = f''(x) = 2`, or the upper triangle of the Hessian."""
        assert self.expression is not None
        size, names = len(self.naming.parameters), self.naming.position
        lines: list[Line] = []
        for i in range(size):
            for j in range(i, size):
                partial = self.written_derivative(self.expression, i, j)
                value = self.worked_step.hessian[i * size + j]
                left, label = symbol(self.entry(i, j)), second_symbol(names[i], names[j], alone=self.alone)
                if partial is None:
                    lines.append(given("H", None, left, value, self.digits, label))
                else:
                    lines.append(self.formula_line("H", None, left, partial, "theta", value, label))
                self.exact[self.entry(i, j)] = value
        return Section(tuple(lines), "" if self.alone else "the second derivatives")

    def entry(self, i: int, j: int) -> str:
        """The name of an entry of the Hessian, which is symmetric."""
        labels = self.naming.labels
        return "H" if self.alone else f"H_{labels[min(i, j)]}_{labels[max(i, j)]}"

    def determinant(self) -> Section:
        formula = call(
            "sub", call("mul", name(self.entry(0, 0)), name(self.entry(1, 1))), call("pow", name(self.entry(0, 1)), number(2))
        )
        value = evaluate(formula, self.exact)
        line = worked("det", None, symbol("det"), formula, formula, self.exact, value, self.digits)
        self.exact["det"] = value
        return Section((line,), "the determinant of H")

    def product_row(self, solution: str, vector: str, row: int) -> Line:
        """`g_x = H_x_x*d_x + H_x_y*d_y + ...`, which is what solving means."""
        products = [
            call("mul", name(self.entry(row, column)), name(self.naming.coordinate(solution, column)))
            for column in range(len(self.naming.parameters))
        ]
        target = self.naming.coordinate(vector, row)
        return self.plain_line(vector, row, _total(products), self.exact[target])


def _expanded(kind: str, rows: Sequence[Sequence[Expression]]) -> Expression:
    """A norm or a scalar product in coordinates."""
    if kind == "dot":
        return _total([call("mul", a, b) if a is not b else call("pow", a, number(2)) for a, b in rows])
    if len(rows) == 1:
        return call("abs", rows[0][0])
    return call("sqrt", _total([call("pow", part, number(2)) for (part,) in rows]))


def _total(terms: Sequence[Expression]) -> Expression:
    return reduce(lambda left, right: call("add", left, right), terms)


def _cramer(writer: _Writer, vector: str, index: int) -> Expression:
    """A coordinate of the solution of two equations by Cramer's rule."""
    b = [name(writer.naming.coordinate(vector, k)) for k in range(2)]
    other = 1 - index
    own = call("mul", b[index], name(writer.entry(other, other)))
    across = call("mul", name(writer.entry(0, 1)), b[other])
    return call("div", call("sub", own, across), name("det"))
