"""Immutable, interned expressions: equal ones are the same object, so a shared part is worked out once.

An expression keeps the shape it was written in; `simplified` is the constructor that folds constants and drops
neutral elements, for what the machine writes (derivatives).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping
from weakref import WeakValueDictionary

from steepest.language.operations import COMPARISONS, CONSTANTS, OPERATIONS

__all__ = ["Expression", "call", "constant", "evaluate", "name", "names", "number", "postorder", "simplified", "substitute"]


class Expression:
    """A number, a named constant, a name, or an operation on expressions.

    Attributes:
        operation: `number`, `constant`, `name`, or a key of `OPERATIONS` or `VECTOR_FUNCTIONS`.
        arguments: the expressions it is applied to.
        value: the float64 of a number or a named constant, else not a number.
        name: of a name or a named constant, else empty.
        is_constant: whether no name and nothing random occurs in it.
    """

    __slots__ = ("__weakref__", "arguments", "is_constant", "name", "operation", "value")

    operation: str
    arguments: tuple[Expression, ...]
    value: float
    name: str
    is_constant: bool

    def __setattr__(self, attribute: str, value: object) -> None:
        raise AttributeError("expressions do not change")

    def __repr__(self) -> str:
        if self.operation == "number":
            return repr(self.value)
        return self.name or f"{self.operation}({', '.join(map(repr, self.arguments))})"

    def __reduce__(self) -> tuple[object, ...]:
        return intern, (self.operation, self.arguments, self.value, self.name)


_known: WeakValueDictionary[tuple[object, ...], Expression] = WeakValueDictionary()
_lock = threading.Lock()
_set = object.__setattr__


def intern(operation: str, arguments: tuple[Expression, ...], value: float = math.nan, name: str = "") -> Expression:
    """The one expression of this shape."""
    if arguments:
        key: tuple[object, ...] = (operation, *arguments)
    else:
        key = (operation, name) if name else (operation, value, math.copysign(1.0, value))
    found = _known.get(key)
    if found is not None:
        return found
    with _lock:
        found = _known.get(key)
        if found is None:
            found = Expression.__new__(Expression)
            _set(found, "operation", operation)
            _set(found, "arguments", arguments)
            _set(found, "value", value)
            _set(found, "name", name)
            _set(found, "is_constant", is_constant(operation, arguments))
            _known[key] = found
    return found


def is_constant(operation: str, arguments: tuple[Expression, ...]) -> bool:
    if not arguments:
        return operation in ("number", "constant")
    return operation in OPERATIONS and all(argument.is_constant for argument in arguments)


def number(value: float) -> Expression:
    """The expression of a finite number."""
    return intern("number", (), float(value))


def constant(name: str) -> Expression:
    """`pi` or `e`, kept by name."""
    return intern("constant", (), CONSTANTS[name], name)


def name(text: str) -> Expression:
    """A parameter, a hyperparameter, or a quantity of an optimizer's equations."""
    return intern("name", (), name=text)


def call(operation: str, *arguments: Expression) -> Expression:
    """The operation as written; only the sign of a number becomes part of it, so that `-2` is a number."""
    if operation == "neg" and arguments[0].operation == "number":
        return number(-arguments[0].value)
    return intern(operation, arguments)


def postorder(*roots: Expression) -> Iterator[Expression]:
    """Every expression that occurs in the roots, once, arguments before what uses them."""
    seen: set[Expression] = set()
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        node, arguments_done = stack.pop()
        if node in seen:
            continue
        if arguments_done or not node.arguments:
            seen.add(node)
            yield node
        else:
            stack.append((node, True))
            stack.extend((argument, False) for argument in reversed(node.arguments))


def names(*roots: Expression) -> set[str]:
    """The names that occur in the expressions."""
    return {node.name for node in postorder(*roots) if node.operation == "name"}


def evaluate(root: Expression, values: Mapping[str, float] | None = None) -> float:
    """The IEEE value of an expression; names take their values from `values`.

    >>> evaluate(call("mul", number(2), name("x")), {"x": 3})
    6.0
    """
    results: dict[Expression, float] = {}
    for node in postorder(root):
        if node.arguments:
            results[node] = OPERATIONS[node.operation].value(*[results[argument] for argument in node.arguments])
        else:
            results[node] = float((values or {})[node.name]) if node.operation == "name" else node.value
    return results[root]


def substitute(root: Expression, replacements: Mapping[str, Expression]) -> Expression:
    """The expression with names replaced by expressions, simplified where that makes it constant or neutral."""
    results: dict[Expression, Expression] = {}
    for node in postorder(root):
        if node.arguments:
            results[node] = simplified(node.operation, *[results[argument] for argument in node.arguments])
        else:
            results[node] = replacements.get(node.name, node) if node.operation == "name" else node
    return results[root]


ZERO, ONE = number(0), number(1)


def simplified(operation: str, *arguments: Expression) -> Expression:
    """The operation with numbers folded and neutral elements dropped.

    A product with the number 0 is 0: a derivative does not depend on what is not there.
    """
    if all(argument.operation == "number" for argument in arguments) and operation in OPERATIONS:
        value = OPERATIONS[operation].value(*[argument.value for argument in arguments])
        if math.isfinite(value) and operation not in COMPARISONS and exact(operation, value, arguments):
            return number(value)
    rule = NEUTRAL.get(operation)
    return (rule(*arguments) if rule else None) or call(operation, *arguments)


def exact(operation: str, value: float, arguments: tuple[Expression, ...]) -> bool:
    """Whether folding keeps a number that people would write: 1/3 and sqrt(2) stay as they are."""
    return operation in ("neg", "add", "sub", "mul") or value.is_integer()


def _neg(a: Expression) -> Expression | None:
    return a.arguments[0] if a.operation == "neg" else None


def _add(a: Expression, b: Expression) -> Expression | None:
    return b if a is ZERO else a if b is ZERO else None


def _sub(a: Expression, b: Expression) -> Expression | None:
    return simplified("neg", b) if a is ZERO else a if b is ZERO else None


def _mul(a: Expression, b: Expression) -> Expression | None:
    if a is ZERO or b is ZERO:
        return ZERO
    if a is ONE:
        return b
    if b is ONE:
        return a
    if a.operation == "number" and a.value == -1:
        return simplified("neg", b)
    if b.operation == "number" and b.value == -1:
        return simplified("neg", a)
    return None


def _div(a: Expression, b: Expression) -> Expression | None:
    return ZERO if a is ZERO else a if b is ONE else None


def _pow(a: Expression, b: Expression) -> Expression | None:
    return a if b is ONE else ONE if b is ZERO else None


def _where(condition: Expression, a: Expression, b: Expression) -> Expression | None:
    return a if a is b else None


def _log(a: Expression) -> Expression | None:
    return ONE if a.name == "e" and a.operation == "constant" else None


NEUTRAL = {"log": _log, "neg": _neg, "add": _add, "sub": _sub, "mul": _mul, "div": _div, "pow": _pow, "where": _where}
