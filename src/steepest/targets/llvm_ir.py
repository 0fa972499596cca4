"""A tape as LLVM IR: the operations on numbers, or lane by lane on vectors of them.

The arithmetic is IEEE 754, without fast-math flags: the results are those of the reference interpreter, bit by bit, where
functions are called at the addresses of the C library's own.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping, Sequence

from steepest.random import STREAM
from steepest.tape.tape import REDUCE, Tape, arguments

COMPARISONS = {"lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge", "eq": "oeq", "ne": "une"}
ARITHMETIC = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
INTRINSICS = {"sqrt": "llvm.sqrt", "abs": "llvm.fabs"}
LIBRARY = (
    "cbrt", "exp", "log", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh",
    "asinh", "acosh", "atanh", "log1p", "expm1", "floor", "ceil", "erf", "pow", "hypot",
)  # fmt: skip
"""The operations that are functions of the C library."""


def constant(value: float) -> str:
    """A number as LLVM writes it, exactly."""
    return f"0x{struct.pack('>d', value).hex().upper()}"


class Code:
    """Instructions of a function under construction, on numbers or on vectors of them.

    Args:
        addresses: of the C library's functions, by the operation's name.
        lanes: how many numbers a vector has; 0 for numbers.
        flags: of every sum, difference and product, such as `contract`, which allows fused multiplications and additions.
        name: what the names of results begin with.
        lines: the instructions so far; several kinds of code may write to the same list.

    Attributes:
        called: the vector functions, by the operation's name, that must be part of the module.
        calls_noise: whether the function `noise` must.
    """

    def __init__(
        self,
        addresses: Mapping[str, int],
        *,
        lanes: int = 0,
        flags: str = "",
        name: str = "v",
        lines: list[str] | None = None,
    ) -> None:
        self.lines: list[str] = [] if lines is None else lines
        self.addresses, self.lanes, self.flags, self.name = addresses, lanes, flags, name
        self.number = f"<{lanes} x double>" if lanes else "double"
        self.bit = f"<{lanes} x i1>" if lanes else "i1"
        self.called: set[str] = set()
        self.calls_noise = False

    def constant(self, value: float) -> str:
        """A number, or a vector of equal ones."""
        return f"splat (double {constant(value)})" if self.lanes else constant(value)

    def emit(self, instruction: str) -> str:
        """The name of an instruction's result."""
        name = f"%{self.name}{len(self.lines)}"
        self.lines.append(f"  {name} = {instruction}")
        return name

    def operation(self, name: str, *parts: str) -> str:
        """The result of a tape's operation."""
        if name in ARITHMETIC:
            flags = f" {self.flags}" if self.flags and name != "div" else ""
            return self.emit(f"{ARITHMETIC[name]}{flags} {self.number} {', '.join(parts)}")
        if name in INTRINSICS:
            return self.emit(f"call {self.number} @{INTRINSICS[name]}.{self._suffix}({self.number} {parts[0]})")
        if name in LIBRARY:
            return self.call(name, *parts)
        if name in COMPARISONS:
            return self.emit(f"uitofp {self.bit} {self.compare(COMPARISONS[name], *parts)} to {self.number}")
        composed: dict[str, Callable[..., str]] = {
            "neg": self.negative, "where": self.where, "min": self.minimum, "max": self.maximum, "sign": self.sign,
            "sigmoid": self.sigmoid, "softplus": self.softplus, "noise": self.noise,
        }  # fmt: skip
        return composed[name](*parts)

    @property
    def _suffix(self) -> str:
        """Of an intrinsic's name."""
        return f"v{self.lanes}f64" if self.lanes else "f64"

    def call(self, name: str, *parts: str) -> str:
        """A function of the C library, or its vector form."""
        arguments = ", ".join(f"{self.number} {part}" for part in parts)
        if self.lanes:
            self.called.add(name)
            return self.emit(f"call {self.number} @v_{name}_{self.lanes}({arguments})")
        return self.emit(f"call double inttoptr (i64 {self.addresses[name]} to ptr)({arguments})")

    def sine_and_cosine(self, a: str) -> tuple[str, str]:
        """Both of a vector, by the vector function that computes them together."""
        self.called.add("sincos")
        both = f"{{ {self.number}, {self.number} }}"
        pair = self.emit(f"call {both} @v_sincos_{self.lanes}({self.number} {a})")
        return self.emit(f"extractvalue {both} {pair}, 0"), self.emit(f"extractvalue {both} {pair}, 1")

    def compare(self, relation: str, a: str, b: str) -> str:
        """A comparison, as a bit."""
        return self.emit(f"fcmp {relation} {self.number} {a}, {b}")

    def select(self, bit: str, a: str, b: str) -> str:
        """One of two numbers."""
        return self.emit(f"select {self.bit} {bit}, {self.number} {a}, {self.number} {b}")

    def both(self, a: str, b: str) -> str:
        """Whether both bits are set."""
        return self.emit(f"and {self.bit} {a}, {b}")

    def either(self, a: str, b: str) -> str:
        """Whether one of two bits is set."""
        return self.emit(f"or {self.bit} {a}, {b}")

    def negative(self, a: str) -> str:
        return self.emit(f"fneg {self.number} {a}")

    def where(self, condition: str, a: str, b: str) -> str:
        return self.select(self.compare("une", condition, self.constant(0.0)), a, b)

    def minimum(self, a: str, b: str) -> str:
        """The smaller one, the first of equal ones; NaN if the first is."""
        return self.select(self.either(self.compare("ole", a, b), self.compare("uno", a, a)), a, b)

    def maximum(self, a: str, b: str) -> str:
        """The larger one, the first of equal ones; NaN if the first is."""
        return self.select(self.either(self.compare("oge", a, b), self.compare("uno", a, a)), a, b)

    def sign(self, a: str) -> str:
        """1, -1, or 0; NaN of NaN."""
        zero = self.constant(0.0)
        rest = self.select(self.compare("uno", a, a), a, zero)
        rest = self.select(self.compare("olt", a, zero), self.constant(-1.0), rest)
        return self.select(self.compare("ogt", a, zero), self.constant(1.0), rest)

    def sigmoid(self, a: str) -> str:
        """1/(1 + exp(-a)) without overflow on either side."""
        decay = self._decay(a)
        above = self.select(self.compare("oge", a, self.constant(0.0)), self.constant(1.0), decay)
        return self.operation("div", above, self.operation("add", self.constant(1.0), decay))

    def softplus(self, a: str) -> str:
        """log(1 + exp(a)) without overflow on either side."""
        return self.operation("add", self.maximum(a, self.constant(0.0)), self.call("log1p", self._decay(a)))

    def noise(self, *parts: str) -> str:
        """Standard normal noise; see `steepest.random.normal`."""
        self.calls_noise = True
        if not self.lanes:
            return self.emit(f"call double @noise({', '.join(f'double {part}' for part in parts)})")
        result = "poison"
        for lane in range(self.lanes):
            numbers = [self.emit(f"extractelement {self.number} {part}, i32 {lane}") for part in parts]
            number = self.emit(f"call double @noise({', '.join(f'double {part}' for part in numbers)})")
            result = self.emit(f"insertelement {self.number} {result}, double {number}, i32 {lane}")
        return result

    def squares(self, parts: Sequence[str]) -> str:
        """The sum of squares."""
        total = self.operation("mul", parts[0], parts[0])
        for part in parts[1:]:
            total = self.operation("add", total, self.operation("mul", part, part))
        return total

    def nothing(self, parts: Sequence[str]) -> str:
        """0 if all numbers are finite, else NaN."""
        total = ""
        for part in dict.fromkeys(parts):
            difference = self.operation("sub", part, part)
            total = self.operation("add", total, difference) if total else difference
        return total

    def all_finite(self, parts: Sequence[str]) -> str:
        """Whether all numbers are finite, as a bit."""
        return self.compare("oeq", self.nothing(parts), self.constant(0.0))

    def tape(
        self, tape: Tape, inputs: Sequence[str], wanted: Sequence[int], rows: Callable[[int, Sequence[str]], str] | None = None
    ) -> list[str]:
        """The names of a tape's slots, as far as the wanted ones need them.

        Args:
            tape: what is written.
            inputs: the names of its inputs.
            wanted: slots.
            rows: gives the name of a sum or mean over rows, from its number and the names of a position.
        """
        names = [*inputs, *map(self.constant, tape.constants)]
        needed = tape.needed(wanted)
        for slot, operation in enumerate(tape.operations, len(names)):
            parts = [names[part] for part in arguments(operation)]
            if slot not in needed:
                names.append("")
            elif operation[0] == REDUCE:
                assert rows is not None
                names.append(rows(operation[1], parts))
            else:
                names.append(self.operation(operation[0], *parts))
        return names

    def _decay(self, a: str) -> str:
        """exp(-|a|)."""
        return self.call("exp", self.negative(self.operation("abs", a)))


DECLARATIONS = "declare double @llvm.sqrt.f64(double)\ndeclare double @llvm.fabs.f64(double)\n"


def noise_function(addresses: Mapping[str, int]) -> str:
    """The function `noise(seed, step, stream, coordinate)`: PCG3D, then Box and Muller; see `steepest.random`."""
    mixed = _mixed([f"{part} = add i32 {part}m, 1013904223" for part in ("%x1", "%y1", "%z1")])
    return f"""
define internal double @noise(double %seed, double %step, double %stream, double %coordinate) {{
  %seed64 = fptoui double %seed to i64
  %stream64 = fptoui double %stream to i64
  %shift = mul i64 %stream64, {STREAM}
  %seeded = add i64 %seed64, %shift
  %step64 = fptoui double %step to i64
  %coordinate64 = fptoui double %coordinate to i64
  %x0 = trunc i64 %coordinate64 to i32
  %y0 = trunc i64 %step64 to i32
  %z0 = trunc i64 %seeded to i32
  %x1m = mul i32 %x0, 1664525
  %y1m = mul i32 %y0, 1664525
  %z1m = mul i32 %z0, 1664525
{mixed}
  %a0 = uitofp i32 %x5 to double
  %a1 = fadd double %a0, {constant(0.5)}
  %a = fdiv double %a1, {constant(2.0**32)}
  %b0 = uitofp i32 %y5 to double
  %b1 = fadd double %b0, {constant(0.5)}
  %b = fdiv double %b1, {constant(2.0**32)}
  %log = call double inttoptr (i64 {addresses["log"]} to ptr)(double %a)
  %twice = fmul double {constant(-2.0)}, %log
  %radius = call double @llvm.sqrt.f64(double %twice)
  %angle = fmul double {constant(2 * math.pi)}, %b
  %cos = call double inttoptr (i64 {addresses["cos"]} to ptr)(double %angle)
  %normal = fmul double %radius, %cos
  ret double %normal
}}
"""


def _mixed(begin: Sequence[str]) -> str:
    """The two rounds of PCG3D, from `%x1`, `%y1`, `%z1` to `%x5`, `%y5`."""
    lines = [
        *begin,
        *(_added("%x2", "%x1", "%y1", "%z1"), _added("%y2", "%y1", "%z1", "%x2"), _added("%z2", "%z1", "%x2", "%y2")),
        *(line for part in "xyz" for line in (f"%{part}3 = lshr i32 %{part}2, 16", f"%{part}4 = xor i32 %{part}2, %{part}3")),
        *(_added("%x5", "%x4", "%y4", "%z4"), _added("%y5", "%y4", "%z4", "%x5")),
    ]
    return "\n".join(f"  {part}" for line in lines for part in line.split("\n"))


def _added(result: str, a: str, b: str, c: str) -> str:
    """The result a + b*c, in integers of 32 bits."""
    return f"{result}p = mul i32 {b}, {c}\n{result} = add i32 {a}, {result}p"
