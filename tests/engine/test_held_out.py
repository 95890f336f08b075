"""Points that are held out from the fit: who they are, where they are placed, what that scores."""

from types import SimpleNamespace

import msgspec
import numpy as np
import pytest
from sklearn.decomposition import PCA

from bench import Job, LiveReference, Reducer, Registry
from bench.engine.fit import embed
from bench.engine.held_out import place_by_neighbors, place_held_out
from bench.engine.split import split
from bench.errors import UnsupportedError
from bench.geometry.euclidean import EuclideanDistances
from bench.job import DatasetConfig, ReducerConfig
from bench.metrics.comparison import compare
from bench.metrics.table import METRICS

JOB = Job(DatasetConfig("cloud", {}, 3), ReducerConfig("it", {}), held_out=0.25)
AUC = [METRICS["auc"]]


@pytest.fixture(scope="module")
def prepared():
    X = np.random.default_rng(0).normal(size=(200, 4)).astype(np.float32) * [4, 3, 1, 1]
    X = X.astype(np.float32)
    reference = LiveReference(EuclideanDistances(X), len(X))
    return SimpleNamespace(X=X, chart=X[:, :2].astype(float), references={"euclidean": reference})


def place(prepared, make, *, transform=True, table=AUC, **changed):
    item = SimpleNamespace(load=lambda: (Reducer(make, transform=transform), 1))
    job = msgspec.structs.replace(JOB, **changed)
    return place_held_out(job, prepared, SimpleNamespace(find=lambda *_: item), table)


def values(found):
    return {score.placement: score.value for score in found.scores}


class First:
    """Keep the first coordinates: a reducer that places a point wherever it stands alone."""

    def __init__(self, n_components):
        self.n_components = n_components

    def fit_transform(self, X):
        self.seen = X.copy()
        return self.transform(X)

    def transform(self, X):
        return X[:, : self.n_components]


def test_the_split_is_the_seeds_and_covers_all_points_once():
    parts = split(103, 0.2, 5)
    assert (len(parts.held_out), len(parts.training)) == (21, 82)
    assert sorted([*parts.held_out, *parts.training]) == list(range(103))
    assert (split(103, 0.2, 5).held_out == parts.held_out).all()
    assert (split(103, 0.2, 6).held_out != parts.held_out).any()


@pytest.mark.parametrize("share", [0.01, 0.99])
def test_too_few_points_on_either_side_are_refused(share):
    with pytest.raises(UnsupportedError, match="each side needs 10"):
        split(100, share, 0)


def test_the_fit_sees_the_training_points_alone_and_transform_places_the_others(prepared):
    made = []

    def make(n_components):
        made.append(First(n_components))
        return made[-1]

    found = place(prepared, make)
    parts = split(200, 0.25, JOB.seed)
    np.testing.assert_array_equal(made[-1].seen, prepared.X[parts.training])
    np.testing.assert_array_equal(found.embedding, prepared.X[:, :2])
    assert (found.out_of_sample.training, found.out_of_sample.held_out) == (150, 50)


def test_pca_places_held_out_points_on_the_axes_of_the_training_points(prepared):
    found = place(prepared, PCA)
    parts = split(200, 0.25, JOB.seed)
    training, held_out = (
        prepared.X[rows].astype(float) for rows in (parts.training, parts.held_out)
    )
    axes = np.linalg.svd(training - training.mean(axis=0), full_matrices=False)[2][:2]
    expected = (held_out - training.mean(axis=0)) @ axes.T
    distances = np.linalg.norm(found.embedding[parts.held_out][:, None], axis=-1)
    np.testing.assert_allclose(distances[:, 0], np.linalg.norm(expected, axis=1), rtol=1e-4)
    assert found.out_of_sample.batch_deviation < 1e-6
    assert found.out_of_sample.fit_deviation < 1e-6


def test_scores_are_those_of_the_held_out_rows_among_all_points(prepared):
    found = place(prepared, First)
    parts = split(200, 0.25, JOB.seed)
    for placement, rows in (("transform", parts.held_out), ("fitted", parts.training)):
        one = compare(prepared.references, found.embedding, samples=[rows])["euclidean"]
        assert values(found)[placement] == one.co_ranking.auc
    whole = compare(prepared.references, found.embedding)["euclidean"].co_ranking.q_nx
    parts_of_it = [
        compare(prepared.references, found.embedding, samples=[rows])["euclidean"].co_ranking.q_nx
        for rows in (parts.training, parts.held_out)
    ]
    np.testing.assert_allclose(np.average(parts_of_it, axis=0, weights=[150, 50]), whole)


def test_the_rule_is_the_mean_of_the_five_nearest_by_inverse_distance():
    rng = np.random.default_rng(1)
    training, embedding, point = (
        rng.normal(size=(40, 3)),
        rng.normal(size=(40, 2)),
        np.zeros((1, 3)),
    )
    distances = np.linalg.norm(training, axis=1)
    nearest = np.argsort(distances)[:5]
    expected = np.average(embedding[nearest], axis=0, weights=1 / distances[nearest])
    np.testing.assert_allclose(place_by_neighbors(training, embedding, point)[0], expected)
    on_one = place_by_neighbors(training, embedding, training[7:8])
    np.testing.assert_array_equal(on_one[0], embedding[7])


def test_without_a_transform_there_is_the_rule_alone(prepared):
    found = place(prepared, First, transform=False)
    assert set(values(found)) == {"fitted", "neighbors"}
    assert found.out_of_sample.transform_seconds is None
    parts = split(200, 0.25, JOB.seed)
    X, training = prepared.X, prepared.X[parts.training]
    rule = place_by_neighbors(training, training[:, :2], X[parts.held_out])
    np.testing.assert_allclose(found.embedding[parts.held_out], rule, rtol=1e-6)


class ByBatch(First):
    """Centre whatever it is given on itself."""

    def transform(self, X):
        return X[:, :2] - X[:, :2].mean(axis=0)


class Blind(First):
    """Place new points without a look at them."""

    def fit_transform(self, X):
        return X[:, :2]

    def transform(self, X):
        return np.random.default_rng(len(X)).normal(size=(len(X), 2))


def test_a_transform_that_depends_on_its_batch_is_caught(prepared):
    assert place(prepared, First).out_of_sample.batch_deviation == 0
    assert place(prepared, ByBatch).out_of_sample.batch_deviation > 0.1


def test_a_transform_that_ignores_the_points_scores_at_chance(prepared):
    assert abs(values(place(prepared, Blind))["transform"]) < 0.1
    assert values(place(prepared, First))["transform"] > 0.5
    assert place(prepared, Blind).out_of_sample.fit_deviation > 0.5


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (lambda X: X[:, :1], "shape"),
        (lambda X: X[:, :2] * np.nan, "not finite"),
        (lambda X: X[:, :2] * 0, "in one place"),
        (lambda X: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_transform_that_fails_costs_its_own_scores_only_and_says_why(prepared, bad, why):
    class Failing(First):
        def fit_transform(self, X):
            return X[:, :2]

        def transform(self, X):
            return bad(X)

    found = place(prepared, Failing)
    assert set(values(found)) == {"fitted", "neighbors"}
    assert why in found.problems[0]


def test_a_transform_that_fails_on_one_point_keeps_where_it_has_placed_them_all(prepared):
    class Together(First):
        def transform(self, X):
            if len(X) == 1:
                raise ValueError("one point is too few")
            return X[:, :2]

    found = place(prepared, Together)
    assert values(found)["transform"] == values(place(prepared, First))["transform"]
    assert found.out_of_sample.transform_seconds is not None
    assert found.out_of_sample.batch_deviation is None
    assert found.problems == ("transform: ValueError: one point is too few",)


def test_the_largest_batch_deviation_is_that_of_the_point_moved_farthest(prepared):
    facts = place(prepared, ByBatch).out_of_sample
    parts = split(200, 0.25, JOB.seed)
    training, held_out = (
        prepared.X[rows, :2].astype(float) for rows in (parts.training, parts.held_out)
    )
    centre = held_out.mean(axis=0)
    unit = np.sqrt(((training - training.mean(axis=0)) ** 2).sum(axis=1).mean())
    moved = [half.mean(axis=0) - centre for half in (held_out[:25], held_out[25:])]
    moved += [point - centre for point in held_out[:8]]  # alone, a point is its own centre
    expected = np.linalg.norm(moved, axis=1).max() / unit
    np.testing.assert_allclose(facts.largest_batch_deviation, expected, rtol=1e-4)


def control(prepared, name):
    job = msgspec.structs.replace(JOB, reducer=ReducerConfig(name, {}))
    return place_held_out(job, prepared, Registry(), AUC)


def test_controls_come_out_right(prepared):
    assert values(control(prepared, "oracle"))["transform"] > 0.5
    for name in ("random", "shuffled"):
        assert abs(values(control(prepared, name))["transform"]) < 0.1


def test_metrics_that_look_at_other_rows_too_are_left_out(prepared):
    found = place(prepared, First, table=list(METRICS.values()))
    assert {"auc", "trustworthiness", "spearman"} <= {score.metric for score in found.scores}
    assert not {"h0_bottleneck", "chart_affine"} & {score.metric for score in found.scores}


def test_a_job_that_holds_nothing_out_keeps_its_identity():
    whole = msgspec.structs.replace(JOB, held_out=0.0)
    assert whole.id == "0483c814ccb86f00"
    assert len({whole.id, JOB.id, msgspec.structs.replace(JOB, held_out=0.5).id}) == 3
    assert "25% held out" in JOB.label
    assert "held out" not in whole.label


def test_a_job_that_holds_nothing_out_is_fitted_on_all_points(prepared):
    item = SimpleNamespace(load=lambda: (Reducer(First), 1))
    job = msgspec.structs.replace(JOB, held_out=0.0)
    found = embed(job, prepared, SimpleNamespace(find=lambda *_: item))
    np.testing.assert_array_equal(found.embedding, prepared.X[:, :2])
