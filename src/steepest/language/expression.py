"""Immutable, interned expressions: equal ones are the same object, so a shared part is computed once.

`call` keeps the form that was written; `simplified` folds constants and drops neutral elements, as derivatives need it.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from weakref import ReferenceType, WeakValueDictionary, ref

from steepest.language.operations import COMPARISONS, CONSTANTS, OPERATIONS, REDUCTIONS
from steepest.language.rows import GONE, Rows, reduced_rows


class Expression:
    """A number, a named constant, a name, a column of a table, or an operation on expressions.

    Attributes:
        operation: `number`, `constant`, `name`, `column`, or a key of `OPERATIONS`, `REDUCTIONS` or `VECTOR_FUNCTIONS`.
        arguments: the expressions it is applied to.
        value: the float64 of a number or a named constant, else NaN.
        name: of a name, a column or a named constant, else empty.
        is_constant: whether it contains no name and nothing random.
        source: of a column and of what contains one: a weak reference to the rows; None for all others.
        parts: how many numbers, names and operations it has when written out, shared ones as often as they occur.
    """

    __slots__ = ("__weakref__", "arguments", "is_constant", "name", "operation", "parts", "source", "value")

    operation: str
    arguments: tuple[Expression, ...]
    value: float
    name: str
    is_constant: bool
    parts: int
    source: ReferenceType[Rows] | None

    def __setattr__(self, attribute: str, value: object) -> None:
        raise AttributeError("expressions do not change")

    def __repr__(self) -> str:
        texts: dict[Expression, str] = {}  # not recursive: a long sum is nested deeply
        for node in postorder(self):
            call = f"{node.operation}({', '.join(texts[argument] for argument in node.arguments)})"
            texts[node] = repr(node.value) if node.operation == "number" else node.name or call
        return texts[self]

    def __reduce__(self) -> tuple[object, ...]:
        places: dict[Expression, int] = {}
        rows: list[Row] = []
        for node in postorder(self):
            places[node] = len(rows)
            source = rows_of(node) if node.operation == "column" else None
            rows.append((node.operation, tuple(places[argument] for argument in node.arguments), node.value, node.name, source))
        return _rebuilt, (rows,)


Row = tuple[str, tuple[int, ...], float, str, Rows | None]  # operation, arguments' places, value, name, a column's rows


def _rebuilt(rows: list[Row]) -> Expression:
    """The last expression of pickled rows, each of which refers to earlier ones."""
    nodes: list[Expression] = []
    for operation, places, value, name, source in rows:
        nodes.append(intern(operation, tuple(nodes[place] for place in places), value, name, ref(source) if source else None))
    return nodes[-1]


_known: WeakValueDictionary[tuple[object, ...], Expression] = WeakValueDictionary()
_lock = threading.Lock()
_set = object.__setattr__


def intern(
    operation: str,
    arguments: tuple[Expression, ...],
    value: float = math.nan,
    name: str = "",
    source: ReferenceType[Rows] | None = None,
) -> Expression:
    """The unique expression with this operation and these arguments, or of this number, constant, name or column."""
    if arguments:
        key: tuple[object, ...] = (operation, *arguments)
    elif source:
        key = (operation, name, source)
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
            _set(found, "is_constant", _is_constant(operation, arguments))
            sources = [argument.source for argument in arguments if argument.source]
            _set(found, "source", sources[0] if sources else source)
            _set(found, "parts", 1 + sum([argument.parts for argument in arguments]))
            _known[key] = found
    return found


def _is_constant(operation: str, arguments: tuple[Expression, ...]) -> bool:
    if not arguments:
        return operation in ("number", "constant")
    for argument in arguments:
        if not argument.is_constant:
            return False
    return operation in OPERATIONS


def number(value: float) -> Expression:
    """A finite number as an expression."""
    return intern("number", (), float(value))


def constant(name: str) -> Expression:
    """A constant of the language, `pi` or `e`, which keeps its name."""
    return intern("constant", (), CONSTANTS[name], name)


def name(text: str) -> Expression:
    """The name of a parameter, a hyperparameter, or a quantity of an optimizer's equations."""
    return intern("name", (), name=text)


def column(text: str, source: Rows) -> Expression:
    """A column of a table, which is kept alive by others: its name and the rows that it is a column of."""
    return intern("column", (), name=text, source=ref(source))


def reduction(operation: str, argument: Expression, rows: Rows) -> Expression:
    """The `sum` or the `mean` over rows; of an argument without a column the number of rows times it, or it."""
    if argument.source:
        return call(operation, argument)
    return argument if operation == "mean" else simplified("mul", number(rows.rows), argument)


def rows_of(expression: Expression) -> Rows:
    """The rows of the table whose columns an expression contains.

    Raises:
        ReferenceError: if the table is gone.
    """
    rows = expression.source() if expression.source else None
    if rows is None:
        raise ReferenceError(GONE)
    return rows


def call(operation: str, *arguments: Expression) -> Expression:
    """An operation as it was written, except that `-2` is a number and `-(-x)` is x.

    >>> call("sub", name("x"), name("x"))
    sub(x, x)
    """
    if operation == "neg" and arguments[0].operation == "number":
        return number(-arguments[0].value)
    if operation == "neg" and arguments[0].operation == "neg":
        return arguments[0].arguments[0]
    return intern(operation, arguments)


@lru_cache(maxsize=256)  # a formula is traversed a dozen times when it is read
def postorder(*roots: Expression) -> tuple[Expression, ...]:
    """Every expression in the roots once, arguments before what uses them."""
    seen: set[Expression] = set()
    order: list[Expression] = []
    for root in roots:
        stack = [root]
        while stack:
            node = stack[-1]
            for argument in node.arguments:
                if argument not in seen:
                    if argument.arguments:
                        stack.append(argument)
                        break
                    seen.add(argument)
                    order.append(argument)
            else:
                stack.pop()
                if node not in seen:
                    seen.add(node)
                    order.append(node)
    return tuple(order)


def names(*roots: Expression) -> set[str]:
    """The names that occur in the expressions.

    >>> sorted(names(call("add", name("x"), name("y"))))
    ['x', 'y']
    """
    seen = set(roots)
    stack = [*roots]
    while stack:
        for argument in stack.pop().arguments:
            if argument not in seen:
                seen.add(argument)
                stack.append(argument)
    return {node.name for node in seen if node.operation == "name"}


def evaluate(root: Expression, values: Mapping[str, float] | None = None) -> float:
    """The IEEE value of an expression: NaN or infinite outside the domain, never an exception.

    Args:
        values: of the names.

    >>> evaluate(call("mul", number(2), name("x")), {"x": 3})
    6.0
    """
    return _evaluate(root, values or {}, None)


def _evaluate(root: Expression, values: Mapping[str, float], row: int | None) -> float:
    """The value of an expression; in a row of the table, where a column is a number."""
    results: dict[Expression, float] = {}
    for node in postorder(root):
        if node.operation in REDUCTIONS:
            results[node] = _over_rows(node, values)
        elif node.arguments:
            results[node] = OPERATIONS[node.operation].value(*[results[argument] for argument in node.arguments])
        elif node.operation == "column":
            results[node] = math.nan if row is None else float(rows_of(node)[node.name][row])
        else:
            results[node] = float(values[node.name]) if node.operation == "name" else node.value
    return results[root]


def _over_rows(node: Expression, values: Mapping[str, float]) -> float:
    """The value of a sum or a mean."""
    inner = node.arguments[0]
    nested = [part for part in postorder(inner) if part.operation in REDUCTIONS]
    numbers = {part: intern("number", (), _over_rows(part, values)) for part in nested}
    if nested:
        inner = rebuilt(inner, numbers.get)
    rows = rows_of(node)
    return reduced_rows(node.operation, [_evaluate(inner, values, row) for row in range(rows.rows)])


def rebuilt(root: Expression, replace: Callable[[Expression], Expression | None]) -> Expression:
    """The expression with some of its parts replaced; the rest stays as it was written.

    Args:
        root: the expression.
        replace: gives another expression for a part, or None to keep it.
    """
    results: dict[Expression, Expression] = {}
    for node in postorder(root):
        other = replace(node)
        if other is None:
            other = call(node.operation, *[results[argument] for argument in node.arguments]) if node.arguments else node
        results[node] = other
    return results[root]


def substitute(root: Expression, replacements: Mapping[str, Expression]) -> Expression:
    """An expression with names replaced by expressions; what becomes constant or neutral is simplified.

    >>> substitute(call("mul", name("a"), name("b")), {"a": number(1)})
    b
    """
    return replaced(postorder(root), replacements)


def replaced(order: Sequence[Expression], replacements: Mapping[str, Expression]) -> Expression:
    """`substitute` for the last expression of a postorder, which the caller keeps."""
    results: dict[Expression, Expression] = {}
    for node in order:
        if node.arguments:
            results[node] = simplified(node.operation, *[results[argument] for argument in node.arguments])
        else:
            results[node] = replacements.get(node.name, node) if node.operation == "name" else node
    return results[order[-1]]


ZERO, ONE = number(0), number(1)
LARGEST_EXACT = 2.0**53  # every larger float is a whole number
EXACT = 800  # digits: more than the sum of the largest and the smallest float has


def simplified(operation: str, *arguments: Expression) -> Expression:
    """An operation with numbers folded and neutral elements dropped.

    A product with the number 0 is 0 even where the other factor is not finite, as derivatives need it.

    >>> simplified("mul", number(1), simplified("add", name("x"), number(0)))
    x
    """
    for argument in arguments:
        if argument.operation != "number":
            break
    else:
        folded = _fold(operation, [argument.value for argument in arguments]) if operation in OPERATIONS else None
        if folded is not None:
            return number(folded)
    rule = NEUTRAL.get(operation)
    return (rule(*arguments) if rule else None) or call(operation, *arguments)


def _fold(operation: str, values: list[float]) -> float | None:
    """The value, if people would write it as a number; None for 1/3 and sqrt(2), which stay as they are."""
    value = OPERATIONS[operation].value(*values)
    if operation in COMPARISONS or not math.isfinite(value):
        return None
    if value.is_integer() and abs(value) < LARGEST_EXACT:
        return value + 0.0  # never -0.0
    if operation in ("add", "sub", "mul"):
        return _decimal(operation, *values)
    return value if operation == "neg" else None


def _decimal(operation: str, a: float, b: float) -> float:
    """The result in decimal arithmetic: 2.2 - 1 is 1.2, not 1.2000000000000002."""
    from decimal import Context, Decimal  # loaded for formulas with decimals only

    exact = Context(prec=EXACT)
    left, right = Decimal(repr(a)), Decimal(repr(b))
    return float({"add": exact.add, "sub": exact.subtract, "mul": exact.multiply}[operation](left, right))


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


NEUTRAL: dict[str, Callable[..., Expression | None]] = {
    "log": _log, "add": _add, "sub": _sub, "mul": _mul, "div": _div, "pow": _pow, "where": _where,
}  # fmt: skip
