"""Waiting for the page: until it shows what it knows, and until it has told of every change."""

from typing import Any

IDLE = """() => {
  const { lab } = values, { store } = lab;
  return !lab.opening && !lab.frame && !store.stale && !store.isRunning && lab.numbers.due === Infinity;
}"""
"""No frame is due, every run is at its end, and what stands beside the picture, which is written after it, is written."""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Two frames, in the first of which parts that have another size now are noticed, and drawn anew."""


def drawn(tab: Any) -> None:
    """Wait until all that the page knows is drawn and written."""
    tab.evaluate(FRAMES)
    tab.wait_for_function(IDLE)


def settled(tab: Any) -> dict[str, Any]:
    """The state as the page told it last, once it has read every text, shown everything and told of every change."""
    tab.wait_for_function(IDLE)
    tab.locator(".steepest-lab[aria-busy=false]").wait_for()
    state: dict[str, Any] = tab.evaluate("() => values.state")
    assert [mistake for mistake in tab.mistakes if "GL Driver Message" not in mistake] == []  # how fast software draws
    return state
