"""What a library's adapter offers, and what a run offers to it: the two protocols between steepest and other libraries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer

    Array = NDArray[np.float64]


OWN_LIMIT = re.compile(
    r"maximum number|max\w* iterations|max_\w*evaluations|max running time|generations reached|exceeds limit|maxfun|exceeded|"
    r"evaluation limit", re.IGNORECASE,
)  # fmt: skip


class Evaluator(Protocol):
    """A run, as a library's optimizer sees it: every call is counted and recorded.

    A call raises what no library catches when the run is over: at a limit, or where nothing finite is left.
    """

    @property
    def start(self) -> Array:
        """The first position, in the objective's own shape."""

    @property
    def position(self) -> list[float]:
        """The last position, as a flat list."""

    @property
    def seed(self) -> int:
        """Of whatever the library draws."""

    @property
    def limit(self) -> int:
        """The step limit."""

    @property
    def has_hessian(self) -> bool:
        """Whether the objective has an exact Hessian."""

    def value(self, position: Array, /) -> float:
        """The value at a position."""

    def gradient(self, position: Array, /) -> Array:
        """The gradient at a position, a new array."""

    def value_and_gradient(self, position: Array, /) -> tuple[float, Array]:
        """Both at a position."""

    def hessian(self, position: Array, /) -> Array:
        """The Hessian at a position."""

    def settings(self, step: int) -> dict[str, float]:
        """The hyperparameters that are formulas in `t` and `T`, at a step from 1."""

    def step(self, position: Array, /) -> None:
        """Say that a step is complete and where it led."""


class Verdict(NamedTuple):
    """How an optimizer that stops by itself says that it ended.

    Attributes:
        word: `converged`, `step_limit` for a limit of its own, or `failed`.
        reason: a clause.
        hessians: how many Hessians it counts, where it evaluates one more for its report only; None where it counts them all.
    """

    word: str
    reason: str
    hessians: int | None = None


@lru_cache(maxsize=64)
def verdict(name: str, success: bool, message: str, hessians: int | None = None) -> Verdict:
    """The verdict of an optimizer that says whether it had success, and a sentence; a limit of its own is none, whatever it says.

    >>> verdict("scipy:BFGS", False, "Maximum number of iterations has been exceeded.").word
    'step_limit'
    >>> verdict("optimagic:pygmo_ihs", True, "Number of generations reached.").word
    'step_limit'
    """
    said = " ".join(message.split()).rstrip(".")
    word = "step_limit" if OWN_LIMIT.search(said) else "converged" if success else "failed"
    return Verdict(word, f'{name} says "{said}"', hessians)


class Found(NamedTuple):
    """An optimizer of a library.

    Attributes:
        name: in the library.
        call: what makes it.
        accepted: see `LibraryOptimizer.accepted`.
        arguments: those that an object already has.
        reads_back: whether the name is enough to find it again.
    """

    name: str
    call: Any
    accepted: Mapping[str, Any] | None
    arguments: Mapping[str, Any] = {}
    reads_back: bool = True


class Adapter(Protocol):
    """The adapter of a library: a module of this folder.

    Attributes:
        STOPS_ITSELF: whether its optimizers run a loop of their own, with rules that end it and without a place for formulas.
    """

    STOPS_ITSELF: bool

    def calls(self) -> Mapping[str, Any]:
        """The library's optimizers by name: what makes each, a class, a function or its name."""

    def hyperparameters(self, call: Any, /) -> Mapping[str, Any] | None:
        """What one of these can be told; see `LibraryOptimizer.accepted`."""

    def recognize(self, given: Any, /) -> Found | None:
        """What else is an optimizer of the library: an object, a class from elsewhere; None for anything else."""

    def minimize(self, optimizer: LibraryOptimizer, run: Evaluator) -> Verdict | None:
        """Take steps until the run is over or the optimizer stops by itself.

        Raises:
            InputError: for hyperparameters that the library refuses.
        """
