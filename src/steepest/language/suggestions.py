"""What was most likely meant: misspelled names, functions of other languages, products without a sign."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from steepest.errors import clipped
from steepest.language.dialects import READINGS, REASONS, SPELLINGS
from steepest.language.operations import FUNCTIONS, REDUCTIONS
from steepest.language.tokens import GREEK

LEAST = 0.66  # similarity of a misspelled word to what was meant: the ratio of `difflib`
SIGNATURES = {
    "where": "where(x < 0, a, b)", "noise": "noise()", "solve": "solve(H, g)", "grad": "grad(theta)",
    "value": "value(theta)", "norm": "norm(g)", "dot": "dot(u, v)", "atan2": "atan2(y, x)",
}  # fmt: skip


def signature(word: str) -> str:
    """A call of a function, such as `atan2(y, x)`."""
    if word in REDUCTIONS:
        return f"{word}(w*x)"
    return SIGNATURES.get(word) or (f"{word}(a, b)" if FUNCTIONS[word].arity == 2 else f"{word}(x)")


def nearest(word: str, choices: Collection[str]) -> str | None:
    """The choice that a misspelled word most likely meant; None if no choice is similar.

    >>> nearest("momentun", ["gd", "momentum"]), nearest("z", ["gd"])
    ('momentum', None)
    """
    import difflib  # loaded for refusals only

    found = difflib.get_close_matches(word.lower(), list(choices), n=1, cutoff=LEAST)
    return found[0] if found else None


def listed(words: Sequence[str], most: int = 8) -> str:
    """The first names of many for a sentence.

    >>> listed(["x", "y"]), listed(["x", "y", "z"], 1)
    ('x, y', 'x and 2 more')
    """
    shown = ", ".join(map(clipped, words[:most]))
    return f"{shown} and {len(words) - most:,} more" if len(words) > most else shown


def is_elsewhere(word: str) -> bool:
    """Whether another language has a function with that name."""
    return word.lower() in SPELLINGS or word.lower() in READINGS or word.lower() in REASONS


def _other_language(word: str) -> str:
    """How to write another language's function here."""
    lower = word.lower()
    if lower in REASONS:
        return f"there is no function '{word}': {REASONS[lower]}"
    ours = signature(SPELLINGS[lower]) if lower in SPELLINGS else READINGS[lower][-1].partition(": ")[2]
    return f"{word} needs its arguments in brackets: write {ours}"


def no_function(word: str, functions: Collection[str]) -> tuple[str, bool]:
    """The sentence about an unknown function, and whether it suggests another one."""
    head = next((name for name in sorted(functions, key=len, reverse=True) if word.endswith(name) and word != name), "")
    near, base = nearest(word, functions), re.fullmatch(r"log_?(\d+)", word)
    if base:
        return f"there is no function '{clipped(word)}': write log(x)/log({clipped(base[1])})", True
    if is_elsewhere(word):
        return _other_language(word), True
    if head and (len(word) - len(head) == 1 or not near):
        return f"adjacent letters are one name: write {clipped(word[: -len(head)])}*{head}(...)", True
    word = clipped(word)
    if near:
        return f"there is no function '{word}': did you mean {near}?", True
    return f"there is no function '{word}': write {word}*(...) if it is a parameter", False


def unknown_name(word: str, known: Collection[str]) -> str:
    """The sentence about an unknown name."""
    near, word = nearest(word, known), clipped(word)
    if near:
        return f"unknown name '{word}': did you mean {near}?"
    return f"unknown name '{word}': " + (f"known are {', '.join(known)}" if known else "write a number")


def split(word: str, known: Collection[str]) -> list[str]:
    """The known names that a word is composed of; empty if it is not.

    >>> split("xy", ["x", "y"])
    ['x', 'y']
    """
    if len(word) < 2 or word in GREEK:
        return []
    ordered = sorted(known)  # a set has another order in every process
    parts: list[list[str] | None] = [[], *[None] * len(word)]  # for the first 0, 1, 2, ... letters of the word
    for end in range(1, len(word) + 1):
        for name in ordered:
            start = end - len(name)
            if start >= 0 and word[start:end] == name and (before := parts[start]) is not None:
                parts[end] = [*before, name]
                break
    return parts[-1] or []


def fused(word: str) -> str:
    """The call that was written without brackets and space; empty for any other word.

    >>> fused("sin2x")
    'sin(2x)'
    """
    found = re.fullmatch(_fused_pattern(), word)
    return f"{found[1]}({found[2]})" if found and found[2] else ""


@cache
def _fused_pattern() -> str:
    single = sorted(("ln", *(word for word, operation in FUNCTIONS.items() if operation.arity == 1)), key=len, reverse=True)
    return rf"({'|'.join(single)})(\d*(?:[A-Za-z]|{'|'.join(GREEK)})?\d*)"
