"""The type of an optimizer: equations with values for their hyperparameters.

An optimizer is data. In its equations `theta` is the position, `g` and `f` are the gradient and the value there, `H` is
the Hessian, and `t` counts steps from 1 to `T`. A name that is read before it is assigned is state and starts at 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from steepest.errors import InputError
from steepest.language.expression import Expression, names, number, postorder
from steepest.language.notation import plain
from steepest.language.tokens import natural

GIVEN = ("theta", "g", "f", "H", "t", "T")
"""The names that every step gives to the equations."""


@dataclass(frozen=True)
class Optimizer:
    """Equations with values for their hyperparameters.

    Attributes:
        name: its name in the zoo, or `custom`.
        equations: pairs of a name and the expression assigned to it, in order.
        defaults: the zoo's values of hyperparameters; where `lr` is missing, the objective's is used.
        settings: the values that the user set for this optimizer.
        description: one sentence.
        year, paper: where the method comes from; 0 and empty for a custom optimizer.
        typed: the text it was read from, if that is in the notation of another library.
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
        """The zoo's notation of an optimizer that was typed in another library's; None if it was typed in the zoo's."""
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
        assigned: set[str] = set()
        state: dict[str, None] = {}
        for name, expression in self.equations:
            read = names(expression) - assigned
            state.update(dict.fromkeys(word for word in self.assigned if word in read))
            assigned.add(name)
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
    def decays_weights(self) -> bool:
        """Whether the step depends on the position itself, not only on the gradients there, as with weight decay.

        Such a run may converge where the gradient is not small.
        """
        waiting = [(root, name == "theta") for name, root in self.equations]  # with whether it is a term of the next position
        seen = set(waiting)
        while waiting:
            node, is_term = waiting.pop()
            if node.name == "theta" and not is_term:
                return True
            inner = () if node.operation in ("grad", "value") else node.arguments
            new = {(each, is_term and node.operation in ("add", "sub")) for each in inner} - seen
            seen |= new
            waiting += new
        return False

    def resolve(self, shared: Mapping[str, Expression], objective: Mapping[str, float]) -> dict[str, Expression]:
        """The value of each hyperparameter: the user's setting, else the shared value, else the default, else the objective's.

        Args:
            shared: values for several optimizers, such as those of `--set`.
            objective: the objective's values of `lr` and `f_star`.

        Raises:
            InputError: for a hyperparameter without a value.
        """
        values: dict[str, Expression] = {}
        for name in self.hyperparameters:
            value = self.settings.get(name) or shared.get(name) or self.defaults.get(name)
            if value is None and name not in objective:
                raise InputError(f"the hyperparameter '{name}' has no value: --set {name}=0.9 or optimizer(..., {name}=0.9)")
            values[name] = value or number(objective[name])
        return values


def constant_settings(hyperparameters: Mapping[str, Expression]) -> dict[str, float]:
    """The values of the hyperparameters that are numbers.

    >>> from steepest.optimizers.settings import read_setting
    >>> settings = {"lr": read_setting("lr", "0.1/t"), "beta": read_setting("beta", 0.9)}
    >>> constant_settings(settings), list(schedules(settings))
    ({'beta': 0.9}, ['lr'])
    """
    return {name: value.value for name, value in hyperparameters.items() if value.operation == "number"}


def schedules(hyperparameters: Mapping[str, Expression]) -> dict[str, Expression]:
    """The hyperparameters that are formulas in `t` and `T`."""
    return {name: value for name, value in hyperparameters.items() if value.operation != "number"}
