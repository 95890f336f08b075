"""The solver on grids, against surfaces whose geodesics have a closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.manifolds.cone import ConeGeodesics
from bench.manifolds.march import ring, ring_of_cell
from bench.manifolds.sphere import RimmedSphereGeodesics, SphereGeodesics, from_angles
from bench.manifolds.surface import Surface, SurfaceGeodesics
from bench.manifolds.wrapped import WrappedGeodesics


def draw(lower, upper, n=80, seed=0):
    return np.random.default_rng(seed).uniform(lower, upper, (n, 2))


def relative_errors(surface, cells, exact, parameters, reach=4):
    geodesics = SurfaceGeodesics(surface, parameters, cells, 0.005, reach)
    rows = np.arange(0, len(parameters), 4)
    found, truth = geodesics.distances(rows), exact.distances(rows)
    assert (found[truth == 0] == 0).all()
    return found[truth > 0] / truth[truth > 0] - 1


@pytest.mark.parametrize("reach", [2, 4])
def test_a_flat_sheet_however_skewed_is_solved_to_rounding(reach):
    def position(u):
        return u @ np.array([[1.0, 0.0, 0.5], [0.4, 0.7, 0.0]])

    parameters = draw((0, 0), (2, 1))
    sheet = Surface(position, (0, 0), (2, 1))
    X = position(parameters)
    geodesics = SurfaceGeodesics(sheet, parameters, (50, 30), 0.005, reach)
    expected = np.linalg.norm(X[:, None] - X, axis=-1)
    np.testing.assert_allclose(geodesics.distances(np.arange(80)), expected, rtol=1e-9)


def test_a_cylinder_is_solved_around_its_seam():
    tube = Surface(
        lambda u: np.column_stack([np.cos(u[:, 0]), np.sin(u[:, 0]), u[:, 1]]),
        (0, 0),
        (2 * np.pi, 3),
        (True, False),
    )
    parameters = draw((0, 0), (2 * np.pi, 3))
    exact = WrappedGeodesics(parameters, (2 * np.pi, np.inf))
    assert np.abs(relative_errors(tube, (64, 32), exact, parameters)).max() < 2e-4


def test_a_cone_is_solved_apart_from_its_apex():
    sine, cosine = np.sin(0.4), np.cos(0.4)
    top = Surface(
        lambda u: np.column_stack(
            [
                u[:, 1] * sine * np.cos(u[:, 0]),
                u[:, 1] * sine * np.sin(u[:, 0]),
                -u[:, 1] * cosine,
            ]
        ),
        (0, 0.02),
        (2 * np.pi, 1),
        (True, False),
    )
    parameters = draw((0, 0.5), (2 * np.pi, 1))
    exact = ConeGeodesics(parameters[:, 1], parameters[:, 0], 2 * np.pi * sine)
    assert np.abs(relative_errors(top, (96, 64), exact, parameters)).max() < 0.005


ZONE = Surface(lambda u: from_angles(u[:, 1], u[:, 0]), (0, 0.4), (5.5, np.pi - 0.4))


def test_a_severed_sphere_is_solved_around_its_rims_and_better_on_finer_grids():
    parameters = draw(ZONE.lower, ZONE.upper)
    exact = RimmedSphereGeodesics(parameters[:, 1], parameters[:, 0], 0.4, 0.4, sliced=True)
    coarse, fine, finer = (
        np.abs(relative_errors(ZONE, (28 * k, 14 * k), exact, parameters)) for k in (1, 2, 4)
    )
    assert fine.max() < 0.005
    assert finer.max() < 0.0025
    assert np.median(fine) < 0.7 * np.median(coarse)
    assert np.median(finer) < 0.7 * np.median(fine)


def test_near_pairs_are_as_exact_as_far_ones():
    """Of all sizes, across and within the ring where lengths are estimated directly."""
    start = draw((1, 1.2), (4, 1.9), n=150)
    size = 10.0 ** np.random.default_rng(1).uniform(-4, -0.5, (150, 1))
    turn = np.random.default_rng(2).uniform(0, 2 * np.pi, (150, 1))
    end = start + size * np.hstack([np.cos(turn), np.sin(turn)])
    exact = SphereGeodesics(from_angles(*np.vstack([start, end]).T[::-1]))
    geodesics = SurfaceGeodesics(ZONE, np.vstack([start, end]), (96, 48), 0.005)
    for i in range(0, 150, 3):
        found = geodesics.distances(np.array([i]))[0, 150 + i]
        assert found == pytest.approx(exact.distances(np.array([i]))[0, 150 + i], rel=2e-3)


@given(st.integers(0, 10_000))
def test_rows_do_not_depend_on_each_other(seed):
    parameters = draw(ZONE.lower, ZONE.upper, n=12, seed=seed)
    geodesics = SurfaceGeodesics(ZONE, parameters, (12, 8), 0.05, 2)
    together = geodesics.distances(np.arange(12))
    assert (geodesics.distances(np.array([7, 2])) == together[[7, 2]]).all()


def test_rings_are_closed_squares_of_neighbouring_nodes():
    for offsets, middle in ((ring(3), 0.0), (ring_of_cell(3), 0.5)):
        assert len(np.unique(offsets, axis=0)) == len(offsets)
        steps = np.abs(offsets - np.roll(offsets, -1, axis=0)).sum(axis=1)
        assert (steps == 1).all()
        assert len(np.unique(np.abs(offsets - middle).max(axis=1))) == 1
    assert (ring(3) == -np.roll(ring(3), 12, axis=0)).all()
