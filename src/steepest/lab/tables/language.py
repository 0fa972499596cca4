"""The tables of the language for the page, as one module of JavaScript: `web/model/language/tables.js`."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from steepest import errors
from steepest.lab.tables.shared import constants, module
from steepest.language import (  # fmt: skip
    derivative,
    dialects,
    expression,
    latex,
    latex_tokens,
    mathml,
    notation,
    operations,
    parser,
    pasted,
    precedence,
    rows,
    simplify,
    suggestions,
    tokens,
)

MODULE = Path(__file__).parents[1] / "web" / "model" / "language" / "tables.js"


def tables() -> str:
    """The module: the tables and the bounds of each file of `steepest.language`; a set of words is one text."""
    return module({
        "ERRORS": constants(errors, "CONTEXT LONGEST_WORD LONGEST_SENTENCE MOST_READ"),
        "OPERATIONS": {name: _operation(each) for name, each in operations.OPERATIONS.items()},
        "FUNCTIONS": " ".join(operations.FUNCTIONS),
        "COMPARISON_NAMES": " ".join(operations.COMPARISONS),
        "CONSTANTS": " ".join(operations.CONSTANTS),
        "REDUCTIONS": operations.REDUCTIONS,
        "VECTOR_FUNCTIONS": operations.VECTOR_FUNCTIONS,
        "TOKENS": constants(tokens, "LONGEST LETTERS SUBSCRIPTS SUPERSCRIPTS SIGNS ROOTS LOOKALIKES REFUSED")
        | _words(tokens, "OPERATORS FOREIGN KEYWORDS NOT_NUMBERS"),
        "SPACES": " ".join(f"{code:X}" for code in range(0x10000) if chr(code).isspace()),
        "SUPER": "".join(sign for sign in map(chr, range(0x10000)) if unicodedata.decomposition(sign).startswith("<super>")),
        "NAMES": {f"U+{first:04X}": _front_coded(first, last) for first, last in tokens.NAMED},
        "DIALECTS": constants(dialects, "SPELLINGS NOT_HERE LETTER_FUNCTIONS CONSTANTS CONSTANTS_BEHIND_A_PREFIX")
        | {"READINGS": {word: "; ".join(readings) for word, readings in dialects.READINGS.items()}}
        | {"REASONS": _inverted(dialects.REASONS)}
        | _words(dialects, "PREFIXES BARE"),
        "LATEX_TOKENS": constants(latex_tokens, "DEEPEST LONGEST_PRODUCT SIGNS OPENING LETTERS REFUSED")
        | {"SKIPPED": "\n".join(sorted(latex_tokens.SKIPPED))}
        | _words(latex_tokens, "WHOLE CLOSING FRACTIONS FONTS"),
        "PASTED": constants(pasted, "LARGEST_FACTORIAL ROUNDING PAIRS") | _words(pasted, "DECLARING"),
        "PRECEDENCE": constants(precedence, "MOST_NODES DEEPEST MOST_PARAMETERS COMPARISON_SIGNS SUM PRODUCT SIGN POWER")
        | constants(precedence, "CROSSED DECIMAL_COMMA"),
        "PARSER": constants(parser, "ALIASES INVERSES WITH_TWO") | _words(parser, "VARIADIC"),
        "SUGGESTIONS": constants(suggestions, "LEAST SIGNATURES"),
        "EXPRESSION": constants(expression, "LARGEST_EXACT"),
        "ROWS": constants(rows, "LANES BLOCK"),
        "DERIVATIVE": constants(derivative, "GUARDED_POWERS"),
        "SIMPLIFY": constants(
            simplify, "CHAINS LARGEST_POWER LONGEST_COEFFICIENT DECIMALS LONGEST_QUOTIENT MOST_PRODUCTS RANKS"
        ),
        "NOTATION": constants(notation, "SUM PRODUCT SIGN POWER ATOM COMPARISON_SIGNS HELD ELLIPSIS LONGEST_WRITTEN")
        | _words(notation, "POWERED"),
        "MATHML": constants(mathml, "BRACKETS COMPARISONS FUNCTIONS"),
        "LATEX": constants(latex, "FUNCTIONS BRACKETS TEXT_ESCAPES COMPARISONS LONGEST_EXPONENT"),
    })  # fmt: skip


def _operation(operation: operations.Operation) -> dict[str, Any]:
    """What the language knows about an operation besides its value and its domain."""
    texts = {name: "; ".join(getattr(operation, name)) for name in ("partials", "computed")} | {"rate": operation.rate}
    return {"arity": operation.arity} | {name: text for name, text in texts.items() if text}


def _words(module: Any, names: str) -> dict[str, str]:
    """Some of a module's sets and lists of words, each as one text."""
    return {name: " ".join(_ordered(getattr(module, name))) for name in names.split()}


def _ordered(words: Collection[str]) -> Collection[str]:
    return sorted(words) if isinstance(words, frozenset) else words


def _inverted(sentences: Mapping[str, str]) -> dict[str, str]:
    """The words of each sentence, as one text."""
    found: dict[str, list[str]] = {}
    for word, sentence in sentences.items():
        found.setdefault(sentence, []).append(word)
    return {sentence: " ".join(words) for sentence, words in found.items()}


def _front_coded(first: int, last: int) -> str:
    """The names of characters, each as the length of what it shares with the one in front, and the rest."""
    parts, before = [], ""
    for code in range(first, last + 1):
        name = unicodedata.name(chr(code), "").lower()
        same = next((place for place, (a, b) in enumerate(zip(name, before, strict=False)) if a != b), min(len(name), len(before)))
        parts.append(f"{same}{name[same:]}")
        before = name
    return ",".join(parts)
