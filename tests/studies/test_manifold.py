"""The study of the manifold hypothesis: estimates against closed forms, words that follow."""

from itertools import product

import numpy as np
import pytest

from bench.engine.circumstances import circumstances
from bench.manifolds.intrinsic_dimension import (
    correlation_dimension,
    maximum_likelihood,
    participation_ratio,
)
from bench.record import Status
from bench.results_folder import MARKER
from bench.studies.manifold.cells import (
    CODES,
    DATASETS,
    SIZES,
    _autoencoder,
    closeness,
    estimates,
    lost,
)
from bench.studies.manifold.numbers import code_needed, frame, slope_dimension
from bench.studies.manifold.report import publish_manifold
from bench.studies.manifold.words import sentences
from bench.studies.study import Cell, Outcome

WHERE = circumstances(1)


def torus(n, d, seed=0):
    """Draw points of a flat torus of d dimensions in 2 d: no border, no curvature to mislead."""
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, size=(n, d))
    return np.concatenate([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


@pytest.mark.parametrize(("d", "within"), [(1, 0.05), (2, 0.1), (4, 0.15)])
def test_estimates_find_the_dimension_of_a_flat_torus(d, within):
    found = estimates(torus(1500, d))
    for name in ("two_nn", "maximum_likelihood", "correlation"):
        assert found[name] == pytest.approx(d, rel=within)
    # All 2 d coordinates have the same variance.
    assert found["participation_ratio"] == pytest.approx(2 * d, rel=0.05)


def test_maximum_likelihood_is_that_of_scikit_dimension():
    skdim = pytest.importorskip("skdim")
    X = torus(400, 3).astype(float)
    distances = np.sort(np.linalg.norm(X[:, None] - X[None], axis=-1), axis=1)
    found = skdim.id.MLE(K=20, neighborhood_based=True).fit(X, n_neighbors=20, comb="mle")
    assert maximum_likelihood(distances[:, 1:21]) == pytest.approx(found.dimension_, rel=0.02)


def test_many_dimensions_are_told_from_few():
    noise = np.random.default_rng(0).uniform(size=(800, 64)).astype(np.float32)
    for name, value in estimates(noise).items():
        assert value > 15, name


def test_duplicates_are_looked_at_once():
    X = torus(500, 2)
    assert estimates(np.concatenate([X, X[:100]])) == pytest.approx(estimates(X))


def test_the_correlation_dimension_of_a_line_is_one():
    places = np.random.default_rng(0).uniform(size=1500)
    lengths = abs(places[:, None] - places)[np.triu_indices(1500, 1)]
    assert correlation_dimension(lengths) == pytest.approx(1, abs=0.03)


def test_the_participation_ratio_counts_directions_of_equal_variance():
    assert participation_ratio(np.vstack([np.eye(5), -np.eye(5)])) == pytest.approx(5)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_slope_of_the_neighbours_distance_is_the_dimension(d):
    assert slope_dimension([n ** (-1 / d) for n in SIZES]) == pytest.approx(d)
    assert slope_dimension(closeness(torus(1500, d))) == pytest.approx(d, rel=0.15)
    assert slope_dimension([1.0, 1.0, 1.0, None, None]) == np.inf


def test_fewer_points_than_a_size_give_no_number_there():
    assert closeness(torus(250, 1))[2:] == [None, None, None]


def test_what_a_code_loses_is_a_share_of_the_variance():
    class Mean:
        def fit(self, X):
            self.mean = X.mean(axis=0)

        def transform(self, X):
            return X

        def inverse_transform(self, X):
            return np.tile(self.mean, (len(X), 1))

    X = torus(100, 2)
    assert lost(Mean(), X[:80], X[80:]) == pytest.approx(1)
    assert lost(None, X, X) is None


def outcomes():
    made = []
    for family, datasets in DATASETS.items():
        for dataset, seed in product(datasets, (0, 1)):
            share = {"rendered": 0.02, "real": 0.3}.get(family, 0.95)
            numbers = {
                "dimensions": 64.0,
                "true_dimension": 2.0 if family == "rendered" else None,
                "two_nn": 2.0 + seed / 10,
                "maximum_likelihood": 2.1,
                "correlation": 2.2,
                "participation_ratio": 4.0,
                "neighbor_distance": [n ** (-1 / 2) for n in SIZES],
                "pca_lost": [share] * len(CODES),
                "autoencoder_lost": [share / 2] * len(CODES),
            }
            cell = Cell({"family": family, **dataset}, seed)
            made.append(Outcome(cell, Status.OK, WHERE, numbers=numbers))
    return made


def test_the_words_follow_the_numbers():
    cells = frame(outcomes())
    text = "\n".join(sentences(cells))
    assert "rendered: translated_bump 2.0 (4.0, truth 2)" in text or "2.1 (4.0, truth 2)" in text
    assert "74% (digits)" in text
    assert code_needed(cells, "translated_bump", "pca_lost") == 1
    assert code_needed(cells, "digits", "pca_lost") is None
    assert (
        "8 numbers PCA loses 30% of the variance of digits, 95% of the variance of shuffled" in text
    )
    better = outcomes()
    for outcome in better:
        if outcome.cell.parameters["family"] == "real":
            outcome.numbers["pca_lost"] = [0.05] * len(CODES)
    assert code_needed(frame(better), "digits", "pca_lost") == 1


def test_a_sentence_says_where_the_autoencoder_is_worse_and_only_there():
    def said(made):
        return [line for line in sentences(frame(made)) if "loses more than PCA" in line]

    made = outcomes()
    assert not said(made)
    for outcome in made:
        if outcome.cell.parameters["dataset"] == "mnist":
            outcome.numbers["autoencoder_lost"][-1] = 0.35 + outcome.cell.seed / 1000
    (line,) = said(made)
    assert line.endswith("of mnist at k = 32.")
    for outcome in made:  # no more than seeds differ
        if outcome.cell.parameters["dataset"] == "mnist":
            outcome.numbers["autoencoder_lost"][-1] = 0.35 + outcome.cell.seed / 5
    assert not said(made)


def test_coders_are_compared_at_the_true_dimension():
    (line,) = (line for line in sentences(frame(outcomes())) if "as many numbers as" in line)
    assert "translated_bump (2) 2.0% and 1.0%" in line
    assert "noise" not in line


@pytest.mark.parametrize("dimensions", [64, 784])
def test_the_participation_ratio_of_noise_is_what_the_report_says(dimensions):
    noise = np.random.default_rng(0).normal(size=(600, dimensions))
    expected = dimensions / (1 + dimensions / 600)
    assert participation_ratio(noise) == pytest.approx(expected, rel=0.01)


def test_noise_learned_by_heart_is_not_what_an_autoencoder_keeps():
    noise = np.random.default_rng(0).uniform(size=(160, 36)).astype(np.float32)
    # Were the first epochs passed over, as with a charge that warms up, it would lose 1.12.
    assert lost(_autoencoder(4, 0), noise[:110], noise[110:]) < 1


def test_the_report_shows_what_failed(tmp_path):
    first, *rest = outcomes()
    failed = Outcome(first.cell, Status.UNAVAILABLE, WHERE, "mlxtend is not installed")
    files = publish_manifold([failed, *rest], tmp_path)
    assert {*files, MARKER} == {path.name for path in tmp_path.iterdir()}
    text = (tmp_path / "report.md").read_text()
    assert "unavailable: mlxtend is not installed" in text
    assert publish_manifold([failed], tmp_path / "none") == ["report.md", "manifold.csv"]
