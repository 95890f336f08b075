"""Curves as they are stored: what is kept is exact, and what is left out follows from it."""

import numpy as np
import pytest

from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.reference import LiveReference
from bench.metrics.comparison import compare
from bench.metrics.curves import KS, stored_ks, thin, value_at, with_what_follows

N = 200


@pytest.fixture(scope="module")
def curves():
    """Whole curves of a projection, as they are computed."""
    X = np.random.default_rng(0).normal(size=(N, 3))
    reference = {"euclidean": LiveReference(EuclideanDistances(X), N)}
    found = compare(reference, X[:, :2])["euclidean"].co_ranking
    names = ("q_nx", "r_nx", "lcmc", "trustworthiness", "mrre_false")
    return {f"euclidean/{name}": getattr(found, name) for name in names}


@pytest.mark.parametrize("n", [2, 3, 10, 31, 40, 1500, 60_000])
def test_stored_ks(n):
    """The k rise, stay within the neighbours that there are, and hold what tables read."""
    ks = stored_ks(n)
    assert (np.diff(ks) > 0).all()
    assert ks[0] == 1
    assert ks[-1] == n - 1
    assert {k for k in (*range(1, 31), n // 10) if 1 <= k < n} <= set(ks.tolist())
    assert len(ks) <= 100


def test_what_is_left_out_follows(curves):
    """R_NX and LCMC are not stored, and come back as they were up to float32."""
    stored = thin(curves, N)
    assert set(stored) == {
        KS,
        *(f"euclidean/{m}" for m in ("q_nx", "trustworthiness", "mrre_false")),
    }
    again = with_what_follows(stored)
    for name, whole in curves.items():
        ks = stored[KS][stored[KS] <= len(whole)]
        np.testing.assert_allclose(again[name], whole[ks - 1], atol=N * 1e-7)


def test_value_at(curves):
    """A value is read at its k, and nowhere else."""
    stored = thin(curves, N)
    whole = curves["euclidean/q_nx"]
    assert value_at(stored, "euclidean/q_nx", 15) == pytest.approx(whole[14])
    assert value_at(stored, "euclidean/q_nx", N - 1) == pytest.approx(1)
    assert value_at(stored, "euclidean/trustworthiness", N - 1) is None
    assert value_at(stored, "euclidean/q_nx", 0) is None
    missing = next(k for k in range(1, N) if k not in stored[KS])
    assert value_at(stored, "euclidean/q_nx", missing) is None


def test_no_curves():
    """A job without curves stores none, not even their k."""
    assert thin({}, N) == {}
