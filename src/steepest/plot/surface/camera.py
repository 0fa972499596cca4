"""The eye that looks at a surface: a direction, and what it makes of places in space."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from steepest.plot.scene.limits import Array


@dataclass(frozen=True)
class Camera:
    """An orthographic view: parallel lines stay parallel, and what is far is as large as what is near.

    Attributes:
        azimuth: degrees, counterclockwise from the direction of x, at which the camera stands around the middle.
        elevation: degrees above the ground, more than 0 and less than 90.
    """

    azimuth: float
    elevation: float

    @property
    def right(self) -> Array:
        """The direction on the ground that goes to the right in the picture."""
        angle = math.radians(self.azimuth)
        return np.array([-math.sin(angle), math.cos(angle)])

    @property
    def away(self) -> Array:
        """The direction on the ground that leads away from the camera."""
        angle = math.radians(self.azimuth)
        return -np.array([math.cos(angle), math.sin(angle)])

    @property
    def sine(self) -> float:
        """Of the elevation: how long a unit of ground that leads away is in the picture."""
        return math.sin(math.radians(self.elevation))

    @property
    def cosine(self) -> float:
        """Of the elevation: how long a unit of height is in the picture."""
        return math.cos(math.radians(self.elevation))

    def turned(self, degrees: float) -> Camera:
        """The same camera farther around the middle."""
        return replace(self, azimuth=self.azimuth + degrees)

    def project(self, places: Array) -> Array:
        """Rows of `x, y, z` as rows of across and up in the picture, in the same unit.

        >>> Camera(azimuth=-60, elevation=30).project(np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])).round(3)[:, 1].tolist()
        [-0.25, 0.866]
        """
        ground = places[:, :2]
        return np.column_stack([ground @ self.right, self.sine * (ground @ self.away) + self.cosine * places[:, 2]])
