"""JavaScript without what only people read: comments, and spaces and line breaks that separate nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?P<word>[\w$#]+)|(?P<sign>.)""",
    re.DOTALL,
)
REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")
BEFORE_REGEX = {"return", "typeof", "case", "of", "in", *"(,=:[!&|?{};<>+-*%~"}
"""The tokens after which a slash begins a regular expression; after all others it divides."""
CLOSING, HOLE = {")", "]", "}"}, {"[", ","}
HEADS = {"if", "for", "while", "with"}
"""The words whose brackets are followed by a statement, which may be empty."""
APART = {"++", "--", "//", "/*"}  # signs that would be one if they stood side by side


def squeezed(source: str) -> str:
    """The same program in fewer characters; every statement ends with a semicolon or a brace, as Biome writes them.

    >>> squeezed("const a = b + +c; // a sum\\nreturn /a b/.test(`x  ${ a }`) ? 1 : 2;")
    'const a=b+ +c;return/a b/.test(`x  ${ a }`)?1:2;'
    >>> squeezed("f([1, 2,], { a, },); g([,]);")
    'f([1,2],{a});g([,]);'
    >>> squeezed("{ while (f(1)); } { let a = f(); return g(a); }")
    '{while(f(1));}{let a=f();return g(a)}'
    >>> squeezed("f((a) => (b) => a + b, (...c) => c, async (d) => { return (e) => e; }); g = h => h;")
    'f(a=>b=>a+b,(...c)=>c,async d=>{return e=>e});g=h=>h;'
    """
    parts: list[str] = []
    heads: list[str] = []  # what stands before each bracket that is open
    last, spaced = "", False
    after, empty = "", False  # what stood before the bracket that was closed last, and whether a statement is but a semicolon
    for token in _tokens(source):
        if not token:
            spaced = True
            continue
        if token in CLOSING and last == "," and parts[-2] not in HOLE:
            parts.pop()  # a comma behind the last of a list
        elif token == "}" and last == ";" and not empty:
            parts.pop()
        if spaced and last and ((_is_word(last[-1]) and _is_word(token[0])) or last[-1] + token[0] in APART):
            parts.append(" ")
        if token == "(":
            heads.append(last)
        head = heads.pop() if token == ")" else ""
        empty = token == ";" and after in HEADS
        if token == ">" and last == "=":
            _open_parameter(parts)
        parts.append(token)
        last, spaced, after = token, False, head
    return "".join(parts)


def _open_parameter(parts: list[str]) -> None:
    """Take the brackets around the only parameter of a function, which ends before the `>` of its arrow."""
    before, opening, name, closing = ["", "", "", "", *parts][-5:-1]
    if opening == "(" and closing == ")" and _is_word(name[0]):
        parts[-4:-1] = [" ", name] if before and _is_word(before[-1]) else [name]


def _tokens(source: str) -> Iterator[str]:
    """The tokens; an empty one for spaces and comments."""
    position, last = 0, ""
    while position < len(source):
        sign = source[position]
        if sign == "`":
            end = _end_of_template(source, position)
        elif sign == "/" and last in BEFORE_REGEX | {""} and source[position + 1] not in "/*":
            found = REGEX.match(source, position)
            assert found, source[position : position + 40]
            end = found.end()
        else:
            match = TOKEN.match(source, position)
            assert match
            end = match.end()
            if match.lastgroup in ("space", "comment"):
                yield ""
                position = end
                continue
        last = source[position:end]
        yield last
        position = end


def _end_of_template(source: str, start: int) -> int:
    """Where a template literal ends, which may hold others."""
    position = start + 1
    while source[position] != "`":
        if source[position] == "\\":
            position += 1
        elif source.startswith("${", position):
            depth, position = 1, position + 2
            while depth:
                sign = source[position]
                if sign == "`":
                    position = _end_of_template(source, position) - 1
                elif sign in "\"'":
                    match = TOKEN.match(source, position)
                    assert match
                    position = match.end() - 1
                depth += (sign == "{") - (sign == "}")
                position += 1
            continue
        position += 1
    return position + 1


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign in "_$#"
