"""The body of a function of LLVM's language over vectors, written with Python's operators.

Nothing is computed here: `a * b + 1.0` writes a multiplication and an addition as text and stands for the result.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

ROUNDER = 1.5 * 2.0**52
"""Added to a number below 2^51, it rounds it to a whole number, which the last bits of the sum then are in two's complement."""

WHOLE = 2.0**52
"""Numbers from here on are whole; below twice as much, their last bits count units."""

TYPES = {"double": "double", "integer": "i64", "mask": "i1"}


def bits_of(number: float) -> int:
    """The 64 bits of a number as an integer without sign.

    >>> hex(bits_of(1.0))
    '0x3ff0000000000000'
    """
    return int.from_bytes(struct.pack(">d", number))


@dataclass(frozen=True)
class Lanes:
    """A vector in the body of a function: float64 numbers, 64-bit integers, or a mask of bits.

    An operator writes an instruction into the body and gives its result; a plain number stands for a vector of equal lanes.
    Comparisons of float64 numbers give masks and are false where a lane is NaN; `>>` shifts zeros in.
    """

    body: Body
    kind: str
    text: str

    def __add__(self, other: Lanes | float) -> Lanes:
        return self._combined("add", other)

    def __sub__(self, other: Lanes | float) -> Lanes:
        return self._combined("sub", other)

    def __mul__(self, other: Lanes | float) -> Lanes:
        return self._combined("mul", other)

    def __truediv__(self, other: Lanes | float) -> Lanes:
        return self._combined("div", other)

    def __rsub__(self, other: float) -> Lanes:
        return self.body.constant(other, self.kind) - self

    def __rtruediv__(self, other: float) -> Lanes:
        return self.body.constant(other, self.kind) / self

    def __neg__(self) -> Lanes:
        return self.body.written("double", f"fneg {self.typed}")

    def __and__(self, other: Lanes | int) -> Lanes:
        return self._combined("and", other)

    def __or__(self, other: Lanes | int) -> Lanes:
        return self._combined("or", other)

    def __xor__(self, other: Lanes | int) -> Lanes:
        return self._combined("xor", other)

    def __lshift__(self, count: int) -> Lanes:
        return self._combined("shl", count)

    def __rshift__(self, count: int) -> Lanes:
        return self._combined("lshr", count)

    def __invert__(self) -> Lanes:
        return self._combined("xor", -1)

    def __lt__(self, other: Lanes | float) -> Lanes:
        return self._compared("lt", other)

    def __le__(self, other: Lanes | float) -> Lanes:
        return self._compared("le", other)

    def __gt__(self, other: Lanes | float) -> Lanes:
        return self._compared("gt", other)

    def __ge__(self, other: Lanes | float) -> Lanes:
        return self._compared("ge", other)

    def equals(self, other: Lanes | float) -> Lanes:
        """The mask of the lanes that are equal, of float64 numbers or of integers."""
        return self._compared("eq", other)

    @property
    def typed(self) -> str:
        """The vector with its type, as an argument of an instruction."""
        return f"{self.body.type(self.kind)} {self.text}"

    def _combined(self, operation: str, other: Lanes | float) -> Lanes:
        arithmetic = self.kind == "double" and operation in ("add", "sub", "mul", "div")
        right = self.body.constant(other, self.kind)
        return self.body.written(self.kind, f"{'f' * arithmetic}{operation} {self.typed}, {right.text}")

    def _compared(self, relation: str, other: Lanes | float) -> Lanes:
        right = self.body.constant(other, self.kind)
        words = f"fcmp o{relation}" if self.kind == "double" else f"icmp {relation}"
        return self.body.written("mask", f"{words} {self.typed}, {right.text}")


@dataclass
class Body:
    """The lines of a function's body.

    Attributes:
        name: of the function.
        width: the number of lanes.
        fused: whether `fma` is one instruction of the machine, which rounds once; it is two otherwise.
        lines: what was written so far.
        helpers: definitions of functions that these lines call.
    """

    name: str
    width: int
    fused: bool = True
    lines: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)

    def type(self, kind: str) -> str:
        """The type of a vector of this width."""
        return f"<{self.width} x {TYPES[kind]}>"

    def argument(self, name: str) -> Lanes:
        """A float64 argument of the function."""
        return Lanes(self, "double", f"%{name}")

    def constant(self, value: Lanes | float, kind: str = "double") -> Lanes:
        """A vector of equal lanes; vectors are given back as they are."""
        if isinstance(value, Lanes):
            return value
        text = f"0x{bits_of(value):016X}" if kind == "double" else str(int(value))
        return Lanes(self, kind, f"splat ({TYPES[kind]} {text})")

    def written(self, kind: str, instruction: str) -> Lanes:
        """The result of an instruction that is written as text."""
        name = f"%r{len(self.lines)}"
        self.lines.append(f"  {name} = {instruction}")
        return Lanes(self, kind, name)

    def called(self, intrinsic: str, *arguments: Lanes) -> Lanes:
        """The result of one of LLVM's functions over float64 vectors."""
        typed = ", ".join(argument.typed for argument in arguments)
        return self.written("double", f"call {self.type('double')} @llvm.{intrinsic}.v{self.width}f64({typed})")

    def fma(self, a: Lanes | float, b: Lanes | float, c: Lanes | float) -> Lanes:
        """a b + c, rounded once where the machine can."""
        a, b, c = self.constant(a), self.constant(b), self.constant(c)
        return self.called("fma", a, b, c) if self.fused else a * b + c

    def product(self, a: Lanes, b: Lanes) -> tuple[Lanes, Lanes]:
        """a b as the rounded product and its rounding error.

        Without fused operations by Dekker ("A floating-point technique for extending the available precision", Numerische
        Mathematik 18, 1971, pp. 224-242).
        """
        result = a * b
        if self.fused:
            return result, self.fma(a, b, -result)
        (a, a_low), (b, b_low) = self._halves(a), self._halves(b)
        return result, (((a * b - result) + a * b_low) + a_low * b) + a_low * b_low

    def remainder(self, c: Lanes, a: Lanes, b: Lanes) -> Lanes:
        """c - a b, which is exact if a b is the number next to c or nearly so."""
        if self.fused:
            return self.fma(a, -b, c)
        product, error = self.product(a, b)
        return (c - product) - error

    def sum(self, a: Lanes, b: Lanes) -> tuple[Lanes, Lanes]:
        """a + b as the rounded sum and its rounding error, for |a| >= |b| or a = 0 (also Dekker's)."""
        result = a + b
        return result, (a - result) + b

    def quotient(self, a: Lanes, a_low: Lanes | None, b: Lanes, b_low: Lanes) -> tuple[Lanes, Lanes]:
        """(a + a_low) / (b + b_low) as a sum, for low parts that are much smaller than the others."""
        reciprocal = 1.0 / b
        result = a * reciprocal
        rest = self.fma(result, -b_low, self.remainder(a, result, b))
        return result, (rest if a_low is None else rest + a_low) * reciprocal

    def _halves(self, a: Lanes) -> tuple[Lanes, Lanes]:
        """A number as the sum of its first 26 bits and the rest."""
        high = self.number(self.bits(a) & -(1 << 27))
        return high, a - high

    def select(self, mask: Lanes, a: Lanes | float, b: Lanes | float) -> Lanes:
        """`a` where the mask is set, and `b` elsewhere."""
        kind = next((each.kind for each in (a, b) if isinstance(each, Lanes)), "double")
        a, b = self.constant(a, kind), self.constant(b, kind)
        return self.written(kind, f"select {mask.typed}, {a.typed}, {b.typed}")

    def absolute(self, a: Lanes) -> Lanes:
        """|a|."""
        return self.called("fabs", a)

    def signed_like(self, a: Lanes, sign: Lanes) -> Lanes:
        """`a` with the sign of `sign`."""
        return self.called("copysign", a, sign)

    def bits(self, a: Lanes) -> Lanes:
        """The bits of float64 numbers as integers."""
        return self.written("integer", f"bitcast {a.typed} to {self.type('integer')}")

    def number(self, bits: Lanes) -> Lanes:
        """The float64 numbers of some bits."""
        return self.written("double", f"bitcast {bits.typed} to {self.type('double')}")

    def polynomial(self, z: Lanes, coefficients: Sequence[float]) -> Lanes:
        """The polynomial with these coefficients, lowest power first: its even and its odd powers by Horner's rule."""
        even, odd = self.halves_of_polynomial(z * z, coefficients)
        return self.fma(odd, z, even)

    def halves_of_polynomial(self, square: Lanes, coefficients: Sequence[float]) -> tuple[Lanes, Lanes]:
        """Two polynomials in z^2: of the even powers of z, and of the odd powers divided by z."""
        return self._horner(square, coefficients[::2]), self._horner(square, coefficients[1::2])

    def _horner(self, z: Lanes, coefficients: Sequence[float]) -> Lanes:
        total = self.constant(coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            total = self.fma(total, z, coefficient)
        return total
