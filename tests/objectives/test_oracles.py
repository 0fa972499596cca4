"""Fits against statsmodels, scikit-learn and SciPy on the same rows."""

import numpy as np
import pytest
import scipy.optimize
import statsmodels.api as sm
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression, LogisticRegression, PoissonRegressor, QuantileRegressor

import steepest
from steepest.objectives.exact.exact import exact_answer
from steepest.objectives.fit import read_fit


def test_spectors_grades() -> None:
    table = sm.datasets.spector.load_pandas().data
    objective = read_fit("GRADE(gpa, tuce, psi, c) ~ sigmoid(gpa*GPA + tuce*TUCE + psi*PSI + c)", table, loss="log")
    found = exact_answer(objective)
    expected = sm.Logit(table["GRADE"], sm.add_constant(table[["GPA", "TUCE", "PSI"]], prepend=False)).fit(disp=0, tol=1e-12)
    assert found.position == pytest.approx(expected.params.tolist(), rel=1e-8)
    assert found.position == pytest.approx((2.826113, 0.095158, 2.378688, -13.021347), abs=1e-6)
    assert found.value == pytest.approx(0.402801, abs=1e-6)
    assert found.unique


def test_the_diabetes_data() -> None:
    data = load_diabetes()
    rows = {"bmi": data.data[:422, data.feature_names.index("bmi")], "y": data.target[:422]}
    found = exact_answer(read_fit("y(w, b) ~ w*bmi + b", rows))
    assert found.position == pytest.approx((938.23786125, 152.918861826), rel=1e-11)


def test_ten_columns_of_the_diabetes_data() -> None:
    data = load_diabetes()
    columns = {name: data.data[:, index] for index, name in enumerate(data.feature_names)}
    terms = " + ".join(f"w_{index}*{name}" for index, name in enumerate(columns))
    found = exact_answer(
        read_fit(f"y(b, {', '.join(f'w_{index}' for index in range(10))}) ~ b + {terms}", {**columns, "y": data.target})
    )
    expected = LinearRegression().fit(data.data, data.target)
    assert found.position == pytest.approx((expected.intercept_, *expected.coef_), rel=1e-9)


def test_logistic_and_poisson_regression() -> None:
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, 300))
    mean = 0.3 + x - 0.5 * z
    classes, counts = (rng.random(300) < 1 / (1 + np.exp(-mean))).astype(float), rng.poisson(np.exp(mean)).astype(float)
    matrix = np.column_stack([x, z])
    logistic = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000).fit(matrix, classes)
    found = exact_answer(read_fit("y(b, w, v) ~ sigmoid(b + w*x + v*z)", {"x": x, "z": z, "y": classes}, loss="log"))
    assert found.position == pytest.approx((logistic.intercept_[0], *logistic.coef_[0]), rel=1e-5)
    poisson = PoissonRegressor(alpha=0, tol=1e-12, max_iter=10_000).fit(matrix, counts)
    found = exact_answer(read_fit("y(b, w, v) ~ exp(b + w*x + v*z)", {"x": x, "z": z, "y": counts}, loss="poisson"))
    assert found.position == pytest.approx((poisson.intercept_, *poisson.coef_), rel=1e-4)


def test_the_losses_are_those_of_others() -> None:
    """At their minima, which are found by their own methods, no descent finds a lower value."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=60)
    y = 2 * x - 1 + rng.standard_t(2, size=60)
    for text, quantile in (("mae", 0.5), ("pinball(0.9)", 0.9)):
        model = QuantileRegressor(quantile=quantile, alpha=0, solver="highs").fit(x[:, None], y)
        best = (model.intercept_, model.coef_[0])
        fit = steepest.fit({"x": x, "y": y}, "y(b, w) ~ b + w*x", loss=text, start=best, lr="0.1/t", steps=2000, tol=0)
        assert fit.values[0] <= fit.values.min() + 1e-9
    fit = steepest.fit({"x": x, "y": y}, "y(b, w) ~ b + w*x", loss="huber", lr=0.5, steps=3000, tol=1e-12)

    def loss(position: np.ndarray) -> float:
        return float(np.mean(sm.robust.norms.HuberT(t=1.0).rho(y - position[0] - position[1] * x)))

    assert fit.values[-1] == pytest.approx(loss(fit.positions[-1]), rel=1e-12)
    assert fit.values[-1] == pytest.approx(scipy.optimize.minimize(loss, [0, 0], tol=1e-14).fun, rel=1e-9)


def test_curves_are_those_of_scipy() -> None:
    fit = steepest.fit("rat42", "y ~ b1/(1+exp(b2-b3*x))", start=(75, 2.5, 0.07), optimizer="newton", steps=30)
    table = fit.objective.table
    found, _ = scipy.optimize.curve_fit(
        lambda x, a, b, c: a / (1 + np.exp(b - c * x)), table["x"], table["y"], (75, 2.5, 0.07), xtol=1e-15
    )
    assert list(fit.coefficients.values()) == pytest.approx(found.tolist(), rel=1e-6)
