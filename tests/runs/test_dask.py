"""Fits of Dask frames: the numbers of one process, on a cluster of two processes and on threads; what goes wrong is one line."""

from typing import Any

import numpy as np
import pandas
import pytest
from dask import dataframe

from steepest.errors import InputError
from steepest.runs.fit import Fit
from steepest.runs.fitting import fit

ROWS = 20_003
FITS: list[tuple[str, dict[str, Any]]] = [
    ("price ~ w*size + b", {}),
    ("price ~ w*(size - mean(size)) + b", {"lr": 1e-3}),
    ("price ~ w1*size + w2*age + b", {"scale": "z", "lr": 0.3, "optimizer": "adam"}),
    ("dear ~ sigmoid(w*size + b)", {"loss": "log", "scale": "minmax", "lr": 0.5}),
    ("price ~ w*holes + b", {"drop_missing": True}),
]


def table() -> pandas.DataFrame:
    chosen = np.random.default_rng(0)
    size, age = chosen.normal(17, 5, ROWS), chosen.integers(0, 90, ROWS)
    price = 3 * size - 0.2 * age + chosen.normal(size=ROWS)
    dear = np.where(price + chosen.normal(0, 9, ROWS) > 45, "yes", "no")
    holes = np.where(np.arange(ROWS) % 1000 == 7, np.nan, size)
    return pandas.DataFrame({"size": size, "age": age, "price": price, "dear": dear, "holes": holes})


def assert_equal(mine: Fit, known: Fit) -> None:
    """All numbers agree to 1e-12, next to the largest of their kind."""
    for name in ("positions", "values", "gradients"):
        first, second = np.asarray(getattr(mine, name)), np.asarray(getattr(known, name))
        assert np.abs(first - second).max() <= 1e-12 * np.abs(second).max(), name
    assert mine.coefficients_in(original=True) == pytest.approx(known.coefficients_in(original=True), rel=1e-10)
    assert mine.exact.told == known.exact.told
    assert mine.exact.position == pytest.approx(known.exact.position, rel=1e-9)
    if known.residual_sum_of_squares is not None:
        assert mine.residual_sum_of_squares == pytest.approx(known.residual_sum_of_squares, rel=1e-12)


def assert_same_batches(parts: Any, frame: pandas.DataFrame, order: str, size: int) -> None:
    """Batches of a Dask frame have the bits of the same in memory, whatever the partitions; also over more than one epoch."""
    settings: dict[str, Any] = {
        "lr": 1e-4,
        "batch": size,
        "order": order,
        "seed": 3,
        "steps": 2 * ROWS // size,
        "drop_missing": True,
    }
    mine, known = (fit(each, "price ~ w1*size + w2*holes + b", **settings) for each in (parts, frame))
    for name in ("positions", "values", "gradients"):
        assert getattr(mine, name).tobytes() == getattr(known, name).tobytes(), name
    assert mine.full_values == pytest.approx(known.full_values, rel=1e-12)
    copied = [note for note in mine.objective.notes if "temporary copy of the columns of the Dask frame, 480 kB in" in note]
    assert len(copied) == (order != "cyclic")


def test_a_cluster_of_two_processes() -> None:
    import distributed

    frame = table()

    def broken(part: pandas.DataFrame) -> pandas.DataFrame:  # one of this function's own travels to the workers as it is
        raise ZeroDivisionError("division by zero")

    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0") as cluster,
        distributed.Client(cluster) as client,
    ):
        parts = dataframe.from_pandas(frame, npartitions=5)
        for model, settings in (FITS[0], FITS[2]):
            mine = fit(parts, model, steps=5, **settings)
            assert_equal(mine, fit(frame, model, steps=5, **settings))
            assert mine.objective.notes[0] == f"the Dask frame is worked on by its cluster: {ROWS:,} rows in 5 partitions"
        assert_same_batches(parts, frame, "shuffle", 700)
        assert len(client.scheduler_info()["workers"]) == 2
        with pytest.raises(InputError, match="the Dask frame cannot be worked on: ZeroDivisionError: division by zero"):
            fit(parts.map_partitions(broken, meta=frame), "price ~ w*size + b")


@pytest.mark.parametrize(("model", "settings"), FITS)
def test_threads_of_one_process(model: str, settings: dict[str, Any]) -> None:
    frame = table()
    parts = dataframe.from_pandas(frame.iloc[:0], npartitions=1)
    parts = dataframe.concat([parts, dataframe.from_pandas(frame, npartitions=3)])
    mine = fit(parts, model, steps=5, **settings)
    assert_equal(mine, fit(frame, model, steps=5, **settings))
    assert "is computed in this process" in mine.objective.notes[0]
    assert mine.predict(frame.iloc[:3]) == pytest.approx(fit(frame, model, steps=5, **settings).predict(frame.iloc[:3]), rel=1e-9)


@pytest.mark.parametrize("order", ["shuffle", "cyclic", "replacement"])
@pytest.mark.parametrize("size", [700, 10_000])
def test_batches(order: str, size: int) -> None:
    frame = table()
    parts = dataframe.concat(
        [dataframe.from_pandas(each, npartitions=1) for each in (frame.iloc[:11], frame.iloc[:0], frame.iloc[11:])]
    )
    assert_same_batches(parts, frame, order, size)


def test_what_is_refused() -> None:
    parts = dataframe.from_pandas(table(), npartitions=3)
    with pytest.raises(InputError, match=r"the Dask frame has 20 missing numbers: holes is missing in rows 8, 1,008, 2,008 and 17"):
        fit(parts, "price ~ w*holes + b")
    with pytest.raises(InputError, match=r"row 1: 'dear' is '\w+', no number"):
        fit(parts, "price ~ w*dear + b")
    with pytest.raises(InputError, match=r"of Dask a table is a dask.dataframe, not Series"):
        fit(parts["size"], "price ~ w*size + b")
    with pytest.raises(ValueError, match="did you mean size"):
        fit(parts, "price ~ w*sizes + b")


def test_a_frame_can_be_taken_into_memory() -> None:
    frame = table()
    mine = fit(dataframe.from_pandas(frame, npartitions=3), "price ~ w*size + b", steps=3, stream=False)
    assert mine.values.tolist() == fit(frame, "price ~ w*size + b", steps=3).values.tolist()
