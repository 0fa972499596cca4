"""Sums and means over rows -> tapes of one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from steepest.language.expression import Expression, postorder
from steepest.language.operations import REDUCTIONS
from steepest.objectives.constants import CONSTANT
from steepest.tape.builder import Builder
from steepest.tape.tape import RowTapes, Tape


def row_tapes(
    roots: Sequence[Expression], names: Sequence[str], constants: Sequence[str] = ()
) -> tuple[RowTapes, Mapping[Expression, int]]:
    """The tapes of one row of all sums and means in some expressions, and the number of each.

    A sum in which another one occurs is a stage later than that: it needs a pass over the rows of its own.

    Args:
        roots: of which at least one contains a column.
        names: of the parameters.
        constants: names that are inputs behind them.
    """
    levels: dict[Expression, int] = {}
    for node in postorder(*roots):
        inner = max((levels[part] for part in node.arguments), default=0)
        levels[node] = inner + (node.operation in REDUCTIONS)
    reductions = [node for node in levels if node.operation in REDUCTIONS]
    stages = [[node for node in reductions if levels[node] == level] for level in range(1, max(levels.values()) + 1)]
    numbers = {node: number for number, node in enumerate(node for stage in stages for node in stage)}
    source = next(root.source for root in roots if root.source)
    tapes, columns = zip(*(_stage(stage, (names, constants), numbers, level) for level, stage in enumerate(stages)), strict=True)
    return RowTapes(tapes, tuple(node.operation for node in numbers), columns, source), numbers


def _stage(
    stage: Sequence[Expression], given: tuple[Sequence[str], Sequence[str]], numbers: Mapping[Expression, int], level: int
) -> tuple[Tape, tuple[str, ...]]:
    """The tape of one stage, and the columns that it reads."""
    rows = [node.arguments[0] for node in stage]
    before = [node for node in numbers if numbers[node] < numbers[stage[0]]] if level else []
    columns = tuple(dict.fromkeys(node.name for node in postorder(*rows) if node.operation == "column"))
    names, constants = given
    inputs = [
        *names,
        *(CONSTANT + name for name in constants),
        *(f"reduce {numbers[node]}" for node in before),
        *(f"column {name}" for name in columns),
    ]
    builder = Builder(inputs)
    environment = {name: slot for slot, name in enumerate((*names, *constants))}
    environment |= {name: builder.input(f"column {name}") for name in columns}
    known = {node: builder.input(f"reduce {numbers[node]}") for node in before}
    slots = builder.lower(rows, environment, known)
    return builder.tape({str(numbers[node]): (slot,) for node, slot in zip(stage, slots, strict=True)}, ()), columns


def row_tape(expression: Expression, names: Sequence[str], columns: Sequence[str]) -> Tape:
    """The tape of an expression in one row, with the output `p`.

    Args:
        expression: in which sums and means over the rows are numbers already.
        names, columns: its inputs in this order.
    """
    builder = Builder([*names, *(f"column {name}" for name in columns)])
    environment = {name: slot for slot, name in enumerate(names)}
    environment |= {name: builder.input(f"column {name}") for name in columns}
    return builder.tape({"p": builder.lower([expression], environment)}, ())
