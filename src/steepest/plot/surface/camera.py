"""The camera that looks at a surface, and its orthographic projection."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from steepest.plot.scene.limits import Array


@dataclass(frozen=True)
class Camera:
    """An orthographic camera, directed at the origin.

    Attributes:
        azimuth: degrees counterclockwise from the x axis, as seen from above, at which the camera stands.
        elevation: degrees above the horizontal plane, more than 0 and less than 90.
    """

    azimuth: float
    elevation: float

    @property
    def right(self) -> Array:
        """The horizontal unit vector that points to the right in the picture, as `x, y`."""
        angle = math.radians(self.azimuth)
        return np.array([-math.sin(angle), math.cos(angle)])

    @property
    def away(self) -> Array:
        """The horizontal unit vector that points away from the camera, as `x, y`."""
        angle = math.radians(self.azimuth)
        return -np.array([math.cos(angle), math.sin(angle)])

    @property
    def sine(self) -> float:
        """Of the elevation: the height in the picture of a horizontal unit away from the camera."""
        return math.sin(math.radians(self.elevation))

    @property
    def cosine(self) -> float:
        """Of the elevation: the height in the picture of a vertical unit."""
        return math.cos(math.radians(self.elevation))

    def turned(self, degrees: float) -> Camera:
        """The camera moved around the z axis, counterclockwise as seen from above."""
        return replace(self, azimuth=self.azimuth + degrees)

    def project(self, points: Array) -> Array:
        """Rows of `x, y, z` as rows of horizontal and vertical coordinates in the picture, in the same unit.

        >>> Camera(azimuth=-60, elevation=30).project(np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])).round(3)[:, 1].tolist()
        [-0.25, 0.866]
        """
        horizontal = points[:, :2]
        return np.column_stack([horizontal @ self.right, self.sine * (horizontal @ self.away) + self.cosine * points[:, 2]])
