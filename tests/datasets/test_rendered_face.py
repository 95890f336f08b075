"""The face: smooth images, and geodesics against paths that never saw the grid."""

from functools import cache

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from bench.datasets import rendered_face
from bench.manifolds.head import render_head
from bench.manifolds.images import metric_tensor
from bench.manifolds.parameter_grid import GridGeodesics, ParameterGrid
from bench.manifolds.shortest_paths import ShortestPaths
from bench.manifolds.varying_metric import VaryingMetric

MOST = rendered_face._MOST
SIDES = np.array([np.eye(2), -np.eye(2)])  # ahead and behind in either parameter


@cache
def draw(n=80):
    return rendered_face.dataset(n=n, seed=0)


def parameters():
    return draw().geodesics.parameters


def face(u):
    return render_head(u[:, 0], u[:, 1], 40, 1.5)


def relaxed_length(start, end, pieces=8):
    """Shorten a path between two images by the energy of its steps, and measure it finely.

    It looks at images alone: no metric tensor, no spline, no grid.
    """
    part = np.linspace(0, 1, pieces + 1)
    straight = start + part[:, None] * (end - start)

    def path(free):
        return np.vstack([start, free.reshape(-1, 2), end])

    def energy(free, step=1e-4):
        around = path(free)[1:-1, None, None] + step * SIDES
        ahead, behind = np.moveaxis(face(around.reshape(-1, 2)).reshape(pieces - 1, 2, 2, -1), 1, 0)
        steps = np.diff(face(path(free)), axis=0)
        slope = np.einsum("kip,kp->ki", ahead - behind, steps[:-1] - steps[1:]) / step
        return (steps**2).sum(), slope.ravel()

    bounds = [(-most, most) for most in MOST] * (pieces - 1)
    best = minimize(energy, straight[1:-1].ravel(), jac=True, bounds=bounds, options={"ftol": 1e-9})
    smooth = CubicSpline(part, path(best.x))(np.linspace(0, 1, 40 * pieces + 1))
    return np.linalg.norm(np.diff(face(smooth), axis=0), axis=1).sum()


def test_geodesics_are_as_long_as_relaxed_paths_of_images_to_the_stated_bound():
    far = draw().geodesics.distances(np.arange(6))
    pairs = [(i, int(far[i].argsort()[k])) for i, k in enumerate((-1, -1, 50, 30, 15, 4))]
    found = np.array([far[i, j] for i, j in pairs])
    relaxed = [relaxed_length(parameters()[i], parameters()[j]) for i, j in pairs]
    bound = draw().geodesics.notes["relative_error"]
    assert bound == 0.005
    np.testing.assert_allclose(found, relaxed, rtol=bound)


def test_a_finer_grid_moves_no_distance_by_more_than_the_stated_bound():
    """Against paths from each point itself, along a finer grid's lines to each point itself."""
    box = draw().geodesics.grid.box
    finer = ParameterGrid(box, cells=96, reach=14.0)
    points, nodes = (parameters() - box.lower) / finer.cell, finer.nodes
    to_nodes = cKDTree(points).sparse_distance_matrix(cKDTree(nodes), 14, output_type="ndarray")
    own, near = to_nodes["i"], to_nodes["j"]
    at_nodes = box.places(box.lower + nodes * finer.cell)
    joins = box.lengths(box.places(parameters())[own], at_nodes[near])
    (start, end), lengths = finer.lines[0].T, finer.lines[1]
    edges = np.concatenate([lengths, joins])
    between = np.concatenate([start + 80, own]), np.concatenate([end + 80, near + 80])
    one_way = csr_array((edges, between), shape=(80 + len(nodes),) * 2)
    truth = ShortestPaths(csr_array(one_way + one_way.T)).distances(np.arange(80))[:, :80]
    far = cdist(points, points) > 2 * 14  # nearer by, a way through a node is a detour
    off = draw().geodesics.distances(np.arange(80))[far] / truth[far] - 1
    assert far.mean() > 0.5
    assert np.abs(off).max() < 0.005
    assert np.abs(off).mean() < 0.001


def test_distances_jump_by_less_than_the_bound_where_points_are_near_enough_for_one_line():
    grid, angle = draw().geodesics.grid, np.linspace(0, 2 * np.pi, 97)
    starts = np.array([[36.0, 36.0], [27.3, 44.8], [20.1, 51.7]]) * grid.cell - MOST
    for start in starts:
        around = np.column_stack([np.cos(angle), np.sin(angle)]) * grid.cell
        ends = [start + cells * around for cells in (17.999, 18.001)]
        places = np.vstack([start, *ends])
        found = GridGeodesics(grid, places, 0.005).distances(np.array([0]))[0, 1:]
        assert np.abs(found[:97] / found[97:] - 1).max() < 0.005


def test_the_interpolated_metric_is_the_measured_one():
    places = np.random.default_rng(1).uniform(-MOST, MOST, (150, 2))
    measured = metric_tensor(face, places)
    found = VaryingMetric(face, -MOST, MOST)(places)
    size = np.linalg.norm(measured, axis=(1, 2))
    assert (np.linalg.norm(found - measured, axis=(1, 2)) / size).max() < 0.005


def test_the_metric_hardly_knows_of_the_pixels():
    places = np.random.default_rng(1).uniform(-MOST, MOST, (25, 2))
    fine = metric_tensor(lambda u: render_head(u[:, 0], u[:, 1], 120, 4.5), places) / 9
    coarse = metric_tensor(face, places)
    size = np.linalg.norm(fine, axis=(1, 2))
    assert (np.linalg.norm(coarse - fine, axis=(1, 2)) / size).max() < 0.01


@pytest.mark.parametrize("start", [(0.0, 0.0), (-0.6, 0.8), (0.65, -0.7)])
def test_images_change_at_the_speed_of_the_metric_in_all_directions(start):
    angle = np.linspace(0, np.pi, 13)
    step = 1e-3 * np.column_stack([np.cos(angle), np.sin(angle)])
    changed = np.linalg.norm(face(start + step) - face(start - step), axis=1)
    metric = draw().geodesics.grid.box.metric(np.array([start]))[0]
    np.testing.assert_allclose(
        changed, 2 * np.sqrt(np.sum(step @ metric * step, axis=1)), rtol=0.01
    )


@pytest.mark.parametrize("end", [(0.65, -0.8), (0.65, 0.8), (-0.65, 0.8)])
def test_path_lengths_converge_as_steps_get_finer(end):
    start, end = np.array([-0.65, -0.8]), np.array(end)
    lengths = [
        np.linalg.norm(np.diff(face(np.linspace(start, end, steps + 1)), axis=0), axis=1).sum()
        for steps in (20, 40, 80, 160)
    ]
    gained = np.diff(lengths)
    assert (gained > 0).all()
    np.testing.assert_allclose(gained[:-1] / gained[1:], 4, rtol=0.1)  # as of a smooth curve


def test_a_head_turned_and_lit_the_other_way_is_its_mirror_image():
    u = np.random.default_rng(0).uniform(-MOST, MOST, (20, 2))
    mirrored = face(-u).reshape(20, 40, 40)[:, :, ::-1]
    np.testing.assert_allclose(face(u).reshape(20, 40, 40), mirrored, atol=1e-12)


def test_the_side_toward_the_light_is_the_brighter_one():
    lit = face(np.array([[0.0, 0.8]])).reshape(40, 40)
    assert lit[:, 20:].sum() > 1.5 * lit[:, :20].sum()


def test_a_head_turned_to_its_left_shows_its_nose_on_the_right():
    ahead, turned = face(np.array([[0.0, 0.0], [0.5, 0.0]])).reshape(2, 40, 40)
    mouth = slice(25, 28)  # the darkest part of the lower face
    assert turned[mouth, 25].sum() < 0.9 * turned[mouth, 14].sum()
    assert ahead[mouth, 25].sum() == pytest.approx(ahead[mouth, 14].sum())


def test_the_face_never_touches_the_frame():
    u = np.vstack([np.random.default_rng(0).uniform(-MOST, MOST, (300, 2)), MOST, -MOST])
    images = face(u).reshape(-1, 40, 40)
    frame = (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1])
    assert max(side.max() for side in frame) < 0.005
    assert images.max() > 0.8
    assert images.min() >= 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 32}, "at least 40 pixels for a smooth face, got 32"),
        ({"blur": 0.5}, r"1 to 0\.04 \* size = 1\.6 pixels, got 0\.5"),
        ({"blur": 3.0}, r"1 to 0\.04 \* size = 1\.6 pixels, got 3"),
    ],
)
def test_a_face_that_would_not_be_smooth_or_would_touch_the_frame_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        rendered_face.dataset(n=20, **options)
