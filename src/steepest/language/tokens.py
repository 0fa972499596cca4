"""Text -> tokens: what people type, with a reason for every character and word that is refused."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from steepest.errors import FormulaError, clipped
from steepest.language.dialects import PREFIXES

LONGEST = 2_000

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
    "Lambda": "Λ", "Xi": "Ξ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
LETTERS = {sign: name for name, sign in GREEK.items()} | {
    "π": "pi", "ϵ": "epsilon", "ϑ": "theta", "ϕ": "phi", "ϱ": "rho", "µ": "mu", "∆": "Delta", "Ω": "Omega",
}  # fmt: skip
DIGITS = frozenset("0123456789")
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))
SIGNS = {
    "×": "*", "·": "*", "⋅": "*", "∗": "*", "∙": "*", "÷": "/", "∕": "/", "⁄": "/", "−": "-", "–": "-", "≤": "<=",
    "≥": ">=", "≠": "!=", "∣": "|", "←": "=", "≔": "=", "⟵": "=",
}  # fmt: skip
OPERATORS = ("+", "-", "*", "/", "^", "(", ")", ",", "|", "=", "<", ">")
ROOTS = {"√": "sqrt", "∛": "cbrt"}
FOREIGN = ("\\", "{", "}", "[", "]", "$", "!", ":", ";", "@", "~", "_", "=>", ".", "⌊", "⌋", "⌈", "⌉")
"""Signs of LaTeX and of programming languages, which `latex_tokens` and `pasted` translate or refuse."""
KEYWORDS = frozenset((
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "nonlocal", "not", "or", "pass", "raise", "return",
    "try", "while", "with", "yield", "None", "True", "False",
))  # fmt: skip
NOT_NUMBERS = frozenset(("nan", "inf", "infinity", "infty", "oo"))
NAMED = (
    (0xA1, 0xFF), (0x370, 0x3FF), (0x400, 0x45F), (0x500, 0x501), (0x2010, 0x205E), (0x2070, 0x209C), (0x2150, 0x215E),
    (0x2190, 0x2199), (0x21D0, 0x21D5), (0x2200, 0x226B),
)  # fmt: skip
"""The first and the last code of the blocks whose characters are refused by name: those that formulas are pasted with."""
LOOKALIKES = dict(zip("аеорсухіјѕԁАВЕКМНОРСТХУІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "aeopcyxijsdABEKMHOPCTXYIJSABEZHIKMNOPTYXo", strict=True))
REFUSED = {
    ";": "one formula at a time: ';' separates the equations of an optimizer",
    "[": "indexing is not part of the language: call the parameters x1, x2, ...",
    "]": "indexing is not part of the language: call the parameters x1, x2, ...",
    "{": "write round brackets instead of curly ones",
    "}": "write round brackets instead of curly ones",
    "'": "quotes and primes are not part of the language: steepest takes the derivatives itself",
    '"': "text in quotes is not part of a formula",
    ":": "':' is not part of a formula: write the formula alone, such as x^2, and a choice as where(condition, a, b)",
    "?": "a choice is written where(condition, a, b)",
    "&": "conditions are not joined: nest one where in another",
    "!": "factorials of parameters are not part of the language: only a whole number has one, such as 5!",
    "%": "remainders and percentages are not part of the language: write mod(x, 2), or 0.05 for 5%",
    "\\": "a backslash begins a LaTeX command, such as \\frac{1}{2}",
    "$": "a dollar sign stands around the whole formula",
    "@": "matrix products are not part of the language: write the terms out, such as a*x + b*y",
    "#": "comments are not part of a formula",
    "~": "write '-' for a sign, and != for 'not equal'",
    "′": "quotes and primes are not part of the language: steepest takes the derivatives itself",
    "∑": "sums over an index are not part of the language: write the terms with + between them",
    "∏": "products over an index are not part of the language: write the factors",
    "∂": "steepest takes the derivatives itself: write the function",
    "∇": "steepest takes the derivatives itself: write the function",
    "±": "'±' has two meanings: write + or -",
    "‖": "a norm is written out: hypot(x, y) or sqrt(x^2 + y^2 + z^2)",
    "°": "angles are in radians: write x*pi/180 for x degrees",
    "…": "write the terms that the dots stand for",
    "∞": "infinity is not a number of the language",
    "_": "a name starts with a letter, such as x_1",
}


class Token(NamedTuple):
    """A piece of the text.

    Attributes:
        kind: `number`, `name`, `superscript`, `end`, or the sign itself (`+ - * / ^ ( ) , | = < <= ...`); before foreign
            notation is translated also `command` (of LaTeX), `method`, or one of the `FOREIGN` signs.
        text: the normalized spelling.
        position: of the first character in the text.
        glued: whether no white space precedes it.
        prefix: the `np.` of `np.sin`, or the backquote in front of a column's name.
    """

    kind: str
    text: str
    position: int
    glued: bool = False
    prefix: str = ""


def natural(name: str) -> tuple[object, ...]:
    """The sort key of names: alphabetical, with the numbers in them by value.

    >>> sorted(["x10", "b", "x2", "x"], key=natural)
    ['b', 'x', 'x2', 'x10']
    """
    parts = re.split(r"(\d+)", name)  # words and numbers in turn
    return tuple(int(part) if index % 2 else part for index, part in enumerate(parts)), name


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, the last of kind `end`; foreign notation is not translated yet.

    Raises:
        FormulaError: at the first character or word that is not part of the language.

    >>> [token.text for token in tokenize("2π x²")]
    ['2', 'pi', 'x', '2', '']
    """
    if len(text) > LONGEST:
        raise FormulaError(f"the formula has {len(text):,} characters and may have {LONGEST:,}", text, LONGEST)
    tokens: list[Token] = []
    index, spaced = (1 if text.startswith("\N{BYTE ORDER MARK}") else 0), True
    while index < len(text):
        character = text[index]
        if character.isspace():
            index, spaced = index + 1, True
            continue
        token, index = _next_token(text, index)
        if token.kind == "name" and token.text in PREFIXES and not token.prefix:
            token, index = _behind_prefixes(token, text, index)
        if token.kind == "name" and token.prefix != "`":
            _check_word(token, tokens[-1] if tokens else None, text, glued=not spaced)
        tokens.append(token._replace(glued=not spaced))
        spaced = False
    tokens.append(Token("end", "", len(text)))
    return tokens


def _next_token(text: str, index: int) -> tuple[Token, int]:
    """The token that starts at `index`, and the index behind it."""
    character = SIGNS.get(text[index], text[index])
    if character in DIGITS or (character == "." and _is_digit(text, index + 1)):
        return _read_number(text, index)
    if _is_letter(character):
        return _read_name(text, index)
    if character in SUPERSCRIPTS:
        return _read_superscript(text, index)
    if character == "`":
        return _read_quoted(text, index)
    if character in ROOTS:
        return Token("name", ROOTS[character], index), index + 1
    pair = character + text[index + 1 : index + 2]
    if pair == "**":
        return Token("^", "^", index), index + 2
    if pair in ("<=", ">=", "==", "!=", "=>"):
        return Token(pair, pair, index), index + 2
    if pair == ":=":
        return Token("=", "=", index), index + 2
    if character == ".":
        return _read_dot(text, index)
    if character == "\\":
        return _read_command(text, index)
    if character in OPERATORS or character in ("<=", ">=", "!=") or character in FOREIGN:
        return Token(character, character, index), index + 1
    return refuse_character(text, index)


def _is_digit(text: str, index: int) -> bool:
    return text[index : index + 1] in DIGITS


def _is_letter(character: str) -> bool:
    return ("a" <= character <= "z") or ("A" <= character <= "Z") or character in LETTERS


def _read_number(text: str, start: int) -> tuple[Token, int]:
    """A decimal number: digits, an optional point, an optional exponent."""
    end = _skip_digits(text, start)
    if text[end : end + 1] == ".":
        end = _skip_digits(text, end + 1)
    if text[end : end + 1] in ("e", "E"):
        digits = end + 2 if text[end + 1 : end + 2] in ("+", "-") else end + 1
        after = _skip_digits(text, digits)
        if after > digits:
            end = after
    following = text[end : end + 1]
    if following == "." and text[end - 1 : end] == ".":
        raise FormulaError("ranges and sums over an index are not part of the language: write the terms out", text, end - 1)
    if following == ".":
        raise FormulaError("a number has one decimal point", text, end)
    if following == "_":
        raise FormulaError("write numbers without underscores", text, end)
    if following in ("f", "F") and "." in text[start:end] and not _is_word_part(text[end + 1 : end + 2]):
        raise FormulaError(f"write {clipped(text[start:end])} without the {following}, or with '*' between them", text, end)
    return Token("number", text[start:end], start), end


def _is_word_part(character: str) -> bool:
    return bool(character) and (_is_letter(character) or character in DIGITS or character == "_" or character in SUBSCRIPTS)


def _skip_digits(text: str, index: int) -> int:
    while index < len(text) and text[index] in DIGITS:
        index += 1
    return index


def _read_name(text: str, start: int) -> tuple[Token, int]:
    """A name: a letter, then letters, digits, underscores and subscripts; Greek signs are spelled out."""
    parts: list[str] = []
    index = start
    while index < len(text):
        character = text[index]
        if character in LETTERS:
            parts.append(LETTERS[character])
        elif character in SUBSCRIPTS:
            follows = index > start and text[index - 1] in SUBSCRIPTS
            parts.append(SUBSCRIPTS[character] if follows else "_" + SUBSCRIPTS[character])
        elif _is_letter(character) or character in DIGITS or character == "_":
            parts.append(character)
        else:
            break
        if character == "π" and index == start:
            index += 1
            break
        if text[index + 1 : index + 2] == "π":
            index += 1
            break
        index += 1
    if text[index : index + 1] == "." and _is_digit(text, index + 1):
        raise FormulaError("write '*' between a name and a number, such as x*0.5", text, index)
    return Token("name", "".join(parts), start), index


def _behind_prefixes(token: Token, text: str, index: int) -> tuple[Token, int]:
    """The `sin` of `np.sin` or `torch.nn.functional.relu`: a name behind those of libraries."""
    first = token.position
    while token.text in PREFIXES and text[index : index + 1] == "." and _is_letter(text[index + 1 : index + 2] or "."):
        token, index = _read_name(text, index + 1)
    return token._replace(prefix=text[first : token.position]), index


def _read_quoted(text: str, start: int) -> tuple[Token, int]:
    """The name of a column in backquotes, which may have any characters but these."""
    end = text.find("`", start + 1)
    if end < 0:
        raise FormulaError("this '`' is never closed: it stands on both sides of a column's name", text, start)
    return Token("name", text[start + 1 : end], start, prefix="`"), end + 1


def _read_dot(text: str, start: int) -> tuple[Token, int]:
    """The dot of an elementwise operator such as `.^`, or of a method such as `.pow`."""
    following = text[start + 1 : start + 2]
    if following in ("+", "-", "*", "/", "^"):
        token, end = _next_token(text, start + 1)
        return token._replace(position=start), end
    end = start + 1
    while end < len(text) and (_is_letter(text[end]) or text[end] in DIGITS or text[end] == "_"):
        end += 1
    return Token("method", text[start + 1 : end], start), end


def _read_command(text: str, start: int) -> tuple[Token, int]:
    r"""A command of LaTeX: a backslash with letters or with one sign, such as `\frac` and `\,`."""
    end = start + 1
    while end < len(text) and text[end].isascii() and text[end].isalpha():
        end += 1
    end = max(end, min(start + 2, len(text)))
    return Token("command", " " if text[start + 1 : end].isspace() else text[start + 1 : end], start), end


def _read_superscript(text: str, start: int) -> tuple[Token, int]:
    index = start
    while index < len(text) and text[index] in SUPERSCRIPTS:
        index += 1
    exponent = "".join(SUPERSCRIPTS[character] for character in text[start:index])
    digits = exponent[1:] if exponent[0] in "+-" else exponent
    if not digits.isdecimal():
        raise FormulaError("a superscript is a whole number, such as x² or x⁻¹: write other powers with ^", text, start)
    return Token("superscript", exponent, start), index


def _check_word(token: Token, previous: Token | None, text: str, *, glued: bool) -> None:
    """Refuse words that have a meaning in other languages only."""
    word, position = token.text, token.position
    if word == "if" and text[position + 2 : position + 3] in ("(", "[") and _begins_operand(previous):
        return  # if(condition, a, b) of spreadsheets
    if word == "if" or word == "else":
        raise FormulaError("a choice is written where(condition, a, b)", text, position)
    if word in ("and", "or", "not"):
        raise FormulaError(f"the word '{word}' is not part of the language: nest one where in another", text, position)
    if word in ("True", "False"):
        raise FormulaError(f"'{word}' is not a number of the language: a choice is written where(condition, a, b)", text, position)
    if (word == "def" and previous is None) or (word == "return" and (previous is None or previous.kind == ":")):
        return  # def f(x): return x^2, which `pasted` translates
    if word in KEYWORDS:
        raise FormulaError(f"the word '{word}' is not part of the language: write the formula alone", text, position)
    if word.lower() in NOT_NUMBERS:
        raise FormulaError(f"'{word}' is not a number of the language", text, position)
    if word == "pI":
        raise FormulaError("write pi for the number π, not pI", text, position)
    if word in ("i", "j", "I", "J") and glued and previous is not None and previous.kind == "number":
        product = f"{clipped(previous.text)}*{word}"
        reason = f"complex numbers are not part of the language: write {product} if {word} is a parameter"
        raise FormulaError(reason, text, position)


def _begins_operand(previous: Token | None) -> bool:
    """Whether an operand is expected behind a token."""
    return previous is None or previous.kind in (*OPERATORS[:5], "(", ",", "=", "[", "{")


def refuse_character(text: str, index: int) -> NoReturn:
    """Refuse a character, with the reason and what to type instead.

    Raises:
        FormulaError: always.
    """
    import unicodedata  # loaded for refusals only

    character = text[index]
    if character in REFUSED:
        reason = REFUSED[character]
    elif character == ".":
        reason = "a '.' belongs to a number, such as 0.5; attribute access is not part of the language"
    elif "\ud800" <= character <= "\udfff":
        reason = f"half of a character (lone surrogate U+{ord(character):04X}): the text was damaged on the way"
    elif unicodedata.category(character)[0] in "CM":
        kind = "an invisible" if unicodedata.category(character)[0] == "C" else "a combining"
        reason = f"{kind} character (U+{ord(character):04X}): delete it"
    else:
        named = any(first <= ord(character) <= last for first, last in NAMED)
        name = f" is {unicodedata.name(character).lower()}" if named else ""
        plain = LOOKALIKES.get(character) or unicodedata.normalize("NFKC", character).replace("⁄", "/")
        power = "^" if unicodedata.decomposition(character).startswith("<super>") else ""
        plain = "-" if unicodedata.category(character) == "Pd" else plain
        readable = plain.isascii() and (plain.replace("/", "").isalnum() or plain in OPERATORS)
        advice = (
            f": type {power}{plain}"
            if readable
            else " and is not part of the language"
            if named
            else " is not part of the language"
        )
        reason = f"'{character}'{name} (U+{ord(character):04X}){advice}"
    raise FormulaError(reason, text, index)
