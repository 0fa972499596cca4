"""Labels: which of two values is which."""

from typing import Any

import pytest

from steepest.data.arrays import read_columns
from steepest.data.labels import with_labels
from steepest.errors import InputError

MAPPED: dict[str, tuple[list[Any], str, Any, list[float], str]] = {
    "0 and 1": ([0, 1, 1], "0/1", None, [0, 1, 1], ""),
    "only 1": ([1, 1], "0/1", None, [1, 1], ""),
    "1 and 2": ([2, 1], "0/1", None, [1, 0], "c: 1 counts as 0, 2 as 1"),
    "-1 and 1": ([-1, 1], "0/1", None, [0, 1], "c: -1 counts as 0, 1 as 1"),
    "0 and 1 for hinge": ([0, 1], "-1/1", None, [-1, 1], "c: 0 counts as -1, 1 as 1"),
    "texts": (["yes", "no"], "0/1", None, [1, 0], "c: no counts as 0, yes as 1"),
    "texts, chosen": (["yes", "no"], "0/1", "no", [0, 1], "c: yes counts as 0, no as 1"),
    "numbers, chosen": ([2, 1], "0/1", "1", [0, 1], "c: 2 counts as 0, 1 as 1"),
    "one against the rest": (["a", "b", "c"], "0/1", "b", [0, 1, 0], "c: every other value counts as 0, b as 1"),
}


@pytest.mark.parametrize("row", MAPPED.values(), ids=MAPPED)
def test_mappings(row: tuple[list[Any], str, Any, list[float], str]) -> None:
    values, kind, one, expected, told = row
    table, labels = with_labels(read_columns({"c": values}), "c", kind, one=one)
    assert table["c"].tolist() == expected
    assert table.notes == ((told,) if told else ())
    assert labels.unchanged == (not told)


def test_missing_labels_stay_missing() -> None:
    table, _ = with_labels(read_columns({"c": ["yes", None, "no", "NA"]}), "c")
    assert table.select(["c"], drop_missing=True)["c"].tolist() == [1.0, 0.0]
    table, _ = with_labels(read_columns({"c": [1, None, 2]}), "c")
    assert table.select(["c"], drop_missing=True)["c"].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("values", "one", "told"),
    [
        (
            ["a", "b", "c"],
            None,
            r"'c' has 3 values \(a, b and c\) and a loss of two classes needs 2: choose the one that counts as 1",
        ),
        (list(range(100)), None, r"has 100 values \(0, 1, 2, 3, 4 and 95 more\)"),
        ([7, 7], None, "'c' is 7 in every row, and a loss of classes needs two"),
        (["a", "a"], "a", "'c' is a in every row"),
        (["setosa", "virginica"], "setsa", r"has no value 'setsa': did you mean setosa\?"),
        ([None, None], None, "'c' has no value at all"),
    ],
)
def test_what_cannot_be_labels(values: list[Any], one: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        with_labels(read_columns({"c": values}), "c", one=one)
