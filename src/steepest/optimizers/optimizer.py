"""An optimizer: equations with values for their hyperparameters, and how its text is read.

An optimizer is data. In its equations `theta` is the position, `g` and `f` are the gradient and the value there, `H` is
the Hessian, `t` counts steps from 1 to `T`; a name that is read before it is assigned is state and starts at 0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from steepest.errors import FormulaError, InputError, clipped
from steepest.language.expression import Expression, names, number, postorder
from steepest.language.grammar import read_assignments, read_expression
from steepest.language.notation import plain
from steepest.language.suggestions import nearest
from steepest.language.tokens import natural
from steepest.optimizers.frameworks import PLACES, in_our_words, zoo_name
from steepest.optimizers.zoo import OPTIMIZERS

GIVEN = ("theta", "g", "f", "H", "t", "T")
FROM_OBJECTIVE = ("lr", "f_star")  # what the objective knows when nobody says: a learning rate, its least value
LONGEST, MOST_EQUATIONS, MOST_SETTINGS = 8_000, 100, 100


LONGEST_NAME = 60  # of an optimizer, its library in front
NUMBER = re.compile(r"[0-9.]{1,40}(?:[eE][-+]?[0-9]{1,4})?")
Setting = float | int | str | Expression


@dataclass(frozen=True)
class Optimizer:
    """Equations with values for their hyperparameters.

    Attributes:
        name: its name in the zoo, or `custom`.
        equations: pairs of a name and the expression assigned to it, in order.
        defaults: hyperparameters of the zoo's entry; an `lr` that is not there is the objective's.
        settings: hyperparameters that the user set for this optimizer.
        description: one sentence.
        year, paper: where the method comes from; 0 and empty for the user's own.
        typed: the text it was read from, for another library's.
    """

    name: str
    equations: tuple[tuple[str, Expression], ...]
    defaults: Mapping[str, Expression] = field(default_factory=dict)
    settings: Mapping[str, Expression] = field(default_factory=dict)
    description: str = ""
    year: int = 0
    paper: str = ""
    typed: str = field(default="", compare=False)

    @property
    def is_custom(self) -> bool:
        """Whether the equations are the user's own, not an entry of the zoo."""
        return not self.year

    @property
    def read_as(self) -> str | None:
        """The zoo's words for an optimizer that was typed in another library's; none for one typed as it is here."""
        if not self.typed:
            return None
        settings = ", ".join(f"{name}={plain(value)}" for name, value in self.settings.items())
        return f"{self.name}({settings})" if settings else self.name

    @property
    def text(self) -> str:
        """The equations as text that reads back."""
        return "; ".join(f"{name} = {plain(expression)}" for name, expression in self.equations)

    @property
    def name_or_text(self) -> str:
        """Its name in the zoo, or the equations of a custom one: either reads back."""
        return self.text if self.is_custom else self.name

    @cached_property
    def assigned(self) -> tuple[str, ...]:
        """The names that the equations assign, in order of their first assignment."""
        return tuple(dict.fromkeys(name for name, _ in self.equations))

    @cached_property
    def state(self) -> tuple[str, ...]:
        """The names that are read before they are assigned; they start at 0."""
        done: set[str] = set()
        state: dict[str, None] = {}
        for name, expression in self.equations:
            read = names(expression) - done
            state.update(dict.fromkeys(word for word in self.assigned if word in read))
            done.add(name)
        return tuple(name for name in state if name != "theta")

    @cached_property
    def hyperparameters(self) -> tuple[str, ...]:
        """The names that need a value from outside, `lr` first."""
        read = names(*(expression for _, expression in self.equations)) - set(self.assigned) - set(GIVEN)
        order = {name: index for index, name in enumerate((*self.defaults, *self.settings))}
        return tuple(sorted(read, key=lambda name: (name != "lr", order.get(name, math.inf), natural(name))))

    def uses(self, name: str) -> bool:
        """Whether a name or a function occurs in the equations."""
        return name in self.words

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name and every function of the equations."""
        nodes = postorder(*(root for _, root in self.equations))
        return frozenset({node.name for node in nodes} | {node.operation for node in nodes})

    @cached_property
    def pulls(self) -> bool:
        """Whether the position counts besides where gradients are taken and steps begin, as in weight decay.

        Such a run may rest where the gradient is not small.
        """
        waiting = [(root, name == "theta") for name, root in self.equations]
        seen = set(waiting)
        while waiting:
            node, moves = waiting.pop()
            if node.name == "theta" and not moves:
                return True
            inner = () if node.operation in ("grad", "value") else node.arguments
            new = {(each, moves and node.operation in ("add", "sub")) for each in inner} - seen
            seen |= new
            waiting += new
        return False

    def resolve(self, shared: Mapping[str, Expression], objective: Mapping[str, float]) -> dict[str, Expression]:
        """The value of each hyperparameter: the optimizer's own, else shared, else its default, else the objective's."""
        values: dict[str, Expression] = {}
        for name in self.hyperparameters:
            value = self.settings.get(name) or shared.get(name) or self.defaults.get(name)
            if value is None and name not in objective:
                raise InputError(f"the hyperparameter '{name}' has no value: --set {name}=0.9 or optimizer(..., {name}=0.9)")
            values[name] = value or number(objective[name])
        return values


def optimizer(equations: str, **hyperparameters: Setting) -> Optimizer:
    """An optimizer of the zoo by name, or one of your own by its equations.

    Args:
        equations: `"adam"`, `"adam(lr=0.05, beta1=0.8)"`, or equations separated by `;` or newlines. They may use the
            names `theta`, `g`, `f`, `H`, `t`, `T` and the functions `grad(position)`, `value(position)`, `norm(v)`,
            `dot(u, v)`, `noise()` and `solve(H, v)` besides the language's own.
        hyperparameters: numbers, or formulas in the step number `t` (from 1) and the step limit `T`.

    Raises:
        InputError: for a name that is not in the zoo, or a hyperparameter that is not in the equations.
        FormulaError: for equations that cannot be read, with the number of the equation.

    >>> optimizer("adam", lr=0.05).hyperparameters
    ('lr', 'beta1', 'beta2', 'eps')
    >>> optimizer("m = b*m + (1-b)*g; theta = theta - lr*sign(m)", b=0.9, lr=0.01).state
    ('m',)
    """
    if not isinstance(equations, str):
        raise InputError(f"an optimizer is a name or equations, not {type(equations).__name__}")
    return read_optimizer(equations, hyperparameters)


def constant_settings(hyperparameters: Mapping[str, Expression]) -> dict[str, float]:
    """The values of the hyperparameters that are numbers.

    >>> settings = {"lr": read_setting("lr", "0.1/t"), "beta": read_setting("beta", 0.9)}
    >>> constant_settings(settings), list(schedules(settings))
    ({'beta': 0.9}, ['lr'])
    """
    return {name: value.value for name, value in hyperparameters.items() if value.operation == "number"}


def schedules(hyperparameters: Mapping[str, Expression]) -> dict[str, Expression]:
    """The hyperparameters that are formulas in `t` and `T`."""
    return {name: value for name, value in hyperparameters.items() if value.operation != "number"}


def read_optimizer(text: str, given: Mapping[str, Setting], offered: Mapping[str, Expression] | None = None) -> Optimizer:
    """The optimizer a text describes; an `offered` value is taken if its equations read the name and nothing else sets it."""
    if len(text) > LONGEST:
        raise InputError(f"the optimizer has {len(text):,} characters and may have {LONGEST:,}")
    typed, bracket, rest = text.strip().partition("(")
    name = zoo_name(typed.strip(), OPTIMIZERS) if len(typed) <= LONGEST_NAME and (not bracket or rest.endswith(")")) else None
    if name or (re.fullmatch(r"[A-Za-z_][\w.]*\s*", typed) and (not bracket or rest.endswith(")"))):
        found, settings = _read_named(name or typed.strip(), rest.removesuffix(")"), given)
        found = replace(found, typed="" if typed.strip() == found.name and not found.typed else text.strip())
    else:
        settings = {name: read_setting(name, value) for name, value in given.items()}
        found = _read_equations(text, {*settings, *(offered or {})})
    settings = {name: value for name, value in (offered or {}).items() if name in found.hyperparameters} | dict(settings)
    for name in settings:
        if name not in found.hyperparameters:
            near = nearest(name, found.hyperparameters)
            hint = f"did you mean {near}?" if near else f"it has {', '.join(found.hyperparameters) or 'none'}"
            raise InputError(f"the optimizer '{found.name}' has no hyperparameter '{clipped(name)}': {hint}")
    return replace(found, settings=settings)


def _read_named(name: str, arguments: str, given: Mapping[str, Setting]) -> tuple[Optimizer, dict[str, Expression]]:
    """The zoo's optimizer of that name with its settings, in its own words or those of other libraries."""
    zoo_entry(name)
    typed = _read_arguments(arguments)
    words = typed | {key: str(value) for key, value in given.items() if not isinstance(value, Expression)}
    words |= {key: plain(value) for key, value in given.items() if isinstance(value, Expression)}
    chosen, words = in_our_words(name, words, Hyperparameters())
    found = zoo_entry(chosen)
    if set(words) - set(typed) - set(given):
        found = replace(found, typed=name)
    kept = {key: given.get(key, value) for key, value in words.items()}
    return found, {key: read_setting(key, value) for key, value in kept.items()}


class Hyperparameters(Mapping[str, tuple[str, ...]]):
    """The hyperparameters of every optimizer of the zoo."""

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return zoo_entry(name).hyperparameters

    def __iter__(self) -> Iterator[str]:
        return iter(OPTIMIZERS)

    def __len__(self) -> int:
        return len(OPTIMIZERS)


def _read_equations(text: str, hyperparameters: set[str]) -> Optimizer:
    """An optimizer from equations that a user typed."""
    texts = [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]
    if not texts:
        raise InputError("an optimizer is a name such as adam, or equations such as theta = theta - lr*g")
    if len(texts) > MOST_EQUATIONS:
        raise InputError(f"the optimizer has {len(texts):,} equations and may have {MOST_EQUATIONS}")
    known = dict.fromkeys((*GIVEN, *FROM_OBJECTIVE, *sorted(hyperparameters)))
    try:
        equations = tuple(read_assignments(texts, known=tuple(known)))
    except FormulaError as error:
        raise _with_hint(error) from None
    for index, (name, expression) in enumerate(equations):
        where = f"equation {index + 1}"
        if mistake := hessian_mistake(expression):
            place = re.search(r"\b(H|solve)\b", texts[index])
            raise FormulaError(mistake, texts[index], place.start() if place else 0, where)
        if name in GIVEN[1:]:
            raise FormulaError(f"'{name}' is given at every step: assign another name", texts[index], 0, where)
        if name in hyperparameters or name in FROM_OBJECTIVE:
            raise FormulaError(f"'{name}' is a hyperparameter: assign another name", texts[index], 0, where)
    if all(name != "theta" for name, _ in equations):
        raise FormulaError("no equation moves theta: end with theta = theta - ...", texts[-1], 0, f"equation {len(texts)}")
    return Optimizer("custom", equations)


def hessian_mistake(root: Expression) -> str:
    """What is wrong with the use of the Hessian, the one matrix of the language; empty if nothing is."""
    for node in postorder(root):
        matrices = [argument.name == "H" for argument in node.arguments]
        if any(matrices) and (node.operation != "solve" or matrices != [True, False]):
            return "the Hessian H stands only in solve(H, v)"
        if node.operation == "solve" and not matrices[0]:
            return "solve takes the Hessian first: solve(H, g)"
    return "the Hessian H stands only in solve(H, v)" if root.name == "H" else ""


def _with_hint(error: FormulaError) -> FormulaError:
    """The mistake, with how to give a value to a name that may be meant as a hyperparameter."""
    unknown = re.match(r"unknown name '(\w+)': (did you mean .*)?", error.reason)
    if not unknown:
        return error
    word, near = unknown[1], unknown[2]
    if any(word in entry.defaults for entry in OPTIMIZERS.values()):
        near = ""  # beta is no misspelled theta
    hint = f"give it a value: {word} = 0.9 as an equation before this one, --set {word}=0.9 or optimizer(..., {word}=0.9)"
    reason = f"unknown name '{word}': " + (f"{near} Else {hint}" if near else hint)
    return FormulaError(reason, error.text, error.position, error.where)


def read_settings(text: str) -> dict[str, Expression]:
    """`lr=0.05, beta1=0.8` as settings."""
    return {name: read_setting(name, value) for name, value in _read_arguments(text).items()}


def _read_arguments(text: str) -> dict[str, str]:
    """`lr=0.05, beta1=0.8` as names and texts; a number alone in front is the learning rate, as other libraries have it."""
    settings: dict[str, str] = {}
    parts = split_arguments(text)
    if len(parts) > MOST_SETTINGS:
        raise InputError(f"the optimizer has {len(parts):,} hyperparameters and may have {MOST_SETTINGS}")
    for part in parts:
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals and not settings and name in PLACES:
            continue
        if not equals and not settings and NUMBER.fullmatch(name):
            name, equals, value = "lr", "=", name
        if not equals or not name.isidentifier():
            raise InputError(f"a hyperparameter is set as name=value, such as lr=0.1, not '{clipped(part.strip())}'")
        if name in settings:
            raise InputError(f"the hyperparameter '{clipped(name)}' is set twice")
        settings[name] = value
    return settings


def split_arguments(text: str) -> list[str]:
    """The parts between commas that no bracket encloses."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [part for part in (*parts, text[start:]) if part.strip()]


def read_setting(name: str, value: Setting) -> Expression:
    """A hyperparameter's value: a finite number, or a formula in `t` and `T`."""
    if isinstance(value, Expression):
        for other in names(value) - {"t", "T"}:
            raise InputError(f"{name} is a formula in t and T, and '{other}' is neither")
        return value
    if isinstance(value, str):
        if not value.strip():
            raise InputError(f"{name} has no value: write a number or a formula in t and T")
        try:
            return read_expression(value, known=("t", "T"))
        except FormulaError as error:
            raise error.within(name) from None
    try:
        if isinstance(value, bool | bytes) or getattr(value, "shape", ()) != () or getattr(value, "mask", False):
            raise TypeError
        converted = float(value)
    except (TypeError, ValueError, OverflowError):
        shown = clipped(" ".join(repr(value).split()))
        raise InputError(f"{name} is a number or a formula in t and T, not {shown}") from None
    if not math.isfinite(converted):
        raise InputError(f"{name} is a finite number, not {converted}")
    return number(converted)


@cache
def zoo_entry(name: str) -> Optimizer:
    """The zoo's optimizer of that name."""
    if name not in OPTIMIZERS:
        near = nearest(name, OPTIMIZERS)
        hint = f"did you mean {near}?" if near else "see: steepest list optimizers"
        raise InputError(f"there is no optimizer '{clipped(name)}': {hint}")
    entry = OPTIMIZERS[name]
    equations = tuple(read_assignments(entry.equations.split("; "), known=(*GIVEN, *FROM_OBJECTIVE, *entry.defaults)))
    defaults = {key: number(value) for key, value in entry.defaults.items()}
    return Optimizer(name, equations, defaults, {}, entry.description, entry.year, entry.paper)
