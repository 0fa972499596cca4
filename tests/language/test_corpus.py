"""The corpus of texts is what the language makes of them now."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
corpus = runpy.run_path(str(HERE / "make_corpus.py"))
outcomes = runpy.run_path(str(HERE / "outcomes.py"))
STALE = "run scripts/check --fix"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (corpus["FOLDER"] / f"{name}.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("name", "given", "cases", "outcome"),
    [
        ("formulas", "constants", "formula_cases", "outcome"),
        ("optimizers", "given", "optimizer_cases", "optimizer_outcome"),
    ],
)
def test_the_corpus_is_up_to_date(name: str, given: str, cases: str, outcome: str) -> None:
    known = rows(name)
    assert [(row.pop("text"), row.pop(given, {})) for row in known] == corpus[cases](), STALE
    for row, case in zip(known, corpus[cases](), strict=True):
        differs = outcomes["difference"](row, outcomes[outcome](*case))
        assert not differs, (case, differs, STALE)


@pytest.mark.parametrize(("name", "least"), [("formulas", 3_000), ("optimizers", 1_000)])
def test_the_corpus_is_large_and_varied(name: str, least: int) -> None:
    known = rows(name)
    refused = [row["message"] for row in known if "message" in row]
    assert len(known) > least
    assert least / 5 < len(refused) < len(known) - least / 5
    assert len(set(refused)) > least / 6
    assert (corpus["FOLDER"] / f"{name}.jsonl").stat().st_size < 2_000_000
