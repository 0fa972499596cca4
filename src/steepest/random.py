"""Counter-based random numbers: functions of seed, step and coordinate, hence the same on every target.

The hash is PCG3D (Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020, p. 27): three 32-bit
integers in, three out. Two of them make a standard normal number by Box and Muller (1958).
"""

from __future__ import annotations

import math

LARGEST_SEED = MASK = 0xFFFFFFFF
STREAM = 0x9E3779B9  # 2^32 over the golden ratio: keeps the streams of one seed apart


def pcg3d(x: int, y: int, z: int) -> tuple[int, int, int]:
    """The hash of three integers from 0 to 2^32 - 1.

    >>> pcg3d(0, 0, 0)
    (2611992518, 2833812075, 1058359340)
    """
    x = (x * 1664525 + 1013904223) & MASK
    y = (y * 1664525 + 1013904223) & MASK
    z = (z * 1664525 + 1013904223) & MASK
    x = (x + y * z) & MASK
    y = (y + z * x) & MASK
    z = (z + x * y) & MASK
    x ^= x >> 16
    y ^= y >> 16
    z ^= z >> 16
    x = (x + y * z) & MASK
    y = (y + z * x) & MASK
    z = (z + x * y) & MASK
    return x, y, z


def normal(seed: float, step: float, stream: float, coordinate: float) -> float:
    """A standard normal number.

    Args:
        seed: from 0 to 2^32 - 1.
        step: from 1.
        stream: which `noise()` of the optimizer's equations, from 0.
        coordinate: of the position, from 0.

    >>> round(normal(0, 1, 0, 0), 6) == round(normal(0, 1, 0, 1), 6)
    False
    """
    a, b, _ = pcg3d(int(coordinate), int(step), (int(seed) + int(stream) * STREAM) & MASK)
    return math.sqrt(-2 * math.log((a + 0.5) / 2**32)) * math.cos(2 * math.pi * ((b + 0.5) / 2**32))


def uniform(seed: int, index: int, coordinate: int) -> float:
    """A coordinate of the seed's random point number `index`: between 0 and 1, both exclusive."""
    return (pcg3d(coordinate, index, seed ^ MASK)[2] + 0.5) / 2**32
