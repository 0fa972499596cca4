"""The page under policies: WebAssembly where it is allowed, the interpreter where it is refused, the same numbers."""

from collections.abc import Callable
from typing import Any

import pytest

import steepest

STATE: dict[str, Any] = {
    "objective": "rosenbrock",
    "start": [-1.2, 1.0],
    "steps": 5000,
    "tol": 0.0,
    "optimizers": [{"text": "gd", "settings": {"lr": 0.001}}, {"text": "adam", "settings": {"lr": 0.05}}],
}
POLICIES = {
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:": 2,
    "default-src 'self'; img-src 'self' data: blob:": 0,
}
ENGINE = """
async () => {
  const { lanesAtOnce } = await import("/model/tape/wasm/instance.js");
  const { optimizers, grid } = values.lab.store;
  for (let k = 0; k < 4; k++) values.lab.plane.zoomTo([[-1 - k, 1], [-1, 1]]); // until compiling pays
  const compiled = [...optimizers.map(({ program }) => program), grid].map((each) => Boolean(each.compiled));
  return { compiled, lanes: lanesAtOnce(), ends: optimizers.map(({ latest }) => [...latest.positions.slice(-2)]) };
}
"""


@pytest.mark.parametrize("policy", POLICIES)
def test_the_page_runs_with_and_without_webassembly(shown: Callable[..., Any], policy: str) -> None:
    tab = shown(STATE, policy=policy)
    found = tab.evaluate(ENGINE)
    lanes = POLICIES[policy]
    assert found["lanes"] == lanes
    assert found["compiled"] == [lanes > 0] * 3
    for each, end in zip(STATE["optimizers"], found["ends"], strict=True):
        optimizer = steepest.optimizer(each["text"], **each["settings"])
        run = steepest.descend("rosenbrock", (-1.2, 1.0), optimizer=optimizer, steps=5000, tol=0)
        assert end == pytest.approx(run.positions[-1].tolist(), rel=1e-9)
    complaints = [mistake for mistake in tab.mistakes if "WebAssembly" not in mistake]
    assert complaints == []
    assert bool(lanes) or len(tab.mistakes) <= 1
