"""The tape: one straight-line program that every target runs.

A tape is a list of operations without branches. Its slots are numbered: first the inputs, then the constants, then one
for the result of each operation. An operation is its name and the slots of its arguments:

    {"steepest_tape": 1, "inputs": ["x"], "constants": [2.0], "operations": [["mul", 0, 0], ["mul", 1, 0]],
     "outputs": {"f": [2], "g": [3]}}

An objective's tape has the parameters as inputs, then its constants as `constant k`; `f`, `g` (and `H`, row by row) are its
outputs. An optimizer's tape for
`n` parameters has `theta[0]` ... , its state, its hyperparameters, `t`, `T` and `seed` as inputs and every quantity of
its equations as outputs. It calls the objective by `["value", p0, ...]`, `["gradient", k, p0, ...]` and
`["hessian", i, j, p0, ...]`, whose indices `k`, `i`, `j` are not slots; `link` replaces the calls by the objective's
operations. With `n = 0` the optimizer's tape works on whole arrays: `theta` is one input, `["dot", a, b]` sums over all
coordinates and `["noise", seed, t, stream, theta]` is an array like `theta`; else the last slot of `noise` is a
coordinate. A linked tape has the output `±step`, the step up to its sign: its length is exact even where the position is
so large that rounding loses the step.

The linked tape has the constants behind the hyperparameters. The tape of an objective over data has `["reduce", k, p0, ...]`, the
sum or mean number `k` of its `rows` at a position and with the constants behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import ReferenceType, ref

from steepest.errors import InputError
from steepest.language.operations import OPERATIONS
from steepest.language.rows import GONE, Rows
from steepest.objectives.constants import CONSTANT

VERSION = 1
CALLS = {"value": 0, "gradient": 1, "hessian": 2}
"""The calls of an objective, with the number of indices in front of the position."""
REDUCE = "reduce"
INDICES = {**CALLS, REDUCE: 1}
"""The operations that have indices in front of their slots, with the number of these."""
STEP = "±step"  # not a name that an equation can assign
ARRAY_OPERATIONS = {"dot": 2, "noise": 4}

Operation = tuple[Any, ...]  # a name and whole numbers


@dataclass(frozen=True)
class RowTapes:
    """The sums and means over the rows of a table that an objective needs.

    Attributes:
        stages: tapes of one row. The inputs of each are the parameters and the constants, the sums and means of the stages before,
            and columns; it has one output for each of its own sums and means, called by their numbers.
        kinds: `sum` or `mean`, for each number.
        columns: the columns that each stage reads, in the order of its last inputs.
        source: the rows; a weak reference, as an objective holds them.
        compiled: what targets compiled for it.
    """

    stages: tuple[Tape, ...]
    kinds: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    source: ReferenceType[Rows]
    compiled: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.stages, self.kinds, self.columns, self.source())


def _rebuilt(stages: tuple[Tape, ...], kinds: tuple[str, ...], columns: tuple[tuple[str, ...], ...], rows: Rows | None) -> RowTapes:
    """Pickled tapes of one row, whose table was pickled, too."""
    if rows is None:
        raise ReferenceError(GONE)
    return RowTapes(stages, kinds, columns, ref(rows))


@dataclass(frozen=True)
class Tape:
    """A straight-line program; see the description of this module.

    Attributes:
        inputs: the names of the first slots.
        constants: the values of the next slots.
        operations: one slot each.
        outputs: the slots of each named result: one for a number, one for each coordinate of a vector.
        vectors: the outputs that are vectors, even of one coordinate.
        rows: the sums and means over rows that `reduce` takes; None without data.
    """

    inputs: tuple[str, ...]
    constants: tuple[float, ...]
    operations: tuple[Operation, ...]
    outputs: Mapping[str, tuple[int, ...]]
    vectors: frozenset[str] = frozenset()
    rows: RowTapes | None = None

    @property
    def constant_inputs(self) -> tuple[str, ...]:
        """The inputs that are constants of a formula."""
        return tuple(name for name in self.inputs if name.startswith(CONSTANT))

    def needed(self, slots: Iterable[int], given: Collection[int] = ()) -> set[int]:
        """The slots that these are computed from, themselves included, except what only `given` slots need."""
        needed, first = set(slots), len(self.inputs) + len(self.constants)
        for slot in range(first + len(self.operations) - 1, first - 1, -1):
            if slot in needed and slot not in given:
                needed.update(arguments(self.operations[slot - first]))
        return needed

    def dependents(self, slots: Iterable[int]) -> set[int]:
        """These slots and all that depend on them."""
        found = set(slots)
        for slot, operation in enumerate(self.operations, len(self.inputs) + len(self.constants)):
            if not found.isdisjoint(arguments(operation)):
                found.add(slot)
        return found

    def to_data(self) -> dict[str, Any]:
        """The tape as plain data for JSON."""
        return {
            "steepest_tape": VERSION,
            "inputs": list(self.inputs),
            "constants": list(self.constants),
            "operations": list(map(list, self.operations)),
            "outputs": {name: list(slots) for name, slots in self.outputs.items()},
            "vectors": sorted(self.vectors),
        }

    def to_json(self) -> str:
        """The tape as a JSON document."""
        import json

        return json.dumps(self.to_data(), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Tape:
        """The tape of a JSON document.

        Raises:
            InputError: for a document that is not a valid tape of this version.
        """
        import json

        try:
            document = json.loads(text)
            if document["steepest_tape"] != VERSION:
                raise InputError(f"this is a tape of version {document['steepest_tape']}, and only {VERSION} is read")
            tape = cls(
                tuple(map(str, document["inputs"])),
                tuple(map(float, document["constants"])),
                tuple((str(name), *map(int, slots)) for name, *slots in document["operations"]),
                {str(name): tuple(map(int, slots)) for name, slots in document["outputs"].items()},
                frozenset(document["vectors"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"this is not a tape: {error}") from None
        check(tape)
        return tape


def check(tape: Tape) -> None:
    """Check that every operation is known and uses earlier slots only.

    Raises:
        InputError: if not.
    """
    ready = len(tape.inputs) + len(tape.constants)
    for operation in tape.operations:
        name = operation[0]
        if name not in OPERATIONS and name not in CALLS and name not in ARRAY_OPERATIONS:
            raise InputError(f"this is not a tape: there is no operation '{name}'")
        used = arguments(operation)
        wanted = OPERATIONS[name].arity if name in OPERATIONS else ARRAY_OPERATIONS.get(name, len(used))
        indices = operation[1 : 1 + CALLS.get(name, 0)]
        fits = len(used) == wanted and all(0 <= slot < ready for slot in used)
        if not fits or (name in CALLS and not used) or not all(0 <= index < len(used) for index in indices):
            raise InputError(f"this is not a tape: the operation {list(operation)} does not fit")
        ready += 1
    if not all(0 <= slot < ready for slots in tape.outputs.values() for slot in slots):
        raise InputError("this is not a tape: an output has no slot")


def arguments(operation: Operation) -> tuple[int, ...]:
    """The slots that an operation reads."""
    return operation[1 + INDICES.get(operation[0], 0) :]
