"""What a decoder is shown by: arrays that are known, and figures made of them."""

import dataclasses

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from bench.manifolds.sampled import SampledManifold
from bench.metrics.decoder.decoding import Decoding
from bench.metrics.decoder.pictures import GRID, MESH, SHOWN, STEPS, draw
from bench.report.pictures import mosaic

D = 9


def flat(n, seed):
    """Draw points of a square in nine dimensions: images of 3 x 3 pixels."""
    points = np.zeros((n, D), dtype=np.float32)
    points[:, :2] = np.random.default_rng(seed).uniform(size=(n, 2))
    return points


@pytest.fixture
def decoding():
    training, held_out, sample = flat(300, 1), flat(60, 2), flat(4000, 3)
    return Decoding(
        encode=lambda points: points[:, :2],
        decode=lambda codes: np.pad(codes, ((0, 0), (0, D - 2))),
        training=training,
        codes=training[:, :2],
        held_out=held_out,
        clean=held_out,
        geodesics=cdist(held_out, held_out),
        manifold=SampledManifold(sample, 2, sample[:, :2].astype(float)),
        seed=0,
        chart=held_out[:, :2].astype(float),
    )


def grey(values):
    return np.clip(np.rint(255 * np.asarray(values)), 0, 255)


def test_the_grid_of_a_plane_is_a_plane_over_where_the_codes_are(decoding):
    grid = draw(decoding, (3, 3))["pictures/grid"]
    assert grid.shape == (GRID, GRID, D)
    assert grid.dtype == np.uint8
    low, high = np.quantile(decoding.codes, [0.02, 0.98], axis=0)
    top = float(decoding.training.max())
    np.testing.assert_allclose(grid[0, 0, :2], grey([low[0] / top, high[1] / top]), atol=1)
    np.testing.assert_allclose(grid[-1, -1, :2], grey([high[0] / top, low[1] / top]), atol=1)
    steps = np.diff(grid[..., 0].astype(int), axis=1)
    assert np.ptp(steps) <= 1
    assert (grid[..., 2:] == 0).all()


def test_all_lines_join_the_same_two_points_and_the_flat_ones_are_straight(decoding):
    drawn = draw(decoding, (3, 3))
    lines = [
        drawn[f"pictures/{name}"].astype(int) for name in ("code_line", "input_line", "geodesic")
    ]
    for line in lines:
        assert line.shape == (STEPS, D)
        np.testing.assert_allclose(line[[0, -1]], lines[1][[0, -1]], atol=6)
        assert np.ptp(np.diff(line[:, :2], axis=0), axis=0).max() <= 14  # of 255: the sample's step


def test_denoising_shows_the_same_points_three_times(decoding):
    drawn = draw(decoding, (3, 3))
    clean, noisy, denoised = (drawn[f"pictures/{n}"] for n in ("clean", "noisy", "denoised"))
    assert clean.shape == noisy.shape == denoised.shape == (SHOWN, D)
    assert (denoised[:, 2:] == 0).all()
    assert (noisy[:, 2:] != 0).any()
    np.testing.assert_array_equal(denoised[:, :2], noisy[:, :2])


def test_points_in_space_are_drawn_as_they_are_and_others_not_at_all(decoding):
    assert draw(decoding, None) == {}
    cut = {name: getattr(decoding, name)[:, :3] for name in ("training", "held_out", "clean")}
    in_space = dataclasses.replace(
        decoding,
        decode=lambda codes: np.pad(codes, ((0, 0), (0, 1))),
        manifold=None,
        chart=None,
        **cut,
    )
    drawn = draw(in_space, None)
    assert drawn["pictures/grid"].shape == (MESH, MESH, 3)
    assert drawn["pictures/points"].dtype == np.float32
    assert "pictures/geodesic" not in drawn


def test_a_costly_decoder_is_not_asked_for_a_grid(decoding):
    drawn = draw(dataclasses.replace(decoding, affordable=20), (3, 3))
    assert "pictures/grid" not in drawn
    assert "pictures/code_line" in drawn


def test_a_mosaic_has_every_image_in_its_place():
    images = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    sheet = mosaic(images, (2, 2))
    assert sheet.shape == (5, 8)
    np.testing.assert_array_equal(sheet[:2, :2], [[0, 1], [2, 3]])
    np.testing.assert_array_equal(sheet[3:, 6:], [[20, 21], [22, 23]])
    assert (sheet[2] == 255).all()
