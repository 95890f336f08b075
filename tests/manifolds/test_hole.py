from math import gcd

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from bench.manifolds.hole import HoleGeodesics


def distance(p, q, lower, upper):
    chart = np.array([p, q], dtype=float)
    geodesics = HoleGeodesics(chart, np.array(lower, float), np.array(upper, float))
    there, back = geodesics.distances(np.array([0, 1]))[[0, 1], [1, 0]]
    assert there == pytest.approx(back, abs=1e-12)
    return there


def lattice_distances(size, lower, upper, per_unit, sources):
    """Shortest paths on a fine lattice with 32 directions, moves through the hole left out.

    With 32 directions a lattice path is at most 1.4 % longer than the straight line.
    """
    steps = [(a, b) for a in range(4) for b in range(-3, 4) if gcd(a, b) == 1 and (a, b) > (0, 0)]
    width, height = (int(s * per_unit) + 1 for s in size)
    x, y = (c.ravel() for c in np.meshgrid(np.arange(width), np.arange(height), indexing="ij"))
    low, high = np.array(lower) * per_unit, np.array(upper) * per_unit
    start, end, length = [], [], []
    for a, b in steps:
        inside = (x + a < width) & (y + b >= 0) & (y + b < height)
        for part in np.linspace(0, 1, 25):
            u, v = x + part * a, y + part * b
            margin = 1e-9
            hit = (u > low[0] + margin) & (u < high[0] - margin)
            inside &= ~(hit & (v > low[1] + margin) & (v < high[1] - margin))
        start.append(np.flatnonzero(inside))
        end.append(start[-1] + a * height + b)
        length.append(np.full(inside.sum(), np.hypot(a, b) / per_unit))
    edges = (np.concatenate(start), np.concatenate(end))
    graph = csr_array((np.concatenate(length), edges), shape=(len(x), len(x)))
    free = ~((x > low[0]) & (x < high[0]) & (y > low[1]) & (y < high[1]))
    free = np.flatnonzero(free)
    chosen = np.random.default_rng(0).choice(free, sources, replace=False)
    points = np.column_stack([x, y])[free] / per_unit
    return (
        points,
        np.searchsorted(free, chosen),
        dijkstra(graph, directed=False, indices=chosen)[:, free],
    )


@pytest.mark.parametrize(
    ("lower", "upper"), [((3, 2), (7, 4)), ((4, 1), (5, 5)), ((1, 2.5), (9, 3)), ((3, 3), (8, 6))]
)
def test_hole_geodesics_equal_brute_force_on_a_fine_lattice(lower, upper):
    points, sources, brute = lattice_distances((10, 6), lower, upper, per_unit=6, sources=25)
    geodesics = HoleGeodesics(points, np.array(lower, float), np.array(upper, float))
    exact = geodesics.distances(sources)
    straight = np.linalg.norm(points[sources, None] - points, axis=-1)
    assert (exact >= straight - 1e-12).all()
    assert (exact > straight + 0.1).any()
    assert (brute >= exact - 1e-9).all()
    assert (brute <= 1.015 * exact + 1e-9).all()


SLAB = ((0, -20), (5, 2))  # a wall whose upper end is the near one


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [
        pytest.param((-3, 3), (9, 8), 13, id="nothing in the way"),
        pytest.param((-3, -2), (12, 7), 5 + 13, id="around one corner"),
        pytest.param((-3, -2), (8, -2), 5 + 5 + 5, id="around two corners"),
        pytest.param((-3, -2), (3, 6), 10, id="through a corner is no crossing"),
        pytest.param((-4, 2), (9, 2), 13, id="along the edge is no crossing"),
        pytest.param((0, -5), (0, 1), 6, id="on one edge"),
        pytest.param((0, 0), (-3, 4), 5, id="away from an edge"),
        pytest.param((0, 0), (5, 0), 2 + 5 + 2, id="from edge to opposite edge"),
        pytest.param((0, -1), (2, 2), 3 + 2, id="from edge to next edge"),
        pytest.param((2, 2), (8, -2), 3 + 5, id="from an edge around a corner"),
        pytest.param((0, 2), (5, 2), 5, id="corner to corner"),
        pytest.param((0, 2), (5, -20), 5 + 22, id="corner to opposite corner"),
        pytest.param((-3, -2), (-3, -2), 0, id="to itself"),
    ],
)
def test_hole_geodesics_equal_distances_found_by_hand(p, q, expected):
    assert distance(p, q, *SLAB) == pytest.approx(expected, abs=1e-12)


def test_a_hair_inside_the_edge_of_the_hole_is_a_crossing():
    assert distance((-4, 2 - 1e-6), (9, 2 - 1e-6), *SLAB) == pytest.approx(13, abs=1e-5)
    assert distance((-4, 2 - 1e-6), (9, 2 - 1e-6), *SLAB) > 13


@st.composite
def holes_with_points(draw):
    """Draw a hole and points outside of it, all on integers, so that touching is common."""
    corner = st.tuples(st.integers(1, 5), st.integers(1, 5))
    lower, extent = np.array(draw(corner)), np.array(draw(corner))
    place = st.tuples(st.integers(-2, 12), st.integers(-2, 12))
    points = np.array(draw(st.lists(place, min_size=3, max_size=12)), dtype=float)
    upper = lower + extent
    points = points[~((points > lower) & (points < upper)).all(axis=1)]
    assume(len(points) >= 3)
    return points, lower.astype(float), upper.astype(float)


@given(holes_with_points())
def test_hole_geodesics_are_a_metric_no_shorter_than_the_straight_line(example):
    points, lower, upper = example
    found = HoleGeodesics(points, lower, upper).distances(np.arange(len(points)))
    straight = np.linalg.norm(points[:, None] - points, axis=-1)
    np.testing.assert_allclose(found, found.T, atol=1e-12)
    assert (found >= straight - 1e-12).all()
    assert (np.diag(found) == 0).all()
    by_way_of_a_third = (found[:, :, None] + found[None, :, :]).min(axis=1)
    assert (found <= by_way_of_a_third + 1e-9).all()


@given(holes_with_points())
def test_hole_geodesics_do_not_change_when_the_sheet_is_turned_or_mirrored(example):
    points, lower, upper = example
    rows = np.arange(len(points))
    found = HoleGeodesics(points, lower, upper).distances(rows)
    turned = HoleGeodesics(points[:, ::-1], lower[::-1], upper[::-1]).distances(rows)
    mirrored = HoleGeodesics(-points, -upper, -lower).distances(rows)
    np.testing.assert_allclose(turned, found, atol=1e-12)
    np.testing.assert_allclose(mirrored, found, atol=1e-12)


def test_points_on_the_edges_see_their_corners_whatever_the_rounding():
    generator = np.random.default_rng(0)
    for _ in range(200):
        lower, upper = generator.uniform(-10, 0, 2), generator.uniform(0.1, 3, 2)
        height = generator.uniform(lower[1], upper[1])
        around = upper[0] - lower[0] + 2 * min(height - lower[1], upper[1] - height)
        found = distance((lower[0], height), (upper[0], height), lower, upper)
        assert found == pytest.approx(around, abs=1e-9)
