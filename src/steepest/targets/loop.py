"""The loop over a program's steps, as generated Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from steepest.tape.program import Program, Stop
from steepest.tape.tape import STEP
from steepest.targets.source import Writer, compiled
from steepest.targets.step_terms import StepTerms, step_terms_of

NAME = re.compile(r"(\bs\d+\b)")


@dataclass(frozen=True)
class Loop:
    """A compiled loop.

    Attributes:
        function: of (clock, T, seed, tol, shortest, flattest, asked, position, state, constants, columns). It takes a step for
            every row of the clock's columns, appends what it records to the columns, and returns why it ended and the state. It
            does not look whether the position is still finite; where arithmetic raises or the gradient ends the run, the
            state is that of no step.
        step_terms: whose columns the loop goes through; without one a single column of that length will do.
    """

    function: Callable[..., tuple[Stop, list[float]]]
    step_terms: StepTerms | None


def loop_of(program: Program, *, tol: bool, gtol: bool, asks: bool, quantities: bool) -> Loop:
    """The program's loop that watches the step's length, the gradient's norm, or neither, and records quantities or not.

    If it `asks`, a step that is short enough ends the run only where the gradient is below `asked`, too.
    """
    key = (tol, gtol, asks, quantities)
    if key not in program.loops:
        program.loops[key] = _compile_loop(program, tol=tol, gtol=gtol, asks=asks, quantities=quantities)
    loop: Loop = program.loops[key]
    return loop


def _compile_loop(program: Program, *, tol: bool, gtol: bool, asks: bool, quantities: bool) -> Loop:
    tape = program.step
    recorded = program.recorded if quantities else ()
    steps = tape.outputs[STEP] if tol else ()
    gradient = tape.outputs["g"] if gtol else ()
    asked = tape.outputs["g"] if asks else ()
    value = tape.outputs["f"] if program.watches_value else ()
    wanted = [*steps, *program.next_state, *recorded, *gradient, *asked, *value]
    step_terms = step_terms_of(program, [*wanted, *tape.outputs["theta"]])
    writer = Writer(tape, wanted, apart=tape.outputs["theta"], given=step_terms.slots if step_terms else ())
    text = _loop_source(program, writer, steps, gradient, asked, value, recorded)
    return Loop(compiled("loop", text, Stop=Stop), step_terms)


def _loop_source(
    program: Program,
    writer: Writer,
    steps: Sequence[int],
    gradient: Sequence[int],
    asked: Sequence[int],
    value: Sequence[int],
    recorded: Sequence[int],
) -> str:
    """The loop's Python text, made of the tape alone."""
    once, always = writer.lines(program.moving)
    texts, moving, count = writer.texts, program.moving, program.count
    inputs = [f"s{slot}" for slot in range(len(program.step.inputs))]
    moved = [*program.step.outputs["theta"], *program.next_state]
    read = (*recorded, *steps, *gradient, *asked, *value, *program.escaping)
    always = _in_place(always, texts, list(zip(inputs, moved, strict=False)), read)
    state = f"[{', '.join(inputs[count : len(moving)])}]"
    commit = [
        *(f"c{index}.append({texts[slot]})" for index, slot in enumerate(recorded, count)),
        *_assignments([inputs[slot] for slot in moving], [texts[slot] for slot in moved]),
        *(f"c{index}.append({inputs[index]})" for index in range(count)),
    ]
    finite = [texts[slot] for slot in (*value, *program.escaping)]
    ticks = [f"s{slot}" for slot in writer.given] or ["_"]
    lines = [
        "def loop(clock, T, seed, tol, shortest, flattest, asked, position, state, constants, columns):",
        *_unpacked(inputs[:count], "position"),
        *_unpacked(inputs[count : len(moving)], "state"),
        *_unpacked(inputs[len(moving) : -3], "constants"),
        *_unpacked([f"c{index}" for index in range(count + len(recorded))], "columns"),
        f"  {inputs[-2]}, {inputs[-1]}, low = T, seed, -tol",
        "  try:",
        *(f"    {line}" for line in once),
        f"    for {', '.join(ticks)} in {'zip(*clock)' if len(ticks) > 1 else 'clock[0]'}:",
        *(f"      {line}" for line in always),
    ]
    if gradient:
        lines.append(f"      if {_squares(texts[slot] for slot in gradient)} < flattest:")
        lines.append(f"        return Stop.GRADIENT, {state}")
    if finite:
        lines.append(f"      if not ({' and '.join(f'{name} - {name} == 0.0' for name in finite)}):")
        lines.append(f"        return Stop.UNUSUAL, {state}")
    if steps:  # the first coordinate alone rules out most
        lengths = [texts[slot] for slot in steps]
        also = f" and {_squares(texts[slot] for slot in asked)} < asked" if asked else ""
        lines.append(f"      if low < {lengths[0]} < tol and {_squares(lengths)} < shortest{also}:")
        lines += [f"        {line}" for line in commit]
        lines.append(f"        return Stop.STEP, {state}")
    lines += [
        *(f"      {line}" for line in commit),
        f"    return Stop.LIMIT, {state}",
        "  except (ArithmeticError, ValueError):",
        f"    return Stop.UNUSUAL, {state}",
        "  except KeyboardInterrupt:",
        f"    return Stop.INTERRUPTED, {state}",
    ]
    return "\n".join(lines)


def _in_place(lines: list[str], texts: list[str], moved: Sequence[tuple[str, int]], read: Iterable[int]) -> list[str]:
    """The lines, with the new value of what moved in the name of the old one where nothing reads that any more.

    `moved` are the inputs' names and the slots of their new values; `read` are the slots that are read after the lines, whose
    texts are changed too.
    """
    parts = [NAME.split(line) for line in lines]  # every other part is a name, the first of them the one assigned
    after = {slot: NAME.split(texts[slot]) for slot in {*read, *(slot for _, slot in moved)}}
    assigned = {names[1]: index for index, names in enumerate(parts)}
    last = {name: index for index, names in enumerate(parts) for name in names[3::2]}
    kept = {name for names in after.values() for name in names[1::2]}
    renamed: dict[str, str] = {}
    for old, slot in moved:
        new = texts[slot]
        if new in assigned and new not in renamed and old not in kept and last.get(old, 0) <= assigned[new]:
            renamed[new] = old
    for slot, names in after.items():
        texts[slot] = "".join([renamed.get(name, name) for name in names])
    return ["".join([renamed.get(name, name) for name in names]) for names in parts]


def _assignments(names: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Each text to its name; those that read another name are assigned at once, before it changes."""
    pairs = [(name, text) for name, text in zip(names, texts, strict=True) if name != text]
    read = [(name, text) for name, text in pairs if text in names]
    together = [f"{', '.join(name for name, _ in read)} = {', '.join(text for _, text in read)}"] if read else []
    return together + [f"{name} = {text}" for name, text in pairs if text not in names]


def _unpacked(names: Sequence[str], source: str) -> list[str]:
    return [f"  {', '.join(names)}, = {source}"] if names else []


def _squares(texts: Iterable[str]) -> str:
    return " + ".join(f"{text}*{text}" for text in texts)
