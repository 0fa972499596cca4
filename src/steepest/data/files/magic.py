"""What a file is by its first bytes, where it is no text."""

from __future__ import annotations

MAGIC = {
    b"PAR1": "parquet",
    b"ARROW1": "arrow",
}
"""The formats of tables that are read by a library."""

AS_CSV = "save the table as CSV"
OTHERS = {
    b"PK\x03\x04": f"a zip archive or a workbook of a spreadsheet: {AS_CSV}, or unpack it",
    b"\xd0\xcf\x11\xe0": f"an old workbook of a spreadsheet: {AS_CSV}",
    b"FEA1": f"a Feather file of version 1: {AS_CSV}, or as Feather of version 2",
    b"%PDF": f"a PDF document: {AS_CSV}",
    b"\x89PNG": "a PNG picture: give the table itself",
    b"\xff\xd8\xff": "a JPEG picture: give the table itself",
    b"GIF8": "a GIF picture: give the table itself",
    b"BZh": "compressed by bzip2: unpack it, or compress it by gzip",
    b"\xfd7zXZ": "compressed by xz: unpack it, or compress it by gzip",
    b"\x28\xb5\x2f\xfd": "compressed by zstd: unpack it, or compress it by gzip",
    b"7z\xbc\xaf": "a 7-Zip archive: unpack it",
    b"SQLite format 3": f"a SQLite database: {AS_CSV}",
    b"\x89HDF": f"an HDF5 file: {AS_CSV}",
    b"\x93NUMPY": "a NumPy array: load it in Python and give the array",
    b"\x80\x04": "pickled Python, which is never loaded: give the object itself, or save it as CSV",
    b"\x80\x05": "pickled Python, which is never loaded: give the object itself, or save it as CSV",
    b"\x7fELF": "a program: give the table itself",
    b"<!doctype": "a web page: download the file behind it, often under Raw",
    b"<html": "a web page: download the file behind it, often under Raw",
    b"<?xml": f"XML: {AS_CSV}",
    b"version https://git-lfs": "a pointer of Git LFS: fetch the file itself with git lfs pull",
}


def library_format(head: bytes) -> str | None:
    """The format of a table that a library reads, `parquet` or `arrow`; None for any other file.

    >>> library_format(b"PAR1...")
    'parquet'
    """
    return next((name for magic, name in MAGIC.items() if head.startswith(magic)), None)


def what_it_is(head: bytes) -> str | None:
    """What a file is that is no text, and what to do; None if it may be a text.

    >>> what_it_is(b"%PDF-1.7")
    'a PDF document: save the table as CSV'
    >>> what_it_is(b"x,y")
    """
    known = next((told for magic, told in OTHERS.items() if head.startswith(magic)), None)
    if known is None and head.lstrip()[:20].lower().startswith((b"<!doctype", b"<html")):
        return OTHERS[b"<html"]
    return known
