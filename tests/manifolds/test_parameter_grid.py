import numpy as np
import pytest
from curved import great_circles, polar, sphere

from bench.manifolds.near_lines import ParameterBox
from bench.manifolds.parameter_grid import GridGeodesics, ParameterGrid
from bench.manifolds.varying_metric import VaryingMetric


def uniform(lower, upper, n=60):
    return np.random.default_rng(0).uniform(lower, upper, (n, len(lower)))


def grid_over(metric, lower, upper, **options):
    return ParameterGrid(ParameterBox(metric, np.array(lower), np.array(upper)), **options)


def solve(metric, lower, upper, parameters, **options):
    grid = grid_over(metric, lower, upper, **options)
    return GridGeodesics(grid, parameters, 0.005).distances(np.arange(len(parameters)))


def excess(found, truth):
    off = ~np.eye(len(truth), dtype=bool)
    return found[off] / truth[off] - 1


def test_paths_in_a_constant_metric_are_straight_lines_in_its_flat_chart():
    constant = np.array([[1.0, 0.3], [0.3, 0.5]])
    parameters = uniform([-1, 0], [1, 3])
    travel = parameters[:, None] - parameters
    truth = np.sqrt(np.einsum("abi,ij,abj->ab", travel, constant, travel))
    metric = lambda u: np.tile(constant, (len(u), 1, 1))  # noqa: E731
    found = solve(metric, [-1, 0], [1, 3], parameters, cells=50)
    assert excess(found, truth).min() > -1e-12
    assert excess(found, truth).max() < 0.005


def test_paths_in_three_parameters_are_found_too():
    parameters = uniform([0, 0, 0], [2, 1, 1])
    truth = np.linalg.norm(parameters[:, None] - parameters, axis=-1)
    flat = {"cells": 16, "reach": 5.0}
    found = solve(
        lambda u: np.tile(np.eye(3), (len(u), 1, 1)), [0, 0, 0], [2, 1, 1], parameters, **flat
    )
    assert excess(found, truth).min() > -1e-12
    assert excess(found, truth).max() < 0.04


def test_paths_on_a_sphere_are_great_circles():
    parameters = uniform([-1, -0.5], [1, 0.5])  # great circles between them stay in the box
    found = solve(sphere, [-1.1, -1.0], [1.1, 1.0], parameters, cells=50)
    off = excess(found, great_circles(parameters[:, None], parameters))
    assert off.min() > -5e-4
    assert off.max() < 0.005


def test_refining_the_grid_brings_the_paths_nearer_to_the_truth():
    parameters = uniform([-1, -0.5], [1, 0.5])
    off = [
        excess(
            solve(sphere, [-1.1, -1], [1.1, 1], parameters, **grid),
            great_circles(parameters[:, None], parameters),
        )
        for grid in ({"cells": 15, "reach": 3.0}, {"cells": 30, "reach": 6.0}, {"cells": 60})
    ]
    assert off[0].mean() > 2 * off[1].mean() > 4 * off[2].mean() > 0


def test_paths_in_polar_coordinates_are_straight_lines_or_go_around_the_middle():
    lower, upper = [0.5, 0.0], [2.0, np.pi]
    parameters = uniform(lower, upper)
    radius, angle = parameters.T
    points = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    # Around a disc of radius 0.5 that the box leaves out: two tangents and an arc between.
    turn = np.abs(angle[:, None] - angle)
    ahead = np.arccos(0.5 / radius)
    arc = turn - ahead[:, None] - ahead
    tangents = np.sqrt(radius**2 - 0.25)
    around = tangents[:, None] + tangents + 0.5 * arc
    straight = np.linalg.norm(points[:, None] - points, axis=-1)
    off = excess(solve(polar, lower, upper, parameters), np.where(arc > 0, around, straight))
    assert (arc > 0).mean() > 0.1
    assert off.min() > -1e-3
    assert off.max() < 0.005


def test_distances_are_a_metric_within_the_bound():
    parameters = uniform([-1, -0.5], [1, 0.5], n=80)
    parameters[7] = parameters[3]
    grid = grid_over(sphere, [-1.1, -1], [1.1, 1], cells=50)
    geodesics = GridGeodesics(grid, parameters, 0.005)
    found = geodesics.distances(np.arange(80))
    np.testing.assert_allclose(found, found.T, rtol=1e-12)
    detour = (found[:, :, None] + found[None]).min(axis=1)
    assert (found <= detour * 1.005).all()
    assert (np.diag(found) == 0).all()
    assert found[3, 7] == 0
    assert (geodesics.status, geodesics.notes) == ("numerical", {"relative_error": 0.005})


def test_a_distance_does_not_depend_on_the_other_points():
    parameters = uniform([-1, -0.5], [1, 0.5], n=3000)
    grid = grid_over(sphere, [-1, -0.5], [1, 0.5], cells=20, reach=4.0)
    some = np.array([2900, 5, 311])
    among_many = GridGeodesics(grid, parameters, 0.01).distances(some)[:, some]
    alone = GridGeodesics(grid, parameters[some], 0.01).distances(np.arange(3))
    np.testing.assert_allclose(among_many, alone, rtol=1e-12)


def test_distances_hardly_jump_where_points_are_near_enough_for_one_line():
    """Look at points in steps of 0.05 cells, from the near ones to the far."""
    grid = grid_over(sphere, [-1.1, -1], [1.1, 1], cells=50)
    along = np.linspace(16.0, 20.0, 81) * grid.cell[0]
    parameters = np.vstack([[-0.53, 0.31], np.column_stack([along - 0.53, along / 7 + 0.31])])
    found = GridGeodesics(grid, parameters, 0.005).distances(np.array([0]))[0, 1:]
    truth = great_circles(parameters[0], parameters[1:])
    assert np.abs(np.diff(found / truth)).max() < 0.001


@pytest.mark.parametrize("cells", [13.0, 15.0, 17.5])
def test_points_just_beyond_the_reach_of_the_grid_are_still_joined_by_one_line(cells):
    grid = grid_over(sphere, [-1.1, -1], [1.1, 1], cells=50)
    box, ends = grid.box, np.array([[0.3, 0.6], [0.3 - cells * grid.cell[0], 0.6]])
    found = GridGeodesics(grid, ends, 0.005).distances(np.array([0]))[0, 1]
    places = box.places(ends)
    assert found == box.lengths(places[:1], places[1:])[0]


def test_cells_are_about_square_in_the_metric():
    stretched = np.diag([4.0, 1.0])
    grid = grid_over(lambda u: np.tile(stretched, (len(u), 1, 1)), [0, 0], [1, 0.5], cells=40)
    assert grid.shape.tolist() == [40, 10]


def test_lines_between_nodes_pass_through_no_other_node():
    grid = grid_over(sphere, [-1, -0.5], [1, 0.5], cells=6, reach=2.9)
    steps = np.diff(grid.nodes[grid.lines[0]], axis=1)[:, 0]
    found = {tuple(step) for step in np.abs(steps).tolist()}
    assert found == {(0, 1), (1, 0), (1, 1), (1, 2), (2, 1)}


def embedded(parameters):
    """Render a ring torus as an image of three pixels."""
    u, v = parameters.T
    ring = 2 + np.cos(v)
    return np.column_stack([ring * np.cos(u), ring * np.sin(u), np.sin(v)])


def test_a_varying_metric_is_that_of_the_surface_everywhere():
    lower, upper = np.array([-1.0, -2.0]), np.array([1.0, 2.0])
    metric = VaryingMetric(embedded, lower, upper)
    parameters = np.vstack([uniform(lower, upper), lower, upper])
    expected = np.zeros((62, 2, 2))
    expected[:, 0, 0], expected[:, 1, 1] = (2 + np.cos(parameters[:, 1])) ** 2, 1
    np.testing.assert_allclose(metric(parameters), expected, atol=1e-4)


@pytest.mark.parametrize("knots", [9, 17])
def test_more_knots_bring_a_varying_metric_nearer_to_the_truth(knots):
    lower, upper = np.array([-1.0, -2.0]), np.array([1.0, 2.0])
    parameters = uniform(lower, upper)
    truth = (2 + np.cos(parameters[:, 1])) ** 2
    off = [
        np.abs(VaryingMetric(embedded, lower, upper, k)(parameters)[:, 0, 0] - truth).max()
        for k in (knots, 2 * knots)
    ]
    assert off[0] > 8 * off[1]
