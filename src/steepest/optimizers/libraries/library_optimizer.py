"""The type of an optimizer that another library implements: it has hyperparameters and no equations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from steepest.errors import InputError, clipped
from steepest.language.expression import Expression, evaluate, names
from steepest.language.notation import number_text, plain
from steepest.language.suggestions import nearest
from steepest.optimizers.optimizer import Optimizer


@dataclass(frozen=True)
class Missing:
    """In place of a default.

    Attributes:
        text: for a list.
        example: of a value, where one has to be set; else empty.
    """

    text: str
    example: str = ""


REQUIRED, UNKNOWN = Missing("(to be set)", "0.1"), Missing("(SciPy's own default)")
SEEDS = ("key", "seed")  # hyperparameters that the run's seed sets where nobody does
LEARNING_RATES = ("lr", "learning_rate")


@dataclass(frozen=True)
class LibraryOptimizer(Optimizer):
    """An optimizer of PyTorch, optax, SciPy or optimagic, which takes its steps itself.

    Attributes:
        name: `torch:Adam`; the class's own name if it comes from elsewhere.
        library: the name of the module of `steepest.optimizers.libraries` that drives it.
        call: what the library makes it of: a class, a function, a method's name.
        accepted: the names of its hyperparameters with their defaults, a `Missing` where there is none, or where the
            library does not tell; None if any name will do.
        arguments: the hyperparameters that were set: what the library takes, or a formula in `t` and `T`.
        reads_back: whether `name` is read as this optimizer again.
    """

    library: str = ""
    call: Any = None
    accepted: Mapping[str, Any] | None = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    reads_back: bool = True

    @property
    def is_custom(self) -> bool:
        """False: it has no equations of the user's own."""
        return False

    @property
    def text(self) -> str:
        """The name with the hyperparameters that were set: `torch:Adam(lr=0.01)`."""
        return self._written({name: value_text(value) for name, value in self.arguments.items()})

    @property
    def hyperparameters(self) -> tuple[str, ...]:
        """The names of its hyperparameters."""
        return tuple(self.accepted or self.arguments)

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every hyperparameter that has a value and can be written down: the library's default, or what was set."""
        found = {**(self.accepted or {}), **self.arguments}
        return {name: value for name, value in found.items() if is_plain(value)}

    @cached_property
    def schedules(self) -> dict[str, Expression]:
        """The hyperparameters that are formulas in `t` and `T`."""
        return {name: value for name, value in self.arguments.items() if isinstance(value, Expression)}

    @property
    def numbers(self) -> dict[str, Any]:
        """The hyperparameters that were set and are the same in every step."""
        return {name: value for name, value in self.arguments.items() if not isinstance(value, Expression)}

    def with_seed(self, seed: int) -> LibraryOptimizer:
        """The optimizer with a seed, if it draws noise and none was set."""
        seeds = [name for name in SEEDS if name in (self.accepted or ())]
        if not seeds or any(name in self.arguments for name in seeds):
            return self
        return replace(self, arguments={seeds[0]: seed, **self.arguments})

    @property
    def is_written(self) -> bool:
        """Whether its text is read as the same optimizer again, with the same hyperparameters."""
        return self.reads_back and all(map(is_plain, self.arguments.values()))

    @property
    def code(self) -> str:
        """The optimizer in Python; a class that is in no library and a value that cannot be written appear by a name."""
        if self.is_written:
            return repr(self.text)
        settings = {name: _in_python(name, value) for name, value in self.arguments.items()}
        called = repr(self.name) if self.reads_back else self.name
        return f"steepest.optimizer({', '.join([called, *(f'{name}={text}' for name, text in settings.items())])})"

    def resolve(self, shared: Mapping[str, Expression], objective: Mapping[str, float]) -> dict[str, Expression]:
        """No values for equations: there are none."""
        return {}

    def with_shared_rate(self, rate: Expression | None) -> LibraryOptimizer:
        """The optimizer with a learning rate that several share, if it has one and does not set it."""
        name = self.learning_rate
        if name is None or rate is None or name in self.arguments:
            return self
        return replace(self, arguments={name: settled(rate), **self.arguments})

    def with_offered(self, offered: Mapping[str, Expression]) -> LibraryOptimizer:
        """The optimizer with those of the offered hyperparameters that it has and does not set."""
        taken = {name: value for name, value in offered.items() if name in self.hyperparameters and name not in self.arguments}
        values = {name: settled(value) for name, value in taken.items()}
        whole = {name: int(value) for name, value in values.items() if isinstance(value, float) and value.is_integer()}
        return self.with_arguments(values | whole)

    @cached_property
    def learning_rate(self) -> str | None:
        """What it calls its learning rate: `lr` or `learning_rate`; None if it has none."""
        return next((name for name in LEARNING_RATES if name in (self.accepted or ())), None if self.accepted is not None else "lr")

    def with_arguments(self, arguments: Mapping[str, Any]) -> LibraryOptimizer:
        """The optimizer with hyperparameters, checked against the library's own signature.

        Raises:
            InputError: for a name that it does not take, with the nearest one.
        """
        rate = self.learning_rate
        named = {rate if name in LEARNING_RATES and rate else name: value for name, value in arguments.items()}
        for name in named:
            if self.accepted is not None and name not in self.accepted:
                near = nearest(name, self.accepted)
                hint = f"did you mean {near}?" if near else f"it has {', '.join(self.accepted) or 'none'}"
                raise InputError(f"{self.name} has no hyperparameter '{clipped(name)}': {hint}")
        return replace(self, arguments={**self.arguments, **named})

    @property
    def complete_text(self) -> str:
        """The text, with an example for each hyperparameter that the library has no default for and that was not set."""
        return self._written({name: value_text(value) for name, value in self.arguments.items()} | self._lacking)

    @cached_property
    def _lacking(self) -> dict[str, str]:
        """The hyperparameters that have to be set and are not, each with an example."""
        settled = (*self.arguments, *SEEDS)
        return {
            name: default.example
            for name, default in (self.accepted or {}).items()
            if isinstance(default, Missing) and default.example and name not in settled
        }

    def _written(self, settings: Mapping[str, str]) -> str:
        return f"{self.name}({', '.join(f'{name}={text}' for name, text in settings.items())})" if settings else self.name

    def check_complete(self) -> None:
        """Refuse an optimizer that lacks a hyperparameter.

        Raises:
            InputError: if the library has no default for one that was not set.
        """
        if lacking := self._lacking:
            raise InputError(f"{self.name} needs {' and '.join(lacking)}: {self.complete_text}")


def need_equations(optimizer: Optimizer, what: str) -> None:
    """Refuse an optimizer without equations.

    Args:
        what: needs them, as the subject of the sentence.

    Raises:
        InputError: for an optimizer of another library.
    """
    if isinstance(optimizer, LibraryOptimizer):
        raise InputError(f"{what} needs equations, and {optimizer.name} has none: take an optimizer of the zoo, such as adam")


def settled(value: Expression) -> float | Expression:
    """The number that an expression is, or the expression, if it is a formula in `t` and `T`."""
    return value if names(value) else evaluate(value)


def is_plain(value: Any) -> bool:
    """Whether a value can be written down: a number, a formula, a text, True, False, None, or several of these.

    >>> is_plain((0.9, None)), is_plain(len)
    (True, False)
    """
    if isinstance(value, tuple | list):
        return all(map(is_plain, value))
    return value is None or isinstance(value, bool | int | float | str | Expression)


def default_text(default: Any) -> str:
    """A default for a list: what has none says so."""
    return default.text if isinstance(default, Missing) else clipped(value_text(default))


def value_text(value: Any) -> str:
    """A hyperparameter's value as it is typed.

    >>> value_text(0.01), value_text((0.9, 0.999)), value_text("strong_wolfe"), value_text(True)
    ('0.01', '(0.9, 0.999)', "'strong_wolfe'", 'True')
    """
    if isinstance(value, tuple | list):
        return f"({', '.join(map(value_text, value))}{',' * (len(value) == 1)})"
    if isinstance(value, Expression):
        return plain(value)
    return number_text(value) if isinstance(value, float) else repr(value)


def _in_python(name: str, value: Any) -> str:
    """A hyperparameter's value in Python; one that cannot be written appears by its name."""
    return repr(plain(value)) if isinstance(value, Expression) else value_text(value) if is_plain(value) else name
