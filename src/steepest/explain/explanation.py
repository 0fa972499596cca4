"""One step of a run, worked out with its numbers: as text, LaTeX, MathML and data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import fill, wrap
from typing import Any

from steepest.errors import InputError
from steepest.explain.layout import WIDTH, latex_table, mathml_table, text_blocks
from steepest.explain.line import Line, number_in
from steepest.explain.naming import Naming
from steepest.explain.rounding import check_digits, rounded
from steepest.explain.section import Section, sections
from steepest.explain.step import Value, WorkedStep, work_step
from steepest.language.notation import PLAIN, plain
from steepest.runs.trajectory import Trajectory

LONGEST_TITLE = 60
SPACE = "\N{NO-BREAK SPACE}"  # where a line does not break
Numbers = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Explanation:
    """One step of a run, worked out.

    Attributes:
        step: its number, from 1.
        optimizer: its name with the hyperparameters that were set.
        equations: the optimizer's, as text.
        objective: the formula, or the name of a Python function.
        position: where the step begins, by parameter.
        state: what the optimizer remembers then.
        settings: the hyperparameters at this step, and `t`.
        sections: the lines in their order, with what stands above them.
        remarks: what is to be said about the step: where it led, how the run ended, what is left out.
        digits: to which numbers are rounded.
    """

    step: int
    optimizer: str
    equations: tuple[str, ...]
    objective: str
    position: Numbers
    state: Numbers
    settings: Numbers
    sections: tuple[Section, ...]
    remarks: tuple[str, ...]
    digits: int

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line: a name, its formula as written, with numbers, and the result."""
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def title(self) -> str:
        """What is explained: `step 2 of gd(lr=0.3) on x^2`."""
        return f"step {self.step} of {self.optimizer} on {self.objective}"

    def __str__(self) -> str:
        facts = [fact for word in ("at", "state", "with") for fact in self.listed(word)]
        remarks = "\n".join(fill(remark, WIDTH, break_long_words=False) for remark in self.remarks)
        head = "\n".join([fill(self.title, WIDTH, break_long_words=False), *facts])
        return "\n\n".join([head, *text_blocks(self.sections), remarks])

    def __repr__(self) -> str:
        return f"<Explanation of {self.title}>"

    def listed(self, word: str) -> Iterator[str]:
        """Names with their numbers behind a word; what was typed stays as it was."""
        numbers = {"at": self.position, "state": self.state, "with": self.settings}[word]
        found = {line.quantity for line in self.lines} if word == "with" else {name for name, _ in numbers}
        shown = [(name, rounded(value, self.digits) if name in found else value) for name, value in numbers]
        if shown:
            text = ", ".join(f"{name.replace(' ', SPACE)}{SPACE}={SPACE}{number_in(PLAIN, value)}" for name, value in shown)
            lines = wrap(f"{word:<7}{text}", WIDTH, subsequent_indent=" " * 7, break_long_words=False)
            yield "\n".join(lines).replace(SPACE, " ")

    @property
    def latex(self) -> str:
        r"""The lines as an `aligned` environment, to stand between `\[` and `\]`; for amsmath, MathJax and KaTeX."""
        return latex_table(f"Step {self.step} of {self.optimizer.partition('(')[0]}", self.sections, self.remarks)

    @property
    def mathml(self) -> str:
        """The lines as one `<math>` element."""
        return mathml_table(self.title, self.sections, self.remarks)

    def _repr_html_(self) -> str:
        return self.mathml

    @property
    def document(self) -> dict[str, Any]:
        """Everything, for JSON; a number that is not finite is None."""
        return {
            "step": self.step,
            "title": self.title,
            "optimizer": self.optimizer,
            "objective": self.objective,
            "equations": list(self.equations),
            "position": dict(self.position),
            "state": dict(self.state),
            "settings": dict(self.settings),
            "digits": self.digits,
            "lines": [
                {**line.document, "equation": _equation_text(section)} for section in self.sections for line in section.lines
            ],
            "remarks": list(self.remarks),
        }


def _equation_text(section: Section) -> str | None:
    if section.equation is None:
        return None
    name, formula = section.equation
    return f"{name} = {plain(formula)}"


def explain(run: Trajectory, step: int = 1, *, digits: int = 4, most: int = 4) -> Explanation:
    """Work out one step of a run: every formula as written, with this step's numbers in it, and its result.

    The function, its gradient, then each equation of the optimizer, for every parameter. Numbers are rounded, but so that
    each result follows from the numbers that are shown, to within its own last digit: where it does not, `≈` stands for `=`.

    Args:
        run: what `descend` returned.
        step: from 1 to the last one; also the one that broke the run, if one did.
        digits: significant digits, from 1 to 17; a number whose rounding would change the result gets more.
        most: how many parameters are written out, from 1 to 16.

    Raises:
        InputError: for a step that was not taken, with the reason; for `digits` or `most` out of range.

    >>> from steepest.runs.descent import descend
    >>> print(explain(descend("x^2", start=3, lr=0.3), 1))
    step 1 of gd(lr=0.3) on x^2
    at     x = 3
    with   lr = 0.3, t = 1
    <BLANKLINE>
    f(x) = x^2 = 3^2 = 9
       g = f'(x) = 2x = 2*3 = 6
       x = x - lr*g = 3 - 0.3*6 = 1.2
    <BLANKLINE>
    f falls from 9 to 1.44
    """
    check_digits(digits)
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= 16:
        raise InputError(f"how many parameters are written out is a whole number from 1 to 16, not {most!r}")
    worked_step = work_step(run, step)
    optimizer = run.optimizer
    return Explanation(
        step,
        "your optimizer" if optimizer.is_custom else run.label,
        tuple(optimizer.text.split("; ")),
        _named(run),
        _facts(worked_step, ("theta",), most),
        _facts(worked_step, optimizer.state, most),
        tuple((name, worked_step.before[name][0]) for name in (*optimizer.hyperparameters, "t")),
        tuple(sections(worked_step, digits, most)),
        tuple(_remarks(worked_step, digits, most)),
        digits,
    )


def _named(run: Trajectory) -> str:
    """The function's name, or its formula if a title has room for it."""
    objective = run.objective
    if objective.expression is not None:
        return objective.entry.name if objective.entry else objective.text if len(objective.text) <= LONGEST_TITLE else "f"
    return objective.text


def _facts(worked_step: WorkedStep, words: Sequence[str], most: int) -> Numbers:
    """The values of names when the step begins."""
    naming = Naming(worked_step)
    found: list[tuple[str, float]] = []
    for word in words:
        value: Value = worked_step.before[word]
        if word in worked_step.vectors:
            found += zip(naming.coordinates(word)[:most], value[:most], strict=True)
        else:
            found.append((word, value[0]))
    return tuple(found)


def _remarks(worked_step: WorkedStep, digits: int, most: int) -> Iterator[str]:
    """Where the step led, how the run ended, what is left out."""
    run = worked_step.run
    if worked_step.after is not None:
        batch = "over this batch " if worked_step.rows and worked_step.rows.batches else ""
        yield batch + _change_of_value(worked_step.before["f"][0], worked_step.after, digits)
    if worked_step.step >= run.steps and run.ending not in ("step_limit", "budget", "interrupted"):
        yield f"here the run ended: {run.ending.message}"
    left_out = Naming(worked_step).position[most:]
    if left_out:
        which = f"{left_out[0]} to {left_out[-1]}" if len(left_out) > 1 else left_out[0]
        rest = f"{len(left_out)} more parameters, {which}, go" if len(left_out) > 1 else f"one more parameter, {which}, goes"
        yield f"{rest} the same way" + (": write out more with most" if len(run.names) <= 16 else "")


def _change_of_value(before: float, after: float, digits: int) -> str:
    """`f falls from 9 to 1.44`"""
    if not math.isfinite(after):
        return "f is not defined where the step ends" if math.isnan(after) else "f is larger than any number where the step ends"
    if after == before:
        return f"f stays at {number_in(PLAIN, rounded(before, digits))}"
    while rounded(before, digits) == rounded(after, digits) and digits < 17:
        digits += 1
    verb = "falls" if after < before else "rises"
    return f"f {verb} from {number_in(PLAIN, rounded(before, digits))} to {number_in(PLAIN, rounded(after, digits))}"
