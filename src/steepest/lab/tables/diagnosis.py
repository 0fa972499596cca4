"""What the page's verdicts share with the diagnosis: words and thresholds, as one module of JavaScript."""

from __future__ import annotations

from pathlib import Path

from steepest.diagnosis import character, stability, stationary
from steepest.diagnosis.advice import advice, candidates, trials
from steepest.diagnosis.motion import cycle, divergence, kink, oscillation, progress, rate
from steepest.lab.tables.shared import constants, module

MODULE = Path(__file__).parents[1] / "web" / "model" / "diagnosis" / "tables.js"
VERDICTS = {
    "diverging": ("diverges", "bad"),
    "left_domain": ("left the domain", "bad"),
    "saddle": ("at a saddle", "warning"),
    "maximum": ("on top of a hill", "warning"),
    "plateau": ("stuck on a plateau", "warning"),
    "held": ("rests beside the minimum", "warning"),
    "local_minimum": ("converges, to a local minimum", "warning"),
    "minimum": ("converges", "good"),
    "cycling": ("bounces without end", "warning"),
    "kink": ("hops over an edge", "warning"),
    "noisy": ("moves at random", "quiet"),
    "wandering": ("does not settle", "warning"),
    "underway": ("slow", "warning"),
    "oscillating": ("oscillates", "warning"),
    "unstable": ("unstable", "warning"),
}
"""What the page calls a run by the first of these words that describes it, and in which tone.

The words are those of `steepest.diagnosis.character.CHARACTERS`. The page cannot tell chaos from wandering: it says `wandering`
for both.
"""
UNMOVED = ("does not move", "warning")
"""What it calls a run of which no step changed the position, although the slope is not 0."""


def tables() -> str:
    """The module."""
    return module({
        "VERDICTS": {word: _titled(*each) for word, each in VERDICTS.items()},
        "UNMOVED": _titled(*UNMOVED),
        "CHARACTER": constants(character, "MUCH FASTER LASTING"),
        "CYCLE": constants(cycle, "LONGEST PERIODS SAME ROUNDING REMAINING"),
        "DIVERGENCE": constants(divergence, "FAR GROWING FEW LONGER MOST_STEPS MUCH"),
        "KINK": constants(kink, "JUMP LAST PARTS ZOOMS"),
        "OSCILLATION": constants(oscillation, "VISIBLE SIGNIFICANT ALIGNED ROUNDING"),
        "PROGRESS": constants(progress, "FEWEST STILL LATE"),
        "RATE": constants(rate, "FEWEST BENT SWINGING ROUGH ROUNDING ABRUPT"),
        "STATIONARY": constants(
            stationary,
            "MOST_STEPS NEAR NEAR_FLAT CLOSE SMALL SHORT NOTHING MOSTLY RECENT FLAT FADED DIRECTIONS LOWER RESTING PATIENCE "
            "RUNAWAY",
        ),
        "UNSTABLE": constants(stability, "NEXT STILL"),
        "ADVICE": constants(advice, "FEWER LOWER SAME SHRINKS LEVEL ROUNDING REST STEEP")
        | constants(candidates, "FACTORS")
        | constants(trials, "MOST_ROWS"),
    })  # fmt: skip


def _titled(title: str, tone: str) -> dict[str, str]:
    return {"title": title, "tone": tone}
