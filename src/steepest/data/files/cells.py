"""What the texts of a table's cells mean: numbers, truth values, missing values."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from steepest.errors import clipped

if TYPE_CHECKING:
    from numpy.typing import NDArray

MISSING = frozenset(("", "na", "n/a", "#n/a", "nan", "-nan", "+nan", "null", "?"))
"""What stands for a missing value, in small or capital letters."""

FIRST_SHOWN = 3  # places that a sentence names
LARGEST_EXACT = 2**53  # every larger float64 is a whole number, but not every whole number is a float64

NUMBER = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)", re.ASCII | re.IGNORECASE)
WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", re.ASCII)  # 1,234,567.8
ONE_GROUP = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)  # 1,234: a thousand and more, or 1.234
DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([ T].*)?|\d{1,2}:\d\d(:\d\d(\.\d*)?)?", re.ASCII)
TRUTH = {"true": 1.0, "false": 0.0}
OTHER_SIGN = {".": ",", ",": "."}
SWAPPED = str.maketrans(",.", ".,")


class Meaning(NamedTuple):
    """A column's values, and what to tell the user about them; empty if there is nothing to tell."""

    values: NDArray[Any]
    note: str


def is_missing(cell: str) -> bool:
    """Whether a cell stands for a missing value."""
    return cell.strip().lower() in MISSING


def is_number(cell: str, decimal: str = ".") -> bool:
    """Whether a cell is a number, written as in C.

    Args:
        decimal: the decimal sign, `.` or `,`.

    >>> is_number("-1.5e3"), is_number("1,5"), is_number("1,5", ","), is_number("1_000")
    (True, False, True, False)
    """
    return NUMBER.fullmatch(_with_point(cell.strip(), decimal)) is not None


def _with_point(cell: str, decimal: str) -> str:
    """The cell with `.` for the decimal sign, and `,` for a point."""
    return cell if decimal == "." else cell.translate(SWAPPED)


def numbers(cells: Sequence[str], decimal: str = ".") -> NDArray[Any] | None:
    """Cells as float64, NaN where one is missing; None if one is neither a number nor missing.

    >>> numbers(["1", "NA", "2e3"]).tolist(), numbers(["1", "two"])
    ([1.0, nan, 2000.0], None)
    """
    import numpy as np

    together = "".join(cells)
    plain = together.isascii() and "_" not in together and (decimal == "." or "." not in together)
    if decimal == ",":
        cells = [_with_point(cell, decimal) for cell in cells]
    if plain:  # what float() takes is then a number or a NaN
        try:
            return np.array([float(cell) for cell in cells], np.float64)
        except ValueError:
            pass
    found = np.empty(len(cells))
    for index, cell in enumerate(cells):
        stripped = cell.strip()
        if NUMBER.fullmatch(stripped):
            found[index] = float(stripped)
        elif stripped.lower() in MISSING:
            found[index] = np.nan
        else:
            return None
    return found


def rounded(cells: Sequence[str], values: NDArray[Any]) -> list[int]:
    """The indices of whole numbers that no float64 is equal to.

    >>> import numpy as np
    >>> rounded(["9007199254740993", "9007199254740992"], np.array([2.0**53, 2.0**53]))
    [0]
    """
    import numpy as np

    large = np.flatnonzero((np.abs(values) >= LARGEST_EXACT) & np.isfinite(values)).tolist()
    return [index for index in large if _is_rounded(cells[index].strip(), float(values[index]))]


def _is_rounded(cell: str, value: float) -> bool:
    return len(cell) < 400 and WHOLE.fullmatch(cell) is not None and int(cell) != int(value)


def meaning(name: str, cells: NDArray[Any], decimal: str = ".", *, sure: bool = False) -> Meaning:
    """A column of texts as numbers if all of them are numbers or truth values, otherwise as it is.

    Args:
        name: of the column, for the note.
        cells: an array of `str`.
        decimal: the decimal sign.
        sure: whether the other sign can only separate thousands: the decimal sign was given or stands elsewhere in the file.

    >>> import numpy as np
    >>> meaning("open", np.array(["yes", "no"], object)).values.tolist()
    ['yes', 'no']
    >>> meaning("price", np.array(["1,234.5", "80"], object))
    Meaning(values=array([1234.5,   80. ]), note="price: ',' separates thousands")
    """
    import numpy as np

    texts: list[str] = cells.tolist()
    shown = clipped(name)
    found = numbers(texts, decimal)
    if found is not None:
        return Meaning(found, "")
    words = [text.strip() for text in texts]
    present = [word for word in words if word.lower() not in MISSING]
    if all(word.lower() in TRUTH for word in present):
        values = [TRUTH.get(word.lower(), np.nan) for word in words]
        return Meaning(np.array(values), f"{shown}: {present[0]} counts as {TRUTH[present[0].lower()]:.0f}")
    if _has_groups(present, decimal, sure=sure):
        other = OTHER_SIGN[decimal]
        found = numbers([word.replace(other, "") for word in words], decimal)
        if found is not None:
            return Meaning(found, f"{shown}: '{other}' separates thousands")
    return Meaning(cells, "")


def _has_groups(words: Sequence[str], decimal: str, *, sure: bool) -> bool:
    """Whether thousands are separated in every long number, and the sign cannot be meant as a decimal sign."""
    written = [_with_point(word, decimal) for word in words]
    grouped = [word for word in written if not NUMBER.fullmatch(word)]
    if not all(GROUPED.fullmatch(word) for word in grouped):
        return False
    return sure or any("." in word for word in written) or any(word.count(",") > 1 for word in grouped)


def why_no_number(cell: str, decimal: str = ".") -> str:
    """What to do about a cell that is asked for as a number; empty if it is one, or missing.

    >>> why_no_number("12%")
    'write 12% as 0.12 or as 12'
    """
    word = cell.strip()
    if is_missing(word) or is_number(word, decimal):
        return ""
    written, other = _with_point(word, decimal), OTHER_SIGN[decimal]
    if word.endswith("%") and is_number(word[:-1], decimal):
        value = float(_with_point(word[:-1].strip(), decimal))
        return f"write {word} as {value / 100:g} or as {value:g}"
    if ONE_GROUP.fullmatch(written):
        plain = word.replace(other, "")
        return f"it may be {plain} or {word.replace(other, decimal)}: set the decimal sign to '{decimal}' or '{other}'"
    if GROUPED.fullmatch(written):
        return f"write it without the signs between thousands: {word.replace(other, '')}"
    if is_number(word, other):
        return f"the decimal sign is '{decimal}' elsewhere: set it to '{other}', or write {word.replace(other, decimal)}"
    if "_" in word and is_number(word.replace("_", ""), decimal):
        return f"write {word.replace('_', '')}"
    if DATE.fullmatch(word):
        return "dates are text: add a column with a number of days or years"
    if word.lower() in TRUTH:
        return "write 1 for true and 0 for false"
    return "leave the column out, or replace its texts by numbers"


def listed(words: Collection[str], most: int, count: int = 0) -> str:
    """Words for a sentence, of which the last may be a number of further ones.

    Args:
        most: how many are named.
        count: of all words, if only the first are given.

    >>> listed(["a", "b"], 3), listed(["a", "b", "c"], 2, 9)
    ('a and b', 'a, b and 7 more')
    """
    count = max(count, len(words))
    named = [clipped(word) for word in list(words)[:most]]
    if count > len(named):
        named.append(f"{count - len(named):,} more")
    return " and ".join([*([", ".join(named[:-1])] if len(named) > 1 else []), *named[-1:]])
