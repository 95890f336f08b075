"""What a metric needs is one of a few words; a wrong one is refused where the row is made."""

import pytest

from bench import Metric
from bench.metrics.needs import Need
from bench.metrics.table import METRICS


def row(needs):
    return Metric("m", "M", lambda comparison: 0.0, -1, 1, 1, 0, "here", needs=needs)


def test_words_and_members_are_the_same():
    """A plugin writes words; the table compares members."""
    assert row(("ranks", "topology")).needs == (Need.RANKS, Need.TOPOLOGY)


def test_a_wrong_word():
    """It is refused with those that are allowed."""
    with pytest.raises(ValueError, match=r"m has needs = \('rank',\): allowed are overlap, neigh"):
        row(("rank",))


def test_each_need_is_used_and_explained():
    """No word stands for nothing."""
    assert {need for metric in METRICS.values() for need in metric.needs} == set(Need)
    assert all(need.meaning for need in Need)
