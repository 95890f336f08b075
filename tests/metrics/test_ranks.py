from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from metrics import slow
from scipy.stats import rankdata

from bench.geometry.nearest import find_nearest, place_nearest, rank_among
from bench.geometry.ranks import rank_rows, without_rounding
from bench.metrics.co_ranking import CoRanking, add_ranks, empty_sums


def count(embedded, reference):
    n = len(embedded)
    sums = empty_sums(n - 1)
    add_ranks(sums, embedded.astype(np.uint32), reference.astype(np.uint32))
    return CoRanking(n, n, sums)


def random_ranks(n, seed):
    generator = np.random.default_rng(seed)
    ranks = np.zeros((n, n), dtype=int)
    for i in range(n):
        ranks[i, np.arange(n) != i] = generator.permutation(n - 1) + 1
    return ranks


def test_ranks_equal_scipy_when_nothing_is_tied():
    distances = np.random.default_rng(0).uniform(1, 2, (50, 50))
    np.fill_diagonal(distances, 0)
    assert (rank_rows(distances, np.arange(50)) == rankdata(distances, axis=1) - 1).all()


def test_the_point_itself_is_left_out_by_its_index_though_others_are_nearer_or_tied():
    distances = np.array([[0.0, 0.0, 0.0, 5.0], [0.0, 0.0, 0.0, 5.0], [7.0, 6.0, 9.0, 8.0]])
    ranks = rank_rows(distances, np.array([0, 1, 2]))
    assert ranks[[0, 1, 2], [0, 1, 2]].tolist() == [0, 0, 0]
    assert sorted(ranks[0, [1, 2]]) == sorted(ranks[1, [0, 2]]) == [1, 2]
    assert ranks[[0, 1], 3].tolist() == [3, 3]
    assert ranks[2].tolist() == [2, 1, 0, 3]


@given(st.integers(0, 10**6), st.integers(12, 40), st.integers(1, 5))
def test_each_row_of_ranks_is_a_permutation_in_the_order_of_the_distances(seed, n, levels):
    distances = np.random.default_rng(seed).integers(0, levels, (n, n)).astype(float)
    ranks = rank_rows(distances, np.arange(n))
    for i, row in enumerate(ranks):
        assert row[i] == 0
        order = np.argsort(row)
        assert row[order].tolist() == list(range(n))
        others = distances[i, order[1:]]
        assert (np.diff(others) >= 0).all()


def test_ranks_of_a_block_of_rows_equal_those_of_the_whole_even_with_ties():
    distances = np.random.default_rng(0).integers(0, 3, (40, 40)).astype(float)
    whole = rank_rows(distances, np.arange(40))
    rows = np.array([31, 2, 17])
    assert (rank_rows(distances[rows], rows) == whole[rows]).all()


N = 300


@pytest.fixture(scope="module")
def tied():
    return rank_rows(np.ones((N, N)), np.arange(N)).astype(float)


def test_tied_columns_have_the_same_mean_rank_whatever_their_index(tied):
    mean = tied.sum(axis=0) / (N - 1)  # its own rank is 0
    bound = 5 * (N - 1) / np.sqrt(12) / np.sqrt(N - 1)
    assert np.abs(mean - N / 2).max() < bound
    index = np.arange(N)
    assert abs(np.corrcoef(index, mean)[0, 1]) < 5 / np.sqrt(N)


def test_ties_of_the_first_row_are_scattered_too():
    ranks = rank_rows(np.zeros((1, 64)), np.array([0]))
    assert abs(np.corrcoef(ranks[0, 1:], np.arange(1, 64))[0, 1]) < 0.4


def test_tied_columns_have_uniform_ranks_not_only_the_right_mean(tied):
    low = (tied <= (N - 1) / 4).sum(axis=0) - 1  # its own rank counts as low
    expected, deviation = (N - 1) / 4, np.sqrt((N - 1) * 3 / 16)
    assert np.abs(low - expected).max() < 5 * deviation


def test_tied_neighbours_come_before_each_other_equally_often(tied):
    ahead = [(tied[:, j] < tied[:, j + 1]).mean() for j in range(N - 1)]
    assert np.abs(np.array(ahead) - 0.5).max() < 5 * 0.5 / np.sqrt(N)


def test_tied_columns_do_not_keep_one_order_in_all_rows(tied):
    correlation = [
        np.corrcoef(np.delete(a, [i, i + 1]), np.delete(b, [i, i + 1]))[0, 1]
        for i, (a, b) in enumerate(pairwise(tied))
    ]
    assert np.abs(correlation).max() < 5 / np.sqrt(N)


def test_ties_are_not_broken_by_the_position_that_the_sort_found():
    # The same ties met in another order: an unrelated column is nearer, then farther.
    distances = np.ones((N, N))
    distances[:, N // 2 :] = np.arange(N - N // 2) + 2.0
    nearer = distances.copy()
    nearer[:, N // 2 :] **= -1.0
    behind = rank_rows(distances, np.arange(N))[N // 2 :, : N // 2]
    ahead = rank_rows(nearer, np.arange(N))[N // 2 :, : N // 2]
    assert (behind == ahead - (N - N // 2 - 1)).all()


def test_other_tie_keys_are_another_order_and_the_same_keys_the_same():
    distances, rows = np.ones((N, N)), np.arange(N)
    keys = np.arange(N, dtype=np.uint64)
    first, again, other = (
        rank_rows(distances, rows, own) for own in (None, keys, keys[::-1].copy())
    )
    assert (first == again).all()
    off = ~np.eye(N, dtype=bool)
    assert abs(np.corrcoef(first[off], other[off])[0, 1]) < 5 / N


@pytest.mark.parametrize("n", [4, 5, 12, 13, 24])
def test_counts_of_any_two_rank_matrices_give_the_scores_of_their_definitions(n):
    embedded, reference = random_ranks(n, 1), random_ranks(n, 2)
    fast = count(embedded, reference)
    every = range(1, n)
    below_half = [k for k in every if k < n / 2]
    expected = {
        "q_nx": [slow.q_nx(reference, embedded, k) for k in every],
        "r_nx": [slow.r_nx(reference, embedded, k) for k in range(1, n - 1)],
        "trustworthiness": [slow.trustworthiness(reference, embedded, k) for k in below_half],
        "continuity": [slow.continuity(reference, embedded, k) for k in below_half],
        "auc": slow.auc(reference, embedded),
    }
    for name, values in expected.items():
        np.testing.assert_allclose(getattr(fast, name), values, atol=1e-12, err_msg=name)


def test_exchanging_the_sides_exchanges_trustworthiness_and_continuity():
    one, other = random_ranks(20, 1), random_ranks(20, 2)
    there, back = count(one, other), count(other, one)
    assert (there.trustworthiness == back.continuity).all()
    assert (there.continuity == back.trustworthiness).all()
    assert (there.q_nx == back.q_nx).all()


def test_counting_in_blocks_equals_counting_at_once():
    embedded, reference = (random_ranks(20, s).astype(np.uint32) for s in (1, 2))
    sums = empty_sums(19)
    for rows in (slice(0, 7), slice(7, 8), slice(8, 20)):
        add_ranks(sums, embedded[rows], reference[rows])
    assert (sums == count(embedded, reference).sums).all()


@pytest.mark.parametrize("n", [12, 13])
def test_ranks_turned_back_to_front_score_the_worst_there_is(n):
    ranks = random_ranks(n, 1)
    backwards = np.where(ranks > 0, n - ranks, 0)
    worst = count(backwards, ranks)
    k = np.arange(1, n)
    np.testing.assert_allclose(worst.q_nx, np.maximum(0, 2 * k - (n - 1)) / k)
    np.testing.assert_allclose(worst.trustworthiness, 0, atol=1e-12)
    np.testing.assert_allclose(worst.continuity, 0, atol=1e-12)
    assert worst.r_nx.min() >= -1


def test_five_points_score_what_the_hand_finds():
    reference = np.abs(np.subtract.outer([0, 1, 3, 7, 15], [0, 1, 3, 7, 15])).astype(float)
    line = [0, 1, 3, 7, 2.2]  # the last point has moved in between the others
    embedded = np.abs(np.subtract.outer(line, line))
    rows = np.arange(5)
    scores = count(rank_rows(embedded, rows), rank_rows(reference, rows))
    # Nearest first, reference | embedding:   A: BCDE | BECD   B: ACDE | AECD   C: BADE | EBAD
    #                                         D: CBAE | CEBA   E: DCBA | CBAD
    np.testing.assert_allclose(scores.q_nx, [3 / 5, 5 / 10, 10 / 15, 1])
    np.testing.assert_allclose(scores.r_nx, [7 / 15, 0, -1 / 3], atol=1e-15)
    assert scores.auc == pytest.approx((7 / 15 + 0 - 1 / 9) / (1 + 1 / 2 + 1 / 3))
    # Excess ranks, k = 1: C's E by 3, E's C by 1; k = 2: E by 2 in four rows, E's B by 1.
    np.testing.assert_allclose(scores.trustworthiness, [1 - 4 / 15, 1 - 9 / 15])
    # Lost, k = 1: C's B by 1, E's D by 3; k = 2: by 1 in four rows, E's D by 2.
    np.testing.assert_allclose(scores.continuity, [1 - 4 / 15, 1 - 6 / 15])


def test_distances_that_differ_in_the_last_kept_digit_are_ordered_among_many_points():
    n = 6000
    distances = np.random.default_rng(0).permutation(1 + np.arange(n) * 2.0**-39)[None]
    own = np.argmin(distances)
    ranks = rank_rows(distances, np.array([own]))
    np.testing.assert_array_equal(ranks, rankdata(distances, axis=1) - 1)


def hard_rows(n, seed):
    """Return rows of distances that are hard to spread over buckets."""
    rng = np.random.default_rng(seed)
    far = rng.random(n)
    far[n // 2] = 1e9
    clump = np.where(rng.random(n) < 0.5, 1 + 1e-9 * rng.random(n), rng.random(n) * 1e6)
    octaves = 2.0 ** rng.integers(-300, 300, n) * (1 + rng.random(n))
    levels = rng.integers(0, 3, n).astype(float)
    crowded = 1 + rng.permutation(n) * 2.0**-39
    crowded[0] = 1e300
    pieces = np.where(rng.random(n) < 0.5, rng.random(n), np.inf)
    nowhere = np.full(n, np.inf)
    return np.stack(
        [far, clump, octaves, levels, np.zeros(n), crowded, np.sort(far), pieces, nowhere]
    )


@pytest.mark.parametrize("n", [3, 70, 900, 6000])
def test_rows_that_are_hard_to_spread_are_still_in_exact_order(n):
    distances = hard_rows(n, n)
    own = np.arange(len(distances)) % n
    ranks = rank_rows(distances, own)
    rounded = without_rounding(distances)
    for row, i, found in zip(rounded, own, ranks, strict=True):
        order = np.argsort(found)
        assert order[0] == i
        assert (np.sort(found) == np.arange(n)).all()
        assert (row[order[1:-1]] <= row[order[2:]]).all()


@pytest.mark.parametrize("n", [3, 70, 900, 5000])
@pytest.mark.parametrize("k", [1, 2, 15, 69])
def test_the_nearest_have_the_ranks_that_sorting_all_gives_them(n, k):
    k = min(k, n - 1)
    one, other = hard_rows(n, 1), hard_rows(n, 2)[::-1].copy()
    other[2] = one[2]
    own = np.arange(len(one)) % n
    nearest_one, nearest_other = (find_nearest(lengths, own, k) for lengths in (one, other))
    in_other, in_one = place_nearest(nearest_one, nearest_other, n)
    rank_among(other, own, nearest_one, in_other)
    rank_among(one, own, nearest_other, in_one)
    for lengths, targets, found in ((other, nearest_one, in_other), (one, nearest_other, in_one)):
        expected = np.take_along_axis(rank_rows(lengths, own), targets, axis=1)
        assert (found == expected).all()


@pytest.mark.parametrize("n", [3, 70, 900])
def test_the_nearest_are_those_of_the_lowest_ranks_and_their_places_are_told(n):
    k = min(8, n - 1)
    one, other = hard_rows(n, 1), hard_rows(n, 2)
    own = np.arange(len(one)) % n
    nearest = [find_nearest(lengths, own, k) for lengths in (one, other)]
    for lengths, found in zip((one, other), nearest, strict=True):
        ranks = np.take_along_axis(rank_rows(lengths, own), found, axis=1)
        assert (ranks == np.arange(1, k + 1)).all()
    in_other, in_one = place_nearest(*nearest, n)
    for i, (mine, theirs) in enumerate(zip(*nearest, strict=True)):
        assert in_other[i].tolist() == [
            [*theirs, m].index(m) + 1 if m in theirs else n for m in mine
        ]
        assert in_one[i].tolist() == [[*mine].index(t) + 1 if t in mine else n for t in theirs]
