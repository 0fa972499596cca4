r"""Tokens of LaTeX -> tokens of the language, each at the position where it was typed: `\frac{1}{2} x^{2}` is (1/2) x^2.

Nothing is expanded as TeX would do it; commands that are not in the tables are refused.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NoReturn

from steepest.errors import FormulaError, clipped, printable
from steepest.language.dialects import CONSTANTS, spelled
from steepest.language.operations import CONSTANTS as NUMBERS
from steepest.language.tokens import GREEK, Token, refuse_character

DEEPEST = 64
LONGEST_PRODUCT = 3  # letters side by side that are a product, such as xy; longer words are names

SKIPPED = frozenset((
    ",", ";", ":", "!", " ", ">", "quad", "qquad", "displaystyle", "textstyle", "limits", "nolimits", "thinspace", "left", "right",
    "middle", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr", "rm", "it", "bf",
))  # fmt: skip
WHOLE = ("(", ")", "[", "]")  # \( ... \) and \[ ... \] enclose a formula
SIGNS = {
    "cdot": "*", "times": "*", "ast": "*", "star": "*", "div": "/", "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=",
    "geq": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=", "lt": "<", "gt": ">", "mid": "|", "vert": "|", "lbrack": "(",
    "rbrack": ")", "{": "(", "}": ")", "lbrace": "(", "rbrace": ")", "leftarrow": "=", "gets": "=", "coloneqq": "=",
}  # fmt: skip
OPENING = {"lvert": "abs", "lfloor": "floor", "lceil": "ceil"}
CLOSING = frozenset(("rvert", "rfloor", "rceil"))
FRACTIONS = frozenset(("frac", "dfrac", "tfrac", "cfrac"))
FONTS = frozenset((
    "operatorname", "mathrm", "text", "textrm", "mathit", "textit", "mathbf", "textbf", "boldsymbol", "bm", "mathsf", "mathtt",
))  # fmt: skip
LETTERS = {
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "varsigma": "sigma", "varkappa": "kappa",
    "pi": "pi", "varpi": "pi", "ell": "l",
}  # fmt: skip
REFUSED = {
    "sum": "sums over an index are not part of the language: write the terms with + between them",
    "prod": "products over an index are not part of the language: write the factors",
    "int": "integrals are not part of the language", "iint": "integrals are not part of the language",
    "lim": "limits are not part of the language", "infty": "infinity is not a number of the language",
    "partial": "steepest takes the derivatives itself: write the function",
    "nabla": "steepest takes the derivatives itself: write the function", "pm": r"'\pm' has two meanings: write + or -",
    "mp": r"'\mp' has two meanings: write + or -", "begin": "a choice is written where(x < 0, a, b)",
    "|": "a norm is written out: hypot(x, y) or sqrt(x^2 + y^2 + z^2)", "Vert": "a norm is written out: hypot(x, y)",
    "lVert": "a norm is written out: hypot(x, y)", "binom": "binomials are not part of the language: write the number",
    "bmod": "write mod(a, b)", "pmod": "write mod(a, b)", "mod": "write mod(a, b)", "%": "write 0.05 for 5%",
    "to": "an arrow is not part of a formula", "mapsto": "write f(x) = ... in front of the formula", "\\": "one formula at a time",
    "circ": "angles are in radians: write x*pi/180 for x degrees", "dots": "write the terms that the dots stand for",
    "cdots": "write the terms that the dots stand for", "ldots": "write the terms that the dots stand for",
    "min": "min needs its arguments in brackets: write the function alone to minimize it",
}  # fmt: skip


def is_latex(tokens: list[Token]) -> bool:
    """Whether there are braces, commands or dollar signs among the tokens."""
    return any(token.kind in ("command", "{", "}", "$") for token in tokens)


def without_latex(text: str, tokens: list[Token], known: Collection[str]) -> list[Token]:
    """The tokens of the language for tokens of LaTeX.

    Args:
        text: that the tokens were made of, for errors.
        known: names that keep their meaning.

    Raises:
        FormulaError: at a command that is not in the tables.
    """
    first, last = 0, len(tokens) - 1  # the last is the end
    while last - first > 1 and _is_whole(tokens[first]) and _is_whole(tokens[last - 1]):
        first, last = first + 1, last - 1
    reader = _Translator(text, [*tokens[first:last], tokens[-1]], known)
    reader.until("end")
    return [*reader.made, tokens[-1]]


def _is_whole(token: Token) -> bool:
    """Whether a token encloses a whole formula."""
    return token.kind == "$" or (token.kind == "command" and token.text in WHOLE)


class _Translator:
    """One pass over tokens of LaTeX; `made` are the tokens of the language so far."""

    def __init__(self, text: str, tokens: list[Token], known: Collection[str]) -> None:
        self.text, self.tokens, self.known = text, tokens, known
        self.index = self.depth = 0
        self.made: list[Token] = []

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.index]

    def fail(self, reason: str, position: int) -> NoReturn:
        """Refuse the text at a position."""
        raise FormulaError(reason, self.text, position)

    def put(self, kind: str, origin: Token, text: str = "") -> None:
        """Add a token at the position of another one."""
        self.made.append(Token(kind, text or kind, origin.position, origin.glued))

    def until(self, closing: str) -> None:
        """Translate everything in front of the closing token."""
        while self.token.kind not in (closing, "end"):
            self.one()

    def one(self) -> None:
        """Translate the next token, or a command with its arguments."""
        token = self.token
        self.index += 1
        if token.kind == "command":
            self.command(token)
        elif token.kind == "{":
            self.group(token)
        elif token.kind == "}":
            self.fail("this '}' closes nothing", token.position)
        elif token.kind == "_":
            self.subscript(token)
        elif token.kind == "name":
            self.word(token)
        elif token.kind == "^":
            self.made.append(token)
            self.power(token)
        elif token.kind in ("$", "end"):
            refuse_character(self.text, token.position)
        elif token.kind != "~":
            self.made.append(token)

    def group(self, opening: Token) -> None:
        """`{...}` as brackets."""
        self.put("(", opening)
        self.inside(opening)
        self.put(")", self.tokens[self.index - 1])

    def inside(self, opening: Token, closing: str = "}") -> None:
        """Translate everything up to a closing brace, and move past it."""
        self.deeper(opening)
        self.until(closing)
        if self.token.kind == "end":
            self.fail(f"this '{opening.kind}' is never closed", opening.position)
        self.index += 1
        self.depth -= 1

    def deeper(self, token: Token) -> None:
        """Begin a level of nesting; refuse too many."""
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"the formula is nested more than {DEEPEST} deep: split it into smaller parts", token.position)

    def argument(self, command: Token) -> None:
        """A command's argument in brackets: a group, or one letter, digit or command, as LaTeX takes it."""
        token = self.token
        unclear = token.kind == "number" and not token.text.isdigit()  # \frac.5x
        if unclear or token.kind in ("end", "}", ")", "]", "|", "$"):
            self.fail(rf"\{clipped(command.text)} needs an argument in braces", command.position)
        self.put("(", token)
        if token.kind == "{":
            self.index += 1
            self.inside(token)
        elif token.kind == "number" or (
            token.kind == "name" and len(token.text) > 1 and self.text[token.position] == token.text[0]
        ):
            self.made.append(token._replace(text=token.text[0]))
            if len(token.text) > 1:  # \frac12 is 1/2
                self.tokens[self.index] = token._replace(text=token.text[1:], position=token.position + 1, glued=True)
            else:
                self.index += 1
        else:
            self.deeper(token)
            self.one()
            self.depth -= 1
        self.put(")", self.tokens[self.index - 1])

    def power(self, sign: Token) -> None:
        """The exponent; braces around one token become no brackets, so that `sin^{2} x` is sin^2 x."""
        token = self.token
        if token.kind == "number" and len(token.text) > 1:
            self.fail(f"LaTeX raises to one digit: write ^{{{clipped(token.text)}}}", token.position)
        exponent = self.tokens[self.index + 1] if token.kind == "{" else token
        if (exponent.kind == "name" and exponent.text == "T" and "T" not in self.known) or exponent.text in ("top", "intercal"):
            self.fail("transposes are not part of the language: write the products out, such as a*x + b*y", token.position)
        if token.kind != "{":
            return
        kinds = [following.kind for following in self.tokens[self.index + 1 : self.index + 4]]
        length = 1 if kinds[:2] in (["number", "}"], ["name", "}"]) else 2 if kinds == ["-", "number", "}"] else 0
        if length:
            self.index += 1
            for _ in range(length):
                self.one()
            self.index += 1

    def subscript(self, sign: Token) -> None:
        """`_1` or `_{max}` behind a letter, as a part of its name."""
        if not self.made or self.made[-1].kind != "name":
            refuse_character(self.text, sign.position)
        name = self.made.pop()
        self.made.append(name._replace(text=f"{name.text.rstrip('_')}_{self.subscript_text(sign)}"))

    def subscript_text(self, sign: Token) -> str:
        """The text of a subscript, in braces or not."""
        token = self.token
        self.index += 1
        if token.kind in ("number", "name") and token.text.isalnum():
            return token.text
        parts = ""
        if token.kind == "{":
            while self.token.kind in ("number", "name") or (self.token.kind == "command" and self.token.text in GREEK):
                parts += self.token.text
                self.index += 1
        if token.kind != "{" or self.token.kind != "}" or not parts.replace("_", "").isalnum():
            self.fail("a subscript is a name or a number, such as x_{1}", sign.position)
        self.index += 1
        return parts

    def word(self, token: Token) -> None:
        """A name; a few letters side by side are a product, as in LaTeX."""
        text = token.text
        if text.endswith("_") and self.token.kind == "{":
            self.made.append(token._replace(text=f"{text.rstrip('_')}_{self.subscript_text(token)}"))
            return
        whole = not text.isalpha() or len(text) > LONGEST_PRODUCT or self.text[token.position : token.position + len(text)] != text
        if whole or token.prefix or text in self.known or text in GREEK or spelled(text) or text in CONSTANTS or text in NUMBERS:
            self.made.append(token)
            return
        for offset, letter in enumerate(text):
            self.made.append(Token("name", letter, token.position + offset, token.glued or offset > 0))

    def command(self, token: Token) -> None:
        """Translate a command by the tables."""
        word = token.text
        if word in SKIPPED:
            self.skipped(token)
        elif word in FRACTIONS:
            self.refuse_derivative(token)
            self.put("(", token)
            self.argument(token)
            self.put("/", token)
            self.argument(token)
            self.put(")", token)
        elif word == "sqrt":
            self.root(token)
        elif word in FONTS:
            self.font(token)
        elif word in SIGNS:
            self.put(SIGNS[word], token)
        elif word in OPENING:
            self.put("name", token, OPENING[word])
            self.put("(", token._replace(glued=True))
        elif word in CLOSING:
            self.put(")", token)
        elif word in GREEK or word in LETTERS:
            self.put("name", token, LETTERS.get(word, word))
        elif (spelled(word) not in (None, "where") or word == "lg") and not (word == "min" and self.token.kind == "_"):
            self.function(token)
        else:
            known = REFUSED.get(word)
            shown = "".join(map(printable, clipped(word)))
            self.fail(known or rf"the LaTeX command \{shown} is not read", token.position)

    def refuse_derivative(self, token: Token) -> None:
        r"""Refuse `\frac{d}{dx}`, which is not a quotient."""
        texts = [part.text for part in self.tokens[self.index : self.index + 5]]
        if texts[:4] == ["{", "d", "}", "{"] and texts[4:] and texts[4].startswith("d"):
            self.fail(REFUSED["partial"], token.position)

    def skipped(self, token: Token) -> None:
        """A space, a size, or `\\left|` and `\\right|`, which are bars with a side."""
        following = self.token
        if token.text in ("left", "right") and following.kind == "|":
            self.index += 1
            if token.text == "left":
                self.put("name", following, "abs")
            self.put("(" if token.text == "left" else ")", following._replace(glued=True))
        elif token.text in ("left", "right") and following.kind in ("[", "]"):
            self.index += 1
            self.put("(" if following.kind == "[" else ")", following)

    def function(self, token: Token) -> None:
        r"""`\sin`, and `\log_{2}`, whose base is part of its name."""
        self.put("name", token, token.text)
        if token.text == "log" and self.token.kind == "_":
            self.index += 1
            self.made[-1] = self.made[-1]._replace(text=f"log_{self.subscript_text(token)}")

    def root(self, token: Token) -> None:
        r"""`\sqrt{x}`, and `\sqrt[3]{x}`."""
        if self.token.kind != "[":
            self.put("name", token, "sqrt")
            self.argument(token)
            return
        degree = self.tokens[self.index + 1]
        if degree.kind != "number" or self.tokens[self.index + 2].kind != "]":
            self.fail(r"the degree of a root is a whole number, such as \sqrt[3]{x}", self.token.position)
        self.index += 3
        if degree.text in ("2", "3"):
            self.put("name", token, "sqrt" if degree.text == "2" else "cbrt")
            self.argument(token)
            return
        self.put("(", token)
        self.argument(token)
        for kind, text in (("^", "^"), ("(", "("), ("number", "1"), ("/", "/"), ("number", degree.text), (")", ")"), (")", ")")):
            self.put(kind, degree, text)

    def font(self, token: Token) -> None:
        r"""`\operatorname{relu}` and `\mathrm{lr}`: one name, not a product of letters."""
        if self.token.kind == "*":
            self.index += 1
        opening, name, closing = (*self.tokens[self.index : self.index + 3], token, token, token)[:3]
        if (opening.kind, name.kind, closing.kind) == ("{", "name", "}"):
            self.index += 3
            self.made.append(name)
        elif opening.kind == "{":
            self.index += 1
            self.group(opening)
        else:
            self.fail(rf"\{clipped(token.text)} needs a name in braces", token.position)
