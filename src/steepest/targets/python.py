"""The first gear: a plain loop over the tape's operations as one generated Python function. It needs no warm-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from struct import Struct

from steepest.tape.program import Program, Stop
from steepest.tape.tape import STEP
from steepest.targets.source import assignments, compiled
from steepest.targets.state import RunState

STRIDE = 4096  # steps: a few milliseconds
STRIDE_TIME = 1e7  # nanoseconds that the sums over rows of a stride take


class PythonGear:
    """Takes steps by Python's own arithmetic, up to the first one where that raises or a result is not finite."""

    def __init__(self, program: Program, state: RunState) -> None:
        self.take_steps: Callable[..., tuple[Stop, int, Sequence[float]]] = program.compiled.get(
            "python"
        ) or program.compiled.setdefault("python", _compile(program))
        self.state = state
        self.stride = max(min(STRIDE, int(STRIDE_TIME / state.rows.nanoseconds)), 1) if state.rows else STRIDE

    def take(self, until: int) -> Stop:
        """Take steps until so many are done; see `steepest.targets.runner.Gear`."""
        state = self.state
        stop, state.done, state.moving = self.take_steps(
            state.block.memory, state.done, until, state.moving, state.constants, float(state.horizon), float(state.seed),
            state.shortest, state.asked, state.flattest, state.rows and state.rows.at,
        )  # fmt: skip
        return stop


def _compile(program: Program) -> Callable[..., tuple[Stop, int, Sequence[float]]]:
    """The function that takes steps.

    Its arguments are the memory of the record, the steps that are done and those to be done, the position and the state, the
    hyperparameters, `T`, the seed, the squared tolerances, and what gives the sums over rows. It returns why it ended, the steps
    that are done, and the position and the state then. Ctrl-C finds the two together: Python looks for it at calls and jumps,
    not in an assignment.
    """
    tape, count = program.step, len(program.moving)
    gradient, step, f = tape.outputs["g"], tape.outputs[STEP], tape.outputs["f"]
    moved_slots = [*tape.outputs["theta"], *program.next_state]
    lines, texts = assignments(tape, [*moved_slots, *program.row, *step], [*moved_slots, *gradient, *step, *f])
    inputs = [f"s{slot}" for slot in range(len(tape.inputs))]
    moving, moved = _tuple(inputs[:count]), _tuple(texts[slot] for slot in moved_slots)
    total = " + ".join(dict.fromkeys(texts[slot] for slot in (*f, *moved_slots)))
    row = Struct(f"{len(program.row)}d")
    text = [
        f"def take_steps(memory, done, until, moving, constants, {', '.join(inputs[-2:])}, shortest, asked, flattest, reduce):",
        f"  {moving} = moving",
        f"  {_tuple(inputs[count:-3])} = constants",
        "  try:",
        "    for k in range(done + 1, until + 1):",
        f"      {inputs[-3]} = float(k)",
        *(f"      {line}" for line in lines),
        f"      total = {total}",
        "      if total - total != 0.0:",  # one of them is not finite, or the sum is not
        "        raise ArithmeticError",
        f"      write(memory, done*{row.size}, {', '.join(texts[slot] for slot in program.row)})",
        f"      if flattest and {_squares(texts, gradient)} < flattest:",
        f"        return GRADIENT, done, {moving}",
        f"      if {_squares(texts, step)} < shortest and {_squares(texts, gradient)} < asked:",
        f"        return STEP, k, {moved}",
        f"      {moving[:-1]}done) = {moved[:-1]}k)",
        f"    return LIMIT, done, {moving}",
        "  except (ArithmeticError, ValueError):",
        f"    return UNUSUAL, done, {moving}",
        "  except KeyboardInterrupt:",
        f"    return INTERRUPTED, done, {moving}",
    ]
    return compiled("take_steps", "\n".join(text), write=row.pack_into, **{stop.name: stop for stop in Stop})


def _tuple(texts: Iterable[str]) -> str:
    """The text of a tuple."""
    return f"({''.join(f'{text}, ' for text in texts)})"


def _squares(texts: Sequence[str], slots: Sequence[int]) -> str:
    """The sum of squares."""
    return " + ".join(f"{texts[slot]}*{texts[slot]}" for slot in slots)
