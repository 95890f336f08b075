import numpy as np
import pytest

from bench.datasets import (
    rigid_motion,
    rotated_shape,
    translated_bump,
    translated_gabor,
    translated_glyph,
    translated_grating,
    two_bumps,
)
from bench.manifolds.blobs import stroke
from bench.manifolds.images import (
    add_pixel_noise,
    constant_metric,
    flat_chart,
    metric_tensor,
    pixel_grid,
    render_images,
)


class FixedDraws:
    """Stands in for a random generator, so that a dataset renders given parameters."""

    def __init__(self, values):
        self.values = values

    def uniform(self, low, high, size):
        """Return the given values, if they could have been drawn."""
        assert self.values.shape == size
        assert ((self.values >= low) & (self.values <= high)).all()
        return self.values


@pytest.fixture
def render(monkeypatch):
    """Render a dataset at chosen parameters instead of random ones."""

    def at(module, parameters, **options):
        monkeypatch.setattr(module, "stream", lambda *_: FixedDraws(parameters))
        return module.dataset(n=len(parameters), **options)

    return at


def assert_path_lengths_converge(render, module, start, end, **options):
    """Add up image distances along a path at finer and finer steps."""
    shortfall = []
    for steps in (40, 80, 160, 320):
        part = np.linspace(0, 1, steps + 1)[:, None]
        data = render(module, start + part * (np.asarray(end) - start), **options)
        length = np.linalg.norm(np.diff(data.X.astype(float), axis=0), axis=1).sum()
        stated = data.geodesics.distances(np.array([0]))[0, -1]
        shortfall.append(1 - length / stated)
    assert abs(shortfall[-1]) < 1e-3
    assert shortfall[0] > 2 * abs(shortfall[-1])  # a polygon is shorter than its curve


PATHS = [
    pytest.param((-6, 0), (6, 0), id="across"),
    pytest.param((0, -6), (0, 6), id="down"),
    pytest.param((-6, -6), (6, 6), id="diagonal"),
    pytest.param((-6, 4), (5, 1), id="askew"),
]


@pytest.mark.parametrize(("start", "end"), PATHS)
@pytest.mark.parametrize("module", [translated_bump, translated_gabor, translated_grating])
def test_path_lengths_of_a_moved_pattern_converge_to_the_geodesic(render, module, start, end):
    assert_path_lengths_converge(render, module, np.array(start), np.array(end))


@pytest.mark.parametrize("glyph", ["E", "H", "K", "S"])
@pytest.mark.parametrize(("start", "end"), PATHS[1:])
def test_path_lengths_of_a_moved_letter_converge_to_the_geodesic(render, glyph, start, end):
    ends = np.array(start), np.array(end)
    assert_path_lengths_converge(render, translated_glyph, *ends, glyph=glyph)


@pytest.mark.parametrize("end", [(5, -5, -5, -5), (5, 5, -5, -5), (5, -5, 5, 3), (-4, 0, 5, 5)])
def test_path_lengths_of_two_moved_bumps_converge_to_the_geodesic(render, end):
    assert_path_lengths_converge(render, two_bumps, np.full(4, -5.0), np.array(end))


@pytest.mark.parametrize("arms", [3, 4])
@pytest.mark.parametrize("move", [(8, 0, 0), (0, 0, 1), (-6, 8, 0.5), (3, 1, -0.9)])
def test_path_lengths_of_rigid_motions_converge_to_the_geodesic(render, arms, move):
    ends = -0.5 * np.array(move) * [1, 1, np.pi / arms], 0.5 * np.array(move) * [1, 1, np.pi / arms]
    assert_path_lengths_converge(render, rigid_motion, *ends, arms=arms)


def test_a_rigid_motion_goes_the_shorter_way_round_the_period_of_the_shape(render):
    period = 2 * np.pi / 3
    motion = np.zeros((12, 3))
    motion[:3, 2] = period * np.array([-0.45, 0.45, 0.0])
    data = render(rigid_motion, motion)
    across, back = data.geodesics.distances(np.array([0]))[0, [1, 2]]
    assert across / back == pytest.approx(0.1 / 0.45)
    assert np.linalg.norm(data.X[0] - data.X[1]) <= across


@pytest.mark.parametrize(
    ("module", "most", "options"),
    [
        (translated_gabor, (5.9, 5.9), {}),
        (translated_grating, (5.9, 5.9), {}),
        (translated_grating, (5.9, 5.9), {"angle": 60.0, "wavelength": 3.5}),
        (translated_glyph, (5.9, 5.9), {}),
        (translated_glyph, (5.9, 5.9), {"glyph": "S", "blur": 1.2}),
        (two_bumps, (4.9, 4.9, 4.9, 4.9), {}),
        (rigid_motion, (3.9, 3.9, 1.0), {}),
        (rigid_motion, (3.9, 3.9, 0.6), {"arms": 5, "blur": 1.2}),
    ],
)
def test_images_change_at_the_stated_speed_in_all_directions_and_places(
    render, module, most, options
):
    generator = np.random.default_rng(0)
    place = generator.uniform(-1, 1, (40, len(most))) * most
    direction = generator.normal(size=place.shape)
    step = 0.005 * direction / np.linalg.norm(direction, axis=1, keepdims=True)
    data = render(module, np.vstack([place - step, place + step]), **options)
    images = data.X.astype(float)
    changed = np.linalg.norm(images[40:] - images[:40], axis=1)
    stated = data.geodesics.distances(np.arange(40))[np.arange(40), np.arange(40, 80)]
    np.testing.assert_allclose(changed, stated, rtol=1e-3)


@pytest.mark.parametrize(("start", "end"), [(0.0, 3.0), (3.5, 6.2), (1.0, 2.0)])
def test_path_lengths_of_a_turned_shape_converge_to_the_geodesic(render, start, end):
    assert_path_lengths_converge(render, rotated_shape, np.array([start]), np.array([end]))


def test_a_whole_turn_is_as_long_as_the_stated_circumference(render):
    angle = np.linspace(0, 2 * np.pi, 721)[:, None]
    data = render(rotated_shape, angle)
    length = np.linalg.norm(np.diff(data.X.astype(float), axis=0), axis=1).sum()
    assert length == pytest.approx(data.geodesics.circumference, rel=1e-3)


def test_a_bump_moves_at_the_same_speed_in_every_direction_and_place(render):
    generator = np.random.default_rng(0)
    angle = np.linspace(0, np.pi, 9)
    direction = np.column_stack([np.cos(angle), np.sin(angle)])
    speeds = []
    for place in generator.uniform(-5.9, 5.9, (5, 2)):
        ends = np.concatenate([place - 0.05 * direction, place + 0.05 * direction])
        images = render(translated_bump, np.vstack([ends, np.zeros((10, 2))])).X.astype(float)
        speeds.append(np.linalg.norm(images[9:18] - images[:9], axis=1) / 0.1)
    np.testing.assert_allclose(speeds, np.sqrt(np.pi / 2), rtol=1e-3)


@pytest.mark.parametrize("width", [2.0, 3.5, 5.0])
def test_the_metric_tensor_of_a_bump_is_half_pi_times_the_identity(width):
    x, y = pixel_grid(64)

    def bump(centre):
        return np.exp(-((x - centre[:, :1]) ** 2 + (y - centre[:, 1:]) ** 2) / (2 * width**2))

    for place in ([0.0, 0.0], [0.3, -4.2]):
        found = metric_tensor(bump, np.array(place))
        np.testing.assert_allclose(found, np.pi / 2 * np.eye(2), atol=0.01 * np.pi / 2)


def test_the_stated_geodesic_of_the_bump_is_the_travel_times_the_root_of_half_pi(render):
    centre = np.random.default_rng(0).uniform(-6, 6, (20, 2))
    data = render(translated_bump, centre)
    travel = np.linalg.norm(centre[:, None] - centre, axis=-1)
    found = data.geodesics.distances(np.arange(20))
    np.testing.assert_allclose(found, np.sqrt(np.pi / 2) * travel, rtol=0.01)


def grating_metric(angle, width, wavelength):
    """Give the metric of a moved grating by the formula in its docstring."""
    turns = np.radians([0, angle])
    waves = 2 * np.pi / wavelength * np.column_stack([np.cos(turns), np.sin(turns)])
    waves = np.vstack([waves, -waves])
    middle, apart = (waves[:, None] + waves) / 2, waves[:, None] - waves
    overlap = np.exp(-(width**2) * (apart**2).sum(axis=-1) / 4)
    tensors = middle[..., None] * middle[..., None, :] + np.eye(2) / (2 * width**2)
    return np.pi * width**2 / 16 * np.einsum("ab,abij->ij", overlap, tensors)


@pytest.mark.parametrize(
    ("angle", "width", "wavelength"),
    [(90, 3.75, 4.5), (50, 3.5, 3), (30, 3.75, 4.5), (15, 3.5, 6), (165, 3.75, 4.5), (150, 3, 9)],
)
def test_the_geodesic_of_a_crossed_grating_is_that_of_its_metric_in_closed_form(
    render, angle, width, wavelength
):
    options = {"angle": float(angle), "width": float(width), "wavelength": float(wavelength)}
    centre = np.random.default_rng(0).uniform(-6, 6, (20, 2))
    travel = centre[:, None] - centre
    metric = grating_metric(angle, width, wavelength)
    expected = np.sqrt(np.einsum("abi,ij,abj->ab", travel, metric, travel))
    found = render(translated_grating, centre, **options).geodesics.distances(np.arange(20))
    np.testing.assert_allclose(found, expected, rtol=2e-5)


def test_slanted_stripes_overlap_and_upright_ones_do_not():
    """The short form of the metric holds for upright stripes only."""
    short = np.pi / 8 * ((3.75 * 2 * np.pi / 4.5) ** 2 + 1) * np.eye(2)
    np.testing.assert_allclose(grating_metric(90, 3.75, 4.5), short, rtol=1e-5, atol=1e-5)
    slanted = np.linalg.eigvalsh(grating_metric(165, 3.75, 4.5))
    waves = np.array([[1, 0], [np.cos(np.radians(165)), np.sin(np.radians(165))]])
    form = np.pi / 8 * ((3.75 * 2 * np.pi / 4.5) ** 2 * waves.T @ waves + np.eye(2))
    assert slanted[0] > 1.3 * np.linalg.eigvalsh(form)[0]


def blob_metric(places, weights, width, velocities):
    """Integrate products of derivatives of a sum of round blobs that move at some velocities.

    Two blobs at an offset d overlap by ``pi w^2 exp(-d^2 / (4 w^2))``, whose second derivatives
    are the integrals of products of their gradients.
    """
    offset = places[:, None] - places
    squared = (offset**2).sum(axis=-1)[..., None, None]
    kernel = np.eye(2) / (2 * width**2) - offset[..., None] * offset[..., None, :] / (4 * width**4)
    kernel = np.pi * width**2 * np.exp(-squared / (4 * width**2)) * kernel
    moving = weights[:, None, None] * velocities
    return np.einsum("jai,jkil,kbl->ab", moving, kernel, moving)


@pytest.mark.parametrize(("glyph", "blur"), [("E", 1.5), ("H", 1.2), ("K", 1.5), ("S", 1.5)])
def test_the_geodesic_of_a_letter_is_that_of_its_strokes_in_closed_form(render, glyph, blur):
    lines = [stroke(16 * np.array(line), blur) for line in translated_glyph._GLYPHS[glyph]]
    weights = [
        np.full(len(dots), np.linalg.norm(dots[1] - dots[0]) / (blur * np.sqrt(2 * np.pi)))
        for dots in lines
    ]
    dots, weights = np.concatenate(lines), np.concatenate(weights)
    metric = blob_metric(dots, weights, blur, np.tile(np.eye(2), (len(dots), 1, 1)))
    centre = np.random.default_rng(0).uniform(-6, 6, (20, 2))
    travel = centre[:, None] - centre
    expected = np.sqrt(np.einsum("abi,ij,abj->ab", travel, metric, travel))
    data = render(translated_glyph, centre, glyph=glyph, blur=blur)
    np.testing.assert_allclose(data.geodesics.distances(np.arange(20)), expected, rtol=1e-4)


def motion_metric(arms, angle, width=1.8, radius=9.0):
    """Give the metric of moving and turning the shape of `rigid_motion`, in closed form."""
    blobs = np.tile(rigid_motion._ARM, (arms, 1))
    turned = angle + 2 * np.pi / arms * (blobs[:, 1] + np.repeat(np.arange(arms), 3))
    places = radius * blobs[:, :1] * np.column_stack([np.cos(turned), np.sin(turned)])
    turning = np.column_stack([-places[:, 1], places[:, 0]])
    moving = np.broadcast_to(np.eye(2), (len(places), 2, 2))
    velocities = np.concatenate([moving, turning[:, None]], axis=1)
    return blob_metric(places, blobs[:, 2], width, velocities)


@pytest.mark.parametrize("arms", [3, 4, 5])
def test_the_metric_of_rigid_motions_is_constant_and_without_cross_terms(render, arms):
    first, turned = motion_metric(arms, 0.0), motion_metric(arms, 0.37)
    np.testing.assert_allclose(first, turned, atol=1e-9 * first.max())
    np.testing.assert_allclose(first, np.diag(np.diag(first)), atol=1e-9 * first.max())
    assert first[0, 0] == pytest.approx(first[1, 1])
    motion = np.random.default_rng(0).uniform(-0.25, 0.25, (20, 3)) * [4, 4, 2 * np.pi / arms]
    change = motion[:, None] - motion
    expected = np.sqrt(change**2 @ np.diag(first))
    found = render(rigid_motion, motion, arms=arms).geodesics.distances(np.arange(20))
    np.testing.assert_allclose(found, expected, rtol=1e-3)


def test_with_two_arms_moving_across_them_costs_more_than_along_so_they_are_refused():
    first = motion_metric(2, 0.0)
    assert abs(first[0, 0] - first[1, 1]) > 0.05 * first[0, 0]
    with pytest.raises(ValueError, match="at least 3 for a constant metric, got 2"):
        rigid_motion.dataset(n=20, arms=2)


def test_two_bumps_are_two_bumps_side_by_side(render):
    centres = np.random.default_rng(0).uniform(-5, 5, (12, 4))
    both = render(two_bumps, centres).X.reshape(12, 32, 64)
    for half, own in ((both[:, :, :32], centres[:, :2]), (both[:, :, 32:], centres[:, 2:])):
        alone = render(translated_bump, own, size=32, width=3.0, travel=10.0).X
        np.testing.assert_allclose(half.reshape(12, -1), alone, atol=1e-6)


def test_a_flat_chart_has_the_distances_of_its_metric():
    metric = np.array([[4.0, 1.0], [1.0, 2.0]])
    difference = np.array([[1.0, -3.0]])
    length = np.linalg.norm(flat_chart(difference, metric))
    assert length == pytest.approx(np.sqrt(difference @ metric @ difference.T).item())


def test_the_metric_tensor_of_a_linear_family_is_its_gram_matrix():
    basis = np.random.default_rng(0).normal(size=(3, 50))
    found = metric_tensor(lambda u: u @ basis, np.zeros(3))
    np.testing.assert_allclose(found, basis @ basis.T, rtol=1e-9)


@pytest.mark.parametrize(
    ("module", "options"),
    [
        (translated_bump, {}),
        (translated_bump, {"size": 33, "width": 3.0, "travel": 12.0}),
        (translated_gabor, {}),
        (rotated_shape, {}),
        (rotated_shape, {"size": 30}),
        (translated_grating, {}),
        (translated_grating, {"angle": 45.0}),
        (translated_glyph, {}),
        (translated_glyph, {"glyph": "S", "size": 38, "height": 14.0}),
        (two_bumps, {}),
        (rigid_motion, {}),
        (rigid_motion, {"arms": 6, "size": 50, "radius": 12.0, "travel": 10.0}),
    ],
)
def test_no_object_touches_the_frame_of_its_image(module, options):
    data = module.dataset(n=400, seed=0, **options)
    images = np.abs(data.X.reshape(-1, *data.image_shape))
    frame = (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1])
    assert max(side.max() for side in frame) < 0.005
    assert images.max() > 0.9


@pytest.mark.parametrize(
    ("module", "option", "value", "message"),
    [
        (translated_grating, "travel", 30.0, r"touches the frame.* at most size / 2 = 20, got 28"),
        (translated_grating, "wavelength", 2.0, "at least 3 pixels, got 2"),
        (translated_grating, "angle", 5.0, "15 to 165 degrees for stripes that cross, got 5"),
        (translated_glyph, "glyph", "Q", "one of E, H, K, S, got 'Q'"),
        (translated_glyph, "height", 30.0, r"touches the frame.* = 20, got 26"),
        (translated_glyph, "blur", 0.5, r"at least 1 pixel.* got 0\.5"),
        (two_bumps, "width", 4.0, r"leaves its half.* = 16, got 19"),
        (rigid_motion, "radius", 12.0, r"touches the frame.* = 20, got 22\.3"),
        (rigid_motion, "blur", 0.7, r"at least 1 pixel.* got 0\.7"),
    ],
)
def test_what_would_break_the_isometry_is_refused(module, option, value, message):
    with pytest.raises(ValueError, match=message):
        module.dataset(n=20, **{option: value})


@pytest.mark.parametrize("module", [translated_bump, translated_gabor])
def test_a_pattern_that_would_touch_the_frame_is_refused(module):
    with pytest.raises(ValueError, match=r"touches the frame.* at most size / 2 = 20"):
        module.dataset(n=20, travel=30.0)


def test_objects_too_fine_for_the_pixels_are_refused():
    with pytest.raises(ValueError, match=r"at least 30 pixels.*got 29"):
        rotated_shape.dataset(n=20, size=29)
    with pytest.raises(ValueError, match=r"at least 3 pixels, got 2\.5"):
        translated_gabor.dataset(n=20, wavelength=2.5)


def test_the_pixel_grid_runs_row_by_row_around_its_middle():
    x, y = pixel_grid(3)
    assert x.tolist() == [-1, 0, 1] * 3
    assert y.tolist() == [-1] * 3 + [0] * 3 + [1] * 3


def test_pixel_noise_has_the_stated_deviation_and_none_leaves_images_alone():
    images = np.ones((200, 100))
    assert (add_pixel_noise(images, 0.0, np.random.default_rng(0)) == images).all()
    noisy = add_pixel_noise(images, 0.3, np.random.default_rng(0))
    assert (noisy - images).std() == pytest.approx(0.3, rel=0.02)
    assert (noisy - images).mean() == pytest.approx(0, abs=0.01)


def test_rendering_by_blocks_gives_the_images_and_the_noise_of_rendering_at_once():
    basis = np.random.default_rng(0).normal(size=(2, 5000))
    parameters = np.random.default_rng(1).normal(size=(700, 2))
    asked = []

    def render(u):
        asked.append(len(u))
        return u @ basis

    found = render_images(render, parameters, noise=0.3, generator=np.random.default_rng(2))
    at_once = add_pixel_noise(parameters @ basis, 0.3, np.random.default_rng(2))
    assert found.dtype == np.float32
    assert max(asked) * 5000 * 8 <= 2**22
    np.testing.assert_allclose(found, at_once, atol=1e-5)


def test_metric_tensors_of_several_places_are_those_of_each():
    x, y = pixel_grid(20)

    def render(u):
        return np.exp(-((x - u[:, :1]) ** 2 + (y - u[:, 1:]) ** 2) / 8) * u[:, :1]

    places = np.random.default_rng(0).normal(size=(5, 2))
    found = metric_tensor(render, places)
    assert found.shape == (5, 2, 2)
    for place, tensor in zip(places, found, strict=True):
        np.testing.assert_allclose(tensor, metric_tensor(render, place), rtol=1e-12)


@pytest.mark.parametrize(
    ("module", "options", "message"),
    [
        (translated_bump, {"width": 0.5}, "off by .*: the pattern is too fine for the pixels"),
        (
            translated_bump,
            {"width": 0.85, "size": 30, "travel": 8.0},
            r"off by 0\.0\d+, at most 0\.0001 is",
        ),
        (translated_bump, {"width": 0.9, "size": 31, "travel": 7.3}, "too fine for the pixels"),
        (translated_bump, {"width": 1.1}, r"off by 0\.0002\d, at most 0\.0001 is"),
        (two_bumps, {"width": 1.0}, "too fine for the pixels"),
        (translated_gabor, {"width": 2.0, "wavelength": 3.2}, "too fine for the pixels"),
        (translated_gabor, {"width": 2.4, "wavelength": 3.0}, "too fine for the pixels"),
        (translated_glyph, {"glyph": "H", "blur": 1.0}, "too fine for the pixels"),
        (translated_glyph, {"glyph": "S", "blur": 1.0}, "too fine for the pixels"),
        (rigid_motion, {"blur": 1.0}, "too fine for the pixels"),
        (rigid_motion, {"blur": 1.1}, "too fine for the pixels"),
        (two_bumps, {"width": 0.3}, "off by .*: the pattern is too fine for the pixels"),
        (translated_gabor, {"width": 1}, "off by .*: the pattern is too fine for the pixels"),
        (translated_gabor, {"width": 2, "wavelength": 3}, "too fine for the pixels"),
        (translated_grating, {"width": 2, "wavelength": 3}, "too fine for the pixels"),
        (translated_bump, {"width": -20}, "width must be above 0, got -20"),
        (translated_bump, {"travel": 0}, "travel must be above 0, got 0"),
        (translated_gabor, {"travel": np.inf}, "travel must be above 0, got inf"),
        (translated_glyph, {"height": 0}, "height must be above 0, got 0"),
        (translated_glyph, {"height": -40, "travel": 60}, "height must be above 0, got -40"),
        (rigid_motion, {"radius": -1}, "radius must be above 0, got -1"),
        (two_bumps, {"noise": -1}, "noise must be 0 or more, got -1"),
    ],
)
def test_images_whose_geodesics_would_be_wrong_are_refused(module, options, message):
    with pytest.raises(ValueError, match=message):
        module.dataset(n=20, **options)


@pytest.mark.parametrize("width", [1.2, 1.5, 3.0])
def test_what_is_not_refused_has_the_lengths_it_states(width):
    """Measure them anew, by short steps at other places than those that are looked at."""
    drawn = translated_bump.dataset(n=2000, width=width, seed=3)
    chords = np.linalg.norm(drawn.X[:, None].astype(float) - drawn.X[None, :50], axis=-1)
    stated = drawn.geodesics.distances(np.arange(50)).T
    near = (stated > 0) & (stated < 0.25 * drawn.reach)
    assert near.sum() > 40
    np.testing.assert_allclose(chords[near], stated[near], rtol=0.015)


def test_a_pattern_that_is_cut_by_the_frame_is_refused_as_its_metric_varies():
    x, y = pixel_grid(20)

    def cut(places):
        return np.exp(-((x - places[:, :1]) ** 2 + (y - places[:, 1:]) ** 2) / (2 * 3.0**2))

    with pytest.raises(ValueError, match="cut by the frame"):
        constant_metric(cut, np.full(2, -6.0), np.full(2, 6.0))
    inside = constant_metric(cut, np.full(2, -0.5), np.full(2, 0.5))
    np.testing.assert_allclose(inside, np.pi / 2 * np.eye(2), atol=0.03)


def test_a_family_that_does_not_change_has_no_metric():
    with pytest.raises(ValueError, match="do not change with all of their parameters"):
        constant_metric(lambda u: np.ones((len(u), 9)), np.zeros(1), np.ones(1))


def path_length(render, module, start, end, steps, **options):
    """Add up image distances along a straight path, and remove what is of second order."""
    lengths = []
    for count in (steps, 2 * steps):
        part = np.linspace(0, 1, count + 1)[:, None]
        images = render(module, start + part * (end - start), **options).X.astype(float)
        lengths.append(np.linalg.norm(np.diff(images, axis=0), axis=1).sum())
    return (4 * lengths[1] - lengths[0]) / 3


@pytest.mark.parametrize(
    ("module", "most", "options"),
    [
        (translated_bump, (4, 4), {"width": 1.2, "size": 31, "travel": 8.0}),
        (translated_gabor, (6, 6), {"width": 3.1, "wavelength": 3.0}),
        (translated_grating, (6, 6), {"width": 3.0, "wavelength": 3.2, "angle": 40.0}),
        (translated_glyph, (6, 6), {"glyph": "H", "blur": 1.2}),
        (two_bumps, (5, 5, 5, 5), {"width": 1.2}),
        (rigid_motion, (4, 4, np.pi / 6), {"blur": 1.2}),
        (rotated_shape, (1.5,), {"size": 30}),
    ],
)
def test_what_is_called_closed_form_is_right_to_a_ten_thousandth(render, module, most, options):
    """Accepted patterns that are nearly too fine have the path lengths that are stated."""
    generator = np.random.default_rng(0)
    shift = np.pi if module is rotated_shape else 0
    for _ in range(3):
        start, end = shift + generator.uniform(-1, 1, (2, len(most))) * most
        data = render(module, np.tile(np.vstack([start, end]), (5, 1)), **options)
        assert data.geodesics.status == "closed-form"
        length = path_length(render, module, start, end, 100, **options)
        assert data.geodesics.distances(np.array([0]))[0, 1] == pytest.approx(length, rel=1e-4)


@pytest.mark.parametrize("corner", [(-1, -1), (-1, 1), (1, -1), (1, 1)])
def test_a_metric_that_differs_in_any_corner_is_not_constant(corner):
    """Each corner of the box is looked at, for what sticks out of the frame only there."""

    def render(u):
        squared = ((u - 0.97 * np.array(corner)) ** 2).sum(axis=1)
        return np.column_stack([u, 1e-3 * np.exp(-squared / 2e-3)])

    with pytest.raises(ValueError, match="is cut by the frame"):
        constant_metric(render, -np.ones(2), np.ones(2))


def test_factors_of_a_product_have_nothing_in_common():
    """What is taken for a product is refused where its factors are not at right angles."""
    basis = np.array([[1.0, 0.0], [0.05, 1.0]])
    whole = constant_metric(lambda u: u @ basis, np.zeros(2), np.ones(2))
    np.testing.assert_allclose(whole, basis @ basis.T, atol=1e-9)
    with pytest.raises(ValueError, match=r"off by 0\.0"):
        constant_metric(lambda u: u @ basis, np.zeros(2), np.ones(2), factors=(1, 1))
