import numpy as np
import pytest

from bench.manifolds.ambient import place

POINTS = np.random.default_rng(0).normal(size=(200, 3))


def test_points_are_left_alone_unless_told():
    assert (place(POINTS, "x", 0) == POINTS.astype(np.float32)).all()


@pytest.mark.parametrize("dimensions", [3, 4, 50])
def test_more_dimensions_keep_all_distances_and_mix_all_coordinates(dimensions):
    found = place(POINTS, "x", 0, dimensions=dimensions).astype(float)
    assert found.shape == (200, dimensions)
    chord = np.linalg.norm(POINTS[:, None] - POINTS, axis=-1)
    np.testing.assert_allclose(np.linalg.norm(found[:, None] - found, axis=-1), chord, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), np.linalg.norm(POINTS, axis=1), 1e-5)
    assert np.linalg.matrix_rank(found, tol=1e-3) == 3
    assert (found.std(axis=0) > 0).all()


def test_isometries_are_drawn_by_seed_and_name_and_have_no_preferred_direction():
    draws = [place(np.eye(3), name, seed, dimensions=5) for name in "xy" for seed in range(300)]
    assert (place(np.eye(3), "x", 7, dimensions=5) == draws[7]).all()
    assert not np.isclose(draws[0], draws[1]).any()
    assert not np.isclose(draws[0], draws[300]).any()
    mean, square = np.mean(draws, axis=0), np.mean(np.square(draws), axis=0)
    assert np.abs(mean).max() < 5 * np.sqrt(1 / 5 / 600)
    assert np.abs(square - 1 / 5).max() < 5 * np.sqrt(2 / 25 / 600)


def test_noise_is_isotropic_in_all_final_dimensions():
    clean, noisy = (place(POINTS, "x", 0, dimensions=40, noise=s).astype(float) for s in (0, 0.3))
    noise = noisy - clean
    covariance = noise.T @ noise / 200
    np.testing.assert_allclose(np.diag(covariance).mean(), 0.09, rtol=0.05)
    assert np.abs(covariance - np.diag(np.diag(covariance))).max() < 5 * 0.09 / np.sqrt(200)
    assert (np.abs(noise).max(axis=0) > 0.3).all()


def test_fewer_dimensions_and_negative_noise_are_refused():
    with pytest.raises(ValueError, match="dimensions must be 3 or more, or None, got 2"):
        place(POINTS, "x", 0, dimensions=2)
    with pytest.raises(ValueError, match=r"noise must be 0 or more, got -0\.1"):
        place(POINTS, "x", 0, noise=-0.1)
