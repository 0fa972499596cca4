"""A run, diagnosed: why it went the way it did, as data and in sentences."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.diagnosis.advice.advice import Advice, advice
from steepest.diagnosis.character import character
from steepest.diagnosis.curvature import Curvature, curvature
from steepest.diagnosis.evidence import Evidence, gather
from steepest.diagnosis.sentences.sentences import sentences
from steepest.language.mathml import mathml
from steepest.runs.ending import Ending
from steepest.targets.array_operations import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

WIDTH, WIDEST = 80, 100


@dataclass(frozen=True, eq=False, repr=False)
class Diagnosis:
    """Why a run went the way it did; `print` it for the sentences.

    Attributes:
        run: the run.
        character: words of `steepest.diagnosis.character.CHARACTERS`.
        curvature: the Hessian's eigenvalues and eigenvectors along the run.
        advice: settings that do better, each with the run that shows it.
        sentences: the diagnosis in words, each with its evidence.
        evidence: everything it rests on: sampling, stability, oscillations, cycle, stationary point.
    """

    run: Trajectory
    character: tuple[str, ...]
    curvature: Curvature
    advice: tuple[Advice, ...]
    sentences: tuple[str, ...]
    evidence: Evidence

    @property
    def ending(self) -> Ending:
        """How the run ended."""
        return self.run.ending

    @property
    def unstable_step(self) -> int | None:
        """The first step outside the stable region, from 1; None if there is none."""
        unstable = self.evidence.stability.unstable
        return int(self.evidence.sampling.steps[unstable[0]]) + 1 if len(unstable) else None

    @property
    def unstable_direction(self) -> Array | None:
        """The direction in which that step was unstable, a vector of length 1."""
        unstable = self.evidence.stability.unstable
        return self.evidence.stability.directions[unstable[0]] if len(unstable) else None

    @property
    def lr_lambda(self) -> Array:
        """The learning rate times the largest curvature at each step, `(steps,)`; see `steepest.diagnosis.stability`.

        NaN where a step was not sampled (in a run of more than 5,000) or the curvature is unknown.
        """
        every = np.full(self.run.steps, np.nan)
        taken = self.evidence.sampling.steps < self.run.steps
        every[self.evidence.sampling.steps[taken]] = self.evidence.stability.lr_lambda[taken]
        return every

    @property
    def bound(self) -> float | None:
        """What `lr_lambda` must stay below; None where the equations give no such number."""
        return self.evidence.stability.bound

    @property
    def predicted_rate(self) -> float | None:
        """The factor by which a step multiplies the error in the long run: the spectral radius of the Jacobian at the end."""
        return self.evidence.predicted

    @property
    def measured_rate(self) -> float | None:
        """The same factor as the last steps show it."""
        return self.evidence.rate

    @property
    def modes(self) -> tuple[Array, Array] | None:
        """The error in each eigendirection of the stationary point near the end of the run, and the eigenvalues there.

        `errors[i, j]` is the distance at the position `curvature.steps[i]` along the eigenvector
        `evidence.stationary.directions[:, j]`; None where no such point is known.
        """
        at = self.evidence.stationary
        if at is None:
            return None
        return (self.evidence.sampling.positions - at.position) @ at.directions, at.curvatures

    @property
    def document(self) -> dict[str, Any]:
        """The diagnosis as data for JSON; what is unknown is None."""
        direction = self.unstable_direction
        return {
            "runs": [
                {
                    "ending": str(self.ending),
                    "character": list(self.character),
                    "unstable_step": self.unstable_step,
                    "unstable_direction": None if direction is None else _finite_or_none(direction),
                    "lr_lambda": _finite_or_none(self.lr_lambda),
                    "bound": self.bound,
                    "curvature": {"start": _finite_or_none(self.curvature.start), "end": _finite_or_none(self.curvature.end)},
                    "predicted_rate": self.predicted_rate,
                    "measured_rate": self.measured_rate,
                    "advice": [
                        {
                            "set": dict(each.settings),
                            "why": each.why,
                            "outcome": {"ending": str(each.run.ending), "steps": each.run.steps},
                        }
                        for each in self.advice
                    ],
                    "sentences": list(self.sentences),
                }
            ]
        }

    def __repr__(self) -> str:
        return f"<Diagnosis of {self.run.label} on {self.run.objective.text}: {', '.join(self.character)}>"

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int = WIDTH) -> str:
        """The diagnosis as text for a terminal of so many columns, at most 100."""
        width = max(40, min(width, WIDEST)) - 1
        head = textwrap.fill(f"{self.run.label} on {self.run.objective.text}", width, subsequent_indent="  ")
        words = textwrap.fill(", ".join(map(_spoken, self.character)), width)
        body = [textwrap.fill(sentence, width, initial_indent="- ", subsequent_indent="  ") for sentence in self.sentences]
        return "\n".join([head, words, "", *body])

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences)
        function = self.run.objective
        formula = escape(function.text) if function.expression is None else mathml(function.expression)
        words = escape(", ".join(map(_spoken, self.character)))
        return f"<p><strong>{escape(self.run.label)}</strong> on {formula}: <strong>{words}</strong></p><ul>{items}</ul>"


@dataclass(frozen=True, eq=False, repr=False)
class Diagnoses:
    """The diagnoses of several runs, in their order."""

    diagnoses: tuple[Diagnosis, ...]

    def __iter__(self) -> Iterator[Diagnosis]:
        return iter(self.diagnoses)

    def __len__(self) -> int:
        return len(self.diagnoses)

    def __getitem__(self, index: int) -> Diagnosis:
        return self.diagnoses[index]

    @property
    def document(self) -> dict[str, Any]:
        """The diagnoses as data for JSON."""
        return {"runs": [run for each in self.diagnoses for run in each.document["runs"]]}

    def __repr__(self) -> str:
        return f"<Diagnoses of {', '.join(each.run.label for each in self.diagnoses)}>"

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int = WIDTH) -> str:
        """The diagnoses as text for a terminal of so many columns, one below the other."""
        return "\n\n".join(each.text(width) for each in self.diagnoses)

    def _repr_html_(self) -> str:
        return "".join(each._repr_html_() for each in self.diagnoses)


def diagnose(run: Trajectory) -> Diagnosis:
    """Diagnose a run: its stability, curvature, motion and rate, the point where it ended, and settings that would help.

    Derivatives of formulas are exact; see the modules of `steepest.diagnosis` for what is computed. What is unknown is None, and
    NaN in arrays.

    >>> from steepest.runs.descent import descend
    >>> found = diagnose(descend("x^2 + 10y^2", (10, 1), lr=0.21, steps=50))
    >>> found.character, found.unstable_step, found.bound
    (('diverging', 'oscillating', 'unstable'), 1, 2.0)
    >>> found.advice[0].settings, found.advice[0].run.ending == "converged"
    ({'lr': 0.0909}, True)
    """
    with np.errstate(all="ignore"):  # a run that goes wrong is a result
        evidence = gather(run)
        words, tried = character(evidence), advice(evidence)
        return Diagnosis(run, words, curvature(evidence), tried, sentences(evidence, tried, words), evidence)


def diagnose_all(runs: Sequence[Trajectory]) -> Diagnoses:
    """Diagnose several runs."""
    return Diagnoses(tuple(run.diagnose() for run in runs))


def _finite_or_none(values: Array) -> list[float | None]:
    """Numbers for JSON, None where one is not finite."""
    return [value if np.isfinite(value) else None for value in values.tolist()]


def _spoken(word: str) -> str:
    return word.replace("_", "-" if word == "ill_conditioned" else " ")
