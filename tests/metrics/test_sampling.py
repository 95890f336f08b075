"""Standard errors and intervals of samples, on rows whose scores are drawn here."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from bench.metrics.sampling import GROUPS, MIN_ROWS, Uncertainty, skewed_quantiles, uncertainties
from bench.metrics.table import METRICS, Metric

N = 20_000
MEAN = Metric("mean", "mean", lambda c: c.sums.sum() / c.sizes.sum(), 0, 1, 1, 0, "here")


class Drawn:
    """The part of a `Comparison` that a mean over rows looks at."""

    def __init__(self, sums, sizes, n):
        self.sums, self.sizes, self.n = sums, sizes, n
        self.tally = SimpleNamespace(m=int(sizes.sum()))

    def without_each_group(self):
        for group in range(len(self.sums)):
            yield Drawn(np.delete(self.sums, group), np.delete(self.sizes, group), self.n)


def draw(rows, m, seed):
    drawn = np.random.default_rng(seed).choice(rows, m, replace=False)
    groups = np.array_split(drawn, GROUPS)
    sums, sizes = zip(*((group.sum(), len(group)) for group in groups), strict=True)
    return Drawn(np.array(sums), np.array(sizes), len(rows))


def rows_of(share):
    """Return the scores of all rows, of which a share is below 1."""
    generator = np.random.default_rng(0)
    few = generator.choice(N, int(share * N), replace=False)
    rows = np.ones(N)
    rows[few] -= generator.beta(1, 3, len(few))
    return rows


@pytest.mark.parametrize("share", [1, 0.01, 0.005])
def test_intervals_hold_the_mean_as_often_as_they_say(share):
    """Of the intervals of a mean 90 to 98 % hold it, however few rows lose anything."""
    rows, held = rows_of(share), []
    for seed in range(600):
        (found,) = uncertainties([(MEAN, 1)], draw(rows, MIN_ROWS, seed))
        held.append(found.interval[0] <= rows.mean() <= found.interval[1])
    assert 0.90 <= np.mean(held) <= 0.98


def test_quantiles_of_values_that_are_not_skewed_are_student_s():
    """Skewness 0 gives Student's quantiles."""
    expected = stats.t.ppf([0.025, 0.975], 19)
    assert skewed_quantiles(np.zeros(1), 20)[:, 0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("skewness", [-4, -0.3, 1e-9, 1, 4])
def test_hall_s_transformation_takes_the_quantiles_to_student_s(skewness):
    """The quantiles are the inverse of the published transformation."""
    t, lean = skewed_quantiles(np.array([float(skewness)]), 20)[:, 0], skewness / np.sqrt(20)
    transformed = t + lean * t**2 / 3 + lean**2 * t**3 / 27 + lean / 6
    assert transformed == pytest.approx(stats.t.ppf([0.025, 0.975], 19), rel=1e-9)


def test_rows_that_all_scored_best_leave_room_for_those_not_drawn():
    """A sample without a lost row allows for the most such rows that it may have missed."""
    (found,) = uncertainties([(MEAN, 1)], draw(np.ones(N), MIN_ROWS, 0))
    low, high = found.interval
    assert (found.standard_error, high) == (0, 1)
    missed = round((1 - low) * N)
    assert stats.hypergeom.pmf(0, N, missed, MIN_ROWS) == pytest.approx(0.025, rel=0.05)


@pytest.mark.parametrize("m", [100, MIN_ROWS - 1])
def test_a_small_sample_has_a_standard_error_and_no_interval(m):
    """Below the stated least number of rows there is no interval."""
    (found,) = uncertainties([(MEAN, 1)], draw(rows_of(1), m, 0))
    assert found.standard_error > 0
    assert found.interval is None


@pytest.mark.parametrize("m", [60, N])
def test_a_sample_of_all_rows_is_exact(m):
    """All rows drawn give the score as both ends of its interval, however few they are."""
    rows = rows_of(1)[:m]
    (found,) = uncertainties([(MEAN, 1)], draw(rows, m, 0))
    assert found.standard_error == 0
    assert found.interval == pytest.approx((rows.mean(), rows.mean()), rel=1e-12)


def test_an_interval_stays_inside_the_range():
    """Ends beyond the range of the metric are cut off."""
    rows = np.ones(N)
    rows[:40] = 0
    for seed in range(20):
        (found,) = uncertainties([(MEAN, 1)], draw(rows, MIN_ROWS, seed))
        assert 0 <= found.interval[0] <= found.interval[1] <= 1


@pytest.mark.parametrize("name", ["k_max", "q_local", "q_global"])
def test_what_jumps_with_the_place_of_a_maximum_has_no_uncertainty(name):
    """K_max and the means up to and from it have neither standard error nor interval."""
    found = uncertainties([(METRICS[name], 1), (MEAN, 1)], draw(rows_of(1), MIN_ROWS, 0))
    assert found[0] == Uncertainty(None, None)
    assert found[1].interval is not None
