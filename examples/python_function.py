"""Logistic regression by gradient descent on a Python function of 20 weights, its gradient given. Writes loss.png."""

import numpy as np
from numpy.typing import NDArray

import steepest

Array = NDArray[np.float64]
random = np.random.default_rng(0)
features = random.normal(size=(200, 20))
labels = np.sign(features @ random.normal(size=20))


def loss(weights: Array) -> float:
    """Mean logistic loss with a little weight decay."""
    return float(np.logaddexp(0, -labels * (features @ weights)).mean() + 1e-3 * weights @ weights)


def gradient(weights: Array) -> Array:
    """Of the loss."""
    share = -labels / (1 + np.exp(labels * (features @ weights)))
    return np.asarray(features.T @ share / len(labels) + 2e-3 * weights)


runs = steepest.compare(loss, ["gd(lr=2)", "nesterov(lr=2)", "adam(lr=0.2)"], start=np.zeros(20), gradient=gradient, steps=200)
for run in runs:
    print(f"{run.label:<15} loss {run.values[-1]:.6f}")
runs.save("loss.png")
