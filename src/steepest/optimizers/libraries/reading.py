"""Text or object -> optimizer of another library: `torch:Adam(lr=0.01)`, `torch.optim.Adam`, `optax.adam(0.1)`."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from steepest.errors import FormulaError, InputError, clipped
from steepest.language.expression import Expression
from steepest.language.suggestions import nearest
from steepest.optimizers.libraries.adapter import Adapter, Found
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer, settled
from steepest.optimizers.libraries.registry import LIBRARIES, adapter
from steepest.optimizers.settings import misspelled, read_arguments, read_setting, split_arguments

PREFIXED = re.compile(r"\s*([A-Za-z_]\w*)\s*:\s*([\w.-]*)\s*(\((.*)\))?\s*", re.DOTALL)
WORDS = {"True": True, "False": False, "None": None, "true": True, "false": False, "inf": math.inf, "-inf": -math.inf}


def is_prefixed(text: str) -> bool:
    """Whether a text names an optimizer of another library, perhaps a misspelled one.

    >>> is_prefixed("torch:Adam(lr=0.1)"), is_prefixed("adam(lr=0.1)"), is_prefixed("theta = theta - g")
    (True, False, False)
    """
    library, colon, _ = text.partition(":")
    return bool(colon and library.strip() in LIBRARIES) or PREFIXED.fullmatch(text) is not None


def read_library_optimizer(text: str, given: Mapping[str, Any]) -> LibraryOptimizer:
    """The optimizer of another library that a text names.

    Args:
        text: the library, a colon, the optimizer's name there, and perhaps hyperparameters.
        given: further hyperparameters.

    Raises:
        InputError: for a name that the library does not have, with the nearest one, and for hyperparameters that it does not take.
        MissingDependencyError: for a library that is not installed.

    >>> read_library_optimizer("scipy:nelder-mead(xatol=1e-8)", {}).text
    'scipy:Nelder-Mead(xatol=1e-8)'
    """
    if given:
        return _read(text, given)
    return _read_once(text)


@lru_cache(maxsize=64)
def _read_once(text: str) -> LibraryOptimizer:
    """The optimizer that a text names by itself, read once."""
    return _read(text, {})


def _read(text: str, given: Mapping[str, Any]) -> LibraryOptimizer:
    parts = PREFIXED.fullmatch(text)
    if parts is None:
        raise InputError(_misspelled(text))
    library, name = parts[1], parts[2]
    if library not in LIBRARIES:
        near = nearest(library, LIBRARIES)
        hint = f"did you mean {near}:{name}?" if near else f"there are {', '.join(LIBRARIES)}"
        raise InputError(f"there is no library '{clipped(library)}': {hint}")
    driver = adapter(library, f"{library}:{clipped(name)}")
    typed = {word: read_value(word, value) for word, value in read_arguments(parts[4] or "").items()}
    if twice := next((word for word in typed if word in given), None):
        raise InputError(f"the hyperparameter '{clipped(twice)}' is set twice")
    return _made(library, _found(library, name, driver), {**typed, **library_settings(given)})


def _misspelled(text: str) -> str:
    """What to write in place of a text that begins with a library's name and goes on as no optimizer does."""
    library, _, rest = text.partition(":")
    name = re.match(r"[\s:]*([\w.-]*)", rest)
    return misspelled(text, f"{library.strip()}:{clipped(name[1]) if name else ''}")


def _found(library: str, name: str, driver: Adapter) -> Found:
    """The optimizer of a name in any case."""
    calls = driver.calls()
    known = {each.lower(): each for each in calls}
    if name.lower() not in known:
        near = nearest(name, known)
        hint = f"did you mean {library}:{known[near]}?" if near else f"see steepest list {library}"
        raise InputError(f"{LIBRARIES[library]} has no optimizer '{clipped(name)}': {hint}")
    spelled = name if name in calls else known[name.lower()]
    return Found(spelled, calls[spelled], driver.hyperparameters(calls[spelled]))


def recognized(given: Any, arguments: Mapping[str, Any]) -> LibraryOptimizer | None:
    """The optimizer that a class, a function or an object of a library is; None for anything else.

    Raises:
        InputError: for hyperparameters that it does not take.
    """
    for library in LIBRARIES:
        if library in sys.modules:
            driver = adapter(library, library)
            name = next((name for name, call in driver.calls().items() if call is given), None)
            found = driver.recognize(given) if name is None else Found(name, given, driver.hyperparameters(given))
            if found is not None:
                return _made(library, found, library_settings(arguments))
    return None


def _made(library: str, found: Found, arguments: Mapping[str, Any]) -> LibraryOptimizer:
    """The optimizer with its hyperparameters."""
    plain = {name: _simple(value) for name, value in arguments.items()}
    made = LibraryOptimizer(
        f"{library}:{found.name}" if found.reads_back else found.name, (), description=f"{found.name} of {LIBRARIES[library]}.",
        library=library, call=found.call, accepted=found.accepted,
        arguments={name: _simple(value) for name, value in found.arguments.items()}, reads_back=found.reads_back,
    )  # fmt: skip
    return made.with_arguments(plain)


def library_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Hyperparameters as a library takes them: a text that is a number or a formula in `t` and `T` is that.

    >>> library_settings({"lr": "0.05", "line_search_fn": "strong_wolfe"})
    {'lr': 0.05, 'line_search_fn': 'strong_wolfe'}
    """
    found: dict[str, Any] = {}
    for name, value in settings.items():
        try:
            found[name] = read_value(name, value) if isinstance(value, str) else _simple(value)
        except (FormulaError, InputError):  # a word of the library's own
            found[name] = value
    return found


def _simple(value: Any) -> Any:
    """A value as Python's own, where it is a number of another kind."""
    if isinstance(value, Expression):
        return settled(value)
    return value.item() if getattr(value, "shape", None) == () and hasattr(value, "item") else value


def read_value(name: str, text: str) -> Any:
    """The value of a library's hyperparameter: a number, True, False, None, a text in quotes, several in brackets, or a formula.

    Raises:
        InputError, FormulaError: for anything else.

    >>> read_value("betas", "(0.9, 1-1e-3)"), read_value("line_search_fn", "'strong_wolfe'"), read_value("max_iter", "5")
    ((0.9, 0.999), 'strong_wolfe', 5)
    """
    text = text.strip()
    if text in WORDS:
        return WORDS[text]
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    if text[:1] + text[-1:] in ("()", "[]"):
        parts = tuple(read_value(name, part) for part in split_arguments(text[1:-1]))
        if any(isinstance(part, Expression) for part in parts):
            raise InputError(f"{name} has a formula in t and T among several numbers: a library takes one by itself only")
        return parts
    if re.fullmatch(r"[-+]?\d{1,18}", text):
        return int(text)
    try:
        return settled(read_setting(name, text))
    except FormulaError:
        if re.fullmatch(r"[A-Za-z_][\w-]*", text):
            raise InputError(f"{name} is a number, or a text in quotes: {name}='{clipped(text)}'") from None
        raise
