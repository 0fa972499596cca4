"""The ends of a symmetric matrix's spectrum from products with it alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Product = Callable[[Array], Array]
MOST_PRODUCTS = 40
ROUGH = 0.02
LOOKS = 8  # products between two looks whether it is enough


def spectrum_ends(
    times: Product, size: int, *, most: int = MOST_PRODUCTS, precision: float = ROUGH, largest: bool = False
) -> tuple[Array, Array]:
    """The least and the largest eigenvalue of a symmetric matrix, with their vectors, from products with it alone.

    Lanczos' method with full orthogonalization (Golub and Van Loan, Matrix Computations, 2013, section 10.1).

    Args:
        times: the product of the matrix with a vector.
        size: of the matrix.
        most: products with it.
        precision: the largest residual, relative to its eigenvalue, of an end that is accepted; other ends are NaN.
        largest: whether it is enough to find the largest one.

    >>> values, vectors = spectrum_ends(lambda v: np.arange(1.0, 101) * v, 100)
    >>> values.round(2).tolist()
    [1.0, 100.0]
    """
    basis = np.zeros((min(size, most) + 1, size))
    first = np.cos(np.arange(1.0, size + 1))
    basis[0] = first / np.linalg.norm(first)
    main, beside = [], []
    for index in range(len(basis) - 1):
        moved = times(basis[index])
        if not np.isfinite(moved).all():
            return np.full(2, np.nan), np.full((size, 2), np.nan)
        main.append(float(basis[index] @ moved))
        for _ in range(2):  # once more: against rounding
            moved = moved - basis[: index + 1].T @ (basis[: index + 1] @ moved)
        beside.append(float(np.linalg.norm(moved)))
        if beside[-1] <= 1e-10 * max(map(abs, [*main, *beside])):
            break
        basis[index + 1] = moved / beside[-1]
        if largest and index % LOOKS == LOOKS - 1 and _ends(main, beside, precision)[2][-1]:
            break
    values, vectors, converged = _ends(main, beside, precision)
    found = np.where(converged, values[[0, -1]], np.nan)
    return found, np.where(converged, basis[: len(main)].T @ vectors[:, [0, -1]], np.nan)


def _ends(main: list[float], beside: list[float], precision: float) -> tuple[Array, Array, list[bool]]:
    """The eigenvalues and eigenvectors of the tridiagonal matrix, and whether the first and the last are those of the whole."""
    values, vectors = np.linalg.eigh(np.diag(main) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1))
    return values, vectors, [beside[-1] * abs(vectors[-1, index]) <= precision * abs(values[index]) for index in (0, -1)]
