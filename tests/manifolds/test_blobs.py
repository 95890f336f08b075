import numpy as np
import pytest
from scipy.special import erf

from bench.manifolds.blobs import render_blobs, stroke
from bench.manifolds.images import pixel_grid


def test_blobs_are_the_sum_of_their_gaussians():
    generator = np.random.default_rng(0)
    centres, weights = generator.uniform(-5, 5, (4, 3, 2)), generator.normal(size=3)
    x, y = pixel_grid(15)
    squared = (x - centres[..., :1]) ** 2 + (y - centres[..., 1:]) ** 2
    expected = np.einsum("m,nmp->np", weights, np.exp(-squared / (2 * 1.7**2)))
    np.testing.assert_allclose(render_blobs(centres, weights, 1.7, 15), expected, atol=1e-12)


@pytest.mark.parametrize("turn", [0.0, 0.4, 1.2])
def test_a_stroke_of_dots_is_a_blurred_line(turn):
    blur, half = 1.5, 24.0
    along = np.array([np.cos(turn), np.sin(turn)])
    dots = stroke(np.array([-half * along, half * along]), blur)
    spacing = 2 * half / (len(dots) - 1)
    weights = np.full(len(dots), spacing / (blur * np.sqrt(2 * np.pi)))
    found = render_blobs(dots[None], weights, blur, 20)[0]
    x, y = pixel_grid(20)
    aside, ahead = x * along[1] - y * along[0], x * along[0] + y * along[1]
    # A segment of a line under a Gaussian blur, in closed form.
    ends = erf((ahead + half) / (np.sqrt(2) * blur)) - erf((ahead - half) / (np.sqrt(2) * blur))
    np.testing.assert_allclose(found, np.exp(-(aside**2) / (2 * blur**2)) * ends / 2, atol=1e-7)


def test_dots_are_evenly_spaced_along_the_line_and_include_its_ends():
    corner = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0]])
    dots = stroke(corner, 1.0)
    assert len(dots) == 8
    np.testing.assert_allclose(dots[[0, 3, -1]], corner, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(np.diff(dots, axis=0), axis=1), 1.0)
    assert len(stroke(corner, 0.99)) == 9
