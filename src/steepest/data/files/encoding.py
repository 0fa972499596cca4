"""The encoding of a text, found in the bytes that it begins with."""

from __future__ import annotations

import codecs

from steepest.errors import InputError, clipped

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before that of UTF-16, with which it begins
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
UTF8 = ("utf-8", "utf-8-sig")
CONTROLS = bytes({*range(32)} - {9, 10, 12, 13, 26, 27})  # do not occur in texts; form feed, Ctrl-Z and escape do


def checked_encoding(name: str) -> str:
    """The encoding of that name, as Python names it.

    Raises:
        InputError: if there is none.

    >>> checked_encoding("latin1")
    'iso8859-1'
    """
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        raise InputError(f"there is no encoding '{clipped(name)}': write utf-8, utf-16, latin-1 or cp1252") from None


def encoding_of(head: bytes, name: str) -> str:
    """The encoding that the first bytes tell: by a byte order mark, by bytes 0, or by what UTF-8 refuses.

    Args:
        name: of the file, for errors.

    Raises:
        InputError: for bytes that do not occur in texts, with the line.

    >>> encoding_of("Zürich".encode(), "towns.csv"), encoding_of(b"a\\0,\\0", "a.csv")
    ('utf-8', 'utf-16-le')
    """
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return encoding
    if b"\0" in head[:1000]:
        even, odd = head[:1000:2].count(0), head[1:1000:2].count(0)
        half = len(head[:1000]) // 2
        if min(even, odd) == 0 and max(even, odd) > half / 2:
            return "utf-16-le" if odd else "utf-16-be"
    if len(head.translate(None, CONTROLS)) < len(head):
        at = next(index for index, byte in enumerate(head) if byte in CONTROLS)
        line = head.count(b"\n", 0, at) + 1
        raise InputError(f"{name}, line {line}: the byte {head[at]} does not occur in texts: give a table as CSV")
    return "utf-8" if decoded(head, "utf-8", whole=False) is not None else single_byte(head)


def single_byte(data: bytes) -> str:
    """The encoding of a text that is not UTF-8: Windows' cp1252, or latin-1 where that does not fit.

    >>> single_byte(b"Z\\xfcrich")
    'latin-1'
    """
    if not any(128 <= byte < 160 for byte in data):
        return "latin-1"
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


def decoded(data: bytes, encoding: str, *, whole: bool) -> str | None:
    """The text, without a character that is cut off at the end; None if the encoding does not fit."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, whole)
    except (UnicodeDecodeError, LookupError):
        return None
