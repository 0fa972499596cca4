"""Colors by perceived lightness, chroma and hue: OKLCH, within what a screen shows.

Ottosson, A perceptual color space for image processing, 2020, https://bottosson.github.io/posts/oklab/.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TO_LMS = np.array([[1.0, 0.3963377774, 0.2158037573], [1.0, -0.1055613458, -0.0638541728], [1.0, -0.0894841775, -1.2914855480]])
TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)  # fmt: skip


def rgb(lightness: Any, chroma: Any, hue: Any) -> NDArray[np.uint8]:
    """The colors as red, green and blue from 0 to 255, with as much of the chroma as a screen shows at that lightness and hue.

    Args:
        lightness, chroma: from 0 to 1, and from 0 to about 0.3; they broadcast together with `hue`.
        hue: in degrees.

    >>> rgb(1.0, 0.0, 0.0).tolist(), rgb(0.628, 0.258, 29.2).tolist()
    ([255, 255, 255], [255, 0, 0])
    """
    wanted = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in (lightness, chroma, hue)))
    light, most, angle = (np.atleast_1d(part).ravel() for part in wanted)
    low, high = np.zeros_like(most), most.copy()
    inside = _fits(_linear(light, high, angle))
    for _ in range(12):
        middle = (low + high) / 2
        good = _fits(_linear(light, middle, angle))
        low, high = np.where(good, middle, low), np.where(good, high, middle)
    linear = np.clip(_linear(light, np.where(inside, most, low), angle), 0, 1)
    encoded = np.where(linear > 0.0031308, 1.055 * np.power(np.maximum(linear, 1e-12), 1 / 2.4) - 0.055, 12.92 * linear)
    return np.asarray(np.round(255 * encoded), dtype=np.uint8).reshape(*wanted[0].shape, 3)


def _linear(lightness: Array, chroma: Array, hue: Array) -> Array:
    """Linear red, green and blue, which may lie outside of what a screen shows."""
    a, b = chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue))
    lab = np.stack([lightness, a, b], axis=-1)
    return np.asarray((lab @ TO_LMS.T) ** 3 @ TO_RGB.T)


def _fits(linear: Array) -> NDArray[np.bool_]:
    return np.asarray(((linear >= -0.002) & (linear <= 1.002)).all(axis=-1))
