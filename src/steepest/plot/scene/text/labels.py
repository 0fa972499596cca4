"""The texts of a picture: titles, formulas, labels of axes and runs, how each run ended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from steepest.errors import counted
from steepest.language.digits import short
from steepest.language.expression import name as named
from steepest.language.latex import LATEX, latex
from steepest.language.notation import textbook
from steepest.language.tokens import GREEK
from steepest.objectives.data import DataObjective
from steepest.plot.scene.path import Exit
from steepest.plot.scene.text.number import typographic
from steepest.runs.trajectory import Trajectory

LONGEST_LABEL = 46
MOST_LISTED = 4
LONGEST_MESSAGE = 64
WORDS = re.compile(rf"\b({'|'.join(GREEK)})(_?\d+)?\b")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉", "_")
POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
BREAKS = (" + ", " - ", r" \left(")


def axis_names(run: Trajectory) -> tuple[str, ...]:
    r"""The parameters in LaTeX: `x`, `\theta_{1}`; `p_{0}` for a Python function."""
    if run.objective.expression is not None:
        return tuple(latex(named(text)) for text in run.names)
    if run.objective.names:
        return tuple(LATEX.column(text) for text in run.objective.names)
    return tuple(f"p_{{{index}}}" for index in range(len(run.names))) if len(run.names) > 1 else ("p",)


def title(run: Trajectory) -> str:
    """The gallery's title, what has no formula by its name, or how many rows are drawn if not all; empty for a formula."""
    objective = run.objective
    if isinstance(objective, DataObjective):
        sampled = not (objective.table.in_memory or objective.is_quadratic)
        return f"drawn from {objective.drawn.table.rows:,} of {counted(objective.table.rows, 'row')}" if sampled else ""
    if objective.expression is not None:
        return objective.entry.title if objective.entry else ""
    count = counted(len(run.names), "parameter")
    return f"{objective.text}, {count}" if objective.names else f"{objective.text} of {count}"


def formula(run: Trajectory) -> tuple[str, str]:
    """The objective as an equation in LaTeX and in plain text; both empty for a Python function."""
    objective = run.objective
    if objective.expression is None:
        return "", ""
    text = f"f({', '.join(run.names)}) = {textbook(objective.expression)}"
    return f"f({', '.join(axis_names(run))}) = {objective.latex}", pretty(text)


def pieces(text: str) -> Iterator[str]:
    r"""The parts of a LaTeX formula between which a line may break: before a sign or a factor outside of all brackets.

    >>> list(pieces(r"f(x) = \left(1 + x\right)^{2} - 3 x"))
    ['f(x) = \\left(1 + x\\right)^{2}', ' - 3 x']
    """
    depth, first = 0, 0
    for index in range(len(text)):
        depth += (text[index] in "({[") - (text[index] in ")}]")
        depth += text.startswith(r"\left|", index) - text.startswith(r"\right|", index)
        sign = any(text.startswith(mark, index) for mark in BREAKS[:2]) and not text[:index].endswith("=")
        factor = text.startswith(BREAKS[2], index) and text[:index].endswith(("}", ")"))
        if depth == 0 and (sign or factor):
            yield text[first:index]
            first = index
    yield text[first:]


def labels(runs: Sequence[Trajectory]) -> list[str]:
    """A short label for each run; equal labels are numbered."""
    texts = [_shortened(typographic(label(run))) for run in runs]
    count, seen = Counter(texts), Counter[str]()
    unique = []
    for text in texts:
        seen[text] += 1
        unique.append(f"{text} #{seen[text]}" if count[text] > 1 else text)
    return unique


def label(run: Trajectory) -> str:
    """The run's label; the user's own equations in textbook notation."""
    if not run.optimizer.is_custom:
        return run.label
    equations = "; ".join(f"{name} = {textbook(expression)}" for name, expression in run.optimizer.equations)
    return pretty(equations + run.label.removeprefix(run.optimizer.text))


def pretty(text: str) -> str:
    """Text with Greek letters, superscripts and minus signs.

    >>> pretty("theta = theta - beta1 v^2")
    'θ = θ − β₁ v²'
    """
    text = typographic(text)
    greek = WORDS.sub(lambda found: GREEK[found[1]] + (found[2] or "").translate(SUBSCRIPTS), text)
    greek = re.sub(r"\^(\d+)(?![\d.^])", lambda found: found[1].translate(POWERS), greek)
    return re.sub(r"(?<![\deE])-|(?<=\d)-(?=\D)|(?<= )-(?= )", "−", greek)


def point_text(names: Sequence[str], numbers: Sequence[float]) -> str:
    """A point, with the name of a coordinate that is alone.

    >>> point_text(["x"], [3.0]), point_text(["x", "y"], [3.0, 0.5]), point_text(list("abcde"), [0.0] * 5)
    ('x = 3', '(3, 0.5)', '(0, 0, and 3 more)')
    """
    texts = [short(value) for value in numbers]
    return f"({listed(texts)})" if len(texts) > 1 else f"{names[0]} = {texts[0]}"


def listed(texts: Sequence[str]) -> str:
    """Texts between commas, the first two where they are many."""
    return ", ".join(texts if len(texts) <= MOST_LISTED else [*texts[:2], f"and {len(texts) - 2} more"])


def _shortened(text: str, longest: int = LONGEST_LABEL) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip(" ;,(") + "…"


def outcome(run: Trajectory, leaves: Exit | None) -> str:
    """How a run was tuned, how it ended and where it left the view, in a few words."""
    tuned = f"{run.tuning.text}; " if run.tuning is not None else ""
    return typographic(tuned + _outcome(run, leaves))


def _outcome(run: Trajectory, leaves: Exit | None) -> str:
    ended = _brief(run.ending.message)
    if leaves is None:
        return ended
    left = f"leaves the picture at step {leaves.step}"
    if run.ending == "diverged":
        return f"{left} and diverges"
    return f"{left}, comes back; {ended}" if leaves.returns else f"{left}; {ended}"


def _brief(message: str) -> str:
    """The first clause of an ending's sentence; all of it if it is a short reason for an undefined value."""
    head = re.split("[:;]", message)[0]
    return message if len(message) <= LONGEST_MESSAGE and message.startswith("undefined") else head
