"""Great circles, and paths around what was cut off a sphere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lattice import SLACK, lattice, shortest_paths

from bench.datasets import severed_sphere, sphere, sphere_cap
from bench.manifolds.sphere import RimmedSphereGeodesics, SphereGeodesics, from_angles

ROWS = np.arange(60)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_great_circles_are_the_arc_cosine_of_the_product(d):
    data = sphere.dataset(n=60, intrinsic_dimension=d, radius=3.0)
    unit = data.chart / 3
    expected = 3 * np.arccos(np.clip(unit @ unit.T, -1, 1))
    np.testing.assert_allclose(data.geodesics.distances(ROWS), expected, atol=1e-6)


def test_great_circles_keep_their_digits_between_near_and_between_opposite_points():
    angle = np.array([0, 1e-9, np.pi - 1e-9])
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    found = SphereGeodesics(circle).distances(np.array([0]))[0]
    np.testing.assert_allclose(found, angle, rtol=1e-15, atol=1e-15)
    assert found[1] == pytest.approx(1e-9, rel=1e-12)


@pytest.mark.parametrize(
    ("north", "south", "sliced", "span"),
    [
        (0.0, np.pi / 8, False, 2 * np.pi),
        (0.0, 1.2, False, 2 * np.pi),
        (np.pi / 8, np.pi / 8, False, 2 * np.pi),
        (np.pi / 8, np.pi / 8, True, 2 * np.pi - 0.55),
        (0.7, 0.7, True, 5.0),
        (np.pi / 3, np.pi / 3, True, 2.0),
        (0.5, 0.5, True, 2 * np.pi - 0.05),
    ],
)
def test_paths_around_the_rims_equal_paths_on_a_lattice(north, south, sliced, span):
    # The whole pole is no row of a lattice; paths near it are short of nodes and left out.
    start = north or 0.25
    wraps = (not sliced, False)
    nodes, shape = lattice((0, start), (span, np.pi - south), (160, 80), wraps)
    azimuth, colatitude = nodes.T
    sources = np.random.default_rng(1).choice(len(nodes), 14, replace=False)
    brute = shortest_paths(from_angles(colatitude, azimuth), shape, sources, wraps)
    geodesics = RimmedSphereGeodesics(colatitude, azimuth, north or start, south, sliced=sliced)
    exact = geodesics.distances(sources)
    far = exact > 0.3
    ratio = brute[far] / exact[far]
    assert ratio.min() > 1 - 0.003
    assert ratio.max() < 1 + SLACK
    great = SphereGeodesics(from_angles(colatitude, azimuth)).distances(sources)
    assert (exact > great * 1.02).any()  # some paths do bend


def test_a_path_past_a_cap_is_the_great_circle_until_it_touches():
    """At the azimuth of the tangents the two formulas meet, and beyond it the rim is longer."""
    cap, one, other = 0.6, 0.9, 1.4
    touching = sum(np.arccos(np.tan(cap) / np.tan(angle)) for angle in (one, other))
    for turn, bends in ((touching - 1e-4, False), (touching + 1e-4, True), (touching + 1, True)):
        place = np.array([one, other]), np.array([0, turn])
        found = RimmedSphereGeodesics(*place, north=cap).distances(np.array([0]))[0, 1]
        great = SphereGeodesics(from_angles(*place)).distances(np.array([0]))[0, 1]
        assert (found > great) == bends
        assert found == pytest.approx(great, rel=1e-8) or turn > touching + 0.5


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=3),
    st.floats(0.05, 1.5),
    st.booleans(),
)
def test_rimmed_distances_are_a_metric(places, cap, sliced):
    share = np.array(places)
    colatitude = cap + share[:, 0] * (np.pi - 2 * cap)
    azimuth = share[:, 1] * 6.0
    found = RimmedSphereGeodesics(colatitude, azimuth, cap, cap, sliced=sliced)
    distances = found.distances(np.arange(3))
    assert np.isfinite(distances).all()
    np.testing.assert_allclose(distances, distances.T, atol=1e-9)
    assert distances[0, 2] <= distances[0, 1] + distances[1, 2] + 1e-7


@pytest.mark.parametrize("opening", [20.0, 90.0])
def test_caps_up_to_a_hemisphere_are_convex(opening):
    data = sphere_cap.dataset(n=60, opening=opening)
    unit = data.X.astype(float)
    assert np.rad2deg(np.arccos(unit[:, 2].min())) <= opening + 1e-3
    expected = np.arccos(np.clip(unit @ unit.T, -1, 1))
    np.testing.assert_allclose(data.geodesics.distances(ROWS), expected, atol=2e-3)


def test_caps_beyond_a_hemisphere_have_longer_ways():
    data = sphere_cap.dataset(n=300, opening=150)
    great = SphereGeodesics(data.X.astype(float)).distances(np.arange(300))
    found = data.geodesics.distances(np.arange(300))
    assert (found > great - 1e-5).all()
    assert (found > great + 1e-3).mean() > 0.005


@pytest.mark.parametrize("opening", [60.0, 150.0])
def test_caps_are_drawn_uniformly_on_the_surface(opening):
    height = sphere_cap.dataset(n=20_000, opening=opening).X[:, 2].astype(float)
    lowest = np.cos(np.deg2rad(opening))
    share = np.sort((height - lowest) / (1 - lowest))
    assert np.abs(share - np.linspace(0, 1, 20_000)).max() < 0.02


def test_the_severed_sphere_lacks_poles_and_slice_and_is_drawn_uniformly():
    data = severed_sphere.dataset(n=20_000)
    height = np.sort(data.X[:, 2].astype(float))
    edge = np.cos(np.pi / 8)
    assert np.abs((height / edge + 1) / 2 - np.linspace(0, 1, 20_000)).max() < 0.02
    azimuth = np.arctan2(data.X[:, 1], data.X[:, 0]) % (2 * np.pi)
    assert azimuth.max() < 2 * np.pi - np.deg2rad(31.5) + 1e-4


@pytest.mark.parametrize(
    ("module", "options", "message"),
    [
        (sphere, {"intrinsic_dimension": 0}, "must be 1 or more, got 0"),
        (sphere, {"radius": -1.0}, "radius must be above 0, got -1"),
        (sphere_cap, {"opening": 180.0}, "below 180 degrees, got 180"),
        (severed_sphere, {"pole": 90.0}, "below 90 degrees, got 90"),
        (severed_sphere, {"opening": 0.0}, "above 0 and below 360 degrees, got 0"),
    ],
)
def test_parameters_out_of_range_are_refused(module, options, message):
    with pytest.raises(ValueError, match=message):
        module.dataset(n=40, **options)
