"""A subset of a font as a data URL."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

from fontTools import subset
from matplotlib.font_manager import FontProperties, findfont


def embedded_font(font: FontProperties, characters: str) -> str:
    """A data URL of a font with the glyphs of some characters, as WOFF (W3C, WOFF File Format 1.0, 2012).

    >>> embedded_font(FontProperties("DejaVu Sans"), "step 0123456789")[:27]
    'data:font/woff;base64,d09GR'
    """
    options = subset.Options(
        flavor="woff", hinting=False, layout_features=[], name_IDs=[], notdef_outline=False, recalc_timestamp=False,
        drop_tables=[*subset.Options().drop_tables, "FFTM"],
    )  # fmt: skip
    with subset.load_font(findfont(font), options) as loaded:
        chosen = subset.Subsetter(options)
        chosen.populate(text=characters)
        chosen.subset(loaded)
        file = BytesIO()
        subset.save_font(loaded, file, options)
    return "data:font/woff;base64," + b64encode(file.getvalue()).decode()
