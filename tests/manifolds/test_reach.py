import numpy as np
import pytest
from scipy.optimize import brentq, minimize, minimize_scalar, nnls
from scipy.spatial.distance import cdist

from bench.datasets import (
    broken_swiss_roll,
    helix,
    moebius_strip,
    rotated_shape,
    s_curve,
    s_curve_hole,
    saddle,
    severed_sphere,
    spheres_in_spheres,
    swiss_roll,
    swiss_roll_hole,
    torus,
    translated_bump,
    translated_gabor,
    translated_glyph,
    translated_grating,
    trefoil,
    twin_peaks,
    two_bumps,
)
from bench.manifolds.blobs import render_blobs, stroke
from bench.manifolds.reach import curve_reach, orbit_reach, sheet_reach
from bench.manifolds.sphere import from_angles

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


@pytest.mark.parametrize("gap", [0.01, 0.05])
def test_the_reach_of_a_swiss_roll_broken_narrowly_is_half_the_way_between_the_ends(gap):
    ends = 1.5 * np.pi * (2 + np.array([-gap, gap]))
    way = np.ptp(np.column_stack([ends * np.cos(ends), ends * np.sin(ends)]), axis=0)
    stated = broken_swiss_roll.dataset(n=20, gap=gap).reach
    assert stated == pytest.approx(np.linalg.norm(way) / 2, rel=1e-9)


def test_the_reach_of_a_swiss_roll_broken_widely_is_half_the_way_between_layers():
    def gap(t, inner):
        return np.hypot(t * np.cos(t) - inner[0], t * np.sin(t) - inner[1])

    edge = (0, -1.5 * np.pi)  # the layer beyond it is left
    nearest = minimize_scalar(gap, args=(edge,), bounds=(3.3 * np.pi, 4 * np.pi), method="bounded")
    stated = broken_swiss_roll.dataset(n=20, gap=0.2).reach
    assert stated == pytest.approx(nearest.fun / 2, rel=1e-3)


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


def smallest_ball(position, lower, upper, periodic=(False, False), around=None, m=33):
    """Measure |q - p|^2 / (2 d) by Federer over a grid of p and of q, d being to the tangents at p.

    At an edge only tangents into the surface count. Those in the directions of both parameters
    are found one by one, which makes d too long where they are oblique, and the answer too small.
    """
    lower, upper = np.array(lower, dtype=float), np.array(upper, dtype=float)
    grid = np.linspace(lower, upper, m)
    parameters = np.stack(np.meshgrid(*grid.T, indexing="ij"), axis=-1).reshape(-1, 2)
    if around is not None:  # and the pairs that lie near to where it bends most
        parameters = np.vstack([parameters, np.clip(around, lower, upper)])
    points, step = position(parameters), 1e-5
    sides = [(position(parameters + e) - position(parameters - e)) / (2 * step)
             for e in step * np.eye(2)]  # fmt: skip
    found = []
    for at, point, tangents in zip(parameters, points, np.stack(sides, axis=-1), strict=True):
        chords = points - point
        along = chords @ np.linalg.pinv(tangents).T
        first, last = (np.logical_not(periodic) & (at == edge) for edge in (lower, upper))
        along = np.clip(along, np.where(first, 0, -np.inf), np.where(last, 0, np.inf))
        off = np.linalg.norm(chords - along @ tangents.T, axis=1)
        squared = (chords**2).sum(axis=1)
        far = squared > 1e-6  # nearer ones are rounded
        found.append((squared[far] / (2 * np.maximum(off[far], 1e-300))).min())
    return min(found)


CLOSE = 0.01 * np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]])


@pytest.mark.parametrize("amplitude", [1.0, -0.4])
def test_the_reach_of_the_saddle_is_the_radius_of_its_middle(amplitude):
    data = saddle.dataset(n=20, amplitude=amplitude)
    position = data.geodesics.surface.position
    found = smallest_ball(position, (-1, -1), (1, 1), around=CLOSE)
    assert found == pytest.approx(data.reach, rel=1e-3)


@pytest.mark.parametrize("amplitude", [1.0, -0.4])
def test_the_reach_of_twin_peaks_is_the_radius_of_the_hills_at_the_edge(amplitude):
    data = twin_peaks.dataset(n=20, amplitude=amplitude)
    position = data.geodesics.surface.position
    found = smallest_ball(position, (-1, -1), (1, 1), around=CLOSE + np.array([0.5, 1]))
    assert found == pytest.approx(data.reach, rel=0.005)


@pytest.mark.parametrize("module", [saddle, twin_peaks])
def test_the_reach_of_a_flat_sheet_is_infinite(module):
    assert module.dataset(n=20, amplitude=0).reach == np.inf


@pytest.mark.parametrize("minor", [0.3, 0.7])
def test_the_reach_of_the_torus_is_the_tube_or_the_hole(minor):
    data = torus.dataset(n=20, minor=minor)
    turn = (2 * np.pi, 2 * np.pi)
    found = smallest_ball(data.geodesics.surface.position, (0, 0), turn, (True, True))
    assert found == pytest.approx(data.reach, rel=1e-6)


@pytest.mark.parametrize(("width", "most_bent"), [(0.1, (3.32, 0.045)), (0.8, (4.94, 0.395))])
def test_the_reach_of_the_moebius_strip_is_its_smallest_radius(width, most_bent):
    data = moebius_strip.dataset(n=20, width=width)
    low, high = (0, -width / 2), (2 * np.pi, width / 2)
    circle = 0.005 * np.column_stack([np.cos(ANGLE), np.sin(ANGLE)])[::50]
    around = np.vstack([most_bent, circle + most_bent])
    found = smallest_ball(moebius_strip._position, low, high, (True, False), around=around)
    assert found == pytest.approx(data.reach, rel=0.01)


@pytest.mark.parametrize(("pole", "opening"), [(22.5, 31.5), (50, 120), (30, 250)])
def test_the_reach_of_the_severed_sphere_is_half_its_slice_or_its_rim(pole, opening):
    data = severed_sphere.dataset(n=20, pole=pole, opening=opening)
    ends = np.deg2rad([pole, 180 - pole])
    found = smallest_ball(
        lambda u: from_angles(u[:, 0], u[:, 1]), (ends[0], 0), (ends[1], np.deg2rad(360 - opening))
    )
    assert found == pytest.approx(data.reach, rel=1e-6)


def bent_s(t, h):
    return np.array([np.sin(t), h, np.sign(t) * (np.cos(t) - 1)])


def bent_roll(t, h):
    return np.array([t * np.cos(t), h, t * np.sin(t)])


@pytest.mark.parametrize(
    ("module", "bent", "t"), [(s_curve_hole, bent_s, -np.pi / 2), (swiss_roll_hole, bent_roll, 7.9)]
)
def test_the_reach_of_sheets_with_a_hole_is_0_at_its_corners(module, bent, t):
    """Balls that touch both sides of a corner, on the sheet and from within the hole, shrink."""
    radii = []
    for e in (0.1, 0.01, 0.001):
        p, q = bent(t + e, 0.0), bent(t, e)  # on the two sides; the hole lies above both
        across = bent(t + e + 1e-6, 0.0) - bent(t + e - 1e-6, 0.0)
        across /= np.linalg.norm(across)
        chord = q - p
        off = chord - (chord @ across) * across  # upwards there are no tangents, and q is above
        radii.append(chord @ chord / (2 * np.linalg.norm(off)))
    assert radii[0] > 5 * radii[1] > 25 * radii[2] > 0
    assert module.dataset(n=20).reach == 0


def moved_bump(u):
    return render_blobs(u[:, None], np.ones(1), 3.0, 40)


def torus_patch(a, b):
    """Wrap a rectangle around a flat torus."""
    return lambda u: np.hstack([np.cos(u) * [a, b], np.sin(u) * [a, b]])


def test_the_reach_of_a_bump_that_is_moved_is_the_radius_of_its_curvature():
    side = np.full(2, 6.0)
    found = sheet_reach(moved_bump, -side, side, cell=0.5)
    assert found == pytest.approx(3 * np.sqrt(np.pi / 3), rel=1e-5)


@pytest.mark.parametrize(
    ("high", "reach"),
    [
        ((0.5, 0.5), 1.0),  # a small patch: the radius of the smaller circle
        ((0.5, 2 * np.pi - 0.2), np.sin(0.1)),  # once around but for a gap: half of the gap
    ],
)
def test_the_reach_of_a_patch_of_a_torus_is_its_radius_or_half_its_opening(high, reach):
    found = sheet_reach(torus_patch(3.0, 1.0), np.zeros(2), np.array(high), cell=0.1)
    assert found == pytest.approx(reach, rel=1e-5)


def bends_within(radius, chords, geodesics):
    """Whether no geodesic is longer than an arc of that radius over its chord."""
    short = chords < 2 * radius
    arcs = 2 * radius * np.arcsin(chords[short] / (2 * radius))
    return (geodesics[short] <= arcs * (1 + 1e-6)).all()  # pixels are in single precision


@pytest.mark.parametrize("dataset", [translated_gabor, translated_grating, translated_glyph])
def test_the_reach_of_moved_images_is_where_geodesics_become_longer_than_arcs(dataset):
    """Boissonnat, Lieutier & Wintraecken 2019, theorem 1: so it follows from distances alone."""
    drawn = dataset.dataset(n=2000)
    pairs = np.triu_indices(2000, 1)
    chords = cdist(drawn.X, drawn.X)[pairs]
    geodesics = drawn.geodesics.distances(np.arange(2000))[pairs]
    assert bends_within(0.99 * drawn.reach, chords, geodesics)
    assert not bends_within(1.05 * drawn.reach, chords, geodesics)


def stripes(size, width, wavelength, turns):
    """Render waves under an envelope, by another way than the datasets."""
    position = np.arange(size) - (size - 1) / 2
    y, x = np.meshgrid(position, position, indexing="ij")

    def image(centre):
        u, v = x - centre[0], y - centre[1]
        across = [np.cos(np.radians(a)) * u + np.sin(np.radians(a)) * v for a in turns]
        wave = np.mean([np.cos(2 * np.pi / wavelength * part) for part in across], axis=0)
        return (np.exp(-(u**2 + v**2) / (2 * width**2)) * wave).ravel()

    return image


def letter(size, glyph, height, blur):
    """Render the strokes of a letter as dots."""
    lines = [stroke(height * np.array(line), blur) for line in translated_glyph._GLYPHS[glyph]]
    gaps = [np.full(len(dots), np.linalg.norm(dots[1] - dots[0])) for dots in lines]
    dots, weights = np.concatenate(lines), np.concatenate(gaps) / (blur * np.sqrt(2 * np.pi))
    return lambda centre: render_blobs(centre + dots[None], weights, blur, size)[0]


def ball(image, ends, side):
    """Measure |q - p|^2 / (2 d) by Federer; at a wall only what leads inward is tangent at p."""
    p, q = np.clip(ends, -side, side).reshape(2, 2)
    steps = 1e-4 * np.eye(2)
    sides = [(image(p + step) - image(p - step)) / 2e-4 for step in steps]
    cone = []
    for at, tangent in zip(p, sides, strict=True):
        cone += [tangent] if at < side else []
        cone += [-tangent] if at > -side else []
    chord = image(q) - image(p)
    off, squared = nnls(np.array(cone).T, chord)[1], chord @ chord
    return squared / (2 * off) if squared > 1e-8 else np.inf


@pytest.mark.parametrize(
    ("module", "options", "image"),
    [
        (translated_gabor, {}, stripes(40, 3.75, 4.5, [0])),
        (
            translated_gabor,
            {"size": 64, "width": 6.0, "wavelength": 9.0, "travel": 20.0},
            stripes(64, 6.0, 9.0, [0]),
        ),
        (translated_gabor, {"width": 3.1, "wavelength": 3.0}, stripes(40, 3.1, 3.0, [0])),
        (translated_grating, {}, stripes(40, 3.75, 4.5, [0, 90])),
        (translated_grating, {"angle": 30.0}, stripes(40, 3.75, 4.5, [0, 30])),
        (translated_glyph, {}, letter(40, "E", 16.0, 1.5)),
        (translated_glyph, {"glyph": "K", "blur": 1.2}, letter(40, "K", 16.0, 1.2)),
    ],
)
def test_no_ball_is_smaller_than_the_stated_reach_of_moved_images(module, options, image):
    """An optimiser over pairs, from random ones, finds a ball of that size and no smaller one."""
    stated, side = module.dataset(n=10, **options).reach, options.get("travel", 12.0) / 2
    generator = np.random.default_rng(0)
    found = []
    for i in range(16):
        p = generator.uniform(-side, side, 2)
        p = side * np.sign(p) if i % 2 else p
        q = p - generator.uniform(0, 1, 2) * np.sign(p) * (2 if i % 4 < 2 else side)
        start = np.concatenate([p, q])
        found.append(minimize(lambda x: ball(image, x, side), start, method="Nelder-Mead").fun)
    assert stated <= min(found) * 1.001
    assert stated >= min(found) * 0.99
