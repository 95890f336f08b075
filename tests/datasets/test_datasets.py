from functools import cache
from inspect import signature
from itertools import combinations

import numpy as np
import pytest
from controls import oracle, random, shuffled
from scipy.stats import spearmanr
from sklearn.datasets import load_digits

from bench.dataset import Dataset
from bench.engine.sources import downloads_of
from bench.errors import UnsupportedError
from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.reference import LiveReference
from bench.manifolds.geodesics import FlatGeodesics
from bench.metrics.comparison import compare
from bench.registry import Registry
from bench.seeds import stream

ITEMS = Registry().items("dataset")
# What is downloaded is tested on files made for it, in test_real_images.py.
FACTORIES = {name: item.load()[0] for name, item in ITEMS.items() if not downloads_of(item)}
N = 400


@cache
def draw(name, n=N, seed=0, **options):
    return FACTORIES[name](n=n, seed=seed, **options)


@cache
def geodesics(name):
    return draw(name).geodesics.distances(np.arange(N))


@cache
def chords(name):
    return EuclideanDistances(draw(name).X).distances(np.arange(N))


def error(name):
    """Return the relative error that the geodesics may have, rounding apart."""
    return draw(name).geodesics.notes.get("relative_error", 0.0)


def rounding(name):
    """Return how far single precision can move a distance, many times over."""
    X = draw(name).X
    return 4 * np.finfo(np.float32).eps * np.abs(X).max() * np.sqrt(X.shape[1])


every_dataset = pytest.mark.parametrize("name", FACTORIES)
isometric_dataset = pytest.mark.parametrize(
    "name", [name for name in FACTORIES if draw(name).isometric]
)


# --- the contract ---


def test_the_registry_lists_datasets_with_and_without_a_chart():
    assert {draw(name).isometric for name in FACTORIES} == {True, False}
    assert {draw(name).chart is None for name in FACTORIES} == {True, False}
    assert {draw(name).image_shape is None for name in FACTORIES} == {True, False}


@every_dataset
def test_a_dataset_has_the_stated_shapes_and_types(name):
    data = draw(name)
    assert data.X.dtype == np.float32
    assert data.X.shape[0] == data.n == N
    assert data.geodesics.status in ("closed-form", "numerical", "graph")
    assert data.source
    assert data.licence
    if data.chart is not None:
        assert data.chart.shape[0] == N
        assert data.chart.dtype == np.float64
        assert np.isfinite(data.chart).all()
    assert data.chart is not None or not data.isometric


@every_dataset
def test_the_same_seed_draws_the_same_points(name):
    one, again = (FACTORIES[name](n=40, seed=3) for _ in range(2))
    assert (one.X == again.X).all()
    rows = np.arange(5)
    assert (one.geodesics.distances(rows) == again.geodesics.distances(rows)).all()


@every_dataset
def test_another_seed_draws_other_points(name):
    one, other = (draw(name, n=40, seed=seed) for seed in (0, 1))
    assert not np.isclose(one.X, other.X).all(axis=1).any()


@every_dataset
@pytest.mark.parametrize("n", [9, 0, -1])
def test_fewer_than_10_points_are_refused(name, n):
    with pytest.raises(ValueError, match=rf"n must be 10 .*, got {n}\."):
        FACTORIES[name](n=n, seed=0)


@every_dataset
def test_a_few_points_can_be_drawn(name):
    data = draw(name, n=12)
    assert data.geodesics.distances(np.arange(12)).shape == (12, 12)


def test_more_points_than_a_real_dataset_holds_are_refused():
    with pytest.raises(ValueError, match="n must be 10 to 1797, got 1798"):
        FACTORIES["digits"](n=1798, seed=0)


# --- geodesics ---


@every_dataset
def test_geodesics_are_symmetric_and_zero_only_on_the_diagonal(name):
    found = geodesics(name)
    joined = np.isfinite(found)
    assert joined.all() == ("pieces" not in draw(name).geodesics.notes)
    rtol, atol = 1e-12 + 2 * error(name), 1e-12 * found[joined].max()
    np.testing.assert_allclose(found, found.T, rtol=rtol, atol=atol)
    assert (np.diag(found) == 0).all()
    assert (found[~np.eye(N, dtype=bool)] > 0).all()


@every_dataset
def test_geodesics_of_some_rows_are_those_rows_of_the_whole(name):
    rows = np.array([17, 3, 399])
    np.testing.assert_allclose(draw(name).geodesics.distances(rows), geodesics(name)[rows])


@every_dataset
def test_geodesics_keep_the_triangle_inequality(name):
    found = geodesics(name)
    i, j, k = np.random.default_rng(0).integers(0, N, (3, 200_000))
    atol = 1e-9 * found[np.isfinite(found)].max()
    detour = (found[i, j] + found[j, k]) * (1 + 2 * error(name))
    assert (found[i, k] <= detour + atol).all()


@every_dataset
def test_geodesics_are_no_shorter_than_the_chord(name):
    shortest = chords(name) * (1 - 1e-4 - error(name)) - rounding(name)
    assert (geodesics(name) >= shortest).all()


@pytest.mark.parametrize("name", sorted(set(FACTORIES) - {"spheres_in_spheres"}))  # far apart there
def test_geodesics_of_nearest_neighbours_are_their_chords(name):
    distances = chords(name) + np.diag(np.full(N, np.inf))
    nearest = distances.argmin(axis=1)
    ratio = geodesics(name)[np.arange(N), nearest] / distances[np.arange(N), nearest]
    assert np.median(ratio) == pytest.approx(1, abs=0.02)
    shortest = distances.min(axis=1) <= np.quantile(distances.min(axis=1), 0.1)
    np.testing.assert_allclose(ratio[shortest], 1, rtol=0.02)


@pytest.mark.parametrize("name", ["swiss_roll", "translated_gabor", "rotated_shape"])
def test_geodesics_of_far_points_are_longer_than_their_chords(name):
    assert np.median(geodesics(name) / np.maximum(chords(name), 1e-9)) > 1.2


def test_the_bump_is_the_null_case_where_both_references_order_alike():
    upper = np.triu_indices(N, k=1)
    pairs = geodesics("translated_bump")[upper], chords("translated_bump")[upper]
    assert spearmanr(*pairs).statistic > 0.999


@every_dataset
def test_noise_moves_the_points_by_its_deviation_and_leaves_true_geodesics_alone(name):
    assert "noise" in signature(FACTORIES[name]).parameters
    clean, noisy = draw(name), draw(name, noise=0.05)
    assert (noisy.X.astype(float) - clean.X).std() == pytest.approx(0.05, rel=0.1)
    if clean.geodesics.status != "graph":
        assert (noisy.geodesics.distances(np.arange(9)) == geodesics(name)[:9]).all()
        assert clean.chart is None or (noisy.chart == clean.chart).all()


def test_the_flat_chart_of_the_holed_roll_is_shorter_than_its_geodesics():
    data = draw("swiss_roll_hole")
    straight = FlatGeodesics(data.chart).distances(np.arange(N))
    assert (geodesics("swiss_roll_hole") >= straight - 1e-9).all()
    assert (geodesics("swiss_roll_hole") > straight * 1.01).mean() > 0.02


@pytest.mark.parametrize("grown", [(-1, 0, 0, 0), (0, -1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)])
def test_the_hole_of_the_roll_is_empty_and_reaches_up_to_the_points(grown):
    hole = draw("swiss_roll_hole", n=3000).geodesics
    chart, sides = hole.chart, np.concatenate([hole.lower, hole.upper])

    def points_inside(sides):
        return ((chart > sides[:2]) & (chart < sides[2:])).all(axis=1).sum()

    assert points_inside(sides) == 0
    assert points_inside(sides + 0.5 * np.array(grown)) > 0


def test_digits_are_those_of_their_labels_scaled_to_1_and_drawn_without_repeats():
    images, labels = load_digits(return_X_y=True)
    label = {tuple(image): int(digit) for image, digit in zip(images, labels, strict=True)}
    data = draw("digits")
    assert [label[tuple(pixels)] for pixels in 16 * data.X] == data.labels.tolist()
    assert len(np.unique(data.X, axis=0)) == N


# --- controls ---


class Found:
    """Distances that were computed before."""

    def __init__(self, found):
        self.found = found

    def distances(self, rows):
        return self.found[rows]


def auc(name, embedding):
    reference = LiveReference(Found(geodesics(name)), N)
    return compare({"geodesic": reference}, embedding)["geodesic"].co_ranking.auc


@isometric_dataset
def test_the_oracle_keeps_the_geodesic_ranks_of_an_isometric_dataset(name):
    data = draw(name)
    dimensions = max(2, data.chart.shape[1])
    assert auc(name, oracle(data.X, data.chart, dimensions, 0)) > 0.999


@every_dataset
@pytest.mark.parametrize("control", [random, shuffled])
def test_random_and_shuffled_controls_score_at_chance(name, control):
    data = draw(name)
    assert auc(name, control(data.X, data.chart, 2, 0)) == pytest.approx(0, abs=0.03)


@every_dataset
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_the_random_control_has_nothing_to_do_with_the_points_of_its_seed(name, seed):
    data = draw(name, seed=seed)
    found = random(data.X, data.chart, 2, seed)
    truth = data.X[:, data.X.std(axis=0) > 0.01][:, :3] if data.chart is None else data.chart
    for a in truth.T:
        for b in found.T:
            assert abs(spearmanr(a, b).statistic) < 4.5 / np.sqrt(N)


@every_dataset
def test_the_shuffled_control_is_the_good_embedding_with_its_rows_permuted(name):
    data = draw(name)
    found = shuffled(data.X, data.chart, 2, 0)
    assert found.shape == (N, 2)
    if data.chart is not None and data.chart.shape[1] <= 2:
        good = oracle(data.X, data.chart, 2, 0)
        assert sorted(map(tuple, found)) == sorted(map(tuple, good))
        assert (found == good).all(axis=1).sum() < 10


def test_the_oracle_is_padded_to_more_dimensions_and_refused_for_fewer():
    data = draw("swiss_roll")
    padded = oracle(data.X, data.chart, 3, 0)
    assert (padded[:, :2] == data.chart).all()
    assert (padded[:, 2] == 0).all()
    with pytest.raises(UnsupportedError, match="chart has 2 dimensions, the job asks for 1"):
        oracle(data.X, data.chart, 1, 0)


def test_the_oracle_is_refused_where_the_truth_is_not_known():
    with pytest.raises(UnsupportedError, match="not known"):
        oracle(draw("digits").X, None, 2, 0)


# --- seeds ---


def test_streams_of_one_seed_differ_by_purpose():
    purposes = ["control:random", "control:shuffled", "digits:noise", *FACTORIES]
    draws = {purpose: stream(0, purpose).random(2000) for purpose in purposes}
    for one, other in combinations(purposes, 2):
        assert abs(np.corrcoef(draws[one], draws[other])[0, 1]) < 5 / np.sqrt(2000)
        assert not np.intersect1d(draws[one], draws[other]).size


def test_a_stream_is_repeated_by_its_seed_and_purpose_and_by_no_other_seed():
    first, again, other = (stream(seed, "one").random(100) for seed in (5, 5, 6))
    assert (first == again).all()
    assert not np.intersect1d(first, other).size


# --- what a Dataset refuses ---

GOOD = {
    "X": np.zeros((12, 4), np.float32),
    "geodesics": FlatGeodesics(np.zeros((12, 2))),
    "source": "here",
    "licence": "generated",
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.zeros((12, 4))}, r"float32 of shape \(n, D\), got float64 of \(12, 4\)"),
        ({"X": np.zeros(12, np.float32)}, r"got float32 of \(12,\)"),
        ({"X": np.full((12, 4), np.nan, np.float32)}, "must be finite"),
        (
            {"chart": np.zeros((11, 2))},
            r"chart has shape \(11, 2\), expected numbers of shape \(n, d\)",
        ),
        ({"color": np.zeros(13)}, r"color has shape \(13,\), expected numbers"),
        ({"labels": np.zeros(13, int)}, r"labels has shape \(13,\), expected integers"),
        ({"image_shape": (2, 3)}, r"image_shape \(2, 3\) does not hold 4 pixels"),
    ],
)
def test_arrays_that_do_not_describe_the_same_finite_points_are_refused(change, message):
    assert Dataset(**GOOD).n == 12
    with pytest.raises(ValueError, match=message):
        Dataset(**{**GOOD, **change})
