"""What role a quantity has, derived from the equations: gradient, update, momentum, second moment, or a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from steepest.errors import InputError, clipped
from steepest.language.expression import Expression, number, postorder, substitute
from steepest.language.operations import OPERATIONS
from steepest.language.suggestions import nearest
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.vectors import vector_names

GRADIENT, MOMENTUM, UPDATE = "gradient", "momentum", "update"
FULL = "full"  # the gradient over all rows, where that of a batch is the gradient
TRIALS = "trials"  # where an optimizer of another library asked for something and did not step to

Order = float | None
STEPS = {"t": (1.0, 100.0), "T": (100.0, 100.0)}  # an early and a late step


def showable(optimizer: Optimizer) -> tuple[str, ...]:
    """What pictures can show of a run: the gradient, the update, every name that the equations assign, every hyperparameter.

    Of an optimizer of another library, which has no equations, its trials.

    >>> from steepest.optimizers.reading import optimizer
    >>> showable(optimizer("momentum"))
    ('gradient', 'update', 'momentum', 'v', 'lr', 'beta')
    """
    if isinstance(optimizer, LibraryOptimizer):
        return GRADIENT, UPDATE, TRIALS
    by_role = (GRADIENT, UPDATE, MOMENTUM) if momentum(optimizer) else (GRADIENT, UPDATE)
    return tuple(dict.fromkeys((*by_role, *_named(optimizer))))


def _named(optimizer: Optimizer) -> list[str]:
    """The names that the equations have values for; those of another library are not known."""
    if isinstance(optimizer, LibraryOptimizer):
        return []
    return [*(name for name in optimizer.assigned if name != "theta"), *optimizer.hyperparameters]


def check_shown(shown: Iterable[str], optimizers: Sequence[Optimizer]) -> None:
    """Refuse names that none of the optimizers can show.

    Raises:
        InputError: with the nearest name, or with all names.
    """
    known = tuple(dict.fromkeys(name for each in optimizers for name in showable(each)))
    for name in shown:
        if any(quantity(each, name) for each in optimizers):
            continue
        which = f"the optimizer '{optimizers[0].name}' has" if len(optimizers) == 1 else "these optimizers have"
        near = None if name == MOMENTUM else nearest(name, known)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
        raise InputError(f"{which} no '{clipped(name)}' to show: {hint}")


def quantity(optimizer: Optimizer, name: str) -> str | None:
    """The quantity that a word stands for, such as `v` for `momentum`; None if there is none.

    >>> from steepest.optimizers.reading import optimizer
    >>> [quantity(optimizer(each), "momentum") for each in ("nesterov", "adam", "gd")]
    ['v', 'm', None]
    """
    if name in _named(optimizer):
        return name
    if name in (GRADIENT, "g"):
        return GRADIENT
    if name == FULL:
        return FULL
    if name == TRIALS:
        return TRIALS if isinstance(optimizer, LibraryOptimizer) else None
    return momentum(optimizer) if name == MOMENTUM else UPDATE if name == UPDATE else None


def momentum(optimizer: Optimizer) -> str | None:
    """The name of the momentum: the first state that accumulates steps or gradients; None if there is none.

    A momentum is a vector, it depends on its own last value as in `v = beta*v + g`, and it enters the update with its sign:
    through sums, products, quotients and `sign`, never through a square.
    """
    vectors, signs = vector_names(optimizer), _sign_sources(optimizer)
    moving = _reached("theta", signs)
    for name in optimizer.assigned:
        own = name in optimizer.state and name in vectors and name in _reached(name, signs, within="theta")
        if own and name in moving and order(optimizer, name) is None:
            return name
    return None


def _sign_sources(optimizer: Optimizer) -> dict[str, set[str]]:
    """For each name of the equations the names on whose signs its value depends."""
    found: dict[str, set[str]] = {}
    for name, expression in optimizer.equations:
        found.setdefault(name, set()).update(_signed(expression))
    return found


SIGN_KEEPERS = {"add": (0, 1), "sub": (0, 1), "neg": (0,), "div": (0,), "where": (1, 2), "sign": (0,), "min": (0, 1), "max": (0, 1)}


def _signed(root: Expression) -> Iterator[str]:
    """The names on whose signs that of an expression depends."""
    stack, seen = [root], {root}
    while stack:
        node = stack.pop()
        if node.operation == "name":
            yield node.name
        squared = node.operation == "mul" and node.arguments[0] is node.arguments[1]
        places = (0, 1) if node.operation == "mul" and not squared else SIGN_KEEPERS.get(node.operation, ())
        following = {node.arguments[place] for place in places} - seen
        seen |= following
        stack += following


def _reached(first: str, signs: Mapping[str, set[str]], *, within: str = "") -> set[str]:
    """The names on whose signs a name depends, directly or through names other than `within`."""
    found: set[str] = set()
    stack = [first]
    while stack:
        for name in signs.get(stack.pop(), set()) - found:
            found.add(name)
            if name != within:
                stack.append(name)
    return found


def order(optimizer: Optimizer, name: str, hyperparameters: Mapping[str, Expression] | None = None) -> float | None:
    """The power of the gradient that a quantity averages or sums, if the quantity can never be negative; else None.

    It is 2 for a second moment such as `v = beta2*v + (1-beta2)*g^2`, and 1 for a maximum such as `u = max(beta2*u, abs(g))`.
    State starts at 0, so it can only become negative in a step.

    Args:
        name: of the quantity, as the equations assign it.
        hyperparameters: their values, of which only the signs matter; 0.5 where there is none.

    >>> from steepest.optimizers.reading import optimizer
    >>> [order(optimizer(each), name) for each, name in (("adam", "v"), ("adamax", "u"), ("adam", "m"))]
    [2.0, 1.0, None]
    """
    values = dict.fromkeys(optimizer.hyperparameters, number(0.5)) | dict(hyperparameters or {})
    equations = [(target, substitute(expression, values)) for target, expression in optimizer.equations]
    found: dict[str, Order] = dict.fromkeys(optimizer.assigned, 0.0)
    for _ in range(2 * len(equations) + 2):
        before = dict(found)
        for target, expression in equations:
            new = _graded(expression, {**found, "t": 0.0, "T": 0.0})
            found[target] = None if new is None or found[target] is None else max(new, found[target] or 0.0)
        if found == before:
            break
    return found.get(name)


def _graded(root: Expression, known: Mapping[str, Order]) -> Order:
    """The order of an expression from those of its names; what depends on `t` and `T` alone is evaluated at two steps."""
    results: dict[Expression, Order] = {}
    constants: dict[Expression, tuple[float, ...]] = {}
    for node in postorder(root):
        if not node.arguments:
            results[node] = known.get(node.name) if node.operation == "name" else 0.0 if node.value >= 0 else None
            if node.operation != "noise" and (node.operation != "name" or node.name in STEPS):
                constants[node] = STEPS.get(node.name, (node.value,) * 2)
        elif node.operation in OPERATIONS and all(argument in constants for argument in node.arguments):
            columns = zip(*(constants[argument] for argument in node.arguments), strict=True)
            constants[node] = tuple(OPERATIONS[node.operation].value(*column) for column in columns)
            results[node] = 0.0 if min(constants[node]) >= 0 else None
        else:
            rule = RULES.get(node.operation)
            results[node] = rule(node, [results[argument] for argument in node.arguments]) if rule else None
    return results[root]


Rule = Callable[[Expression, list[Order]], Order]


def _of_sum(node: Expression, orders: list[Order]) -> Order:
    """A sum or a choice is not negative if no part is."""
    return None if None in orders else max(each for each in orders if each is not None)


def _of_maximum(node: Expression, orders: list[Order]) -> Order:
    """A maximum is not negative if one part is not."""
    return max((each for each in orders if each is not None), default=None)


def _of_product(node: Expression, orders: list[Order]) -> Order:
    one, other = orders
    if node.arguments[0] is node.arguments[1]:
        return 2 * (one or 1.0)
    return None if one is None or other is None else one + other


def _of_quotient(node: Expression, orders: list[Order]) -> Order:
    one, other = orders
    return None if one is None or other is None else one - other


def _of_power(node: Expression, orders: list[Order]) -> Order:
    base, exponent = orders[0], node.arguments[1]
    if exponent.operation != "number":
        return base
    even = exponent.value % 2 == 0
    return exponent.value * (base or 1.0) if even or base is not None else None


RULES: dict[str, Rule] = {
    "add": _of_sum,
    "min": _of_sum,
    "where": lambda node, orders: _of_sum(node, orders[1:]),
    "max": _of_maximum,
    "mul": _of_product,
    "div": _of_quotient,
    "pow": _of_power,
    "dot": lambda node, orders: 2.0 if node.arguments[0] is node.arguments[1] else None,
    "abs": lambda node, orders: orders[0] or 1.0,
    "norm": lambda node, orders: orders[0] or 1.0,
    "hypot": lambda node, orders: 1.0,
    "sqrt": lambda node, orders: (orders[0] or 1.0) / 2,
    "exp": lambda node, orders: 0.0,
    "sigmoid": lambda node, orders: 0.0,
    "softplus": lambda node, orders: 0.0,
}
