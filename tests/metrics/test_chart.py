import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import procrustes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from bench.metrics.chart import affine_recovery, similarity_recovery

seeds = st.integers(0, 10**6)


def chart_and_embedding(seed):
    generator = np.random.default_rng(seed)
    U = generator.uniform(size=(50, 2)) * [4, 1]
    return U, U @ generator.normal(size=(2, 2)) + generator.uniform(0, 1) * generator.normal(
        size=(50, 2)
    )


@given(seeds)
def test_recovery_by_a_similarity_equals_procrustes_of_scipy(seed):
    U, Y = chart_and_embedding(seed)
    assert similarity_recovery(U, Y) == pytest.approx(1 - procrustes(U, Y)[2], abs=1e-12)


@given(seeds)
def test_recovery_by_an_affine_map_equals_least_squares_of_scikit_learn(seed):
    U, Y = chart_and_embedding(seed)
    fitted = LinearRegression().fit(Y, U).predict(Y)
    expected = r2_score(U, fitted, multioutput="variance_weighted")
    assert affine_recovery(U, Y) == pytest.approx(expected, abs=1e-12)
    assert affine_recovery(U, Y) >= similarity_recovery(U, Y) - 1e-12


def test_unrolled_but_squashed_is_told_from_not_unrolled():
    generator = np.random.default_rng(0)
    U = generator.uniform(size=(400, 2)) * [4, 1]
    whitened = (U - U.mean(axis=0)) / U.std(axis=0)
    turn = np.linalg.qr(generator.normal(size=(2, 2)))[0]
    assert affine_recovery(U, whitened @ turn) == pytest.approx(1)
    assert 0.5 < similarity_recovery(U, whitened @ turn) < 0.8
    folded = np.column_stack([np.abs(U[:, 0] - 2), U[:, 1]])
    assert affine_recovery(U, folded) < 0.2


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_scale_is_nothing_however_large_or_small(scale):
    U, Y = chart_and_embedding(1)
    for recovery in (similarity_recovery, affine_recovery):
        assert recovery(U, scale * Y) == pytest.approx(recovery(U, Y), abs=1e-9)


def test_a_point_a_line_and_a_chart_that_is_a_point_are_scored():
    U, Y = chart_and_embedding(2)
    for recovery in (similarity_recovery, affine_recovery):
        assert recovery(U, np.full_like(Y, 3)) == 0
        assert recovery(np.ones_like(U), Y) == 0
        assert 0 <= recovery(U, Y[:, :1]) <= 1
        twice = np.column_stack([Y, Y])  # columns that depend on each other
        assert recovery(U, twice) == pytest.approx(recovery(U, Y), abs=1e-9)
        assert recovery(U, np.column_stack([U, 0 * U])) == pytest.approx(1)
