"""Seeded randomness: the published hash, normal numbers, the same on every target."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from steepest import random as noise
from steepest.targets import array_operations as arrays

WORD = st.integers(0, 2**32 - 1)


def pcg3d(v: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The listing of Jarzynski and Olano (2020), JCGT 9(3), in its own words: uint3 v."""
    with np.errstate(over="ignore"):
        v = v * np.uint32(1664525) + np.uint32(1013904223)
        for last in (False, True):
            v[0] += v[1] * v[2]
            v[1] += v[2] * v[0]
            v[2] += v[0] * v[1]
            if not last:
                v ^= v >> np.uint32(16)
    return v


@given(WORD, WORD, WORD)
def test_the_hash_is_the_published_one(x: int, y: int, z: int) -> None:
    assert noise.pcg3d(x, y, z) == tuple(pcg3d(np.array([x, y, z], np.uint32)).tolist())


def test_normal_numbers_have_the_moments_of_the_normal_distribution() -> None:
    sample = arrays.noise(1, 1, 0, np.arange(400_000, dtype=np.uint64))
    deviation = 1 / np.sqrt(sample.size)
    moments = [sample.mean(), sample.var() - 1, (sample**3).mean(), (sample**4).mean() - 3]
    assert (np.abs(moments) < 4 * deviation * np.sqrt([1, 2, 15, 96])).all(), moments
    assert np.abs(sample).max() < 6.8, "the largest that 32 bits give"


def test_the_moments_along_the_steps_of_one_coordinate() -> None:
    sample = np.array([noise.normal(7, step, 0, 0) for step in range(1, 20_001)])
    assert (np.abs([sample.mean(), sample.var() - 1]) < 4 / np.sqrt(sample.size) * np.sqrt([1, 2])).all()
    assert abs(np.corrcoef(sample[:-1], sample[1:])[0, 1]) < 4 / np.sqrt(sample.size)


def test_neighbors_in_seed_step_stream_and_coordinate_have_nothing_in_common() -> None:
    counts = np.arange(20_000, dtype=np.uint64)
    sources = {key: arrays.noise(*key, counts) for key in itertools.product((0, 1, 2**32 - 1), (1, 2), (0, 1))}
    for (one, a), (other, b) in itertools.combinations(sources.items(), 2):
        assert abs(np.corrcoef(a, b)[0, 1]) < 5 / np.sqrt(counts.size), (one, other)


@given(WORD, st.integers(1, 10**8), st.integers(0, 40), st.integers(0, 10**6))
def test_python_and_numpy_agree(seed: int, step: int, stream: int, coordinate: int) -> None:
    (found,) = arrays.noise(seed, step, stream, np.array([coordinate], np.uint64))
    assert found == pytest.approx(noise.normal(seed, float(step), float(stream), coordinate), rel=1e-14, abs=1e-15)


@given(WORD, st.integers(0, 10**6), st.integers(0, 15))
def test_uniform_numbers_lie_inside_0_and_1(seed: int, index: int, coordinate: int) -> None:
    assert 0 < noise.uniform(seed, index, coordinate) < 1


def test_uniform_numbers_fill_the_square_evenly() -> None:
    points = np.array([[noise.uniform(0, index, axis) for axis in (0, 1)] for index in range(20_000)])
    counts = np.bincount((10 * points).astype(int) @ [10, 1], minlength=100)
    assert ((counts - 200) ** 2 / 200).sum() < 149, "chi squared of 99 degrees of freedom, one in a thousand is above"
