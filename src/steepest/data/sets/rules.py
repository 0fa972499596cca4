"""The rules by which tables of this folder are generated, from the counter-based numbers of `steepest.random`.

`python -m steepest.data.sets.rules` writes their files again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from steepest.random import normal, uniform

SEED = 1


def houses() -> Iterator[tuple[object, ...]]:
    """Sixty houses: price = 1500 size + 9000 rooms - 1200 age + 40000, and normal noise of 20000.

    The size in square meters is even between 50 and 250, there is about a room for 28 of them, and the age in years is even
    between 0 and 60; prices are rounded to 1000.
    """
    yield "size", "rooms", "age", "price"
    for index in range(60):
        size = round(50 + 200 * uniform(SEED, index, 0))
        rooms = max(1, round(size / 28 + normal(SEED, 1, 0, index) * 0.7))
        age = round(60 * uniform(SEED, index, 1))
        price = 1500 * size + 9000 * rooms - 1200 * age + 40000 + 20000 * normal(SEED, 2, 0, index)
        yield size, rooms, age, round(price / 1000) * 1000


def exam() -> Iterator[tuple[object, ...]]:
    """A hundred students: the probability to pass after so many hours is sigmoid(1.1 hours - 5.5).

    Hours are even between 0 and 10, with one digit after the point.
    """
    yield "hours", "passed"
    for index in range(100):
        hours = round(10 * uniform(SEED + 1, index, 0), 1)
        yield hours, int(uniform(SEED + 1, index, 1) < 1 / (1 + math.exp(5.5 - 1.1 * hours)))


RULES = {"houses": houses, "exam": exam}
"""What writes each generated table, row by row, its header first."""


def text(name: str) -> str:
    """The file of a generated table.

    >>> text("exam").partition("\\n")[0]
    'hours,passed'
    """
    return "".join(",".join(map(str, row)) + "\n" for row in RULES[name]())


if __name__ == "__main__":
    for each in RULES:
        Path(__file__).with_name(f"{each}.csv").write_text(text(each), encoding="utf-8")
