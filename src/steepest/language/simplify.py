"""Sums and products in textbook form: like terms collected, fractions as fractions, signs in front.

An expression becomes a sum of terms, each a rational coefficient times powers of factors. Products of sums are not
multiplied out. Coefficients are exact: a number means the decimal that was written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

from steepest.language.expression import LARGEST_EXACT, Expression, call, number, postorder
from steepest.language.operations import REDUCTIONS

Rational = int | Fraction  # whole numbers are int, which is ten times as fast
Term = tuple[tuple[Expression, Rational], ...]  # factors with their powers, each factor once
Sum = dict[Term, Rational]  # terms with their coefficients, none of them 0; the term () is the number 1

SIGNS: tuple[Sum, Sum] = ({(): 1}, {(): -1})
LARGEST_POWER = 32  # up to here the power of a product becomes a product of powers
LONGEST_COEFFICIENT = 1_024  # bits: longer ones are beyond float64
DECIMALS = 1_000_000_000_000  # short decimals are multiples of 1/DECIMALS
LONGEST_QUOTIENT = 200  # parts: longer sums of fractions are not joined
MOST_PRODUCTS = 100  # of two terms, when a numerator is multiplied out: beyond, separate fractions are shorter


def tidy(root: Expression) -> Expression:
    """An equal expression in textbook form.

    >>> from steepest.language.grammar import read_formula
    >>> from steepest.language.notation import textbook
    >>> textbook(tidy(read_formula("2*x*2 - x*(4/6)*x + 0*y + x").expression))
    '5x - 2x^2/3'
    """
    try:
        return _Tidier(_has_decimals(root)).tidy(root)
    except OverflowError:  # a coefficient beyond float64: leave the expression as it is
        return root


def tidy_quotient(root: Expression) -> Expression:
    """The textbook form of a quotient's derivative: over one denominator, where that is not longer.

    >>> from steepest.language.grammar import read_formula
    >>> from steepest.language.notation import textbook
    >>> textbook(tidy_quotient(read_formula("1/(1+x^2) - 2x^2/(1+x^2)^2").expression))
    '(1-x^2)/(1+x^2)^2'
    """
    if root.parts > LONGEST_QUOTIENT:
        return root
    tidier, separate = _Tidier(_has_decimals(root)), root
    try:
        separate = tidier.tidy(root)
        joined = tidier.write(tidier.joined(tidier.sums[root]))
    except (OverflowError, _TooManyTermsError):
        return separate
    return joined if joined.parts <= separate.parts else separate


class _TooManyTermsError(Exception):
    """A numerator that is too long to multiply out."""


def _has_decimals(root: Expression) -> bool:
    return any(node.operation == "number" and not node.value.is_integer() for node in postorder(root))


CHAINS = {"add": "sum", "sub": "sum", "neg": "sum", "mul": "product"}


def _inner_parts(order: Sequence[Expression]) -> set[Expression]:
    """The sums that occur only in one other sum, and likewise the products: they are merged into it."""
    uses = Counter(argument for node in order for argument in node.arguments)
    return {
        part
        for node in order
        if (kind := CHAINS.get(node.operation))
        for part in node.arguments
        if uses[part] == 1 and CHAINS.get(part.operation) == kind
    }


class Terms:
    """A sum under construction: terms in order of appearance; the order of factors does not matter."""

    def __init__(self) -> None:
        self.sum: Sum = {}
        self.same: dict[frozenset[tuple[Expression, Rational]], Term] = {}

    def add(self, terms: Sum, sign: int = 1) -> None:
        """Add the terms of another sum, or subtract them."""
        for term, size in terms.items():
            factors = frozenset(term)
            known = self.same.setdefault(factors, term)
            total = self.sum.get(known, 0) + (size if sign > 0 else -size)
            if total:
                self.sum[known] = total
            else:
                del self.sum[known], self.same[factors]


class _Tidier:
    """The sums of all parts of one expression; if `decimal`, coefficients are written as 0.5, else as 1/2."""

    def __init__(self, decimal: bool) -> None:
        self.decimal = decimal
        self.sums: dict[Expression, Sum] = {}
        self.written: dict[int, tuple[Sum, Expression]] = {}
        self.products = 0

    def tidy(self, root: Expression) -> Expression:
        """The textbook form of an expression."""
        order = postorder(root)
        inner = _inner_parts(order)
        for node in order:
            if node not in inner:
                self.sums[node] = self.sum_of(node)
        return self.write(self.sums[root])

    def sum_of(self, node: Expression) -> Sum:
        """A node as a sum, from the sums of its arguments."""
        if node.operation == "number":
            return {(): _rational(node.value)} if node.value else {}
        if node.operation == "mul":
            return self.product(*self.factors(node))
        if node.operation in CHAINS:
            return self.collected(node)
        arguments = [self.sums[argument] for argument in node.arguments]
        if node.operation == "div" and arguments[1]:
            return self.product(arguments[0], self.power(arguments[1], -1))
        if node.operation == "pow" and set(arguments[1]) <= {()}:
            return self.power(arguments[0], arguments[1].get((), 0))
        if not node.arguments:
            return _factor(node)
        if node.operation == "where" and arguments[1] == arguments[2]:
            return arguments[1]
        if node.operation in REDUCTIONS and len(arguments[0]) == 1:  # a coefficient stands in front of the mean
            ((term, size),) = arguments[0].items()
            return {((call(node.operation, self.write({term: 1})), 1),): size}
        return _factor(call(node.operation, *map(self.write, arguments)))

    def collected(self, node: Expression) -> Sum:
        """The terms of a sum, those of the sums merged into it included."""
        total = Terms()
        waiting = [(node, 1)]
        while waiting:
            part, sign = waiting.pop()
            if part is not node and part in self.sums:
                total.add(self.sums[part], sign)
                continue
            if part.operation != "neg":
                waiting.append((part.arguments[1], -sign if part.operation == "sub" else sign))
            waiting.append((part.arguments[0], -sign if part.operation == "neg" else sign))
        return total.sum

    def factors(self, node: Expression) -> list[Sum]:
        """The factors of a product, those of the products merged into it included."""
        found: list[Sum] = []
        waiting = [*reversed(node.arguments)]
        while waiting:
            part = waiting.pop()
            if part in self.sums:
                found.append(self.sums[part])
            else:
                waiting += reversed(part.arguments)
        return found

    def product(self, *factors: Sum) -> Sum:
        """The product as one term; a product of a sum and a sign is the sum with that sign."""
        if not all(factors):
            return {}
        sums = [part for part in factors if part not in SIGNS]
        size: Rational = -1 if sum(part == SIGNS[1] for part in factors) % 2 else 1
        if len(sums) <= 1:
            return _scaled(sums[0] if sums else SIGNS[0], size)
        powers: dict[Expression, Rational] = {}
        for part in sums:
            term, by = self.single(part)
            size *= by
            for base, exponent in term:
                powers[base] = powers.get(base, 0) + exponent
        return {tuple((base, exponent) for base, exponent in powers.items() if exponent): size}

    def single(self, terms: Sum) -> tuple[Term, Rational]:
        """A sum as one term: its only one, or the whole sum as a factor."""
        if len(terms) == 1:
            return next(iter(terms.items()))
        _, written = self.written.get(id(terms), (None, None))
        if written is None:
            written = self.write(terms)
            self.written[id(terms)] = terms, written  # keeping the sum keeps its id unique
        return ((written, 1),), 1

    def power(self, base: Sum, exponent: Rational) -> Sum:
        """The power of a sum; that of a single term is a product of powers."""
        if not exponent:
            return {(): 1}
        if exponent == 1:
            return base
        if not base:
            return {} if exponent > 0 else _factor(call("pow", number(0), self.coefficient(exponent)))
        term, size = self.single(base)
        plain = size == 1 and len(term) == 1 and term[0][1] == 1
        small = exponent.denominator == 1 and _absolute(exponent) <= LARGEST_POWER
        if plain or (small and _bits(size) * _absolute(exponent) <= LONGEST_COEFFICIENT):
            return {tuple((factor, p * exponent) for factor, p in term): Fraction(size) ** int(exponent) if size != 1 else size}
        return _factor(call("pow", self.write(base), self.coefficient(exponent)))

    def joined(self, terms: Sum) -> Sum:
        """The terms over their common denominator, with the numerator multiplied out."""
        lowest: dict[Expression, Rational] = {}
        for base, exponent in (power for term in terms for power in term):
            lowest[base] = min(exponent, lowest.get(base, 0))
        under = tuple((base, exponent) for base, exponent in lowest.items() if exponent < 0)
        total = Terms()
        for term, size in terms.items():
            powers = dict(term)
            for base, exponent in under:
                powers[base] = powers.get(base, 0) - exponent
            part: Sum = {(): size}
            for base, exponent in powers.items():
                part = self.distributed(part, self.expanded(base, exponent))
            total.add(part)
        numerator = total.sum
        ordered = sorted(numerator.items(), key=lambda item: item[1] < 0)  # 1 - x^2 rather than -x^2 + 1
        shared = _content(numerator)
        return self.product({term: size / shared for term, size in ordered}, {under: shared})

    def expanded(self, base: Expression, exponent: Rational) -> Sum:
        """A small power of a sum, multiplied out; any other power unchanged."""
        if base.operation == "sqrt" and exponent.denominator == 1 and exponent % 2 == 0:
            base, exponent = base.arguments[0], exponent // 2
        terms = self.sums.get(base, {})
        if len(terms) < 2 or exponent not in (1, 2, 3):
            return {((base, exponent),): 1} if exponent else {(): 1}
        total: Sum = {(): 1}
        for _ in range(int(exponent)):
            total = self.distributed(total, terms)
        return total

    def distributed(self, a: Sum, b: Sum) -> Sum:
        """The product of two sums, multiplied out.

        Raises:
            _TooManyTermsError: after too many products.
        """
        self.products += len(a) * len(b)
        if self.products > MOST_PRODUCTS:
            raise _TooManyTermsError
        total = Terms()
        for left, p in a.items():
            for right, q in b.items():
                total.add(self.product({left: p}, {right: q}))
        return total.sum

    def write(self, terms: Sum) -> Expression:
        """The expression of a sum."""
        total: Expression | None = None
        for term, size in terms.items():
            if total is None:
                total = self.write_term(term, size)
            else:
                total = call("sub" if size < 0 else "add", total, self.write_term(term, _absolute(size)))
        written = number(0) if total is None else total
        self.sums.setdefault(written, terms)
        return written

    def write_term(self, term: Term, size: Rational) -> Expression:
        """The expression of a term: a product, or a fraction with its sign in the numerator."""
        ordered = sorted(term, key=lambda item: _rank(item[0])) if len(term) > 1 else term
        upper = [self.write_power(base, exponent) for base, exponent in ordered if exponent > 0]
        lower = [self.write_power(base, -exponent) for base, exponent in ordered if exponent < 0]
        whole = self.decimal and _is_decimal(size)
        over, under = (_absolute(size), 1) if whole else (abs(size.numerator), size.denominator)
        if over != 1 or not upper:
            upper.insert(0, number(float(over)))
        if under != 1:
            lower.insert(0, number(float(under)))
        if size < 0:
            upper[0] = call("neg", upper[0])
        return call("div", _multiplied(upper), _multiplied(lower)) if lower else _multiplied(upper)

    def write_power(self, base: Expression, exponent: Rational) -> Expression:
        return base if exponent == 1 else call("pow", base, self.coefficient(exponent))

    def coefficient(self, value: Rational) -> Expression:
        """The expression of a rational number."""
        return self.write_term((), value)


def _rational(value: float) -> Rational:
    """A float as the decimal that was written for it."""
    return int(value) if value.is_integer() and abs(value) < LARGEST_EXACT else Fraction(repr(value))


def _absolute(value: Rational) -> Rational:
    return -value if value < 0 else value


def _content(terms: Sum) -> Fraction:
    """The greatest common divisor of the coefficients."""
    over, under = (gcd(*(size.numerator for size in terms.values())), lcm(*(size.denominator for size in terms.values())))
    return Fraction(over or 1, under)


def _factor(node: Expression) -> Sum:
    return {((node, 1),): 1}


def _scaled(terms: Sum, by: Rational) -> Sum:
    return {term: size * by for term, size in terms.items()}


def _bits(size: Rational) -> int:
    return 0 if _absolute(size) == 1 else max(size.numerator.bit_length(), size.denominator.bit_length())


def _multiplied(factors: list[Expression]) -> Expression:
    product = factors[0]
    for other in factors[1:]:
        product = call("mul", product, other)
    return product


RANKS = {"constant": 0, "name": 1, "column": 2}


def _rank(base: Expression) -> tuple[int, str]:
    """The sort key of factors: constants, names, columns, sums, other functions; the first three alphabetically."""
    if base.operation in RANKS:
        return RANKS[base.operation], base.name
    return (3 if base.operation in ("add", "sub") else 4), ""


def _is_decimal(value: Rational) -> bool:
    """Whether a number is a short decimal, such as 0.52."""
    return DECIMALS % value.denominator == 0
