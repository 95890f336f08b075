import pickle
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import rankdata

from bench.geometry.base import Geometry
from bench.geometry.blocks import in_order, row_blocks
from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.pair_ranks import find_places
from bench.geometry.ranks import without_rounding
from bench.geometry.reference import LiveReference, rank_pairs
from bench.geometry.stored_reference import StoredReference, save_reference


@pytest.fixture
def points():
    return np.random.default_rng(0).normal(size=(60, 3))


@pytest.fixture
def reference(points):
    return LiveReference(EuclideanDistances(points), len(points))


def test_a_block_holds_distances_and_ranks_of_its_rows(points, reference):
    rows = np.array([3, 41, 7])
    distances = np.linalg.norm(points[rows, None] - points, axis=-1)
    block = reference.block(rows)
    np.testing.assert_allclose(block.distances, distances, rtol=1e-12)
    assert (block.ranks == rankdata(distances, axis=1) - 1).all()
    assert (block.rows == rows).all()


def ranks_of(reference, distances):
    found = rank_pairs(reference, None)
    squares = np.asarray(distances, dtype=float) ** (2 if reference.squared else 1)
    places = np.empty(len(squares), np.int32)
    bits = squares.view(np.uint64)
    find_places(bits, tuple(found.scale), places)
    return found.ranks[places]


def test_the_ranks_of_pairs_are_averaged_over_ties_and_centred():
    line = LiveReference(EuclideanDistances(np.arange(4.0)[:, None]), 4)
    # Distances 1, 2, 3, 1, 2, 1 have ranks 2, 4.5, 6, 2, 4.5, 2 with a mean of 3.5.
    assert ranks_of(line, [1.0, 2.0, 3.0]).tolist() == [-1.5, 1.0, 2.5]


def test_the_ranks_of_pairs_are_those_of_scipy(points, reference):
    exact = rankdata(pdist(points))
    assert (ranks_of(reference, pdist(points)) == exact - exact.mean()).all()


@pytest.fixture
def few_places(monkeypatch):
    """Let lengths share places, and look at a sample of rows first, though points are few."""
    monkeypatch.setattr("bench.geometry.pair_ranks._EXACT_PAIRS", 0)
    monkeypatch.setattr("bench.geometry.pair_ranks._SAMPLE", 10_000)
    monkeypatch.setattr("bench.geometry.pair_ranks._SHARE", 2.0**-10)


def spread(shape, n=400):
    g = np.random.default_rng(0)
    points = g.normal(size=(n, 3))
    if shape == "clusters":
        points[n // 2 :] += 1e5
    if shape == "clusters of clusters":
        points = sum(10.0 ** (4 * i) * g.integers(0, 2, (n, 3)) for i in range(3)) + points
    if shape == "one outlier":
        points[0] = 1e8
    if shape == "heavy tails":
        points = points**15
    if shape == "all scales":
        points = np.exp(30 * points)
    return points


@pytest.mark.parametrize(
    "shape",
    ["round", "clusters", "clusters of clusters", "one outlier", "heavy tails", "all scales"],
)
def test_no_rank_is_off_by_more_than_the_share_of_a_place(few_places, shape):
    """Lengths share a place only with few others, however they are spread."""
    points = spread(shape)
    lengths = pdist(points)
    exact = rankdata(without_rounding(lengths**2))
    found = ranks_of(LiveReference(EuclideanDistances(points), len(points)), lengths)
    assert np.abs(found - (exact - exact.mean())).max() <= len(exact) * 2.0**-10
    assert np.corrcoef(found, exact)[0, 1] > 1 - 2.0**-20


def test_lengths_that_are_tied_keep_a_place_of_their_own(few_places):
    """The ranks of a grid are exact, however many pairs there are."""
    grid = np.stack(np.meshgrid(np.arange(20.0), np.arange(20.0)), axis=-1).reshape(-1, 2)
    reference = LiveReference(EuclideanDistances(0.1 * grid), len(grid))
    exact = rankdata(np.round(pdist(grid), 9))
    found = ranks_of(reference, 0.1 * pdist(grid))
    np.testing.assert_allclose(found, exact - exact.mean(), rtol=1e-12)


def test_distances_equal_but_for_rounding_have_one_rank(reference):
    ones = np.array([1.0, np.nextafter(1.0, 0), np.nextafter(1.0, 2)])
    assert len(set(ranks_of(reference, ones))) == 1


@pytest.mark.parametrize("distance", [0.0, 1e-100, 1e100, np.inf])
def test_a_distance_that_was_never_met_gets_the_rank_of_an_end(reference, distance):
    ranks = rank_pairs(reference, None).ranks
    assert ranks_of(reference, [distance])[0] in (ranks[0], ranks[-2], ranks[-1])


def test_duplicates_need_no_bin_for_each_size_down_to_zero():
    X = np.random.default_rng(0).normal(size=(600, 2))
    X[1], X[3] = X[0], X[2] + 1e-200
    reference = LiveReference(EuclideanDistances(X), 600)
    assert len(rank_pairs(reference, None).ranks) < 2**20
    exact = rankdata(pdist(X))
    given = ranks_of(reference, pdist(X))
    assert np.abs(given - (exact - exact.mean())).max() < 1e-3 * len(exact)


def test_points_all_in_one_place_have_one_rank():
    reference = LiveReference(EuclideanDistances(np.ones((5, 2))), 5)
    assert ranks_of(reference, [0.0]).tolist() == [0.0]


@pytest.mark.parametrize("n", [1, 255, 256, 257, 600, 5000])
def test_blocks_of_rows_cover_every_row_once_in_order_and_stay_small(n):
    blocks = list(row_blocks(np.arange(n), n, memory=2**23))
    assert np.concatenate(blocks).tolist() == list(range(n))
    assert max(map(len, blocks)) * n * 8 <= 2**23


@pytest.mark.parametrize("threads", [1, 3])
def test_results_come_in_the_order_of_the_blocks(threads):
    blocks = list(row_blocks(np.arange(200), 10**6))
    found = list(in_order(lambda rows: rows[0], blocks, threads))
    assert found == [rows[0] for rows in blocks]


def test_what_goes_wrong_in_a_block_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(in_order(lambda rows: 1 // 0, row_blocks(np.arange(9), 9), 2))


def test_a_saved_reference_comes_back_as_it_was(tmp_path, reference):
    save_reference(reference, tmp_path / "there" / "it is")
    loaded = StoredReference.load(tmp_path / "there" / "it is")
    rows = np.arange(10, 30)
    before, after = reference.block(rows), loaded.block(rows)
    np.testing.assert_array_equal(before.distances, after.distances)
    np.testing.assert_array_equal(before.ranks, after.ranks)
    assert loaded.n == 60
    assert not loaded.ranks.flags.writeable


@dataclass
class Counted(Geometry):
    """Distances that like to be asked for by seven rows, and count how often they are."""

    points: np.ndarray
    asked: list = field(default_factory=list)
    rows_together: int = 7

    def distances(self, rows):
        self.asked.append(len(rows))
        return np.linalg.norm(self.points[rows, None] - self.points, axis=-1)


def test_parts_are_measured_together_and_are_the_blocks_that_they_are_alone(points):
    geometry = Counted(points)
    reference = LiveReference(geometry, 60)
    parts = [np.arange(i, i + 3) for i in range(0, 15, 3)] + [np.arange(15, 30)]
    blocks = list(reference.blocks(parts))
    assert geometry.asked == [6, 6, 3, 15]
    for part, block in zip(parts, blocks, strict=True):
        alone = reference.block(part)
        np.testing.assert_array_equal(block.rows, part)
        np.testing.assert_array_equal(block.lengths, alone.lengths)
        np.testing.assert_array_equal(block.ranks, alone.ranks)


class Plain:
    """Distances, with attributes that have nothing to do with those of a geometry."""

    order = tree = squares = nearest = rows_together = "something else"

    def __init__(self, points):
        self.points = points

    def distances(self, rows):
        return np.linalg.norm(self.points[rows, None] - self.points, axis=-1)


def test_nothing_is_probed(points):
    """Of an object that is not a geometry the distances alone are used."""
    plain, rows = LiveReference(Plain(points), 60), np.arange(20)
    assert (plain.order, plain.squared, plain.measures_all) == (None, False, True)
    known = LiveReference(EuclideanDistances(points), 60)
    np.testing.assert_array_equal(plain.nearest(rows, 5), known.nearest(rows, 5))
    np.testing.assert_array_equal(plain.block(rows).ranks, known.block(rows).ranks)


@pytest.mark.parametrize("dimensions", [3, 12, 30])
def test_rankings_are_the_same_from_a_tree_from_all_distances_and_from_disk(tmp_path, dimensions):
    points = np.random.default_rng(1).integers(0, 3, (60, dimensions)).astype(float)
    live = LiveReference(EuclideanDistances(points), 60)
    save_reference(live, tmp_path / "reference")
    stored, rows = StoredReference.load(tmp_path / "reference"), np.arange(5, 50)
    assert live.measures_all == (dimensions > 8)
    assert not stored.measures_all
    others = np.random.default_rng(2).permuted(np.tile(np.arange(51, 60), (45, 1)), axis=1)
    others, found = others[:, :4].astype(np.int32), []
    for reference in (live, stored):
        ranking, ranks = reference.ranking(rows, 4), np.full((45, 4), 60, dtype=np.int32)
        ranking.fill_in(others, ranks)
        found.append((ranking.nearest, ranks))
        assert (reference.nearest(rows, 4) == ranking.nearest).all()
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    ranks = np.take_along_axis(live.block(rows).ranks, others, axis=1)
    np.testing.assert_array_equal(found[0][1], ranks)


def test_a_saved_reference_is_never_overwritten(tmp_path, reference):
    save_reference(reference, tmp_path / "reference")
    with pytest.raises(FileExistsError):
        save_reference(reference, tmp_path / "reference")


class Trap:
    """Touches a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", ["distances", "ranks"])
def test_loading_a_reference_never_runs_a_pickle(tmp_path, reference, name):
    save_reference(reference, tmp_path / "reference")
    (tmp_path / "reference" / f"{name}.npy").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(ValueError, match="pickle"):
        StoredReference.load(tmp_path / "reference")
    assert not (tmp_path / "sprung").exists()
