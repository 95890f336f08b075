"""Geodesics that are not distances are refused in one line."""

import numpy as np
import pytest

from bench.manifolds.geodesics import FlatGeodesics
from bench.manifolds.valid_distances import require_geodesics, require_metric

N = 40
POINTS = np.random.default_rng(0).uniform(size=(N, 2))
FLAT = FlatGeodesics(POINTS)
TRUE = FLAT.distances(np.arange(N))


class Stated:
    """Geodesics that a function makes of the right ones."""

    status, notes = "closed-form", {}

    def __init__(self, change):
        self.change = change

    def distances(self, rows):
        """Return them changed."""
        return self.change(FLAT.distances(rows))


def changed(row, column, value):
    found = TRUE.copy()
    found[row, column] = value
    return found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d + 0j, r"must be real floats of shape \(8, 40\), got complex128"),
        (lambda d: (10 * d).astype(int), "got int64"),
        (lambda d: d > 0.5, "got bool"),
        (lambda d: d[0], r"got float64 of shape \(40,\)"),
        (lambda d: d.T, r"got float64 of shape \(40, 8\)"),
        (lambda d: d.tolist(), "must be a NumPy array, got list"),
        (lambda d: np.ma.masked_less(d, 0.1), "must be a NumPy array, got MaskedArray"),
        (lambda d: -d, "must be 0 or more"),
        (lambda d: np.where(d > 0.1, d, np.nan), "must be 0 or more .* got nan from point 0 to 0"),
        (lambda d: d + 0.1, r"of a point to itself must be 0, got 0\.1 for point 0"),
        (lambda d: np.full_like(d, np.inf), "of a point to itself must be 0, got inf"),
        (lambda d: d * np.arange(1, N + 1), "must be the same both ways"),
    ],
)
def test_geodesics_that_are_not_distances_are_refused_in_one_line(change, message):
    """A few rows tell a wrong type, a wrong shape and values that no distance has."""
    with pytest.raises((TypeError, ValueError), match=message) as refused:
        require_geodesics(Stated(change), N)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (37, 12, np.nan, "from point 12 to 37 and nan back"),
        (5, 39, -1e-3, r"got -0\.001 from point 5 to 39"),
        (39, 39, 0.5, r"got 0\.5 for point 39"),
        (36, 35, np.inf, "the same both ways, got .* from point 35 to 36 and inf back"),
        (12, 13, np.nan, "got nan from point 12 to 13"),
        (3, 38, TRUE[3, 38] + 1e-3, "the same both ways, got .* from point 3 to 38"),
    ],
)
def test_one_wrong_pair_is_found_wherever_it_is(row, column, value, message):
    """The whole matrix is looked at."""
    with pytest.raises(ValueError, match=message):
        require_metric(changed(row, column, value))


def test_infinite_distances_between_pieces_are_distances():
    """Points that no path joins are infinitely far from each other, both ways."""
    pieces = np.arange(N) % 2
    require_metric(np.where(pieces[:, None] == pieces, TRUE, np.inf))


def test_distances_differ_both_ways_by_what_their_stated_errors_allow():
    """Numerical geodesics need not be symmetric beyond their error."""
    one_way = np.where(np.triu(np.ones((N, N), bool)), 1.003 * TRUE, TRUE)
    require_metric(one_way, relative_error=0.002)
    with pytest.raises(ValueError, match="the same both ways"):
        require_metric(one_way, relative_error=0.001)


def test_rounding_is_not_taken_for_an_error():
    """Geodesics that were computed in single precision are accepted."""
    require_metric(TRUE.astype(np.float32).astype(np.float64))
    require_metric(TRUE + 1e-8 * np.random.default_rng(1).uniform(size=TRUE.shape))
