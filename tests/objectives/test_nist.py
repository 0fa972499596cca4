"""All nonlinear sets of NIST's Statistical Reference Datasets, from both of their starts, against the certified digits.

https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml (public domain): models, starts, certified parameters with 11 digits, the
certified sums of the squared residuals, and the columns y and x, or y, x1 and x2.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest
from steepest.objectives.exact.exact import exact_answer
from steepest.objectives.fit import FitObjective

SETS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent.parent / "data" / "nist_nonlinear.json").read_text("utf-8"))
ELSEWHERE = {("MGH10", 0)}  # only reached from 0: from this start the valley is longer than a search may take


def table(name: str) -> dict[str, list[float]]:
    columns = SETS[name]["columns"]
    found = dict(zip(("y", "x") if len(columns) == 2 else ("y", "x1", "x2"), columns, strict=True))
    return {**found, "y": np.log(found["y"]).tolist()} if name == "Nelson" else found


def in_order(name: str, position: Any) -> Any:
    """The parameters, those of Lanczos' three exponentials in the order of their rates: exchanged, they are the same curve."""
    if not name.startswith("Lanczos"):
        return np.asarray(position)
    terms = np.reshape(position, (3, 2))
    return terms[np.argsort(terms[:, 1])].ravel()


def test_all_of_them_are_here() -> None:
    assert len(SETS) == 27
    assert max(len(each["certified"]) for each in SETS.values()) == 9


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("name", SETS)
def test_the_exact_answer_has_the_certified_digits(name: str, which: int) -> None:
    given = SETS[name]
    run = steepest.fit(table(name), f"y ~ {given['model']}", start=given["starts"][which], steps=0)
    exact = run.exact
    assert exact.position is not None and exact.value is not None
    np.testing.assert_allclose(in_order(name, exact.position), in_order(name, given["certified"]), rtol=3e-8)
    rows = len(given["columns"][0])
    # the least sum of Lanczos1 is rounding, of which NIST kept more digits
    assert exact.value * rows == pytest.approx(given["squares"], rel=1e-2 if name == "Lanczos1" else 3e-10)
    assert not exact.unique
    assert isinstance(run.objective, FitObjective)
    found = exact_answer(run.objective, given["starts"][which])
    assert (found.position is None) == ((name, which) in ELSEWHERE)
    if found.position is not None:
        np.testing.assert_allclose(in_order(name, found.position), in_order(name, given["certified"]), rtol=3e-8)
