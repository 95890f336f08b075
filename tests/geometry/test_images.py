import numpy as np
import pytest

from bench.datasets import rotated_shape, translated_bump, translated_gabor
from bench.geometry.images import add_pixel_noise, flat_chart, metric_tensor, pixel_grid


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


def assert_path_lengths_converge(render, module, start, end):
    """Add up image distances along a path at finer and finer steps."""
    shortfall = []
    for steps in (40, 80, 160, 320):
        part = np.linspace(0, 1, steps + 1)[:, None]
        data = render(module, start + part * (np.asarray(end) - start))
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
@pytest.mark.parametrize("module", [translated_bump, translated_gabor])
def test_path_lengths_of_a_moved_pattern_converge_to_the_geodesic(render, module, start, end):
    assert_path_lengths_converge(render, module, np.array(start), np.array(end))


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
    ],
)
def test_no_object_touches_the_frame_of_its_image(module, options):
    data = module.dataset(n=400, seed=0, **options)
    images = np.abs(data.X.reshape(-1, *data.image_shape))
    frame = (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1])
    assert max(side.max() for side in frame) < 0.005
    assert images.max() > 0.9


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
