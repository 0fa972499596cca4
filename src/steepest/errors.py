"""Errors of the user: one line each, with the place and what to do instead."""

from __future__ import annotations

import math
import re
from typing import Any

CONTEXT = 72  # characters of a formula shown around the caret
LONGEST_WORD = 40  # characters of a quoted word
LONGEST_PATH = 100
LONGEST_SENTENCE = 300
LONGEST_MESSAGE = 200  # of a foreign exception
MOST_READ = 10_000  # characters of a message; the rest is dropped
ECHO = re.compile(r"(?<!\w)'[^']*'(?!\w)|\S{120,}")  # quoted input, or a long run without white space


class SteepestError(ValueError):
    """A mistake of the user, described in one line; quoted input is clipped."""

    def __init__(self, message: str) -> None:
        super().__init__(sentence(message))


class PictureWarning(UserWarning):
    """A picture is not drawn as it was meant; the message says why, in one line."""


class InputError(SteepestError):
    """An argument that cannot be used: a start of the wrong length, an unknown name, a bad number."""


class RoomError(InputError):
    """A picture of a size in which what it shows has no room."""


class MissingDependencyError(SteepestError):
    """An optional library is not installed; the message has the command that installs it.

    Args:
        library: its name.
        purpose: what needs it, as the subject of the sentence.
        extra: the extra of steepest that installs it.
        or_else: what to do without it.

    >>> print(MissingDependencyError("JAX", "the example", "jax"))
    the example needs JAX: pip install 'steepest[jax]'
    """

    def __init__(self, library: str, purpose: str, extra: str, *, or_else: str = "") -> None:
        super().__init__(f"{purpose} needs {library}: pip install 'steepest[{extra}]'" + (f", or {or_else}" if or_else else ""))


def load(module: str, purpose: str, extra: str, *, library: str = "", or_else: str = "") -> Any:
    """An optional library, imported now.

    Args:
        module: what is imported.
        purpose, extra, or_else: as of `MissingDependencyError`.
        library: its name, if it is not that of the module.

    Raises:
        MissingDependencyError: if it, or what it needs, is not installed.
        InputError: if it is installed and cannot be imported.

    >>> load("math", "the example", "none").pi
    3.141592653589793
    """
    from importlib import import_module

    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("steepest."):
            raise
        raise MissingDependencyError(library or module, purpose, extra, or_else=or_else) from None
    except Exception as error:  # a broken installation
        raise InputError(f"{purpose} needs {library or module}, and importing it raised {named(error)}") from error


class FormulaError(SteepestError):
    """A text that is not a formula: what is wrong, where, and what to write instead.

    Attributes:
        reason: one sentence.
        text: the whole text as it was given.
        position: the index of the character at fault, from 0 to `len(text)`.
        where: the part of a longer input that the text is, such as `equation 2`; may be empty.
    """

    def __init__(self, reason: str, text: str, position: int, where: str = "") -> None:
        self.reason = sentence(reason)
        self.text = text
        self.position = max(0, min(position, len(text)))
        self.where = where
        super().__init__(reason)

    def within(self, where: str) -> FormulaError:
        """The same error in a part of a longer input."""
        return FormulaError(self.reason, self.text, self.position, where)

    def __str__(self) -> str:
        line, caret = _excerpt(self.text, self.position)
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.reason}\n  {line}\n  {' ' * caret}^"

    def __reduce__(self) -> tuple[type[FormulaError], tuple[str, str, int, str]]:
        return FormulaError, (self.reason, self.text, self.position, self.where)


def _excerpt(text: str, position: int) -> tuple[str, int]:
    """One printable line of `text` around `position`, and the caret's column in it."""
    first = max(0, min(position - CONTEXT // 2, len(text) - CONTEXT))
    window = "".join(map(printable, text[first : first + CONTEXT]))
    if first + CONTEXT < len(text):
        window += "…"
    return ("…" + window, position - first + 1) if first else (window, position)


def clipped(word: str) -> str:
    """A word for a sentence: a long one ends in `…`."""
    return word if len(word) <= LONGEST_WORD else f"{word[: LONGEST_WORD - 1]}…"


def clipped_path(path: str) -> str:
    """A path for a sentence: a long one begins with `…`."""
    return path if len(path) <= LONGEST_PATH else f"…{path[1 - LONGEST_PATH :]}"


def sentence(message: str) -> str:
    """A message as one line of bounded length: quoted input is clipped, and unprintable characters are replaced.

    >>> sentence("there is no '" + "a" * 100 + "'")
    "there is no 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'"
    """
    line = " ".join("".join(map(printable, message[:MOST_READ])).split())
    line = ECHO.sub(lambda echo: f"'{clipped(echo[0][1:-1])}'" if echo[0].endswith("'") else clipped(echo[0]), line)
    return line if len(line) <= LONGEST_SENTENCE else f"{line[: LONGEST_SENTENCE - 1]}…"


def counted(number: float, noun: str) -> str:
    """A number with its noun in the singular or the plural.

    >>> counted(1, "step"), counted(2000, "step")
    ('1 step', '2,000 steps')
    """
    written = f"{number:g}" if isinstance(number, float) else f"{number:,}"
    return f"{written} {noun}{'s' * (number != 1)}"


def bytes_text(size: float) -> str:
    """A number of bytes as text.

    >>> bytes_text(31e12), bytes_text(2.5e6)
    ('31 TB', '2.5 MB')
    """
    units = ("bytes", "kB", "MB", "GB", "TB", "PB")
    power = min(max(int(math.log10(max(size, 1)) // 3), 0), len(units) - 1)
    return f"{size / 1000**power:.3g} {units[power]}"


def named(error: BaseException) -> str:
    """A foreign exception in one line: `ValueError: math domain error`."""
    line = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
    return line if len(line) <= LONGEST_MESSAGE else f"{line[: LONGEST_MESSAGE - 1]}…"


def printable(character: str) -> str:
    """The character itself, a space for white space, or a replacement for what does not take exactly one column."""
    if character.isascii() and character.isprintable():
        return character
    import unicodedata  # loaded for unusual characters only

    if character.isspace():
        return " "
    alone = character.isprintable() and not unicodedata.category(character).startswith("M")
    return character if alone else "\N{REPLACEMENT CHARACTER}"
