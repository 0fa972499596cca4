"""The first gear: a plain loop over the tape's operations as one generated Python function. It needs no warm-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from steepest.tape.program import Program, Stop
from steepest.tape.tape import STEP
from steepest.targets.source import assignments, compiled
from steepest.targets.state import RunState

CHUNK = 1024  # steps between two writes to the record


class PythonGear:
    """Takes steps by Python's own arithmetic, up to the first one where that raises or a result is not finite."""

    stride = 4 * CHUNK

    def __init__(self, program: Program, state: RunState) -> None:
        self.take_steps: Callable[..., tuple[Stop, int, Sequence[float]]] = program.compiled.get(
            "python"
        ) or program.compiled.setdefault("python", _compile(program))
        self.state, self.program = state, program

    def take(self, until: int) -> Stop:
        """Take steps until so many are done; see `steepest.targets.runner.Gear`."""
        stop = Stop.LIMIT
        while stop is Stop.LIMIT and self.state.done < until:
            stop = self._chunk(min(self.state.done + CHUNK, until))
        return stop

    def _chunk(self, until: int) -> Stop:
        """Some steps, then written to the record."""
        state = self.state
        recorded: list[float] = []
        try:
            stop, done, moving = self.take_steps(
                state.done, until, state.moving, state.constants, float(state.horizon), float(state.seed),
                recorded.extend, state.shortest, state.asked, state.flattest,
            )  # fmt: skip
        except KeyboardInterrupt:  # perhaps between the record of a step and its end: the last recorded position is the last one
            rows = len(recorded) // state.block.width
            stop, done = Stop.INTERRUPTED, state.done + max(rows - 1, 0)
            moving = recorded[(rows - 1) * state.block.width :][: self.program.count] if rows else state.moving
        state.block.write(state.done, recorded)
        state.done, state.moving = done, moving
        return stop


def _compile(program: Program) -> Callable[..., tuple[Stop, int, Sequence[float]]]:
    """The function that takes steps.

    Its arguments are the steps that are done and those to be done, the position and the state, the hyperparameters, `T`, the seed,
    the record, and the squared tolerances. It returns why it ended, the steps that are done, and the position and the state then.
    """
    tape, count = program.step, len(program.moving)
    gradient, step, f = tape.outputs["g"], tape.outputs[STEP], tape.outputs["f"]
    moved_slots = [*tape.outputs["theta"], *program.next_state]
    lines, texts = assignments(tape, [*moved_slots, *program.row, *step], [*moved_slots, *gradient, *step, *f])
    inputs = [f"s{slot}" for slot in range(len(tape.inputs))]
    moving, moved = _tuple(inputs[:count]), _tuple(texts[slot] for slot in moved_slots)
    total = " + ".join(dict.fromkeys(texts[slot] for slot in (*f, *moved_slots)))
    text = [
        f"def take_steps(done, until, moving, constants, {', '.join(inputs[-2:])}, record, shortest, asked, flattest):",
        f"  {moving} = moving",
        f"  {_tuple(inputs[count:-3])} = constants",
        "  try:",
        "    for k in range(done + 1, until + 1):",
        f"      {inputs[-3]} = float(k)",
        *(f"      {line}" for line in lines),
        f"      total = {total}",
        "      if total - total != 0.0:",  # one of them is not finite, or the sum is not
        "        raise ArithmeticError",
        f"      record({_tuple(texts[slot] for slot in program.row)})",
        f"      if flattest and {_squares(texts, gradient)} < flattest:",
        f"        return GRADIENT, k - 1, {moving}",
        f"      if {_squares(texts, step)} < shortest and {_squares(texts, gradient)} < asked:",
        f"        return STEP, k, {moved}",
        f"      {moving} = {moved}",
        "  except (ArithmeticError, ValueError):",
        f"    return UNUSUAL, k - 1, {moving}",
        f"  return LIMIT, until, {moving}",
    ]
    return compiled("take_steps", "\n".join(text), **{stop.name: stop for stop in Stop})


def _tuple(texts: Iterable[str]) -> str:
    """The text of a tuple."""
    return f"({''.join(f'{text}, ' for text in texts)})"


def _squares(texts: Sequence[str], slots: Sequence[int]) -> str:
    """The sum of squares."""
    return " + ".join(f"{texts[slot]}*{texts[slot]}" for slot in slots)
