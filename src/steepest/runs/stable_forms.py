"""Numerically stable forms of a formula, whose parts do not overflow: `sigmoid`, `softplus`, `tanh`, `hypot`, `abs`.

They are proposed where a run ended because a number was too large, and only if they make value and gradient finite there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from steepest.language.expression import ONE, Expression, call, number, postorder
from steepest.language.notation import plain
from steepest.tape.lowering import objective_tape
from steepest.tape.tape import Tape
from steepest.targets.reference import results

LONGEST = 60  # characters of a part that a sentence shows
MOST_TRIED = 6  # forms
Form = tuple[str, Expression]


def remedy(expression: Expression, names: Sequence[str], position: Sequence[float]) -> str:
    """What to write instead, if that makes the value and the gradient finite at a position; else an empty text.

    Args:
        expression: the formula.
        names: its parameters.
        position: a number for each of them.

    >>> from steepest.language.grammar import read_formula
    >>> remedy(read_formula("log(1+exp(x))").expression, ["x"], [800.0])
    'softplus(x) instead of log(1+exp(x)) stays finite there'
    """
    for told, form in forms(expression):
        if _is_finite(objective_tape(form, names), position):
            return told
    return ""


def _is_finite(tape: Tape, position: Sequence[float]) -> bool:
    slots = results(tape, position)
    return all(math.isfinite(slots[slot]) for name in ("f", "g") for slot in tape.outputs[name])


def forms(root: Expression) -> Iterator[Form]:
    """The stable forms of a formula with the words for each: one part rewritten at a time, then all of them."""
    pairs = _rewritten(root)
    shown = [(old, new) for old, new in pairs.items() if len(plain(old)) <= LONGEST and len(plain(new)) <= LONGEST]
    chosen = [[pair] for pair in shown] + ([shown] if len(shown) > 1 else [])
    for some in chosen[-MOST_TRIED:]:
        told = " and ".join(f"{plain(new)} instead of {plain(old)}" for old, new in some)
        yield f"{told} {'stays' if len(some) == 1 else 'stay'} finite there", _exchanged(root, dict(some))


def _rewritten(root: Expression) -> dict[Expression, Expression]:
    """The largest parts of a formula that have a stable form, each with that form."""
    new: dict[Expression, Expression] = {}
    found: dict[Expression, dict[Expression, Expression]] = {}
    for node in postorder(root):
        inner = call(node.operation, *(new[part] for part in node.arguments)) if node.arguments else node
        other = next((form for rule in RULES if (form := rule(inner)) is not None), None)
        new[node] = inner if other is None else other
        if other is not None:
            found[node] = {node: other}
        else:
            found[node] = {old: form for part in node.arguments for old, form in found[part].items()}
    return found[root]


def _exchanged(root: Expression, pairs: dict[Expression, Expression]) -> Expression:
    """The formula with some of its parts replaced."""
    new: dict[Expression, Expression] = {}
    for node in postorder(root):
        inner = call(node.operation, *(new[part] for part in node.arguments)) if node.arguments else node
        new[node] = pairs.get(node, inner)
    return new[root]


def _terms(node: Expression, sign: int = 1) -> list[tuple[int, Expression]]:
    """The terms of a sum, each with its sign."""
    if node.operation == "neg":
        return _terms(node.arguments[0], -sign)
    if node.operation not in ("add", "sub"):
        return [(sign, node)]
    left, right = node.arguments
    return _terms(left, sign) + _terms(right, sign if node.operation == "add" else -sign)


def _minus(node: Expression) -> Expression:
    if node.operation == "mul" and node.arguments[0].operation == "number":
        return _scaled(_minus(node.arguments[0]), node.arguments[1])
    return call("neg", node)


def _difference(a: Expression, b: Expression) -> Expression:
    """`a - b`; `a + c` where b is -c."""
    if _is_number(a, 0.0):
        return _minus(b)
    if b.operation == "neg":
        return call("add", a, b.arguments[0])
    return a if _is_number(b, 0.0) else call("sub", a, b)


def _is_number(node: Expression, value: float) -> bool:
    return node.operation == "number" and node.value == value


def _exponent(node: Expression) -> Expression | None:
    """The exponent of a power of `e`, also in 1 = e^0; None for anything else."""
    if node.operation == "exp":
        return node.arguments[0]
    if node.operation == "pow" and node.arguments[0].operation == "constant" and node.arguments[0].name == "e":
        return node.arguments[1]
    return number(0.0) if _is_number(node, 1.0) else None


def _exponents(node: Expression, signs: tuple[int, ...]) -> list[Expression] | None:
    """The exponents of a sum of exponentials with these signs, not all of them 1."""
    parts = _terms(node)
    found = [_exponent(part) for _, part in parts]
    if tuple(sign for sign, _ in parts) != signs or any(part is None for part in found):
        return None
    known = [part for part in found if part is not None]
    return None if all(_is_number(part, 0.0) for part in known) else known


def _square(node: Expression) -> Expression | None:
    """The root of a square; of a number that is not negative, too."""
    if node.operation == "number" and node.value >= 0:
        return number(math.sqrt(node.value))
    if node.operation == "pow" and _is_number(node.arguments[1], 2.0):
        return node.arguments[0]
    return node.arguments[0] if node.operation == "mul" and node.arguments[0] is node.arguments[1] else None


def _length(node: Expression) -> Expression | None:
    """`hypot` or `abs` for the root of a sum of up to three squares, not all of them numbers."""
    parts = _terms(node)
    roots = [_square(part) for _, part in parts]
    if not 1 <= len(parts) <= 3 or any(sign < 0 for sign, _ in parts) or all(part.is_constant for _, part in parts):
        return None
    known = [root for root in roots if root is not None]
    if len(known) < len(parts):
        return None
    total = known[0]
    for other in known[1:]:
        total = call("hypot", total, other)
    return call("abs", total) if len(known) == 1 else total


def _scaled(factor: Expression, node: Expression) -> Expression:
    return node if _is_number(factor, 1.0) else call("mul", factor, node)


def _logistic(node: Expression) -> Expression | None:
    """`sigmoid` for `1/(1 + exp(-x))`, `exp(x)/(1 + exp(x))` and other quotients by two exponentials."""
    if node.operation == "pow" and _is_number(node.arguments[1], -1.0):
        node = call("div", ONE, node.arguments[0])
    if node.operation != "div":
        return None
    above, below = node.arguments
    powers = _exponents(below, (1, 1))
    if powers is None:
        return None
    top = _exponent(above)
    for mine, other in (powers, powers[::-1]):
        if top is mine or (top is not None and _is_number(top, 0.0) and _is_number(mine, 0.0)):
            return call("sigmoid", _difference(mine, other))
    for mine, other in (powers, powers[::-1]):
        if _is_number(mine, 0.0):
            return _scaled(above, call("sigmoid", _difference(mine, other)))
    return None


def _hyperbolic(node: Expression) -> Expression | None:
    """`tanh` for a quotient of sinh and cosh, or of exponentials."""
    if node.operation != "div":
        return None
    above, below = node.arguments
    if (above.operation, below.operation) == ("sinh", "cosh") and above.arguments[0] is below.arguments[0]:
        return call("tanh", below.arguments[0])
    over, under = _exponents(above, (1, -1)), _exponents(below, (1, 1))
    if over is None or under is None or over[0] is not under[0] or over[1] is not under[1]:
        return None
    gap = _difference(*over)
    if gap.operation == "mul" and _is_number(gap.arguments[0], 2.0):
        return call("tanh", gap.arguments[1])
    if gap.operation == "add" and gap.arguments[0] is gap.arguments[1]:
        return call("tanh", gap.arguments[0])
    return call("tanh", call("div", gap, number(2.0)))


def _root(node: Expression) -> Expression | None:
    """`hypot` and `abs` for the root of squares."""
    if node.operation == "sqrt" or (node.operation == "pow" and _is_number(node.arguments[1], 0.5)):
        return _length(node.arguments[0])
    return None


def _logarithm(node: Expression) -> Expression | None:
    """`softplus` for the log of a sum of exponentials, and others that need not compute what they take the log of."""
    if node.operation != "log":
        return None
    inner = node.arguments[0]
    parts = _terms(inner)
    single = _exponent(inner)
    if single is not None:
        return single
    powers = _exponents(inner, (1,) * len(parts)) if len(parts) in (2, 3) else None
    if powers is not None:
        powers = sorted(powers, key=lambda power: not _is_number(power, 0.0))
        total = powers[0]
        for power in powers[1:]:
            more = call("softplus", _difference(power, total))
            total = more if _is_number(total, 0.0) else call("add", total, more)
        return total
    if inner.operation == "sigmoid":
        return _minus(call("softplus", _minus(inner.arguments[0])))
    if [sign for sign, _ in parts] == [1, -1] and _is_number(parts[0][1], 1.0) and parts[1][1].operation == "sigmoid":
        return _minus(call("softplus", parts[1][1].arguments[0]))
    if inner.operation == "cosh":
        size = call("abs", inner.arguments[0])
        tail = call("softplus", call("mul", number(-2.0), size))
        return call("sub", call("add", size, tail), call("log", number(2.0)))
    measured = _length(inner)
    return None if measured is None else call("mul", number(2.0), call("log", measured))


RULES: tuple[Callable[[Expression], Expression | None], ...] = (_hyperbolic, _logistic, _root, _logarithm)
