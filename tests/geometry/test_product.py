import numpy as np
import pytest

from bench.geometry.geodesics import CircularGeodesics, FlatGeodesics
from bench.geometry.graph import graph_geodesics
from bench.geometry.product import ProductGeodesics


def test_the_product_of_flat_sheets_is_the_flat_sheet_of_all_coordinates():
    chart = np.random.default_rng(0).normal(size=(30, 5))
    product = ProductGeodesics((FlatGeodesics(chart[:, :2]), FlatGeodesics(chart[:, 2:])))
    rows = np.array([3, 29])
    np.testing.assert_allclose(product.distances(rows), FlatGeodesics(chart).distances(rows))
    assert product.status == "closed-form"


def test_a_cylinder_is_as_far_as_the_nearest_of_its_unrolled_copies():
    generator = np.random.default_rng(0)
    height, arc = generator.uniform(0, 3, 40), generator.uniform(0, 7, 40)
    cylinder = ProductGeodesics((FlatGeodesics(height[:, None]), CircularGeodesics(arc, 7.0)))
    copies = arc[:, None] - arc + 7.0 * np.arange(-2, 3)[:, None, None]
    expected = np.hypot(height[:, None] - height, copies).min(axis=0)
    np.testing.assert_allclose(cylinder.distances(np.arange(40)), expected, atol=1e-12)


def test_factors_without_a_closed_form_are_refused():
    points = np.random.default_rng(0).normal(size=(30, 2))
    with pytest.raises(ValueError, match=r"one or more in closed form, got \['closed-form', 'gra"):
        ProductGeodesics((FlatGeodesics(points), graph_geodesics(points)))
    with pytest.raises(ValueError, match=r"got \[\]"):
        ProductGeodesics(())
