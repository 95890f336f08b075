"""Noise and undone images: what they are, and that nothing is left to find."""

import numpy as np
import pytest
from scipy.stats import kstest
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from bench.datasets import digits, gaussian_noise, shuffled_digits, uniform_noise
from bench.manifolds.graph import graph_geodesics


@pytest.mark.parametrize(("module", "law"), [(uniform_noise, "uniform"), (gaussian_noise, "norm")])
def test_noise_has_the_stated_law_and_no_correlation(module, law):
    data = module.dataset(n=500, dimensions=40, seed=0)
    assert kstest(data.X.ravel(), law).pvalue > 0.01
    correlation = np.corrcoef(data.X.T) - np.eye(40)
    assert np.abs(correlation).max() < 5 / np.sqrt(500)


@pytest.mark.parametrize("module", [uniform_noise, gaussian_noise])
@pytest.mark.parametrize("dimensions", [1, 3, 1600])
def test_noise_is_drawn_in_the_dimensions_asked_for(module, dimensions):
    data = module.dataset(n=30, dimensions=dimensions)
    assert data.X.shape == (30, dimensions)
    assert data.intrinsic_dimension == dimensions


def test_uniform_noise_is_images_where_the_pixels_make_a_square():
    assert uniform_noise.dataset(n=20, dimensions=784).image_shape == (28, 28)
    assert uniform_noise.dataset(n=20, dimensions=783).image_shape is None


@pytest.mark.parametrize("module", [uniform_noise, gaussian_noise])
def test_no_dimensions_are_refused(module):
    with pytest.raises(ValueError, match="dimensions must be at least 1, got 0"):
        module.dataset(n=20, dimensions=0)


@pytest.mark.parametrize("module", [uniform_noise, gaussian_noise, shuffled_digits])
def test_geodesics_of_a_negative_control_are_marked_as_the_graph_estimate_they_are(module):
    data = module.dataset(n=60, n_neighbors=7)
    assert data.geodesics.status == "graph"
    assert data.geodesics.notes["n_neighbors"] == 7
    assert data.chart is None
    rows = np.arange(60)
    expected = graph_geodesics(data.X, n_neighbors=7).distances(rows)
    np.testing.assert_array_equal(data.geodesics.distances(rows), expected)


def test_shuffled_digits_are_digits_with_their_own_pixels_in_other_places():
    images, labels = load_digits(return_X_y=True)
    originals = {(*sorted(image), label) for image, label in zip(images, labels, strict=True)}
    data = shuffled_digits.dataset(n=300)
    shuffled = [(*sorted(16 * x), y) for x, y in zip(data.X, data.labels, strict=True)]
    assert set(shuffled) <= originals
    whole = {tuple(image) for image in images}
    assert not any(tuple(16 * x) in whole for x in data.X)


def test_each_digit_has_an_order_of_pixels_of_its_own():
    # The corners of a digit are empty and its middle is not; one order for all would keep that.
    brightness = shuffled_digits.dataset(n=1500).X.mean(axis=0)
    assert brightness.std() < 0.1 * digits.dataset(n=1500).X.mean(axis=0).std()


def test_the_labels_of_shuffled_digits_are_hardly_to_be_found_among_neighbours():
    accuracy = {}
    for module in (digits, shuffled_digits):
        data = module.dataset(n=1000)
        classes = KNeighborsClassifier(5).fit(data.X[:500], data.labels[:500])
        accuracy[module] = classes.score(data.X[500:], data.labels[500:])
    assert accuracy[digits] > 0.9
    assert accuracy[shuffled_digits] < 0.3
