"""Scores of a handful of points, worked out with a pencil.

Five points on a line at 0, 1, 3, 7 and 15, embedded with the second and the last exchanged. Ranks
(in the reference, in the embedding) of the others, from each point::

    A: B 1 4   C 2 2   D 3 3   E 4 1
    B: A 1 4   C 2 2   D 3 1   E 4 3
    C: B 1 4   A 2 2   D 3 3   E 4 1
    D: C 1 1   B 2 4   A 3 3   E 4 2
    E: D 1 3   C 2 2   B 3 4   A 4 1
"""

from math import sqrt

import numpy as np
import pytest

import bench

LINE = np.array([[0.0], [1.0], [3.0], [7.0], [15.0]])
EXCHANGED = LINE[[0, 4, 2, 3, 1]]
# The nearest is kept by D alone: 1 of 5. Of the two nearest everybody keeps one, of three two.
BY_HAND = {
    ("q_nx", 1): 1 / 5,
    ("q_nx", 2): 1 / 2,
    ("q_nx", 3): 2 / 3,
    ("q_nx", 4): 1,
    ("r_nx", 1): -1 / 15,
    ("r_nx", 2): 0,
    ("r_nx", 3): -1 / 3,
    ("lcmc", 1): -1 / 20,
    ("lcmc", 3): -1 / 12,
    # Intruders come from 3 + 2 + 3 + 0 + 3 ranks too far at k = 1, 2 + 1 + 2 + 2 + 2 at k = 2.
    ("trustworthiness", 1): 1 - 2 * 11 / (5 * 1 * 6),
    ("trustworthiness", 2): 1 - 2 * 9 / (5 * 2 * 3),
    # Those lost went 3 + 3 + 3 + 0 + 2 ranks too far at k = 1, 2 + 2 + 2 + 2 + 1 at k = 2.
    ("continuity", 1): 1 - 2 * 11 / (5 * 1 * 6),
    ("continuity", 2): 1 - 2 * 9 / (5 * 2 * 3),
    # Over |5 - 2 + 1| / 1 = 4, and 4 + |5 - 4 + 1| / 2 = 5 at k = 2, where D adds |2 - 4| / 2.
    ("mrre_false", 1): 11 / (5 * 4),
    ("mrre_false", 2): 12 / (5 * 5),
    ("mrre_missing", 1): 11 / (5 * 4),
    ("mrre_missing", 2): 12 / (5 * 5),
}


@pytest.mark.parametrize(("name", "k"), BY_HAND)
def test_curves_of_five_points(name, k):
    found = bench.score(LINE, EXCHANGED, k=k, metrics=[name])["euclidean"][name][k]
    assert found == pytest.approx(BY_HAND[name, k], abs=1e-15)


def test_scores_over_all_k_of_five_points():
    found = bench.score(LINE, EXCHANGED, metrics=["auc", "k_max", "q_local", "q_global"], k=1)
    expected = {
        "auc": (-1 / 15 + 0 - 1 / 9) / (1 + 1 / 2 + 1 / 3),
        "k_max": 2,  # LCMC is 0 at k = 2 and at k = 4: the first counts
        "q_local": (1 / 5 + 1 / 2) / 2,
        "q_global": (1 / 2 + 2 / 3 + 1) / 3,
    }
    assert found["euclidean"] == pytest.approx(expected, abs=1e-15)


def test_scores_of_single_points_of_five():
    found = bench.score(LINE, EXCHANGED, k=1).per_point.set_index("point")
    assert found["q_nx_1"].tolist() == [0, 0, 0, 1, 0]
    # The worst intruder there can be comes from rank 4, which costs 3 of 3.
    expected = pytest.approx([0, 1 / 3, 0, 1, 0], abs=1e-15)
    assert found["trustworthiness_1"].to_numpy() == expected
    assert found["continuity_1"].to_numpy() == pytest.approx([0, 0, 0, 1, 1 / 3], abs=1e-15)


def test_scores_of_the_three_distances_of_three_points():
    # d is 1, 2, 3 and e is 2, 1, 3; the nearest that never fall are 1.5, 1.5, 3.
    points, embedding = np.array([[0.0], [1.0], [3.0]]), np.array([[0.0], [2.0], [3.0]])
    expected = {
        "pearson": 1 / 2,
        "spearman": 1 / 2,
        "residual_variance": 3 / 4,
        "stress_scale_normalised": sqrt(1 - 13**2 / (14 * 14)),
        "stress_nonmetric": sqrt((0.5**2 + 0.5**2) / 14),
        "triplet_accuracy": 2 / 3,  # lost at B alone, and each point has one pair of others
    }
    found = bench.score(points, embedding, metrics=list(expected), k=1)["euclidean"]
    assert found == pytest.approx(expected, abs=1e-15)


def test_equal_distances_are_fitted_by_equal_numbers():
    # d is 1, 1, 2 and e is 1, 3, 2. The secondary approach of Kruskal fits 2, 2, 2; the primary,
    # which leaves ties free, would fit 1, 2.5, 2.5.
    points, embedding = np.array([[0.0], [1.0], [2.0]]), np.array([[0.0], [1.0], [-2.0]])
    found = bench.score(points, embedding, metrics=["stress_nonmetric"], k=1)["euclidean"]
    assert found["stress_nonmetric"] == pytest.approx(sqrt((1 + 1 + 0) / 14), abs=1e-15)
