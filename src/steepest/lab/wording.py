"""How the page says what is said elsewhere with the options of a command line: one table for Python and for the page."""

from __future__ import annotations

import re

WORDING = {
    "; a constant needs a value, such as.*$": "; a constant needs a value: give it one below",
    r", --set \S+ or optimizer\(.*$": "",
    "has no value: --set .*$": "has no value: give it one below",
    "see: steepest list optimizers": "choose one of the list",
    r"see steepest list \w+": "choose another one",
    "such as --start .*$": "by a number above the picture",
}
"""Regular expressions, which mean the same in Python and JavaScript, and what the page says in their places."""


def page_wording(sentence: str) -> str:
    """A sentence as the page says it.

    >>> page_wording("unknown name 'k'; a constant needs a value, such as --let k=1, or let={'k': 1}")
    "unknown name 'k'; a constant needs a value: give it one below"
    """
    for pattern, told in WORDING.items():
        sentence = re.sub(pattern, told, sentence)
    return sentence
