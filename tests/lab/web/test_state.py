"""States and links from outside are checked field by field, in Python and in the page by the same rules."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest

from steepest.errors import InputError
from steepest.lab.document import document

GOOD: dict[str, Any] = {
    "schema": 1, "objective": "x^2 + k*y^2", "let": {"k": 1.5}, "start": [1, 2.5], "steps": 5, "seed": 0, "tol": 1e-8,
    "gtol": 0, "step": 0,
    "optimizers": [{"text": "gd", "settings": {"lr": 0.1}}, {"text": "adam", "settings": {"lr": "0.1/t"}}], "view": "plane",
    "zoom": [[-1, 1], [0, 2]], "show": ["gradient"], "scale": "log", "flags": {"hide": ["menu"], "lock": []},
    "ranges": {"lr": [0, 1]}, "data": None,
}  # fmt: skip
TABLE = {"name": "points", "lines": [2, 3, 7], "names": ["x", "town"], "columns": [[1, None, 3], ["Ulm", "Bern", ""]]}
DAMAGED: list[tuple[str, Any, str]] = [
    ("data", 5, "'data' is null, or a table"),
    (
        "data",
        {"table": {"name": "points", "names": [], "columns": []}},
        "'data' is null, or a table of up to 200,000 rows and 32 columns",
    ),
    ("data", {"table": TABLE | {"names": ["x"], "columns": [[]]}}, "'data' is null, or a table"),
    ("data", {"table": TABLE | {"columns": [[1], [1, 2]], "lines": None}}, "'data' is null, or a table"),
    ("data", {"table": TABLE | {"names": ["x"], "columns": [[True]], "lines": None}}, "'data' is null, or a table"),
    ("data", {"table": TABLE | {"columns": [[1, None, 3]]}}, "'data' is null, or a table"),
    ("data", {"table": TABLE | {"columns": {"x": [1]}}}, "'data' is null, or a table"),
    ("data", {"table": TABLE | {"names": ["x", 2]}}, "'data' is null, or a table"),
    ("data", {"table": TABLE | {"lines": [2, 3]}}, "'data' is null, or a table"),
    ("data", {"table": TABLE | {"lines": [2, 3, -1]}}, "'data' is null, or a table"),
    ("data", {"table": {name: TABLE[name] for name in ("names", "columns")}}, "'data' is null, or a table"),
    ("data", {"table": TABLE, "order": "random"}, "'data' is null, or a table"),
    ("data", {"table": TABLE, "scale": "log"}, "'data' is null, or a table"),
    ("data", {"table": TABLE, "batch": 0}, "'data' is null, or a table"),
    ("data", {"table": TABLE, "batch": 2.5}, "'data' is null, or a table"),
    ("data", {"table": TABLE, "loss": 2}, "'data' is null, or a table"),
    ("data", {"table": TABLE, "one": [1]}, "'data' is null, or a table"),
    ("data", {"table": TABLE, "dropMissing": 1}, "'data' is null, or a table"),
    ("schema", 2, "'schema' is 1"),
    ("objective", 5, "'objective' is a text"),
    ("objective", "x" * 9_000, "'objective' is a text of at most 8,000 characters"),
    ("let", 5, "'let' is an object with a finite number for each of at most 16 constants"),
    ("let", {"k": "10"}, "'let' is an object with a finite number"),
    ("let", {f"k{index}": 1 for index in range(17)}, "'let' is an object"),
    ("start", "1,2", "'start' is a list of 1 to 16 finite numbers"),
    ("start", [], "'start' is a list"),
    ("start", [1, True], "'start' is a list"),
    ("start", [1, float("nan")], "'start' is a list"),
    ("start", [1, 10**400], "'start' is a list"),
    ("start", [1.0, 2.0, 3.0], "'start' has one number for each of x, y"),
    ("steps", 1.5, "'steps' is a whole number from 0 to 100,000,000"),
    ("steps", "9", "'steps' is a whole number"),
    ("steps", True, "'steps' is a whole number"),
    ("seed", -1, "'seed' is a whole number"),
    ("tol", None, "'tol' is a finite number from 0"),
    ("gtol", float("inf"), "'gtol' is a finite number from 0"),
    ("optimizers", {}, "'optimizers' is a list of at most 32 optimizers"),
    ("optimizers", [None], r"'optimizers\[0\].text' is a text"),
    ("optimizers", [{"text": "gd"}, {"text": 1}], r"'optimizers\[1\].text' is a text"),
    ("optimizers", [{"text": "gd", "settings": [1]}], r"'optimizers\[0\].settings' gives each hyperparameter its value"),
    ("optimizers", [{"text": "gd", "settings": {"lr": None}}], r"'optimizers\[0\].settings.lr' is a finite number or a formula"),
    ("step", -1, "'step' is a whole number"),
    ("view", 3, "'view' is plane, surface or diagnosis"),
    ("zoom", [[1, 0]], "'zoom' is null, or a low and a high number"),
    ("zoom", 5, "'zoom' is null"),
    ("show", 5, "'show' is a list of names"),
    ("scale", "cubic", "'scale' is auto, linear or log"),
    ("flags", {"hide": 5}, "'flags' is an object with lists of names"),
    ("flags", [], "'flags' is an object"),
    ("ranges", {"lr": [1]}, "'ranges' is an object with a low and a high number"),
]


def test_a_good_state_is_kept() -> None:
    made = document(GOOD)["state"]
    assert {name: made[name] for name in GOOD} == GOOD


@pytest.mark.parametrize(("name", "value", "told"), DAMAGED)
def test_a_damaged_field_is_named(name: str, value: Any, told: str) -> None:
    with pytest.raises(InputError, match=f"the state is damaged: {told}") as refusal:
        document(GOOD | {name: value})
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("state", [None, [], 5, "x"])
def test_what_is_no_state_is_refused(state: Any) -> None:
    with pytest.raises(InputError, match="the state is damaged: it is an object with the fields"):
        document(state)


MAIN = """
import { fromFragment } from "/model/state.js";
globalThis.read = (fragments) => fragments.map((each) => fromFragment(each));
"""


def packed(state: Any) -> str:
    return "#" + base64.urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")


def in_a_link(name: str, value: Any) -> bool:
    """Whether a link can have that, and the page alone can tell: how many parameters there are only the formula says."""
    return value != [1.0, 2.0, 3.0] and not any(
        isinstance(each, int | float) and not isinstance(each, bool) and (each > 1e308 or math.isnan(each))
        for each in (value if isinstance(value, list) else [value])
    )


def test_a_damaged_link_names_the_field(node: Callable[..., Any]) -> None:
    cases = [(name, value, told) for name, value, told in DAMAGED if in_a_link(name, value)]
    found = node(MAIN).evaluate("(links) => read(links)", [packed(GOOD | {name: value}) for name, value, _ in cases])
    for (name, _, told), each in zip(cases, found, strict=True):
        told = told.replace("100,000,000", "100,000")  # a link's run is made at once
        if name == "objective":
            assert each["state"] is None and re.match(f"the link is damaged: {told}", each["fault"]), each
            continue
        why = "comes from a later version" if name == "schema" else f"is damaged: {told}"
        assert re.match(f"the link {why}.*; the rest of it is shown$", each["fault"]), each
        kept = {field: each["state"][field] for field in GOOD if field not in (name, "schema")}
        assert kept == {field: GOOD[field] for field in kept}
        assert (
            name == "optimizers"
            or name not in each["state"]
            or (name, each["state"][name]) in (("schema", 1), ("start", []), ("data", None))
        )


def test_a_link_keeps_the_optimizers_that_can_be_read(node: Callable[..., Any]) -> None:
    optimizers = [{"text": "gd"}, {"text": 1}, *([{"text": "adam"}] * 40)]
    (found,) = node(MAIN).evaluate("(links) => read(links)", [packed(GOOD | {"optimizers": optimizers})])
    assert found["state"]["optimizers"] == [{"text": "gd"}, *([{"text": "adam"}] * 30)]
    assert found["fault"] == "the link is damaged: 'optimizers' is a list of at most 32 optimizers; the rest of it is shown"


def test_links_that_are_good_or_none_at_all(node: Callable[..., Any]) -> None:
    good, empty, alone, cut, other = node(MAIN).evaluate(
        "(links) => read(links)", [packed(GOOD), "", "#", packed(GOOD)[:-9], packed([1])]
    )
    assert good == {"state": GOOD, "fault": ""}
    assert empty == alone == {"state": None, "fault": ""}
    assert cut["fault"] == "the link is damaged: copy it again, as a whole"
    assert other["fault"].startswith("the link is damaged: it is an object with the fields")
