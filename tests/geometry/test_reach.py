import numpy as np
import pytest
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.spatial.distance import cdist

from bench.datasets import (
    helix,
    rotated_shape,
    s_curve,
    spheres_in_spheres,
    swiss_roll,
    translated_bump,
    trefoil,
    two_bumps,
)
from bench.geometry.blobs import render_blobs
from bench.geometry.reach import curve_reach, orbit_reach

ANGLE = np.linspace(0, 2 * np.pi, 1001)[:-1]


def torus_curve(a, b, laps):
    """Wind a curve around a flat torus: an orbit of turns, with a curvature in closed form."""
    turned = np.column_stack([ANGLE, laps * ANGLE])
    points = np.hstack([np.cos(turned), np.sin(turned)]) * [a, b, a, b]
    tangent = np.array([0, 0, a, b * laps])
    return points, tangent


def test_the_reach_of_a_circle_is_its_radius():
    assert orbit_reach(*torus_curve(2.5, 0.0, 1)) == pytest.approx(2.5, rel=1e-9)


def test_the_reach_of_a_tightly_bent_curve_is_its_radius_of_curvature():
    a, b, laps = 1.0, 0.1, 2
    radius = (a**2 + laps**2 * b**2) / np.hypot(a, laps**2 * b)
    assert orbit_reach(*torus_curve(a, b, laps)) == pytest.approx(radius, rel=1e-3)


def test_the_reach_of_a_curve_that_comes_near_itself_is_half_the_gap():
    a, b, laps = 0.1, 1.0, 2  # after half a turn it is back, but for the small circle
    assert orbit_reach(*torus_curve(a, b, laps)) == pytest.approx(a, rel=1e-3)


def test_the_reach_of_an_ellipse_is_its_smallest_radius_of_curvature():
    points = np.column_stack([2 * np.cos(ANGLE), np.sin(ANGLE)])
    tangents = np.column_stack([-2 * np.sin(ANGLE), np.cos(ANGLE)])
    assert curve_reach(points, tangents, closed=True) == pytest.approx(1 / 2, rel=1e-3)


@pytest.mark.parametrize("open_by", [0.5, 2.0])
def test_the_reach_of_a_horseshoe_is_half_its_opening_or_its_radius(open_by):
    t = np.linspace(open_by / 2, 2 * np.pi - open_by / 2, 801)
    points = np.column_stack([np.cos(t), np.sin(t)])
    found = curve_reach(points, np.column_stack([-np.sin(t), np.cos(t)]), closed=False)
    # The ends are 2 sin(open_by / 2) apart.
    assert found == pytest.approx(min(1, np.sin(open_by / 2)), rel=1e-3)


def test_the_reach_of_the_s_is_what_is_seen_from_all_its_points():
    t = np.linspace(-1.5 * np.pi, 1.5 * np.pi, 601)
    points = np.column_stack([np.sin(t), np.sign(t) * (np.cos(t) - 1)])
    tangents = np.column_stack([np.cos(t), -np.sign(t) * np.sin(t)])
    found = curve_reach(points, tangents, closed=False)
    assert s_curve.dataset(n=20).reach == pytest.approx(found, rel=1e-3)


def test_the_reach_of_the_swiss_roll_is_half_the_way_from_its_inner_edge_to_the_next_layer():
    def gap(t):
        return np.hypot(t * np.cos(t), t * np.sin(t) + 1.5 * np.pi)

    nearest = minimize_scalar(gap, bounds=(3 * np.pi, 4 * np.pi), method="bounded").fun
    assert swiss_roll.dataset(n=20).reach == pytest.approx(nearest / 2, rel=1e-3)


def test_the_reach_of_a_steep_helix_is_its_radius_of_curvature():
    rise = 20 / (2 * np.pi)
    assert helix.dataset(n=20, pitch=20.0).reach == pytest.approx(1 + rise**2, rel=1e-4)


def test_the_reach_of_a_flat_helix_is_half_the_gap_between_its_turns():
    rise = 1 / (2 * np.pi)
    nearest = brentq(lambda t: np.sin(t) + rise**2 * t, 1.6 * np.pi, 2.1 * np.pi)
    gap = np.sqrt(2 - 2 * np.cos(nearest) + (rise * nearest) ** 2)
    assert helix.dataset(n=20, pitch=1.0).reach == pytest.approx(gap / 2, rel=1e-3)


def test_the_reach_of_the_trefoil_is_half_the_gap_of_its_strands():
    def at(t):
        return np.array(
            [np.sin(t) + 2 * np.sin(2 * t), np.cos(t) - 2 * np.cos(2 * t), -np.sin(3 * t)]
        )

    starts = [(a, a + b) for a in np.arange(0, 6, 0.4) for b in np.arange(1.5, 5, 0.5)]
    gaps = [minimize(lambda t: np.linalg.norm(at(t[0]) - at(t[1])), start) for start in starts]
    apart = [g.fun for g in gaps if 0.5 < abs(g.x[0] - g.x[1]) % (2 * np.pi) < 5.7]
    assert trefoil.dataset(n=20).reach == pytest.approx(min(apart) / 2, rel=1e-3)


def test_the_reach_of_the_turned_shape_is_that_from_every_angle():
    data = rotated_shape.dataset(n=600, seed=0)
    order = np.argsort(data.color)
    points = data.X[order].astype(float)
    gaps = np.diff(data.color[order], append=data.color[order[0]] + 2 * np.pi)
    found = []
    for start in (0, 150, 300, 450):
        curve = np.roll(points, -start, axis=0)
        ahead, behind = gaps[start], gaps[start - 1]
        # The derivative of the parabola through three points at unequal gaps.
        tangent = (curve[1] - curve[0]) * behind / ahead + (curve[0] - curve[-1]) * ahead / behind
        far = np.r_[0, 5 : len(curve) - 5]
        found.append(orbit_reach(curve[far], tangent))
    np.testing.assert_allclose(found, data.reach, rtol=0.02)


@pytest.mark.parametrize(("width", "travel"), [(3.5, 12.0), (2.0, 16.0)])
def test_the_reach_of_a_moved_bump_is_that_of_the_closest_balls(width, travel):
    centres = np.random.default_rng(0).uniform(-travel / 2, travel / 2, (40, 2))
    centres = np.vstack([centres, centres[:20] + 0.05])
    images = render_blobs(centres[:, None], np.ones(1), width, 40)
    radii = []
    for centre, image in zip(centres, images, strict=True):
        steps = 1e-4 * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
        around = render_blobs((centre + steps)[:, None], np.ones(1), width, 40)
        tangents = np.linalg.qr((around[::2] - around[1::2]).T)[0]
        chords = np.delete(images - image, np.flatnonzero((images == image).all(axis=1)), axis=0)
        off = np.linalg.norm(chords - chords @ tangents @ tangents.T, axis=1)
        radii.append(((chords**2).sum(axis=1) / (2 * off)).min())
    stated = translated_bump.dataset(n=20, width=width, travel=travel, size=40).reach
    assert np.min(radii) == pytest.approx(stated, rel=0.002)


def test_the_reach_of_two_bumps_is_that_of_one():
    assert two_bumps.dataset(n=20, width=3.0).reach == pytest.approx(3 * np.sqrt(np.pi / 3))


@pytest.mark.parametrize("inner", [1, 3])
def test_the_reach_of_circles_in_a_circle_is_half_their_narrowest_gap(inner):
    data = spheres_in_spheres.dataset(n=6000, intrinsic_dimension=1, inner=inner, seed=0)
    gaps = [
        cdist(data.X[data.labels == i], data.X[data.labels == j]).min()
        for i in range(inner + 1)
        for j in range(i)
    ]
    # Points are some 0.03 apart on the small circles.
    assert data.reach == pytest.approx(min(5, min(gaps) / 2), abs=0.01)
