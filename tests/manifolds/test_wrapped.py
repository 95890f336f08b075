import numpy as np

from bench.manifolds.geodesics import FlatGeodesics
from bench.manifolds.wrapped import WrappedGeodesics


def test_where_nothing_closes_the_sheet_is_flat():
    chart = np.random.default_rng(0).normal(size=(30, 5))
    wrapped, rows = WrappedGeodesics(chart, (np.inf,) * 5), np.array([3, 29])
    np.testing.assert_allclose(wrapped.distances(rows), FlatGeodesics(chart).distances(rows))


def test_a_cylinder_is_as_far_as_the_nearest_of_its_unrolled_copies():
    generator = np.random.default_rng(0)
    height, arc = generator.uniform(0, 3, 40), generator.uniform(0, 7, 40)
    cylinder = WrappedGeodesics(np.column_stack([height, arc]), (np.inf, 7.0))
    copies = arc[:, None] - arc + 7.0 * np.arange(-2, 3)[:, None, None]
    expected = np.hypot(height[:, None] - height, copies).min(axis=0)
    np.testing.assert_allclose(cylinder.distances(np.arange(40)), expected, atol=1e-12)
