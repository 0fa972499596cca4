"""Sections of a worked step laid out as text of 80 columns, as LaTeX and as MathML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from textwrap import wrap
from typing import NamedTuple

from steepest.explain.line import Condition, Line
from steepest.explain.section import Section
from steepest.language.latex import LATEX
from steepest.language.mathml import MATHML
from steepest.language.notation import plain, write

WIDTH = 80
INDENT = "  "


class Row(NamedTuple):
    """A row of a chain of equations: what is left of its first sign, and the signs with the parts that follow."""

    left: str
    links: tuple[tuple[str, str], ...]  # a sign and a part


def _rows(section: Section, notation: str) -> Iterator[tuple[list[Row], tuple[Condition, ...]]]:
    """The rows of each line, with its conditions; each line has several rows where one of the section is too long for one."""
    room = WIDTH - (len(INDENT) if section.heading or section.equation else 0)
    together = all(len(_joined(line)) <= room and not line.conditions for line in section.lines)
    for line in section.lines:
        parts, texts = line.chain(notation), line.chain("plain")
        signs = ["="] * (len(parts) - 2) + [line.relation]
        links = list(zip(signs, parts[1:], strict=True))
        groups = [list(range(len(links)))] if together else _stacked(line, [len(text) for text in texts], room)
        lefts = [parts[0], *[""] * (len(groups) - 1)]
        yield (
            [Row(left, tuple(links[index] for index in group)) for left, group in zip(lefts, groups, strict=True)],
            line.conditions,
        )


def _joined(line: Line) -> str:
    *front, result = line.chain("plain")
    return f"{' = '.join(front)} {line.relation} {result}"


def _stacked(line: Line, lengths: Sequence[int], room: int) -> list[list[int]]:
    """Which links share a row: a label and its formula, numbers and their result, where there is room."""
    left, *parts = lengths
    groups: list[list[int]] = []
    for index, length in enumerate(parts):
        last = len(parts) - 1
        joins = (index == 1 and line.label is not None and index < last) or (index == last and len(parts) > 1)
        if groups and joins and left + sum(parts[other] + 3 for other in groups[-1]) + 3 + length <= room:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def text_blocks(sections: Sequence[Section]) -> Iterator[str]:
    """Blocks of text; sections without a heading that follow each other share one."""
    block: list[tuple[str, str]] = []
    for section in sections:
        if section.heading or section.equation:
            if block:
                yield _aligned(block, "")
                block = []
            head = [*wrap(section.heading, WIDTH)]
            if section.equation:
                word, formula = section.equation
                head += _wrapped(f"{word} = {plain(formula)}", WIDTH, len(word) + 3).splitlines()
            yield "\n".join([*head, _aligned(list(_text_rows(section)), INDENT)])
        else:
            block += _text_rows(section)
    if block:
        yield _aligned(block, "")


def _text_rows(section: Section) -> Iterator[tuple[str, str]]:
    for row_list, conditions in _rows(section, "plain"):
        for row in row_list:
            yield row.left, " ".join(f"{sign} {part}" for sign, part in row.links)
        for condition in conditions:
            yield "", f"since {_told(condition)}"


def _told(condition: Condition) -> str:
    """`r > 5 is false: 4.2 > 5`"""
    return f"{plain(condition.formula)} is {str(condition.holds).lower()}: {plain(condition.formula, condition.numbers)}"


def _aligned(block: Sequence[tuple[str, str]], indent: str) -> str:
    """Rows with their signs aligned."""
    width = max(len(left) for left, _ in block)
    lines: list[str] = []
    for left, rest in block:
        front = f"{indent}{left:>{width}} "
        lines += _wrapped(front + rest, WIDTH, len(front) + 2).splitlines()
    return "\n".join(lines)


def _wrapped(text: str, width: int, indent: int) -> str:
    """The text in lines of at most this width, broken before an operator, between the outermost terms if possible."""
    lines: list[str] = []
    while len(text) > width:
        position = _best_break(text, width, indent)
        if position is None:
            break
        lines.append(text[:position].rstrip())
        text = " " * indent + text[position:].lstrip()
    return "\n".join([*lines, text])


def _best_break(text: str, width: int, indent: int) -> int | None:
    """Where to break: the outermost operator in the second half of the line, else anywhere."""
    text = text[: width + 3]  # all that a break up to the width can see
    depth, depths = 0, []
    for character in text:
        depth += (character in "([") - (character in ")]")
        depths.append(depth)
    positions = [match.start() for match in re.finditer(r" [+=≈-] ", text)]
    positions += [
        match.start() for match in re.finditer(r"(?<=[\w)|])[*/+-](?=[\w(|-])", text) if not _in_exponent(text, match.start())
    ]
    positions = [position for position in positions if indent + 1 < position <= width]
    for low in (width // 3, 0):
        fitting = [position for position in positions if position > low]
        if fitting:
            return min(fitting, key=lambda position: (depths[position], not text.startswith(" ", position), -position))
    return None


def _in_exponent(text: str, position: int) -> bool:
    """Whether a sign belongs to a number such as 1e-8."""
    return re.search(r"(?<![\w.])\d[\d.]*e$", text[:position]) is not None


def latex_table(title: str, sections: Sequence[Section], remarks: Sequence[str]) -> str:
    r"""An `aligned` environment."""
    lines = [rf"& \textbf{{{_text_mode(title)}}}"]
    for section in sections:
        found: list[str] = []
        if section.heading:
            found.append(rf"& \text{{{_text_mode(section.heading)}}}")
        if section.equation:
            word, formula = section.equation
            found.append(f"{LATEX.name(word)} &= {write(formula, LATEX, None)}")
        for row_list, conditions in _rows(section, "latex"):
            found += [_latex_row(row) for row in row_list]
            found += [rf"& {_latex_condition(condition)}" for condition in conditions]
        lines += [r"[6pt] " + found[0], *found[1:]]
    lines += [rf"[6pt] & \text{{{_text_mode(remark)}}}" for remark in remarks]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines).replace(" \\\\\n[6pt] ", " \\\\[6pt]\n") + "\n\\end{aligned}"


def _latex_row(row: Row) -> str:
    left, rest = row.left, " ".join(f"{sign.replace('≈', chr(92) + 'approx')} {part}" for sign, part in row.links)
    return f"{left} &{rest}"


def _latex_condition(condition: Condition) -> str:
    formula, numbers = write(condition.formula, LATEX, None), write(condition.formula, LATEX, condition.numbers)
    return rf"\text{{since }} {formula} \text{{ is {str(condition.holds).lower()}: }} {numbers}"


def _text_mode(text: str) -> str:
    """Text for LaTeX's text mode: its special characters become spaces."""
    return re.sub(r"\s+", " ", re.sub(r"[\\{}$&#^_%~]", " ", text.replace("|", "")))


# Browsers disagree on how a column is aligned: Chromium takes the style, Firefox the attribute.
RIGHT = 'columnalign="right" style="text-align: -webkit-right; padding: 0.15em 0.2em"'
LEFT = 'columnalign="left" style="text-align: left; padding: 0.15em 0.2em"'
WORDS = 'columnspan="2" columnalign="left" style="text-align: left; padding: 0.7em 0.2em 0.15em"'


def mathml_table(title: str, sections: Sequence[Section], remarks: Sequence[str]) -> str:
    """A `<math>` element with a table of three columns: names, signs, formulas."""
    lines = [_spoken(f"<mtext>{escape(title)}</mtext>")]
    for section in sections:
        if section.heading:
            lines.append(_spoken(f"<mtext>{escape(section.heading)}</mtext>"))
        if section.equation:
            word, formula = section.equation
            lines.append(_mathml_row(Row(MATHML.name(word), (("=", write(formula, MATHML, None)),)), apart=not section.heading))
        for row_list, conditions in _rows(section, "mathml"):
            lines += [_mathml_row(row) for row in row_list]
            lines += [_mathml_row(Row("", (("", _mathml_condition(condition)),))) for condition in conditions]
    lines += [_spoken(f"<mtext>{escape(remark)}</mtext>") for remark in remarks]
    return (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block" style="text-align: left">'
        f'<mtable displaystyle="true">{"".join(lines)}</mtable></math>'
    )


def _spoken(content: str) -> str:
    return f"<mtr><mtd {WORDS}>{content}</mtd></mtr>"


def _mathml_row(row: Row, *, apart: bool = False) -> str:
    links = "".join((f"<mo>{sign}</mo>" if sign else "") + part for sign, part in row.links)
    first, second = (style.replace("0.15em 0.2em", "0.7em 0.2em 0.15em") if apart else style for style in (RIGHT, LEFT))
    return f"<mtr><mtd {first}>{row.left or '<mrow></mrow>'}</mtd><mtd {second}><mrow>{links}</mrow></mtd></mtr>"


def _mathml_condition(condition: Condition) -> str:
    formula, numbers = write(condition.formula, MATHML, None), write(condition.formula, MATHML, condition.numbers)
    return f"<mrow><mtext>since&#xA0;</mtext>{formula}<mtext>&#xA0;is {str(condition.holds).lower()}:&#xA0;</mtext>{numbers}</mrow>"
