"""One fit inside a worker."""

from types import SimpleNamespace

import numpy as np
import pytest
from controls import made, shuffled

from bench import Job, Reducer
from bench.engine import fit
from bench.errors import BenchError
from bench.job import DatasetConfig, ReducerConfig

JOB = Job(DatasetConfig("line", {}, 0), ReducerConfig("it", {}))


def embed(make, X, **declared):
    item = SimpleNamespace(load=lambda: (Reducer(make, **declared), 1))
    registry = SimpleNamespace(find=lambda kind, name: item)
    return fit.embed(JOB, SimpleNamespace(X=X, chart=X[:, :1]), registry)


class InPlace:
    """Centre what it is given where it stands, as scikit-learn does with ``copy=False``."""

    def __init__(self, n_components):
        self.n_components = n_components

    def fit_transform(self, X):
        X -= X.max(axis=0)
        return X[:, : self.n_components]


@pytest.fixture
def points():
    return np.random.default_rng(0).normal(size=(500, 3)).astype(np.float32)


def test_a_method_that_works_in_place_gives_the_same_whether_warmed_up_or_not(points, monkeypatch):
    X, given = points, points.copy()
    monkeypatch.setattr(fit, "_warm", set())
    warmed = embed(InPlace, X).embedding
    np.testing.assert_array_equal(X, given)
    again = embed(InPlace, X).embedding
    np.testing.assert_array_equal(warmed, again)
    np.testing.assert_array_equal(warmed, (X - X.max(axis=0))[:, :2])


def test_the_reconstruction_error_is_that_of_its_definition_and_says_of_how_many_points(points):
    X = points

    class Halves(InPlace):
        def fit_transform(self, X):
            return X[:, :2] * 1.0

        def inverse_transform(self, Y):
            return np.column_stack([Y, np.zeros(len(Y))])

    found = embed(Halves, X, inverse=True)
    centred = X.astype(float) - X.mean(axis=0, dtype=float)
    assert found.reconstruction_points == 500
    assert found.reconstruction_error == pytest.approx((X[:, 2] ** 2).sum() / (centred**2).sum())
    assert embed(Halves, X, inverse=True, inverse_sample=20).reconstruction_points == 20


def test_shuffled_on_one_column():
    """The shuffled control embeds points of one column: further columns are zero."""
    points = np.arange(12, dtype=np.float32)[:, None]
    found = shuffled(points, None, 2, 0)
    assert found.shape == (12, 2)
    assert not found[:, 1].any()
    assert sorted(np.abs(found[:, 0])) == pytest.approx(
        sorted(np.abs(points[:, 0] - 5.5)), abs=1e-5
    )


def test_none_is_no_embedding():
    """A reducer that returns None is told what it should return."""
    from bench.engine.fit import check_places

    with pytest.raises(ValueError, match=r"an array of real numbers, got nothing \(None\)"):
        check_places(None, 12, 2)


class Tells(InPlace):
    """Embed the points, and keep what else was handed over."""

    def fit_transform(self, X, *truth):
        self.truth = truth
        return X[:, :2]


def test_only_a_control_is_given_the_truth(points):
    """The chart is handed to a reducer that needs the truth, and a method may not need it."""
    assert embed(Tells, points).estimator.truth == ()
    (chart,) = embed(Tells, points, family="control", needs_truth=True).estimator.truth
    np.testing.assert_array_equal(chart, points[:, :1])
    with pytest.raises(BenchError, match="a control: give family='control'"):
        Reducer(Tells, needs_truth=True)


@pytest.mark.parametrize("width", [1, 3])
def test_own_dimensions(points, width):
    """The identity keeps every column of the points, and is padded to what the job asks for."""
    X = points[:, :width]
    found = embed(made("identity").__class__, X, inverse=True, own_dimensions=True)
    assert found.embedding.shape == (500, max(2, width))
    np.testing.assert_array_equal(found.embedding[:, :width], X)
    assert not found.embedding[:, width:].any()
    assert found.reconstruction_error == 0
