"""The first gear: the tape of a step as one generated Python function, called in a plain loop. It needs no warm-up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from steepest.tape.program import Program, Stop
from steepest.tape.tape import STEP
from steepest.targets.source import assignments, compiled
from steepest.targets.state import RunState

CHUNK = 1024  # steps between two writes to the record


class PythonGear:
    """Takes steps by Python's own arithmetic, up to the first one where that raises or a result is not finite."""

    stride = 4 * CHUNK

    def __init__(self, program: Program, state: RunState) -> None:
        make = program.compiled.get("python") or program.compiled.setdefault("python", _compile(program))
        self.state, self.program = state, program
        self.recorded: list[float] = []
        self.step: Callable[..., tuple[Sequence[float], float, float]] = make(
            *state.constants, float(state.horizon), float(state.seed), self.recorded.extend
        )

    def take(self, until: int) -> Stop:
        """Take steps until so many are done; see `steepest.targets.runner.Gear`."""
        stop = Stop.LIMIT
        while stop is Stop.LIMIT and self.state.done < until:
            stop = self._chunk(min(self.state.done + CHUNK, until))
        return stop

    def _chunk(self, until: int) -> Stop:
        """Some steps, then written to the record."""
        state, step, moving, stop, t = self.state, self.step, self.state.moving, Stop.LIMIT, self.state.done
        flattest, shortest, asked = state.flattest, state.shortest, state.asked
        try:
            for t in range(state.done + 1, until + 1):
                moved, slope, length = step(float(t), *moving)
                if slope < flattest:
                    stop = Stop.GRADIENT
                    break
                moving = moved
                if length < shortest and slope < asked:
                    stop = Stop.STEP
                    break
        except (ArithmeticError, ValueError):
            stop = Stop.UNUSUAL
        except KeyboardInterrupt:  # perhaps between the record of a step and its end
            stop, t = Stop.INTERRUPTED, state.done + max(len(self.recorded) // state.block.width, 1)
        if self.recorded:
            state.block.write(state.done, self.recorded)
        if stop is Stop.INTERRUPTED:
            moving = state.block.read(t - 1, 0, self.program.count) if self.recorded else moving
        state.done, state.moving = t if stop in (Stop.LIMIT, Stop.STEP) else t - 1, moving
        self.recorded.clear()
        return stop


def _compile(program: Program) -> Callable[..., Any]:
    """A function of the hyperparameters, `T`, the seed and the record that returns the function of a step.

    That one takes `t`, the position and the state. It records a row and returns what moved, the square of the gradient's norm,
    and the square of the step's length.
    """
    tape, moving = program.step, program.moving
    moved = [*tape.outputs["theta"], *program.next_state]
    gradient, step = tape.outputs["g"], tape.outputs[STEP]
    lines, texts = assignments(tape, [*moved, *program.row, *step], [*moved, *gradient, *step, *tape.outputs["f"]])
    inputs = [f"s{slot}" for slot in range(len(tape.inputs))]
    held = [*inputs[len(moving) : -3], *inputs[-2:]]
    finite = " == ".join(dict.fromkeys(f"{texts[slot]} - {texts[slot]}" for slot in (*tape.outputs["f"], *moved)))
    return compiled(
        "make",
        "\n".join(
            [
                f"def make({', '.join([*held, 'record'])}):",
                f"  def step({', '.join([inputs[-3], *inputs[: len(moving)]])}):",
                *(f"    {line}" for line in lines),
                f"    if not {finite} == 0.0:",
                "      raise ArithmeticError",
                f"    record(({', '.join(texts[slot] for slot in program.row)},))",
                f"    return ({', '.join(texts[slot] for slot in moved)},), {_squares(texts, gradient)}, {_squares(texts, step)}",
                "  return step",
            ]
        ),
    )


def _squares(texts: Sequence[str], slots: Sequence[int]) -> str:
    """The sum of squares."""
    return " + ".join(f"{texts[slot]}*{texts[slot]}" for slot in slots)
