"""Text -> optimizer: a name of the zoo with its settings, or equations of the user's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from steepest.errors import FormulaError, InputError, clipped
from steepest.language.expression import Expression, number
from steepest.language.grammar import read_assignments
from steepest.language.notation import plain
from steepest.language.suggestions import nearest
from steepest.optimizers.frameworks import translate_arguments, zoo_name
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.libraries.reading import is_prefixed, read_library_optimizer, recognized
from steepest.optimizers.libraries.registry import LIBRARIES
from steepest.optimizers.optimizer import GIVEN, Optimizer
from steepest.optimizers.settings import Setting, misspelled, read_arguments, read_setting
from steepest.optimizers.vectors import hessian_mistake
from steepest.optimizers.zoo import OPTIMIZERS

FROM_OBJECTIVE = ("lr", "f_star")  # hyperparameters that the objective has values for: a learning rate, its least value
LONGEST, MOST_EQUATIONS = 8_000, 100
LONGEST_NAME = 60  # of an optimizer, its library in front


def optimizer(equations: Any, **hyperparameters: Any) -> Optimizer:
    """An optimizer: one of the zoo by name, one of another library, or a custom one by its equations.

    Args:
        equations: `"adam"`, `"adam(lr=0.05, beta1=0.8)"`, or equations separated by `;` or newlines. They may use the
            names `theta`, `g`, `f`, `H`, `t`, `T` and the functions `grad(position)`, `value(position)`, `norm(v)`,
            `dot(u, v)`, `noise()` and `solve(H, v)` besides the language's own. Or `"torch:Adam"`, and the like for `optax`,
            `scipy` and `optimagic`; or a class, a function or an object of these libraries, such as `torch.optim.Adam`.
        hyperparameters: numbers, or formulas in the step number `t` (from 1) and the step limit `T`; those of other libraries are
            what the library takes.

    Raises:
        InputError: for a name that is not in the zoo or the library, or a hyperparameter that is not in the equations.
        FormulaError: for equations that cannot be read, with the number of the equation.
        MissingDependencyError: for a library that is not installed.

    >>> optimizer("adam", lr=0.05).hyperparameters
    ('lr', 'beta1', 'beta2', 'eps')
    >>> optimizer("m = b*m + (1-b)*g; theta = theta - lr*sign(m)", b=0.9, lr=0.01).state
    ('m',)
    >>> optimizer("scipy:BFGS", gtol=1e-8).text
    'scipy:BFGS(gtol=1e-8)'
    """
    if isinstance(equations, LibraryOptimizer):
        return equations.with_arguments(hyperparameters)
    if isinstance(equations, Optimizer):
        return _with_settings(equations, {name: read_setting(name, value) for name, value in hyperparameters.items()})
    if isinstance(equations, str) and not is_prefixed(equations):
        return read_optimizer(equations, hyperparameters) if hyperparameters else _read_once(equations)
    if isinstance(equations, str):
        return read_library_optimizer(equations, hyperparameters)
    found = recognized(equations, hyperparameters)
    if found is None:
        raise InputError(
            f"an optimizer is a name, equations, steepest.optimizer(...) or a class of {' or '.join(LIBRARIES.values())}, "
            f"not {f'the class {equations.__name__}' if isinstance(equations, type) else type(equations).__name__}"
        )
    return found


@lru_cache(maxsize=256)
def _read_once(text: str) -> Optimizer:
    """The optimizer that a text describes by itself, read once."""
    return read_optimizer(text, {})


def read_optimizer(text: str, given: Mapping[str, Setting], offered: Mapping[str, Expression] | None = None) -> Optimizer:
    """The optimizer that a text describes.

    Args:
        text: a name of the zoo, perhaps with settings, or equations; see `optimizer`.
        given: settings of this optimizer.
        offered: settings that apply only if the equations use the name and nothing else sets it.

    Raises:
        InputError, FormulaError: as `optimizer` does.
    """
    if is_prefixed(text):
        raise InputError("this runs equations, and the optimizers of other libraries have none: take one of the zoo")
    if len(text) > LONGEST:
        raise InputError(f"the optimizer has {len(text):,} characters and may have {LONGEST:,}")
    typed, bracket, rest = text.strip().partition("(")
    name = zoo_name(typed.strip(), OPTIMIZERS) if len(typed) <= LONGEST_NAME and (not bracket or rest.endswith(")")) else None
    if name or (re.fullmatch(r"[A-Za-z_][\w.]*\s*", typed) and (not bracket or rest.endswith(")"))):
        found, settings = _read_named(name or typed.strip(), rest.removesuffix(")"), given)
        found = replace(found, typed="" if typed.strip() == found.name and not found.typed else text.strip())
    elif (word := re.match(r"\s*([A-Za-z_][\w.]*)(?![\w.]|\s*=)", text)) and zoo_name(word[1], OPTIMIZERS):
        raise InputError(misspelled(text, word[1]))
    else:
        settings = {name: read_setting(name, value) for name, value in given.items()}
        found = _read_equations(text, {*settings, *(offered or {})})
    settings = {name: value for name, value in (offered or {}).items() if name in found.hyperparameters} | dict(settings)
    return _with_settings(found, settings)


def _with_settings(found: Optimizer, settings: Mapping[str, Expression]) -> Optimizer:
    """The optimizer with settings besides its own.

    Raises:
        InputError: for a hyperparameter that it does not have, with the nearest one.
    """
    for name in settings:
        if name not in found.hyperparameters:
            near = nearest(name, found.hyperparameters)
            hint = f"did you mean {near}?" if near else f"it has {', '.join(found.hyperparameters) or 'none'}"
            raise InputError(f"the optimizer '{found.name}' has no hyperparameter '{clipped(name)}': {hint}")
    return replace(found, settings={**found.settings, **settings}) if settings else found


def _read_named(name: str, arguments: str, given: Mapping[str, Setting]) -> tuple[Optimizer, dict[str, Expression]]:
    """The zoo's optimizer of that name with its settings, which may have the names of other libraries."""
    zoo_entry(name)
    typed = read_arguments(arguments)
    words = typed | {key: str(value) for key, value in given.items() if not isinstance(value, Expression)}
    words |= {key: plain(value) for key, value in given.items() if isinstance(value, Expression)}
    chosen, words = translate_arguments(name, words, _ZooHyperparameters())
    found = zoo_entry(chosen)
    if set(words) - set(typed) - set(given):
        found = replace(found, typed=name)
    kept = {key: given.get(key, value) for key, value in words.items()}
    return found, {key: read_setting(key, value) for key, value in kept.items()}


class _ZooHyperparameters(Mapping[str, tuple[str, ...]]):
    """The hyperparameters of each optimizer of the zoo, which is read when it is asked for."""

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return zoo_entry(name).hyperparameters

    def __iter__(self) -> Iterator[str]:
        return iter(OPTIMIZERS)

    def __len__(self) -> int:
        return len(OPTIMIZERS)


def _read_equations(text: str, hyperparameters: set[str]) -> Optimizer:
    """A custom optimizer from its equations."""
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


def _with_hint(error: FormulaError) -> FormulaError:
    """The error, which tells how to set a name that may be meant as a hyperparameter."""
    unknown = re.match(r"unknown name '(\w+)': (did you mean .*)?", error.reason)
    if not unknown:
        return error
    word, near = unknown[1], unknown[2]
    if any(word in entry.defaults for entry in OPTIMIZERS.values()):
        near = ""  # beta is not a misspelled theta
    hint = f"give it a value: {word} = 0.9 as an equation before this one, --set {word}=0.9 or optimizer(..., {word}=0.9)"
    reason = f"unknown name '{word}': " + (f"{near} Else {hint}" if near else hint)
    return FormulaError(reason, error.text, error.position, error.where)


@cache
def zoo_entry(name: str) -> Optimizer:
    """The zoo's optimizer of that name.

    Raises:
        InputError: for a name that is not in the zoo, with the nearest one that is.
    """
    if name not in OPTIMIZERS:
        near = nearest(name, OPTIMIZERS)
        hint = f"did you mean {near}?" if near else "see: steepest list optimizers"
        raise InputError(f"there is no optimizer '{clipped(name)}': {hint}")
    entry = OPTIMIZERS[name]
    equations = tuple(read_assignments(entry.equations.split("; "), known=(*GIVEN, *FROM_OBJECTIVE, *entry.defaults)))
    defaults = {key: number(value) for key, value in entry.defaults.items()}
    return Optimizer(name, equations, defaults, {}, entry.description, entry.year, entry.paper)
