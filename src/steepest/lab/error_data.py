"""An error as the page is told of it: a sentence and the place in the text, as plain data for JSON."""

from __future__ import annotations

import re
from typing import Any

from steepest.errors import FormulaError, SteepestError
from steepest.lab.wording import page_wording

WORD = re.compile(r"[\w.]+|.?", re.DOTALL)


def error_data(error: SteepestError) -> dict[str, Any]:
    """A message, and for an error in a text also that text and the position and length of the word at fault, in code points.

    >>> error_data(FormulaError("unknown function 'sni'", "x^2 + sni(x)", 6))
    {'message': "unknown function 'sni'", 'text': 'x^2 + sni(x)', 'place': 6, 'length': 3}
    """
    if not isinstance(error, FormulaError):
        return {"message": page_wording(str(error)), "text": None, "place": None, "length": 0}
    word = WORD.match(error.text, error.position)
    return {
        "message": page_wording(f"{error.where}: {error.reason}" if error.where else error.reason),
        "text": error.text,
        "place": error.position,
        "length": max(1, len(word[0]) if word else 0),
    }
