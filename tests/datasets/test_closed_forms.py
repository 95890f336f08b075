"""Closed forms against shortest paths on a lattice, quadrature and enumeration."""

import numpy as np
import pytest
from lattice import SLACK, lattice, shortest_paths
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from bench.datasets import (
    broken_swiss_roll,
    circle,
    clifford_torus,
    cone,
    cylinder,
    helix,
    rolled_sheet,
    s_curve,
    s_curve_hole,
    spheres_in_spheres,
    swiss_roll,
    trefoil,
)
from bench.manifolds.cone import ConeGeodesics
from bench.manifolds.hole import HoleGeodesics
from bench.manifolds.wrapped import WrappedGeodesics

ROWS = np.arange(40)


def compare_with_lattice(geodesics, points, shape, periodic=(False, False), removed=None):
    kept = np.arange(len(points))
    if removed:
        kept = kept[~removed(*np.divmod(kept, shape[1]))]
    sources = np.random.default_rng(0).choice(kept, 12, replace=False)
    brute = shortest_paths(points, shape, sources, periodic, removed)[:, kept]
    exact = geodesics.distances(sources)[:, kept]
    far = exact > 0.2 * exact.max()
    ratio = brute[far] / exact[far]
    assert ratio.max() < 1 + SLACK
    assert ratio.min() > 1 - 0.005  # edges are chords


def test_cylinder_geodesics_equal_paths_on_a_lattice():
    nodes, shape = lattice((0, 0), (2 * np.pi, 4), (96, 60), (True, False))
    points = np.column_stack([np.cos(nodes[:, 0]), np.sin(nodes[:, 0]), nodes[:, 1]])
    geodesics = WrappedGeodesics(nodes, (2 * np.pi, np.inf))
    compare_with_lattice(geodesics, points, shape, (True, False))


def test_clifford_geodesics_equal_paths_on_a_lattice():
    nodes, shape = lattice((0, 0), (2 * np.pi, 2 * np.pi), (90, 90), (True, True))
    u, v = nodes.T
    points = np.column_stack([np.cos(u), np.sin(u), 1.5 * np.cos(v), 1.5 * np.sin(v)])
    geodesics = WrappedGeodesics(nodes * [1, 1.5], (2 * np.pi, 3 * np.pi))
    compare_with_lattice(geodesics, points, shape, (True, True))


@pytest.mark.parametrize("half_opening", [10, 30, 60, 85])
def test_cone_geodesics_are_those_of_the_path_that_bends_at_its_best_point(half_opening):
    """Cut each path at the half of the azimuth and slide the cut until the path is shortest.

    The halves turn by less than a right angle on the unrolled sector, where the law of cosines
    in its plain form holds without any wrap, and the best cut makes them one straight line.
    """
    data = cone.dataset(n=40, half_opening=half_opening, slant=1.0)
    slant, azimuth = data.geodesics.slant, data.geodesics.azimuth
    sine = np.sin(np.deg2rad(half_opening))
    found = data.geodesics.distances(ROWS)

    def through(r, half, ends):
        return sum(np.sqrt(r**2 + q**2 - 2 * r * q * np.cos(half)) for q in ends)

    for i, j in ((0, 1), (5, 9), (12, 33), (7, 20)):
        lengths = []
        for lap in (-1, 0, 1):
            half = abs(azimuth[j] - azimuth[i] + 2 * np.pi * lap) * sine / 2
            options = {"args": (half, slant[[i, j]]), "options": {"xatol": 1e-12}}
            lengths.append(minimize_scalar(through, bounds=(0, 1), method="bounded", **options).fun)
        assert found[i, j] == pytest.approx(min(lengths), rel=1e-6)


@pytest.mark.parametrize(("half_opening", "around"), [(25, 90), (60, 180)])
def test_cone_geodesics_equal_paths_on_a_lattice(half_opening, around):
    nodes, shape = lattice((0.3, 0), (1.5, 2 * np.pi), (60, around), (False, True))
    r, azimuth = nodes.T
    sine, cosine = np.sin(np.deg2rad(half_opening)), np.cos(np.deg2rad(half_opening))
    points = np.column_stack([r * sine * np.cos(azimuth), r * sine * np.sin(azimuth), -r * cosine])
    # The lattice leaves the apex out: pairs whose paths pass near it are left out, too.
    geodesics = ConeGeodesics(r, azimuth, 2 * np.pi * sine)
    sources = np.random.default_rng(0).choice(len(r), 12, replace=False)
    brute = shortest_paths(points, shape, sources, (False, True))
    turn = np.abs(azimuth[sources, None] - azimuth)
    gap = np.minimum(turn, 2 * np.pi - turn) * sine
    exact = geodesics.distances(sources)
    height = r[sources, None] * r * np.sin(gap) / np.maximum(exact, 1e-9)
    kept = (exact > 0.3) & ((height > 0.35) | (gap < 0.2))
    ratio = brute[kept] / exact[kept]
    assert kept.mean() > 0.2
    assert ratio.min() > 1 - 0.005
    assert ratio.max() < 1 + SLACK


def test_points_opposite_on_a_nearly_flat_cone_go_past_the_apex():
    geodesics = ConeGeodesics(np.array([1.0, 1.0]), np.array([0.0, np.pi]), 2 * np.pi)
    assert geodesics.distances(np.array([0]))[0, 1] == pytest.approx(2)


def test_holed_s_curve_geodesics_equal_paths_on_a_lattice():
    nodes, shape = lattice((-1.5 * np.pi, 0), (1.5 * np.pi, 2), (144, 30))
    t, h = nodes.T
    points = np.column_stack([np.sin(t), h, np.sign(t) * (np.cos(t) - 1)])
    data = s_curve_hole.dataset(n=40)

    def removed(i, j):  # in cells, of which a third is 48 and 10
        return (np.abs(i - 72) < 24 - 1e-6) & (np.abs(j - 15) < 5 - 1e-6)

    geodesics = HoleGeodesics(nodes, data.geodesics.lower, data.geodesics.upper)
    compare_with_lattice(geodesics, points, shape, removed=removed)


def federer(points, tangents):
    """Return the reach of a curve: inf |b - a|² / (2 dist(b - a, tangents at a)); Federer 1959.

    At its ends a curve has half a tangent only.
    """
    step = points[None] - points[:, None]
    along = np.einsum("abk,ak->ab", step, tangents)
    along[0], along[-1] = np.maximum(along[0], 0), np.minimum(along[-1], 0)
    square = np.square(step).sum(axis=-1)
    away = np.sqrt(np.maximum(square - along**2, 0))
    far = away > 1e-6
    return (square[far] / (2 * away[far])).min()


def test_the_reach_of_curved_sheets_is_that_of_their_profiles():
    t = np.linspace(-1.5 * np.pi, 1.5 * np.pi, 1501)
    profile = np.column_stack([np.sin(t), np.sign(t) * (np.cos(t) - 1)])
    tangents = np.column_stack([np.cos(t), -np.sign(t) * np.sin(t)])
    assert s_curve.dataset(n=20).reach == pytest.approx(federer(profile, tangents), rel=1e-4)
    round_ = np.column_stack([np.cos(t), np.sin(t)])
    turned = np.column_stack([-np.sin(t), np.cos(t)])
    assert federer(round_[:500], turned[:500]) == pytest.approx(1, rel=1e-4)


def test_the_hole_of_the_s_curve_is_the_middle_ninth_and_empty():
    data = s_curve_hole.dataset(n=5000)
    share = (data.chart - [-1.5 * np.pi, 0]) / [3 * np.pi, 2]
    counts, _, _ = np.histogram2d(*share.T, bins=3, range=[[0, 1], [0, 1]])
    assert counts[1, 1] == 0
    assert np.delete(counts.ravel(), 4).min() > 5000 / 8 * 0.85
    np.testing.assert_allclose(data.geodesics.lower, [-0.5 * np.pi, 2 / 3])
    np.testing.assert_allclose(data.geodesics.upper, [0.5 * np.pi, 4 / 3])


def test_helix_geodesics_are_the_integral_of_its_speed():
    data = helix.dataset(n=40, turns=3, pitch=2.5)
    rise = 2.5 / (2 * np.pi)
    t, found = data.color, data.geodesics.distances(ROWS)
    for i, j in ((0, 1), (5, 9), (12, 33)):
        speed = lambda u: np.linalg.norm([-np.sin(u), np.cos(u), rise])  # noqa: E731
        assert found[i, j] == pytest.approx(abs(quad(speed, t[i], t[j])[0]), rel=1e-9)
    np.testing.assert_allclose(data.X[:, 2], rise * t, rtol=1e-6)


def test_trefoil_geodesics_are_the_integral_of_its_speed_the_shorter_way_to_ten_digits():
    data = trefoil.dataset(n=40)

    def curve(t):
        return [np.sin(t) + 2 * np.sin(2 * t), np.cos(t) - 2 * np.cos(2 * t), -np.sin(3 * t)]

    def speed(t):
        step = 1e-3 * np.array([-2, -1, 1, 2])  # fourth-order differences of the curve itself
        weights = np.array([1, -8, 8, -1]) / 12e-3
        return np.linalg.norm([weights @ c for c in curve(t + step)])

    def exact_speed(t):
        return np.sqrt(
            (np.cos(t) + 4 * np.cos(2 * t)) ** 2
            + (np.sin(t) - 4 * np.sin(2 * t)) ** 2
            + 9 * np.cos(3 * t) ** 2
        )

    assert speed(1.234) == pytest.approx(exact_speed(1.234), rel=1e-9)
    total = quad(exact_speed, 0, 2 * np.pi, epsabs=1e-13, epsrel=1e-13, limit=500)[0]
    assert data.geodesics.circumference == pytest.approx(total, rel=1e-11)
    fine = np.linspace(0, 2 * np.pi, 200_001)
    knot = np.column_stack(curve(fine))
    t = [fine[np.square(knot - x).sum(axis=1).argmin()] for x in data.X.astype(float)]
    found = data.geodesics.distances(ROWS)
    for i, j in ((0, 1), (5, 9), (12, 33), (7, 20)):
        one_way = abs(quad(exact_speed, t[i], t[j], epsabs=1e-12, limit=500)[0])
        assert found[i, j] == pytest.approx(min(one_way, total - one_way), abs=3e-4)  # of t


def test_arc_length_of_the_trefoil_is_exact_between_its_nodes():
    from bench.manifolds.curves import closed_arc_length

    def velocity(t):
        return np.column_stack(
            [np.cos(t) + 4 * np.cos(2 * t), -np.sin(t) + 4 * np.sin(2 * t), -3 * np.cos(3 * t)]
        )

    arc_length, _ = closed_arc_length(velocity)
    for t in (0.1, 1.23456, 3.0, 6.2):
        speed = lambda u: np.linalg.norm(velocity(np.array([u])))  # noqa: E731
        exact = quad(speed, 0, t, epsabs=1e-13, epsrel=1e-13, limit=500)[0]
        assert arc_length(t) == pytest.approx(exact, rel=1e-10)


@pytest.mark.parametrize("dimensions", [2, 3, 40])
def test_circle_chords_and_arcs_belong_together(dimensions):
    data = circle.dataset(n=40, radius=2.0, dimensions=dimensions)
    assert data.X.shape == (40, dimensions)
    chord = np.linalg.norm(data.X[:, None].astype(float) - data.X, axis=-1)
    # float32 moves an arc sine near 1 by the root of its precision.
    arc = 4 * np.arcsin(np.minimum(chord / 4, 1))
    np.testing.assert_allclose(data.geodesics.distances(ROWS), arc, atol=2e-3)


@pytest.mark.parametrize("d", [1, 3, 5])
def test_rolled_sheets_are_flat_in_all_their_dimensions(d):
    data = rolled_sheet.dataset(n=40, intrinsic_dimension=d)
    assert data.X.shape == (40, d + 1)
    assert data.chart.shape == (40, d)
    assert data.intrinsic_dimension == d
    found, t = data.geodesics.distances(ROWS), data.color
    np.testing.assert_allclose(np.hypot(data.X[:, 0], data.X[:, 1]), t, rtol=1e-5)
    for i, j in ((0, 1), (5, 9), (12, 33)):
        arc = quad(lambda u: np.sqrt(1 + u**2), t[i], t[j])[0]
        straight = data.X[i, 2:].astype(float) - data.X[j, 2:]
        assert found[i, j] == pytest.approx(np.linalg.norm([arc, *straight]), abs=1e-5)


def test_the_sheet_is_drawn_uniformly_along_the_roll():
    arc = rolled_sheet.dataset(n=20_000).chart[:, 0]
    share = (arc - arc.min()) / np.ptp(arc)
    assert np.abs(np.sort(share) - np.linspace(0, 1, 20_000)).max() < 0.02  # Kolmogorov, p = 1e-6


@pytest.mark.parametrize(
    ("density", "inner_half"), [("surface", 0.5), ("inner", (1 - 10**-0.5) / 0.9)]
)
def test_the_roll_is_as_dense_as_asked_for(density, inner_half):
    chart = swiss_roll.dataset(n=20_000, density=density).chart
    first, last = ((t * np.hypot(1, t) + np.arcsinh(t)) / 2 for t in np.pi * np.array([1.5, 4.5]))
    assert (chart[:, 0] < (first + last) / 2).mean() == pytest.approx(inner_half, abs=0.015)
    assert chart[:, 0].min() >= first - 1e-9
    assert chart[:, 0].max() <= last + 1e-9
    with pytest.raises(ValueError, match=r"density must be 'angle', .* got 'even'"):
        swiss_roll.dataset(n=40, density="even")


def test_the_pieces_of_the_broken_roll_are_rolls_and_nothing_joins_them():
    data = broken_swiss_roll.dataset(n=400, gap=0.3)
    share = (data.color / (1.5 * np.pi) - 1) / 2
    assert not ((share > 0.35 + 1e-9) & (share < 0.65 - 1e-9)).any()
    assert (data.labels == (share > 0.5)).all()
    found = data.geodesics.distances(np.arange(400))
    together = data.labels[:, None] == data.labels
    assert np.isinf(found[~together]).all()
    assert data.geodesics.notes == {"pieces": 2}
    t, height = data.color, data.X[:, 1].astype(float)
    for i, j in np.argwhere(together)[:: 400 * 37]:
        arc = quad(lambda u: np.sqrt(1 + u**2), t[i], t[j])[0]
        assert found[i, j] == pytest.approx(np.hypot(arc, height[i] - height[j]), abs=1e-5)


def test_ten_spheres_lie_apart_inside_the_eleventh():
    data = spheres_in_spheres.dataset(n=4000)
    X, labels = data.X.astype(float), data.labels
    assert X.shape == (4000, 101)
    assert (labels == 10).sum() == 2000
    # The least-squares centre of points on a sphere, from |x|² = 2 c x + (r² - |c|²).
    fits = []
    for sphere in range(11):
        own = X[labels == sphere]
        design = np.column_stack([2 * own, np.ones(len(own))])
        *centre, rest = np.linalg.lstsq(design, np.square(own).sum(axis=1))[0]
        fits.append((np.array(centre), np.sqrt(rest + np.square(centre).sum())))
    np.testing.assert_allclose([r for _, r in fits], [5] * 10 + [25], rtol=1e-4)
    for i, (one, _) in enumerate(fits[:10]):
        assert np.linalg.norm(one - fits[10][0]) + 5 < 25
        assert all(np.linalg.norm(one - other) > 10 for other, _ in fits[i + 1 : 10])
    found = data.geodesics.distances(ROWS)
    together = labels[ROWS, None] == labels
    assert np.isinf(found[~together]).all()
    for i, j in np.argwhere(together)[::301]:
        centre, radius = fits[labels[i]]
        cosine = (X[i] - centre) @ (X[j] - centre) / radius**2
        angle = np.arccos(np.clip(cosine, -1, 1))
        assert found[i, j] == pytest.approx(radius * angle, rel=2e-3, abs=2e-2)


def test_spheres_that_find_no_room_are_refused():
    with pytest.raises(ValueError, match="10 small spheres do not find room in 2 dimensions"):
        spheres_in_spheres.dataset(n=40, intrinsic_dimension=1)


@pytest.mark.parametrize("angle", [10.0, 30.0])
def test_cylinders_and_cones_of_one_size_are_where_their_formula_says(angle):
    tube = cylinder.dataset(n=40, radius=2.0, height=3.0)
    np.testing.assert_allclose(np.hypot(*tube.X[:, :2].T), 2, rtol=1e-5)
    peak = cone.dataset(n=40, half_opening=angle, slant=3.0)
    ratio = np.hypot(*peak.X[:, :2].T) / -peak.X[:, 2]
    np.testing.assert_allclose(ratio, np.tan(np.deg2rad(angle)), rtol=1e-4)
    torus = clifford_torus.dataset(n=40, ratio=0.5)
    np.testing.assert_allclose(np.hypot(*torus.X[:, 2:].T), 0.5, rtol=1e-5)
