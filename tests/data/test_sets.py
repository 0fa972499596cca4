"""The tables that come with steepest: their rows, sources and rules."""

import numpy as np
import pytest

from steepest.data.losses import LOSSES
from steepest.data.sets.catalog import SETS, read_set, set_path
from steepest.data.sets.rules import RULES, text
from steepest.errors import InputError
from steepest.language.expression import evaluate
from steepest.language.grammar import read_formula


@pytest.mark.parametrize("name", SETS)
def test_every_set_is_as_it_says(name: str) -> None:
    entry, table = SETS[name], read_set(name)
    assert table.rows == entry.rows and entry.description.endswith(".") and entry.source
    assert entry.loss in LOSSES
    target, _, model = entry.model.partition(" ~ ")
    columns = {target, *read_formula(model).names} & set(table.names)
    assert len(columns) == 2
    assert table.select(sorted(columns)).rows == entry.rows


@pytest.mark.parametrize("name", RULES)
def test_generated_sets_follow_their_rule(name: str) -> None:
    assert set_path(name).read_text(encoding="utf-8") == text(name)


def test_houses_have_the_coefficients_of_the_rule() -> None:
    table = read_set("houses")
    design = np.column_stack([*(table[name] for name in ("size", "rooms", "age")), np.ones(table.rows)])
    found, *_ = np.linalg.lstsq(design, table["price"], rcond=None)
    assert np.abs(found - [1500, 9000, -1200, 40000]) == pytest.approx(0, abs=15000)
    assert found[0] == pytest.approx(1500, rel=0.1)


def test_iris_has_the_means_of_the_article() -> None:
    table = read_set("iris")
    measures = ("sepal_length", "sepal_width", "petal_length", "petal_width")
    means = {
        "setosa": (5.006, 3.428, 1.462, 0.246),
        "versicolor": (5.936, 2.770, 4.260, 1.326),
        "virginica": (6.588, 2.974, 5.552, 2.026),
    }  # Fisher (1936), table III
    for species, expected in means.items():
        own = table["species"] == species
        assert own.sum() == 50
        assert [table[name][own].mean() for name in measures] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "parameters", "squares"),
    [
        ("misra1a", {"b1": 238.94212918, "b2": 5.5015643181e-4}, 0.12455138894),
        ("rat42", {"b1": 72.462237576, "b2": 2.6180768402, "b3": 0.067359200066}, 8.0565229338),
    ],
)
def test_nist_certifies_the_residual_sum_of_squares(name: str, parameters: dict[str, float], squares: float) -> None:
    table = read_set(name)
    model = read_formula(SETS[name].model.partition(" ~ ")[2]).expression
    residuals = [y - evaluate(model, parameters | {"x": x}) for x, y in zip(table["x"], table["y"], strict=True)]
    assert sum(residual**2 for residual in residuals) == pytest.approx(squares, rel=1e-9)


def test_a_misspelled_name() -> None:
    with pytest.raises(InputError, match=r"no table called 'irs' comes with steepest: did you mean iris\?"):
        read_set("irs")
