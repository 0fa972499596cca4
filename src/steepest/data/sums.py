"""Sums of numbers of all rows in the fixed order of `steepest.language.rows`, in NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steepest.language.rows import BLOCK, LANES

if TYPE_CHECKING:
    from numpy.typing import NDArray


def block_sums(values: NDArray[Any]) -> NDArray[Any]:
    """The sum of each block of rows: shape `(blocks,)`.

    Args:
        values: one for each row; the first block begins with the first of them.

    >>> import numpy as np
    >>> block_sums(np.ones(5000)).tolist()
    [4096.0, 904.0]
    """
    import numpy as np

    whole = len(values) - len(values) % BLOCK
    with np.errstate(all="ignore"):
        blocks = np.add.reduce(values[:whole].reshape(-1, BLOCK // LANES, LANES), axis=1)
        rest = [lanes(values[whole:])[None]] if whole < len(values) else []
        return np.asarray(tree(np.concatenate([blocks, *rest])))


def added(sums: NDArray[Any], total: Any = 0.0) -> Any:
    """What sums of blocks, shape `(blocks, ...)`, add up to, one by one.

    Args:
        total: of the blocks before.

    >>> import numpy as np
    >>> float(added(np.array([0.1, 0.2]), 0.3)) == (0.3 + 0.1) + 0.2
    True
    """
    import numpy as np

    following = sums.copy()
    with np.errstate(all="ignore"):
        following[0] += total
        return np.add.accumulate(following)[-1]


def lanes(values: NDArray[Any]) -> NDArray[Any]:
    """The sum of each lane of one block: of an array (rows, ...), one of the shape (LANES, ...)."""
    import numpy as np

    whole = len(values) - len(values) % LANES
    found: NDArray[Any] = np.add.reduce(values[:whole].reshape(-1, LANES, *values.shape[1:]), axis=0)
    if whole < len(values):
        found[: len(values) - whole] += values[whole:]
    return found


def tree(values: NDArray[Any]) -> Any:
    """The sum of lanes, which are along the last axis, as a balanced tree."""
    while values.shape[-1] > 1:
        half = values.shape[-1] // 2
        values = values[..., :half] + values[..., half:]
    return values[..., 0]
