"""Names, expressions and equations as `<math>` elements of an HTML page."""

from __future__ import annotations

from functools import lru_cache

from steepest.language.expression import Expression, name
from steepest.language.mathml import mathml
from steepest.language.notation import unwritten

OPEN, CLOSE = '<math displaystyle="true">', "</math>"


def element(expression: Expression) -> str:
    """An expression as a `<math>` element without a namespace, which HTML implies; a note where it is too long to be read."""
    if reason := unwritten(expression):
        return f"{OPEN}<mtext>({reason})</mtext>{CLOSE}"
    return f"{OPEN}{_content(expression)}{CLOSE}"


@lru_cache(maxsize=1024)
def symbol(word: str) -> str:
    """A name as MathML, without the `<math>` element around it.

    >>> symbol("beta1")
    '<msub><mi>β</mi><mn>1</mn></msub>'
    """
    return _content(name(word))


def equation(assigned: str, expression: Expression) -> str:
    """The equation `assigned = expression` as a `<math>` element."""
    return f"{OPEN}{symbol(assigned)}<mo>=</mo>{element(expression).removeprefix(OPEN)}"


def _content(expression: Expression) -> str:
    return mathml(expression).partition(">")[2].removesuffix(CLOSE)
