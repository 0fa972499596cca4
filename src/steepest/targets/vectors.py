"""The functions of many lanes that the machine code of many runs calls."""

from __future__ import annotations

from collections.abc import Collection, Mapping

TWO = ("pow", "atan2", "hypot")  # of two arguments


def vector_functions(names: Collection[str], lanes: int, addresses: Mapping[str, int], *, exact: bool) -> str:
    """The text of the vector functions of some operations: `@v_NAME_LANES`."""
    return "\n".join(lane_by_lane(name, lanes, addresses[name]) for name in sorted(names)) + "\n"


def lane_by_lane(name: str, lanes: int, address: int) -> str:
    """A vector function that calls a function of the C library for every lane."""
    vector = f"<{lanes} x double>"
    parts = ("%a", "%b") if name in TWO else ("%a",)
    lines, result = [], "poison"
    for lane in range(lanes):
        lines += [f"  {part}{lane} = extractelement {vector} {part}, i32 {lane}" for part in parts]
        arguments = ", ".join(f"double {part}{lane}" for part in parts)
        lines.append(f"  %c{lane} = call double inttoptr (i64 {address} to ptr)({arguments})")
        lines.append(f"  %r{lane} = insertelement {vector} {result}, double %c{lane}, i32 {lane}")
        result = f"%r{lane}"
    arguments = ", ".join(f"{vector} {part}" for part in parts)
    return "\n".join([f"define internal {vector} @v_{name}_{lanes}({arguments}) {{", *lines, f"  ret {vector} {result}", "}"])
