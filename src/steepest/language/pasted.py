"""Text -> tokens of the language: notation pasted from LaTeX, NumPy, SymPy, MATLAB, Mathematica or JavaScript is translated.

Every token keeps the position where it was typed, so that a caret points there.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import NoReturn
from unicodedata import normalize

from steepest.errors import FormulaError, clipped
from steepest.language.dialects import dialect_reason, spelled
from steepest.language.latex_tokens import is_latex, without_latex
from steepest.language.operations import VECTOR_FUNCTIONS
from steepest.language.tokens import FOREIGN, Token, refuse_character, tokenize

DECLARING = ("const", "let", "var")
LARGEST_FACTORIAL = 170  # of which a float can hold the value
ROUND = {"[": "(", "]": ")", "⌊": "(", "⌋": ")", "⌈": "(", "⌉": ")"}
ROUNDING = {"⌊": "floor", "⌈": "ceil"}
PAIRS = {"]": "[", "⌋": "⌊", "⌉": "⌈", ")": "("}


def read_tokens(text: str, known: Collection[str] = ()) -> list[Token]:
    """The tokens of a text, the last of kind `end`.

    Args:
        known: names that keep their meaning, whatever they mean in other languages.

    Raises:
        FormulaError: at the first character or word that is not part of the language.

    >>> "".join(token.text for token in read_tokens("lambda x: np.square(x[0])"))
    'f(x)=square(x0)'
    """
    try:
        tokens = tokenize(_folded(text))
    except FormulaError as error:
        raise FormulaError(error.reason, text, error.position) from None
    if is_latex(tokens):
        tokens = without_latex(text, tokens, known)
    tokens = _with_header(text, tokens)
    kinds = {token.kind for token in tokens}
    if kinds & {"method", *FOREIGN}:
        tokens = _Translator(text, tokens).all()
    return tokens


def _folded(text: str) -> str:
    """The text with mathematical letters as ordinary ones: formulas in PDF files have their own italic x."""
    if text.isascii():
        return text
    return "".join(normalize("NFKC", sign) if "\U0001d400" <= sign <= "\U0001d7ff" or sign == "ℎ" else sign for sign in text)


def _with_header(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens with `lambda x: ...`, `x => ...`, `(x, y) => ...` and `@(x) ...` as `f(x) = ...`."""
    tokens = _without_words(text, tokens)
    first = 2 if [token.kind for token in tokens[:2]] == ["name", "="] else 0  # f = lambda x: ...
    head = tokens[first]
    if (head.kind, head.text) == ("name", "lambda"):
        names, end = tokens[first + 1 :], ":"
    elif head.kind == "@":
        names, end = tokens[first + 1 :], ")"
    else:
        names, end = tokens[first:], "=>"
    length = next((index for index, token in enumerate(names) if token.kind == end), 0)
    inner = names[:length]
    if end != ":" and length > 1 and inner[0].kind == "(":
        inner = inner[1:] if end == ")" else inner[1:-1] if inner[-1].kind == ")" else inner
    elif end == ")":
        return tokens
    if not length or any(token.kind not in ("name", ",") for token in inner):
        return tokens
    start, stop = head, names[length]
    opening = [Token("name", "f", start.position), Token("(", "(", start.position, glued=True)]
    return [*opening, *inner, Token(")", ")", stop.position), Token("=", "=", stop.position), *names[length + 1 :]]


def _without_words(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens without the keywords of a definition: `const f = ...`, `return ...`, `def f(x): return ...`."""
    declared = tokens[0].text in DECLARING and [token.kind for token in tokens[:3]] == ["name", "name", "="]
    if declared or (tokens[0].text == "return" and tokens[1].kind != "end"):
        tokens = tokens[1:]
    elif (tokens[0].kind, tokens[0].text) == ("name", "def"):
        colon = next((index for index, token in enumerate(tokens) if token.kind == ":"), 0)
        if colon and tokens[colon + 1].text == "return":
            tokens = [*tokens[1:colon], Token("=", "=", tokens[colon].position), *tokens[colon + 2 :]]
    for token in tokens:
        if token.kind == "name" and token.text in ("def", "return"):
            reason = f"the word '{token.text}' is not part of the language: write the formula alone"
            raise FormulaError(reason, text, token.position)
    return tokens


class _Translator:
    """One pass over tokens that are not all of the language.

    Attributes:
        made: the tokens of the language so far.
        open: brackets that are not closed yet, and whether they hold the argument of `.pow`.
        indexed: the position of each name that was an element, such as x0 for `x[0]`.
    """

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text, self.tokens = text, tokens
        self.index = 0
        self.made: list[Token] = []
        self.open: list[tuple[Token, bool]] = []
        self.indexed: dict[str, int] = {}

    def fail(self, reason: str, position: int) -> NoReturn:
        """Refuse the text at a position."""
        raise FormulaError(reason, self.text, position)

    def all(self) -> list[Token]:
        """The translated tokens."""
        while self.index < len(self.tokens):
            token = self.tokens[self.index]
            self.index += 1
            self.one(token)
        for opening, _ in self.open:
            if opening.kind != "(":
                self.fail(f"this '{opening.kind}' is never closed", opening.position)
        self.check_indexed()
        return self.made

    def one(self, token: Token) -> None:
        """Translate one token, and those behind it that belong to it."""
        kind = token.kind
        if kind == "[" and self.is_index(token):
            self.element(token)
        elif kind in ("[", "(") or kind in ROUNDING:
            if kind in ROUNDING:
                self.made.append(Token("name", ROUNDING[kind], token.position, token.glued))
            self.open.append((token, False))
            self.made.append(token._replace(kind="(", text="("))
        elif kind in PAIRS:
            self.close(token)
        elif kind == "!":
            self.factorial(token)
        elif kind == "method":
            self.method(token)
        elif kind == ";" and self.tokens[self.index].kind == "end":
            pass  # the end of a statement
        elif kind == "=>":
            self.fail("'=>' needs parameters alone in front of it, such as (x, y) => x^2 + y^2", token.position)
        elif kind in FOREIGN:
            refuse_character(self.text, token.position)
        else:
            self.made.append(token)

    def is_index(self, bracket: Token) -> bool:
        """Whether a square bracket holds an index: it stands behind a name that is not a function."""
        before = self.made[-1] if self.made else None
        if before is None or before.kind not in ("name", ")") or not (bracket.glued or self.tokens[self.index].kind == "number"):
            return False
        return before.kind == ")" or not (spelled(before.text) or dialect_reason(before.text) or before.text in VECTOR_FUNCTIONS)

    def element(self, bracket: Token) -> None:
        """`x[0]` as the name x0; other indices are refused."""
        number, closing = self.tokens[self.index], self.tokens[min(self.index + 1, len(self.tokens) - 1)]
        before = self.made[-1]
        if before.kind != "name" or number.kind != "number" or not number.text.isdigit() or closing.kind != "]":
            refuse_character(self.text, bracket.position)
        joint = "_" if before.text[-1].isdigit() else ""
        self.index += 2
        name = f"{before.text}{joint}{number.text}"
        self.indexed.setdefault(name, before.position)
        self.made[-1] = before._replace(text=name, prefix=f"{before.text}[")

    def check_indexed(self) -> None:
        """Refuse `x[0]` beside `x0`, which would become one parameter."""
        for token in self.made:
            if token.kind == "name" and token.text in self.indexed and not token.prefix:
                word = clipped(token.text)
                self.fail(f"'{word}' and an element of the same name would be one parameter: rename one", token.position)
        self.made = [token._replace(prefix="") if token.prefix.endswith("[") else token for token in self.made]

    def close(self, token: Token) -> None:
        """A closing bracket of any kind as a round one."""
        opening, power = self.open.pop() if self.open else (None, False)
        if opening is None and token.kind != ")":
            self.fail(f"this '{token.kind}' closes nothing", token.position)
        if opening is not None and opening.kind != PAIRS[token.kind]:
            if {opening.kind, token.kind} == {"(", ")"} or token.kind == ")":
                self.fail(f"this '{opening.kind}' is never closed", opening.position)
            self.fail(f"this '{token.kind}' does not close the '{opening.kind}' in front of it", token.position)
        self.made.append(token._replace(kind=")", text=")"))
        following = self.tokens[self.index]
        if power and following.kind in ("^", "superscript", "method"):
            self.fail("a power of a power: use brackets, such as (x^2)^3", following.position)

    def factorial(self, token: Token) -> None:
        """`5!` as the number 120."""
        before = self.made[-1] if self.made else None
        if before is None or before.kind != "number" or not before.text.isdigit():
            refuse_character(self.text, token.position)
        if len(before.text) > 3 or int(before.text) > LARGEST_FACTORIAL:
            self.fail("this factorial is larger than any number of the machine (1.8e308)", before.position)
        self.made[-1] = before._replace(text=str(math.factorial(int(before.text))))

    def method(self, token: Token) -> None:
        """`x.pow(2)` as x^(2); any other attribute is refused."""
        word, before = token.text, self.made[-1].kind if self.made else ""
        called = self.tokens[self.index].kind == "("
        if not word and called and before == "name" and spelled(self.made[-1].text):
            return  # Julia's sin.(x)
        if word == "pow" and called and token.glued and before in ("name", ")"):
            self.made.append(Token("^", "^", token.position, glued=True))
            self.open.append((self.tokens[self.index], True))
            self.made.append(self.tokens[self.index])
            self.index += 1
            return
        if before not in ("name", ")") or not word:
            refuse_character(self.text, token.position)
        if called and dialect_reason(word):
            self.fail(dialect_reason(word), token.position)
        way = f"write {clipped(word)}(...)" if called and spelled(word) else "write sin(x), and a name for every number"
        self.fail(f"attribute access is not part of the language: {way}", token.position)
