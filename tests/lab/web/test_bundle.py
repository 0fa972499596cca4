"""What making the bundle smaller leaves as it is."""

import pytest
from rjsmin import jsmin

from steepest.lab.bundle import FOLDER, bundle, modules, styles

ENTRIES = ("hosts/file.js", "hosts/server.js", "hosts/widget.js")
PROBE = "\nconst probe = `one ${two} / ${three} four`;\n"


@pytest.mark.parametrize("name", modules(*ENTRIES))
def test_texts_after_a_module_keep_their_spaces(name: str) -> None:
    """A template within a template, with quotation marks, made the minifier take code for text and text for code."""
    assert "`one ${two} / ${three} four`" in jsmin((FOLDER / name).read_text() + PROBE)


def test_texts_of_the_page_are_as_written() -> None:
    assert "`${step} / ${this.most}`" in bundle("hosts/file.js")


def test_every_sheet_is_in_the_styles() -> None:
    sheets = list(FOLDER.rglob("*.css"))
    assert len(sheets) >= 4
    assert all(sheet.read_text() in styles() for sheet in sheets)
