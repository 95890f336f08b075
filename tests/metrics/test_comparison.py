import numpy as np
import pytest
from controls import oracle, random, shuffled
from hypothesis import assume, given
from hypothesis import strategies as st
from metrics import slow
from scipy.optimize import isotonic_regression, minimize_scalar
from scipy.spatial.distance import cdist, pdist
from scipy.stats import pearsonr, spearmanr
from sklearn.datasets import make_swiss_roll
from sklearn.decomposition import PCA
from sklearn.manifold import Isomap, trustworthiness

from bench.datasets import swiss_roll
from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.reference import LiveReference
from bench.manifolds.geodesics import FlatGeodesics
from bench.metrics.comparison import compare, reference_overlap
from bench.metrics.moments import isotonic_fit
from bench.metrics.table import METRICS
from bench.scoring.references import MatrixDistances


def euclidean(X):
    return LiveReference(EuclideanDistances(np.asarray(X)), len(X), np.asarray(X))


JUDGED = {name: metric for name, metric in METRICS.items() if metric.higher_is_better is not None}
# Triplets are drawn by the number of a row: another order of the rows draws others.
WITHOUT_DRAWS = {name: metric for name, metric in METRICS.items() if "triplets" not in metric.needs}


def loss(name, value, n):
    """Return how far a score is from the best; of a curve, on average."""
    best = METRICS[name].best
    return np.mean(np.abs(value - (best(n)[: len(value)] if callable(best) else best)))


def hold(X, embedding):
    return compare({"X": euclidean(X)}, np.asarray(embedding))["X"]


def scores(X, embedding):
    comparison = hold(X, embedding)
    return {name: metric.function(comparison) for name, metric in METRICS.items()}


def assert_same_scores(found, expected, atol=1e-9, names=METRICS):
    for name in names:
        np.testing.assert_allclose(found[name], expected[name], atol=atol, err_msg=name)


def assert_perfect(found, n, atol=1e-12):
    for name in JUDGED:
        assert loss(name, found[name], n) < (1e-7 if "stress" in name else atol), name


TOPOLOGY = {name for name in METRICS if name.startswith("h")}


def cloud(seed, n, dimensions=3):
    return np.random.default_rng(seed).normal(size=(n, dimensions))


def noisy_map(seed, X):
    """Return an embedding that is neither good nor bad."""
    generator = np.random.default_rng([seed, 1])
    return X[:, :2] + 0.5 * generator.normal(size=(len(X), 2))


seeds = st.integers(0, 10**6)
sizes = st.integers(12, 60)

# --- equal to others, and to the definitions ---


@pytest.mark.parametrize(
    ("n", "dimensions", "k"),
    [(30, 3, 1), (30, 3, 14), (31, 3, 15), (100, 24, 5), (100, 25, 5), (150, 60, 40), (400, 3, 12)],
)
def test_trustworthiness_and_continuity_equal_scikit_learn(n, dimensions, k):
    X = cloud(n, n, dimensions)
    Y = noisy_map(n, X)
    found = hold(X, Y).co_ranking
    assert found.trustworthiness[k - 1] == pytest.approx(
        trustworthiness(X, Y, n_neighbors=k), abs=1e-12
    )
    assert found.continuity[k - 1] == pytest.approx(trustworthiness(Y, X, n_neighbors=k), abs=1e-12)


def test_trustworthiness_against_geodesics_equals_scikit_learn_on_their_matrix():
    data = swiss_roll.dataset(n=200, seed=3)
    Y = data.X[:, :2].astype(float)
    found = compare({"geodesic": LiveReference(data.geodesics, 200)}, Y)["geodesic"]
    distances = data.geodesics.distances(np.arange(200))
    for k in (1, 15, 99):
        expected = trustworthiness(distances, Y, n_neighbors=k, metric="precomputed")
        assert found.co_ranking.trustworthiness[k - 1] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("n", "dimensions"), [(12, 3), (21, 30), (30, 3), (31, 3)])
def test_rank_scores_equal_their_definitions_at_every_k(n, dimensions):
    X = cloud(n, n, dimensions)
    Y = noisy_map(n, X)
    reference, embedded = slow.rank_matrix(cdist(X, X)), slow.rank_matrix(cdist(Y, Y))
    every, below_half = range(1, n), [k for k in range(1, n) if k < n / 2]
    expected = {
        "q_nx": [slow.q_nx(reference, embedded, k) for k in every],
        "r_nx": [slow.r_nx(reference, embedded, k) for k in range(1, n - 1)],
        "trustworthiness": [slow.trustworthiness(reference, embedded, k) for k in below_half],
        "continuity": [slow.continuity(reference, embedded, k) for k in below_half],
        "auc": slow.auc(reference, embedded),
        "mrre_false": [slow.mrre_false(reference, embedded, k) for k in every],
        "mrre_missing": [slow.mrre_false(embedded, reference, k) for k in every],
        "lcmc": [slow.q_nx(reference, embedded, k) - k / (n - 1) for k in every],
        "k_max": slow.k_max(reference, embedded),
    }
    found = scores(X, Y)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("dimensions", [3, 40])
@pytest.mark.parametrize("tied", [False, True])
def test_distance_scores_equal_scipy_with_and_without_ties(dimensions, tied):
    X = cloud(0, 80, dimensions)
    Y = noisy_map(0, X)
    if tied:  # on a grid, mirrored to have its centre at 0: no rounding can undo a tie
        X, Y = (np.round(3 * np.vstack([points, -points])) for points in (X, Y))
    found = scores(X, Y)
    given_distances, distances = pdist(X), pdist(Y)
    assert found["spearman"] == pytest.approx(
        spearmanr(given_distances, distances).statistic, abs=1e-12
    )
    assert found["residual_variance"] == pytest.approx(
        1 - pearsonr(given_distances, distances).statistic ** 2, abs=1e-12
    )

    def error(scale):
        return np.sum((given_distances - scale * distances) ** 2) / np.sum(given_distances**2)

    best = minimize_scalar(error, bounds=(0, 100), method="bounded", options={"xatol": 1e-10})
    assert found["stress_scale_normalised"] == pytest.approx(np.sqrt(best.fun), abs=1e-9)


@pytest.fixture(scope="module")
def published():
    """Hold the embeddings of the check values against both references."""
    np.random.seed(0)  # noqa: NPY002 - Isomap's eigensolver starts from numpy's global generator
    X, t = make_swiss_roll(1000, noise=0, random_state=0)
    chart = np.column_stack([(t * np.sqrt(1 + t**2) + np.arcsinh(t)) / 2, X[:, 1]])
    references = {
        "Euclidean": euclidean(X),
        "geodesic": LiveReference(FlatGeodesics(chart), 1000),
    }
    return {
        "PCA": compare(references, PCA(2).fit_transform(X)),
        "Isomap": compare(references, Isomap(n_neighbors=12, n_components=2).fit_transform(X)),
    }


@pytest.mark.parametrize(
    ("reducer", "reference", "t", "c", "q"),
    [
        ("PCA", "Euclidean", 0.90291, 0.99255, 0.5901),
        ("PCA", "geodesic", 0.86952, 0.99259, 0.5910),
        ("Isomap", "Euclidean", 0.99951, 0.99946, 0.8945),
        ("Isomap", "geodesic", 0.99951, 0.99945, 0.8943),
    ],
)
def test_scores_of_the_swiss_roll_equal_the_check_values(published, reducer, reference, t, c, q):
    found = published[reducer][reference].co_ranking
    assert found.trustworthiness[14] == pytest.approx(t, abs=1e-4)
    assert found.continuity[14] == pytest.approx(c, abs=1e-4)
    assert found.q_nx[14] == pytest.approx(q, abs=1e-4)


# --- perfect ---


@given(seeds, sizes, st.sampled_from([1, 2, 3, 30]))
def test_the_identity_is_perfect(seed, n, dimensions):
    X = cloud(seed, n, dimensions)
    assert_perfect(scores(X, X), len(X))


@given(seeds, st.integers(6, 25))
def test_the_identity_is_perfect_with_duplicated_points(seed, n):
    X = np.repeat(cloud(seed, n), 2, axis=0)
    assert_perfect(scores(X, X), len(X))


@given(st.integers(3, 7), st.integers(4, 8), st.sampled_from([1, 2, 8]))
def test_the_identity_is_perfect_on_a_grid_full_of_ties_and_at_twice_its_size(rows, columns, scale):
    X = np.stack(np.meshgrid(np.arange(rows), np.arange(columns)), axis=-1).reshape(-1, 2)
    assert_perfect(scores(X.astype(float), scale * X.astype(float)), len(X))


def test_the_identity_is_perfect_on_a_grid_at_a_tenth_of_its_size():
    X = np.stack(np.meshgrid(np.arange(20.0), np.arange(20.0)), axis=-1).reshape(-1, 2)
    assert_perfect(scores(X, 0.1 * X), len(X))


def test_the_oracle_is_perfect_against_the_geodesics_and_not_through_space():
    data = swiss_roll.dataset(n=300, seed=0)
    references = {
        "geodesic": LiveReference(data.geodesics, 300, data.chart),
        "Euclidean": euclidean(data.X),
    }
    found = compare(references, oracle(data.X, data.chart, 2, 0))
    assert_perfect({name: m.function(found["geodesic"]) for name, m in METRICS.items()}, 300)
    assert found["Euclidean"].co_ranking.auc < 0.95


# --- unchanged ---


@given(seeds, sizes)
def test_no_score_changes_when_either_side_is_rotated(seed, n):
    X = cloud(seed, n)
    Y = noisy_map(seed, X)
    turn_x, turn_y = (np.linalg.qr(cloud(seed + d, d, d))[0] for d in (3, 2))
    assert_same_scores(scores(X @ turn_x, Y @ turn_y), scores(X, Y))


@given(seeds, sizes, st.floats(-100, 100), st.floats(-100, 100))
def test_no_score_changes_when_either_side_is_moved(seed, n, x, y):
    X = cloud(seed, n)
    Y = noisy_map(seed, X)
    assert_same_scores(scores(X + x, Y + np.array([y, -y])), scores(X, Y))


@given(seeds, sizes, st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_no_score_changes_when_either_side_is_scaled(seed, n, x, y):
    X = cloud(seed, n)
    Y = noisy_map(seed, X)
    assert_same_scores(scores(x * X, y * Y), scores(X, Y))


@given(seeds, sizes)
def test_no_score_changes_when_the_points_are_listed_in_another_order(seed, n):
    X = cloud(seed, n)
    Y = noisy_map(seed, X)
    order = np.random.default_rng(seed).permutation(n)
    assert_same_scores(scores(X[order], Y[order]), scores(X, Y), names=WITHOUT_DRAWS)


@given(seeds, sizes)
def test_every_score_changes_when_only_one_side_is_listed_in_another_order(seed, n):
    X = cloud(seed, n)
    order = np.random.default_rng(seed).permutation(n)
    assume((order != np.arange(n)).sum() > n / 2)
    found = scores(X, X[order])
    # The shape of the cloud is the same; and where no k keeps more than chance, K_max is n - 1,
    # from which on nothing can be lost: Q_global is 1 by its definition.
    for name in JUDGED.keys() - TOPOLOGY - {"q_global"}:
        assert loss(name, found[name], n) > 0.02, name


# --- chance ---

N = 400
AUC_BOUND = 8 / N  # R_NX(k) of one random ranking a row deviates by about 1 / n, at any k


def expected_trustworthiness(n):
    """Return T(k) when each of the k places is given to any other point with equal chance."""
    k = np.arange(1, (n + 1) // 2)
    return 1 - (n - 1 - k) * (n - k) / ((n - 1) * (2 * n - 3 * k - 1))


def assert_at_chance(comparison, factor=1.0):
    found = comparison.co_ranking
    assert abs(found.auc) < factor * AUC_BOUND
    k = np.arange(1, (N + 1) // 2)
    bound = factor * 6 * 0.31 / np.sqrt(N * k) + 0.005
    expected = expected_trustworthiness(N)
    assert (np.abs(found.trustworthiness - expected) < bound).all()
    assert (np.abs(found.continuity - expected) < bound).all()
    assert found.trustworthiness[14] == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("order", ["sorted", "reversed", "shuffled"])
@pytest.mark.parametrize("value", [0.0, 0.1])
def test_a_constant_embedding_scores_at_chance_in_any_order_of_the_rows(order, value):
    data = swiss_roll.dataset(n=N, seed=0)
    rows = np.argsort(data.color)
    if order == "reversed":
        rows = rows[::-1]
    if order == "shuffled":
        rows = np.random.default_rng(0).permutation(N)
    comparison = hold(data.X[rows], np.full((N, 2), value))
    assert_at_chance(comparison)
    assert METRICS["spearman"].function(comparison) == 0
    assert METRICS["residual_variance"].function(comparison) == 1
    assert METRICS["stress_scale_normalised"].function(comparison) == 1


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("control", [random, shuffled])
def test_random_and_shuffled_embeddings_score_at_chance(control, seed):
    data = swiss_roll.dataset(n=N, seed=seed)
    comparison = hold(data.X, control(data.X, data.chart, 2, seed))
    assert_at_chance(comparison, factor=2)  # a far point is far for all: rows are not independent
    assert METRICS["spearman"].function(comparison) == pytest.approx(0, abs=0.05)
    assert METRICS["residual_variance"].function(comparison) > 0.99


def test_r_nx_is_at_chance_at_every_scale_when_the_embedding_is_random():
    data = swiss_roll.dataset(n=N, seed=0)
    found = hold(data.X, random(data.X, None, 2, 0)).co_ranking.r_nx
    k = np.arange(1, N - 1)
    assert (np.abs(found[k < 3 * N / 4]) < 0.06).all()


# --- each metric was seen to fail ---


@pytest.mark.parametrize("name", sorted(JUDGED.keys() - TOPOLOGY))
def test_a_worse_embedding_scores_worse_on_every_metric(name):
    metric = METRICS[name]
    data = swiss_roll.dataset(n=200, seed=1)
    reference = LiveReference(data.geodesics, 200, data.chart)
    noise = np.random.default_rng(0).normal(size=data.chart.shape)
    ladder = [data.chart + level * noise for level in (0, 2, 10)] + [random(data.X, None, 2, 1)]
    found = [loss(name, metric.function(compare({"": reference}, Y)[""]), 200) for Y in ladder]
    assert found[0] < 1e-7
    assert (np.diff(found) > 0.001).all()


@pytest.mark.parametrize("name", JUDGED)
def test_a_rolled_up_embedding_scores_worse_than_the_unrolled_one(name):
    metric = METRICS[name]
    data = swiss_roll.dataset(n=300, seed=1)
    reference = LiveReference(data.geodesics, 300, data.chart)
    flat, rolled = (
        loss(name, metric.function(compare({"": reference}, Y)[""]), 300)
        for Y in (data.chart, data.X[:, [0, 2]])
    )
    assert flat < rolled


@given(seeds, sizes, st.floats(0, 3))
def test_every_value_lies_in_the_range_of_its_row(seed, n, level):
    X = cloud(seed, n)
    Y = X[:, :2] + level * cloud(seed + 1, n, 2)
    for name, value in scores(X, Y).items():
        metric = METRICS[name]
        assert np.isfinite(value).all(), name
        assert np.min(value) >= metric.low - 1e-12, name
        assert np.max(value) <= metric.high + 1e-12, name


# --- the table ---


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_best_lies_on_one_end_of_the_range_and_chance_inside(metric):
    assert metric.low < metric.high
    if metric.higher_is_better is None:
        assert metric.best is None
    elif not callable(metric.best):
        assert metric.best == (metric.high if metric.higher_is_better else metric.low)
    chance = metric.chance_at(N, 15)
    if chance is not None:
        assert metric.low <= chance <= metric.high
        assert chance != metric.best_at(N, 15)


def test_names_and_labels_of_metrics_are_unique_and_sources_given():
    assert list(METRICS) == [metric.name for metric in METRICS.values()]
    assert len({metric.label for metric in METRICS.values()}) == len(METRICS)
    assert all(metric.source for metric in METRICS.values())


@pytest.mark.parametrize("name", METRICS)
def test_the_stated_chance_is_what_random_points_score(name):
    metric = METRICS[name]
    if metric.chance is None:
        assert name in {"k_max", "q_local", "q_global", "stress_nonmetric"} | TOPOLOGY | {
            "stress_scale_normalised"
        }
        return
    data = swiss_roll.dataset(n=N, seed=5)
    value = metric.function(hold(data.X, random(data.X, None, 2, 5)))
    value = value[14] if metric.curve else value
    assert value == pytest.approx(metric.chance_at(N, 15), abs=0.02)


@pytest.mark.parametrize("name", METRICS)
def test_curves_have_a_value_for_each_k_and_the_others_are_plain_floats(name):
    value = scores(cloud(0, 21), cloud(1, 21))[name]
    if METRICS[name].curve:
        shorter = {"r_nx": 19, "trustworthiness": 10, "continuity": 10}
        assert value.shape == (shorter.get(name, 20),)
    else:
        assert type(value) is float


# --- compare ---


@pytest.mark.parametrize("shape", [(19, 2), (21, 2), (20,), (20, 2, 1)])
def test_an_embedding_of_another_shape_is_refused_with_both_shapes(shape):
    with pytest.raises(ValueError, match=r"\(20, n_components\), got \(") as error:
        compare({"X": euclidean(cloud(0, 20))}, np.zeros(shape))
    assert str(shape) in str(error.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_embedding_that_is_not_finite_is_refused(bad):
    embedding = cloud(0, 20, 2)
    embedding[7, 1] = bad
    with pytest.raises(ValueError, match="must be finite; it holds NaN or infinity"):
        compare({"X": euclidean(cloud(0, 20))}, embedding)


def test_references_of_unlike_size_are_refused():
    references = {"one": euclidean(cloud(0, 20)), "two": euclidean(cloud(0, 21))}
    with pytest.raises(ValueError, match=r"\(20 or 21, n_components\)"):
        compare(references, cloud(0, 20, 2))


def test_several_references_in_one_pass_score_as_each_alone():
    X, other, Y = cloud(0, 300), cloud(1, 300), cloud(2, 300, 2)
    together = compare({"X": euclidean(X), "other": euclidean(other)}, Y)
    for name, points in {"X": X, "other": other}.items():
        assert (together[name].co_ranking.sums == hold(points, Y).co_ranking.sums).all()


@pytest.mark.parametrize("scale", [1e-300, 1e300, 2.0**-1060])
def test_the_size_of_an_embedding_does_not_matter_at_all(scale):
    X = np.random.default_rng(0).integers(0, 2**10, size=(60, 3)) / 2.0**10
    plain, scaled = hold(X, X[:, :2]), hold(X, X[:, :2] * scale)
    for name, metric in METRICS.items():
        np.testing.assert_allclose(metric.function(scaled), metric.function(plain), err_msg=name)


def test_an_embedding_in_single_precision_scores_as_its_double():
    X, Y = cloud(0, 50), noisy_map(0, cloud(0, 50)).astype(np.float32)
    assert_same_scores(scores(X, Y), scores(X, Y.astype(float)), atol=0)


def test_the_overlap_of_two_references_is_that_of_one_as_an_embedding_of_the_other():
    X, Y = cloud(0, 40), noisy_map(0, cloud(0, 40))
    overlap = reference_overlap(euclidean(Y), euclidean(X))
    assert (overlap.sums == hold(X, Y).co_ranking.sums).all()
    assert reference_overlap(euclidean(X), euclidean(X)).auc == 1


@pytest.mark.parametrize("n", [40, 600])
def test_where_no_path_leads_is_farther_than_all_and_has_no_length_to_compare(n):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(2, n, 2))
    piece = np.arange(n) % 2
    D = np.where(piece[:, None] == piece, cdist(X, X), np.inf)
    reference = {"it": LiveReference(MatrixDistances(D), n)}
    found = compare(reference, Y)["it"].moments
    d, e = D[np.triu_indices(n, 1)], pdist(Y)
    joined = np.isfinite(d)
    assert found.pearson == pytest.approx(pearsonr(d[joined], e[joined])[0])
    norms = np.linalg.norm(d[joined]) * np.linalg.norm(e[joined])
    assert found.cosine == pytest.approx(d[joined] @ e[joined] / norms)
    assert found.spearman == pytest.approx(spearmanr(d, e)[0], abs=1e-6)
    apart = compare(reference, X + 1e3 * piece[:, None])["it"]
    assert apart.moments.cosine == pytest.approx(1)
    assert (apart.co_ranking.q_nx[: n // 2 - 1] == 1).all()
    assert apart.co_ranking.q_nx[n // 2] < 1  # those beyond are in no order


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 9)), min_size=1, max_size=30))
def test_the_isotonic_fit_is_that_of_scipy(pairs):
    values, weights = np.array(pairs, dtype=float).T
    expected = isotonic_regression(values, weights=weights).x
    np.testing.assert_allclose(isotonic_fit(values, weights), expected, atol=1e-12)
