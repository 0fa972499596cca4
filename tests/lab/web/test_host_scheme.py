"""Whether a notebook is light or dark, from what each host sets on its page; the hosts themselves are not run here."""

from collections.abc import Callable
from typing import Any

import pytest

MAIN = """
import { hostScheme, watchHost } from "/ui/stage/host_scheme.js";
Object.assign(globalThis, { hostScheme, ready: true, changes: [] });
watchHost(() => changes.push(hostScheme()));
"""
SIGNS = {
    "JupyterLab": ("body", "data-jp-theme-light", {"true": "light", "false": "dark"}),
    "VS Code": (
        "body",
        "data-vscode-theme-kind",
        {
            "vscode-light": "light",
            "vscode-dark": "dark",
            "vscode-high-contrast": "dark",
            "vscode-high-contrast-light": "light",
        },
    ),
    "Colab": ("documentElement", "theme", {"light": "light", "dark": "dark"}),
    "marimo": ("body", "data-theme", {"light": "light", "dark": "dark"}),
    "a class": ("documentElement", "class", {"light": "light", "dark": "dark"}),
}
"""On which element of the page, by which attribute, with which values."""


@pytest.fixture
def tab(visit: Callable[..., Any]) -> Any:
    """A page around that says nothing, in a system with dark colors, which must not count where it does say something."""
    return visit(MAIN, color_scheme="dark")


@pytest.mark.parametrize("host", SIGNS)
def test_a_notebook_says_which_colors_it_has(tab: Any, host: str) -> None:
    element, attribute, values = SIGNS[host]
    assert tab.evaluate("() => hostScheme()") == ""
    for value, wanted in values.items():
        tab.evaluate(f"([name, value]) => document.{element}.setAttribute(name, value)", [attribute, value])
        assert tab.evaluate("() => hostScheme()") == wanted, value
    tab.evaluate(f"(name) => document.{element}.removeAttribute(name)", attribute)
    assert tab.evaluate("() => hostScheme()") == ""
    assert {"light", "dark"} <= set(tab.evaluate("() => changes"))


def test_colab_without_the_attribute_is_light(tab: Any) -> None:
    tab.evaluate("() => { globalThis.google = { colab: {} }; }")
    assert tab.evaluate("() => hostScheme()") == "light"
    tab.evaluate("() => document.documentElement.setAttribute('theme', 'dark')")
    assert tab.evaluate("() => hostScheme()") == "dark"
