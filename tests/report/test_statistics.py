"""Intervals and marks, against closed forms and other implementations."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.report.statistics import LEVEL, false_exclusion_rate, holm, interval, marks


def test_an_interval_is_student_s():
    values = np.array([0.2, 0.5, 0.9])
    low, high = stats.t.interval(0.95, 2, values.mean(), stats.sem(values))
    found = interval(values)
    assert (found.mean - found.half_width, found.mean + found.half_width) == pytest.approx(
        (low, high)
    )
    assert found.seeds == 3


def test_intervals_cover_the_mean_as_often_as_they_say():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(2000):
        found = interval(rng.normal(1.0, 0.1, size=3))
        hits += abs(found.mean - 1.0) <= found.half_width
    assert 0.935 <= hits / 2000 <= 0.965  # four standard errors around 0.95


def test_one_seed_gives_a_mean_without_an_interval_and_none_gives_nothing():
    assert np.isnan(interval(np.array([0.5])).half_width)
    assert interval(np.array([np.nan])).seeds == 0


def test_holm_agrees_with_a_worked_example():
    # Holm 1979: sorted p times 4, 3, 2, 1, made monotone.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def scores(**columns):
    return pd.DataFrame(columns)


def test_the_best_is_marked_and_what_is_clearly_worse_is_not():
    values = scores(a=[0.90, 0.91, 0.92], b=[0.10, 0.12, 0.11])
    assert marks(values, higher_is_better=True) == {"a": "best"}
    assert marks(values, higher_is_better=False) == {"b": "best"}


def test_what_the_seeds_cannot_tell_from_the_best_is_marked_as_tied():
    values = scores(a=[0.90, 0.80, 0.95], b=[0.89, 0.82, 0.91])
    assert marks(values, higher_is_better=True) == {"a": "best", "b": "tied"}


def test_pairing_sees_a_small_difference_that_every_seed_shows():
    draw = np.array([0.5, 0.7, 0.9])  # the datasets differ far more than the reducers
    values = scores(a=draw + 0.02, b=draw + np.array([0.0, 0.0001, -0.0001]))
    assert marks(values, higher_is_better=True) == {"a": "best"}


def test_equal_scores_are_tied_and_a_constant_difference_is_none():
    values = scores(a=[0.5, 0.6], b=[0.5, 0.6], c=[0.4, 0.5])
    assert marks(values, higher_is_better=True) == {"a": "best", "b": "tied"}


def test_reducers_are_compared_on_the_seeds_that_all_of_them_have():
    # On the seeds in common b is better each time; a's third, easy, seed must not decide.
    values = scores(a=[0.50, 0.60, 0.99], b=[0.60, 0.71, np.nan])
    assert marks(values, higher_is_better=True) == {"b": "best"}
    assert marks(scores(a=[0.9, np.nan], b=[np.nan, 0.8]), higher_is_better=True) == {}


def test_with_one_seed_nothing_is_called_tied():
    assert marks(scores(a=[0.9], b=[0.89]), higher_is_better=True) == {"a": "best"}


@pytest.mark.parametrize("seeds", [3, 10])
def test_the_stated_rate_of_false_exclusions_is_that_of_the_marks(seeds):
    """Equal reducers are called worse as often as the page says, which is more than the level."""
    generator, columns = np.random.default_rng(0), 600
    wrong = 0
    for _ in range(columns):
        scores = generator.normal(size=(seeds, 16)) + generator.normal(size=(seeds, 1))
        equal = pd.DataFrame(scores, columns=[f"r{i}" for i in range(16)])
        wrong += len(marks(equal, higher_is_better=True)) < 16
    stated = false_exclusion_rate(16, seeds)
    margin = 4 * np.sqrt(stated * (1 - stated) / columns)  # four standard errors
    assert wrong / columns == pytest.approx(stated, abs=margin)
    assert stated - margin > LEVEL  # else the level itself would pass


def test_with_two_reducers_no_choice_is_made_that_the_level_does_not_cover():
    """A two-sided test of two reducers keeps its level whichever is ahead."""
    assert false_exclusion_rate(2, 5) == pytest.approx(LEVEL, abs=0.01)
