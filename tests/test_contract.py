"""The contract, over everything that is registered, and seen to fail on what breaks it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from bench import Dataset, Metric, Registry
from bench.datasets import broken_swiss_roll, circle, cylinder, sphere, swiss_roll, torus, trefoil
from bench.engine.sources import downloads_of
from bench.manifolds.geodesics import FlatGeodesics
from bench.manifolds.wrapped import WrappedGeodesics
from bench.metrics.decoder.table import DECODER_METRICS, DecoderMetric
from bench.metrics.table import METRICS
from bench.reducer import Reducer, as_reducer
from bench.testing import (
    check_dataset,
    check_decoder_metric,
    check_metric,
    check_reducer,
    checks_of,
    find_kind,
)
from bench.testing.decoder_metrics import DECODER_METRIC_RULES

REGISTRY = Registry((Path(__file__).parent / "plugins",))
BUILT_IN = Registry()
# The contract is kept with less training too, and the suite stays fast.
BRIEFLY = {"epochs": 25, "hidden": (32,)}
QUICK = {
    "autoencoder": BRIEFLY,
    "autoencoder_bernoulli": BRIEFLY,
    "contractive_autoencoder": BRIEFLY,
    "convolutional_autoencoder": BRIEFLY | {"filters": (8,)},
    "denoising_autoencoder": BRIEFLY,
    "variational_autoencoder": BRIEFLY,
    "parametric_umap": {"n_epochs": 5},
    "tsne": {"max_iter": 300},
}


METHODS = [name for name in BUILT_IN.items("reducer") if not BUILT_IN.is_control(name)]


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.filterwarnings("ignore")  # a method may warn of its own matters
def test_every_built_in_reducer_keeps_the_contract(name):
    reducer = as_reducer(BUILT_IN.find("reducer", name).load()[0])
    check_reducer(replace(reducer, make=partial(reducer.make, **QUICK.get(name, {}))))


@pytest.mark.parametrize("method", ["standard", "modified", "hessian", "ltsa"])
def test_every_variant_of_lle_keeps_the_contract(method):
    reducer = as_reducer(BUILT_IN.find("reducer", "lle").load()[0])
    make = partial(reducer.make, method=method, n_neighbors=15)  # hessian in 3-D needs 10
    check_reducer(replace(reducer, make=make))


@pytest.mark.parametrize("name", BUILT_IN.items("dataset"))
def test_every_built_in_dataset_keeps_the_contract(name):
    item = BUILT_IN.find("dataset", name)
    for source in downloads_of(item):
        if not source.path.is_file():
            pytest.skip(f"{source.file} is not downloaded; tests/datasets reads one made there")
    check_dataset(item.load()[0])


@pytest.mark.parametrize("name", REGISTRY.items("metric"))
def test_every_metric_keeps_the_contract(name):
    check_metric(REGISTRY.find("metric", name).load()[0])


@pytest.mark.parametrize("name", REGISTRY.items("decoder_metric"))
def test_every_metric_of_decoders_keeps_the_contract(name):
    check_decoder_metric(REGISTRY.find("decoder_metric", name).load()[0])


@pytest.mark.parametrize("name", BUILT_IN.items("reducer"))
def test_every_reducer_says_what_it_is_and_where_it_comes_from(name):
    item = BUILT_IN.find("reducer", name)
    assert item.summary.endswith((".", ")", "ltsa.")), item.summary
    loaded = item.load()[0]
    if isinstance(loaded, Reducer):
        assert loaded.reference or loaded.family == "control"
        assert set(loaded.grid) <= set(loaded.parameters)


class Draws:
    """Takes no seed and draws from a generator of its own."""

    def __init__(self, n_components):
        self.n_components = n_components

    def fit_transform(self, X):
        return np.random.default_rng().normal(size=(len(X), self.n_components))


class Overwrites:
    def __init__(self, n_components):
        self.n_components = n_components

    def fit_transform(self, X):
        X += 1
        return X[:, : self.n_components]


class ForgetsDimensions(Draws):
    def fit_transform(self, X):
        return X[:, :2]


class Seeded(Draws):
    """Draws from its seed, which a deterministic method would not."""

    def __init__(self, n_components, random_state):
        self.n_components, self.random_state = n_components, random_state

    def fit_transform(self, X):
        shape = len(X), self.n_components
        return np.random.default_rng(self.random_state).normal(size=shape)


class BadInverse(Draws):
    def fit_transform(self, X):
        return X[:, : self.n_components]

    def inverse_transform(self, Y):
        return np.full((len(Y), 4), 9.0)


@pytest.mark.parametrize(
    ("reducer", "rule"),
    [
        (Draws, "same embedding for the same seed"),
        (Reducer(Seeded, deterministic=True), "differ by .*: leave out deterministic=True"),
        (Overwrites, "wrote into its input"),
        (ForgetsDimensions, "n_components columns"),
        (Reducer(BadInverse, inverse=True), "loses"),
        (Reducer(Draws, transform=True), "no attribute 'transform'"),
        (Reducer(lambda n_components, f=print: None), "hold"),
    ],
)
def test_each_rule_of_reducers_has_been_seen_to_fail(reducer, rule):
    with pytest.raises(AssertionError, match=rule):
        check_reducer(reducer)


def square(n, seed, chart=None, isometric=True):
    points = np.random.default_rng(seed).uniform(size=(n, 2))
    geodesics = FlatGeodesics(points if chart is None else chart(points))
    return Dataset(
        points.astype(np.float32), geodesics, "here", "none", chart=points, isometric=isometric
    )


def refusing(factory):
    def dataset(*, n=100, seed=0):
        if n < 10:
            raise ValueError(n)
        return factory(n, seed)

    return dataset


def drawing_globally(n, seed):
    np.random.seed(seed)  # noqa: NPY002 - as it should not be
    return square(n, seed)


class OneWay(FlatGeodesics):
    def distances(self, rows):
        found = super().distances(rows)
        return found * (1 + 0.1 * (np.arange(found.shape[1]) > rows[:, None]))


def altered(module, geodesics):
    """Return a dataset of ours whose geodesics were replaced."""

    def dataset(*, n=100, seed=0):
        good = module.dataset(n=n, seed=seed)
        return replace(good, geodesics=geodesics(good), isometric=False)

    return dataset


@dataclass(frozen=True)
class Stated:
    """Any distances under any status and notes."""

    found: Callable
    notes: dict
    status: str = "closed-form"

    def distances(self, rows):
        return self.found(rows)


def longer(good):
    return Stated(lambda rows: 1.3 * good.geodesics.distances(rows), {})


def joined_when_near(good):
    def distances(rows):
        found = good.geodesics.distances(rows)
        return np.where(found < 30, found, np.inf)

    return Stated(distances, {"pieces": 3})


@pytest.mark.parametrize(
    ("factory", "rule"),
    [
        (
            altered(swiss_roll, lambda good: Stated(good.geodesics.distances, {}, "numerical")),
            "notes give no relative_error",
        ),
        (
            altered(
                swiss_roll,
                lambda good: Stated(longer(good).found, {"relative_error": 0.9}, "numerical"),
            ),
            "notes give no relative_error above 0 and up to 0.05",
        ),
        (
            altered(swiss_roll, lambda good: Stated(good.geodesics.distances, {}, "exact")),
            "status 'exact' is none of",
        ),
        (
            altered(
                swiss_roll,
                lambda good: Stated(
                    lambda rows: good.geodesics.distances(rows).astype(np.float32), {}
                ),
            ),
            "distances are float32, not float64",
        ),
        (
            altered(
                swiss_roll,
                lambda good: Stated(
                    lambda rows: good.geodesics.distances(rows) * (1 + (len(rows) < 9)), {}
                ),
            ),
            "1 rows are not those of all",
        ),
        (refusing(drawing_globally), "the global random state of numpy is used"),
        (
            altered(broken_swiss_roll, lambda good: Stated(good.geodesics.distances, {})),
            "no pieces are noted",
        ),
        (
            altered(
                broken_swiss_roll, lambda good: Stated(good.geodesics.distances, {"pieces": 5})
            ),
            "2 pieces are not joined, 5 are noted",
        ),
        (altered(swiss_roll, joined_when_near), "joined to one are not joined to each other"),
        (altered(swiss_roll, longer), "off their straight lines by 30"),
        # The formulas that published suites get wrong.
        (
            altered(
                swiss_roll,
                lambda good: FlatGeodesics(np.column_stack([good.color, good.chart[:, 1]])),
            ),
            "off their straight lines by",
        ),
        (
            altered(torus, lambda good: WrappedGeodesics(good.chart, (2 * np.pi, 2 * np.pi * 0.5))),
            "off their straight lines by",
        ),
        # Right for neighbours, wrong for the rest.
        (altered(cylinder, lambda good: FlatGeodesics(good.chart)), "paths on the neighbour graph"),
        (altered(sphere, lambda good: FlatGeodesics(good.chart)), "paths on the neighbour graph"),
        (altered(trefoil, lambda good: FlatGeodesics(good.X.astype(float))), "the neighbour graph"),
        (altered(circle, lambda good: FlatGeodesics(good.color[:, None])), "the neighbour graph"),
        (lambda n=100, seed=0: square(n, seed), "n = 9 was not refused"),
        (refusing(lambda n, seed: square(n, 0)), "two seeds give the same points"),
        (refusing(lambda n, seed: square(n, seed, lambda u: 0.5 * u)), "one is shorter by"),
        (refusing(lambda n, seed: square(n, seed, lambda u: u * [1, 9])), "the chart scores"),
        (
            refusing(lambda n, seed: replace(square(n, seed), geodesics=OneWay(np.eye(n)))),
            "is not d",
        ),
    ],
)
def test_each_rule_of_datasets_has_been_seen_to_fail(factory, rule):
    with pytest.raises(AssertionError, match=rule):
        check_dataset(factory)


ASKED = count()


@pytest.mark.parametrize(
    ("function", "rule"),
    [
        (lambda comparison: 0.5, "best is 1"),
        (lambda comparison: comparison.co_ranking.auc + 2, "outside the range"),
        (lambda comparison: 1.0, "chance scored 1"),
        (
            lambda comparison: comparison.co_ranking.auc - 1e-5 * comparison.embedding[0, 0] ** 2,
            "became",
        ),
        (
            lambda comparison: comparison.co_ranking.auc - (np.ptp(comparison.embedding) > 50),
            "turned, mirrored, moved and scaled: .* became",
        ),
        (
            lambda comparison: comparison.co_ranking.auc if np.ptp(comparison.embedding) else 1.0,
            "a collapsed embedding scored 1.000",
        ),
        (
            lambda comparison: comparison.co_ranking.auc - (pdist(comparison.embedding).min() == 0),
            "identity of duplicates scored",
        ),
        (lambda comparison: comparison.co_ranking.auc + 1e-9 * next(ASKED), "asked again"),
        (
            lambda comparison: comparison.embedding.sort(axis=0) or comparison.co_ranking.auc,
            "were altered",
        ),
    ],
)
def test_each_rule_of_metrics_has_been_seen_to_fail(function, rule):
    with pytest.raises(AssertionError, match=rule):
        check_metric(Metric("odd", "odd", function, -1, 1, 1, 0, "here"))


def test_a_curve_that_ends_elsewhere_than_it_states_is_told():
    def short(comparison):
        return comparison.co_ranking.q_nx[:50]

    metric = replace(METRICS["q_nx"], function=short)
    with pytest.raises(AssertionError, match="k = 51 is not refused"):
        check_metric(metric)


def lost(decoding):
    return DECODER_METRICS["held_out_reconstruction"].function(decoding)


@pytest.mark.parametrize(
    ("function", "rule"),
    [
        (lambda decoding: lost(decoding) - 0.5, "outside the range"),
        (lambda decoding: [lost(decoding)], r"shape \(1,\)"),
        (lambda decoding: lost(decoding) + 0.2, "not 0"),
        (lambda decoding: 0.0, "far worse than the projection: the worst scored 0.000"),
        (lambda decoding: lost(decoding) + (decoding.radius > 10), "points scaled: .* became"),
        (lambda decoding: lost(decoding) + (decoding.centre[0] > 1), "points moved: .* became"),
        (lambda decoding: lost(decoding) + (decoding.code_radius < 0.1), "codes scaled: .* became"),
        (lambda decoding: lost(decoding) + 1e-9 * next(ASKED), "asked again"),
        (lambda decoding: decoding.codes.sort(axis=0) or lost(decoding), "codes was altered"),
    ],
)
def test_each_rule_of_metrics_of_decoders_has_been_seen_to_fail(function, rule):
    metric = DecoderMetric("odd", "odd", function, 0, np.inf, 0, "here")
    with pytest.raises(AssertionError, match=rule):
        check_decoder_metric(metric)


def test_a_metric_of_decoders_whose_best_is_no_end_of_its_range_is_told():
    metric = replace(DECODER_METRICS["sample_recall"], best=0.5)
    with pytest.raises(AssertionError, match=r"best 0\.5 is no end"):
        check_decoder_metric(metric)


def test_a_metric_of_decoders_is_found_and_checked_by_name():
    assert find_kind(BUILT_IN, "sample_recall") == "decoder_metric"
    outcomes = list(checks_of(BUILT_IN.find("decoder_metric", "sample_recall")))
    assert len(outcomes) == len(DECODER_METRIC_RULES)
    assert not [problem for _, problem in outcomes if problem]
