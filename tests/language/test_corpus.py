"""The corpus of texts is what the language makes of them now."""

import json
import runpy
from pathlib import Path

HERE = Path(__file__).parent
corpus = runpy.run_path(str(HERE / "make_corpus.py"))
outcomes = runpy.run_path(str(HERE / "outcomes.py"))
STALE = "run scripts/check --fix"


def test_the_corpus_is_up_to_date() -> None:
    rows = [json.loads(line) for line in corpus["FORMULAS"].read_text("utf-8").splitlines()]
    assert [(row.pop("text"), row.pop("constants", {})) for row in rows] == corpus["cases"](), STALE
    for row, (text, constants) in zip(rows, corpus["cases"](), strict=True):
        differs = outcomes["difference"](row, outcomes["outcome"](text, constants))
        assert not differs, (text, constants, differs, STALE)


def test_the_corpus_is_large_and_varied() -> None:
    rows = [json.loads(line) for line in corpus["FORMULAS"].read_text("utf-8").splitlines()]
    assert len(rows) > 3_000
    assert 1_000 < sum("message" in row for row in rows) < len(rows) - 1_000
    assert len({row["message"] for row in rows if "message" in row}) > 500
    assert corpus["FORMULAS"].stat().st_size < 2_000_000
