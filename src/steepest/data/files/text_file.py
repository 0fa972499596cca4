"""A text file as blocks of whole lines in UTF-8: opened safely, unpacked, its encoding found.

Only regular files are read, and never more than a block and a line at a time, so a pipe cannot make the program wait, and neither
an endless file nor an endless line can fill the memory.
"""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, cast

from steepest.data.files.magic import library_format, what_it_is
from steepest.errors import InputError, clipped, clipped_path, named

SAMPLE = 1 << 20  # bytes in which the dialect is found
BLOCK = 1 << 22
LONGEST_LINE = 1 << 24  # bytes
GZIP = b"\x1f\x8b"
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before that of UTF-16, with which it begins
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
UTF8 = ("utf-8", "utf-8-sig")
CONTROLS = bytes({*range(32)} - {9, 10, 12, 13, 26, 27})  # do not occur in texts; form feed, Ctrl-Z and escape do


@dataclass(frozen=True)
class TextFile:
    """A text file that was looked into.

    Attributes:
        path: of the file.
        compressed: whether it is packed by gzip.
        encoding: as Python names it.
        returns: whether its lines end with a carriage return alone.
    """

    path: str
    compressed: bool
    encoding: str
    returns: bool

    @property
    def name(self) -> str:
        """The path for sentences."""
        return clipped_path(self.path)


def opened(path: str) -> IO[bytes]:
    """The file at a path, which must be a regular one.

    Raises:
        InputError: if there is none, if it cannot be read, or if it is a folder, a pipe or a device.
    """
    name = clipped_path(path)
    with system_errors(name):
        try:  # O_NONBLOCK: a named pipe that nobody writes to is opened at once
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        except ValueError:
            raise InputError("cannot read the table: the path has a character 0 in it") from None
        kind = stat.S_IFMT(os.fstat(handle).st_mode)
        if kind == stat.S_IFREG:
            return os.fdopen(handle, "rb", buffering=0)
        os.close(handle)
    if kind == stat.S_IFDIR:
        raise InputError(f"cannot read {name}: it is a folder; name a file in it")
    what = {stat.S_IFIFO: "a pipe", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}.get(kind, "no regular file")
    raise InputError(f"cannot read {name}: it is {what}; write the table into a file first")


@contextmanager
def system_errors(name: str) -> Iterator[None]:
    """Turn the system's refusals, and those of a damaged gzip file, into one line.

    Raises:
        InputError: with what happened.
    """
    import zlib

    try:
        yield
    except FileNotFoundError:
        raise InputError(f"there is no file {name}") from None
    except IsADirectoryError:
        raise InputError(f"cannot read {name}: it is a folder; name a file in it") from None
    except PermissionError:
        raise InputError(f"cannot read {name}: permission denied") from None
    except (EOFError, zlib.error) as error:
        raise InputError(f"cannot read {name}: the gzip file is damaged or cut off ({named(error)})") from None
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror or named(error)}") from None


def first_bytes(path: str) -> bytes:
    """The first bytes of a regular file, unpacked if it is a gzip file.

    Raises:
        InputError: as `opened` does.
    """
    head = _head(path)
    if not head.startswith(GZIP):
        return head
    with _unpacked(path, compressed=True) as file, system_errors(clipped_path(path)):
        return file.read(64)


@contextmanager
def _unpacked(path: str, compressed: bool) -> Iterator[IO[bytes]]:
    """The bytes of a file, or what is packed in it."""
    with opened(path) as file:
        if not compressed:
            yield file
            return
        import gzip

        with gzip.GzipFile(fileobj=file) as unpacked:
            yield cast("IO[bytes]", unpacked)


def look_into(path: str, encoding: str | None = None) -> tuple[TextFile, str]:
    """A file and whole lines of text that it begins with.

    Args:
        encoding: as Python names it; found if it is None.

    Raises:
        InputError: if it is no text, if it is empty, or as `opened` does.
    """
    name = clipped_path(path)
    compressed = _head(path).startswith(GZIP)
    with _unpacked(path, compressed) as stream, system_errors(name):
        head = _read(stream, SAMPLE)
        whole = len(head) < SAMPLE
        while not whole and not _has_line_end(head) and len(head) < LONGEST_LINE:
            more = _read(stream, SAMPLE)
            head, whole = head + more, len(more) < SAMPLE
    if not head.strip(b"\0 \t\r\n\xff\xfe\xef\xbb\xbf"):
        raise InputError(f"{name} " + ("has nothing but bytes 0 in it" if b"\0" in head else "is empty"))
    if told := what_it_is(head[:64]):
        raise InputError(f"{name} is {told}")
    if library_format(head[:8]):
        raise InputError(f"{name} is packed by gzip: unpack it first")
    found = _checked_encoding(encoding) if encoding else _encoding_of(head, name)
    text = _decoded(head, found, whole=whole)
    if text is None:
        raise InputError(f"{name} is not written in {clipped(found)}: leave the encoding out, or name another one")
    returns = "\r" in text and "\n" not in text
    text = text.replace("\r", "\n") if returns else text
    if not whole and "\n" not in text:
        raise InputError(f"{name}, line 1 has more than {LONGEST_LINE:,} bytes: is the file a table with line breaks?")
    return TextFile(path, compressed, found, returns), text if whole else text[: text.rfind("\n") + 1]


def _head(path: str) -> bytes:
    """The first bytes of a regular file as they are."""
    with opened(path) as file, system_errors(clipped_path(path)):
        return file.read(64)


def _read(stream: IO[bytes], count: int) -> bytes:
    """So many bytes, or what is left."""
    parts = []
    while count > 0 and (part := stream.read(count)):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _has_line_end(data: bytes) -> bool:
    return b"\n" in data or b"\r" in data


def _checked_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        raise InputError(f"there is no encoding '{clipped(name)}': write utf-8, utf-16, latin-1 or cp1252") from None


def _encoding_of(head: bytes, name: str) -> str:
    """The encoding that the first bytes tell: by a byte order mark, by bytes 0, or by what UTF-8 refuses."""
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
    return "utf-8" if _decoded(head, "utf-8", whole=False) is not None else single_byte(head)


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


def _decoded(data: bytes, encoding: str, *, whole: bool) -> str | None:
    """The text, without a character that is cut off at the end; None if the encoding does not fit."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, whole)
    except (UnicodeDecodeError, LookupError):
        return None


def blocks(file: TextFile, size: int = BLOCK) -> Generator[bytes]:
    """The file in blocks of whole lines, as UTF-8 without a byte order mark; the last one may lack its line end.

    Args:
        size: of a block in bytes, about.

    Raises:
        InputError: for a line that is too long, a file that is not in its encoding, or what the system refuses.
    """
    buffer = bytearray(size)  # one piece of memory for all blocks: fresh memory takes longer than reading
    kept = offset = 0
    for part in _parts(file, size):
        if kept + len(part) > len(buffer):
            buffer.extend(bytes(kept + len(part) - len(buffer)))
        buffer[kept : kept + len(part)] = part
        end = kept + len(part)
        cut = buffer.rfind(b"\n", kept, end) + 1
        if cut:
            yield bytes(memoryview(buffer)[:cut])
            buffer[: end - cut] = buffer[cut:end]
            offset += cut
        kept = end - cut
        if kept > LONGEST_LINE:
            line = line_at(file, offset)
            raise InputError(f"{file.name}, line {line:,} has more than {LONGEST_LINE:,} bytes: is a line break missing?")
    if kept:
        yield bytes(buffer[:kept])


def line_at(file: TextFile, offset: int) -> int:
    """The number of the line at an offset of the text in UTF-8."""
    line = 1
    for part in _parts(file, BLOCK):
        line += part[:offset].count(b"\n")
        offset -= len(part)
        if offset <= 0:
            break
    return line


def _parts(file: TextFile, size: int) -> Iterator[bytes]:
    """The file in parts of any length, as UTF-8 with line feeds."""
    decoder = None if file.encoding in UTF8 else codecs.getincrementaldecoder(file.encoding)()
    with _unpacked(file.path, file.compressed) as stream, system_errors(file.name):
        first = True
        while True:
            part = stream.read(size)
            last = not part
            if decoder is not None:
                try:
                    part = decoder.decode(part, last).encode()
                except UnicodeError:
                    raise InputError(f"{file.name} is not written in {file.encoding} to its end: it may be cut off") from None
            elif first and part.startswith(codecs.BOM_UTF8):
                part = part[3:]
            first = False
            if part:
                yield part.replace(b"\r", b"\n") if file.returns else part
            if last:
                return
