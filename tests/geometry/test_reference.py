import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import rankdata

from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.reference import Reference, right_of_diagonal, row_blocks


@pytest.fixture
def points():
    return np.random.default_rng(0).normal(size=(60, 3))


@pytest.fixture
def reference(points):
    return Reference.build(EuclideanDistances(points), len(points))


def test_a_reference_holds_the_ranks_by_row(points, reference):
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    assert reference.n == 60
    assert (reference.ranks == rankdata(distances, axis=1) - 1).all()


def test_a_reference_holds_the_pairs_of_the_upper_triangle(points, reference):
    upper = np.triu_indices(60, k=1)
    expected = np.linalg.norm(points[upper[0]] - points[upper[1]], axis=-1)
    np.testing.assert_allclose(reference.pairs, expected, rtol=1e-12)


def test_the_ranks_of_pairs_are_averaged_over_ties_and_centred():
    line = Reference.build(EuclideanDistances(np.arange(4.0)[:, None]), 4)
    # Distances 1, 2, 3, 1, 2, 1 have ranks 2, 4.5, 6, 2, 4.5, 2 with a mean of 3.5.
    assert line.pair_ranks.tolist() == [-1.5, 1, 2.5, -1.5, 1, -1.5]


def test_a_reference_does_not_depend_on_how_its_rows_are_cut_into_blocks(monkeypatch):
    X = np.random.default_rng(0).integers(0, 4, size=(300, 2)).astype(float)  # full of ties
    whole = Reference.build(EuclideanDistances(X), 300)
    monkeypatch.setattr("bench.geometry.reference._BLOCK", 7)
    cut = Reference.build(EuclideanDistances(X), 300)
    for name in ("ranks", "pairs", "pair_ranks"):
        assert (getattr(whole, name) == getattr(cut, name)).all()


@pytest.mark.parametrize("n", [1, 255, 256, 257, 600])
def test_blocks_of_rows_cover_every_row_once_in_order(n):
    assert np.concatenate(list(row_blocks(n))).tolist() == list(range(n))


def test_right_of_the_diagonal_follows_the_rows_given():
    distances = np.arange(8.0).reshape(2, 4)
    assert right_of_diagonal(distances, np.array([1, 2])).tolist() == [2, 3, 7]


def test_a_saved_reference_comes_back_as_it_was(tmp_path, reference):
    reference.save(tmp_path / "there" / "it is")
    loaded = Reference.load(tmp_path / "there" / "it is")
    for name in ("ranks", "pairs", "pair_ranks"):
        before, after = getattr(reference, name), getattr(loaded, name)
        assert (before == after).all()
        assert before.dtype == after.dtype
        assert isinstance(after, np.memmap)
        assert not after.flags.writeable


def test_a_saved_reference_is_never_overwritten(tmp_path, reference):
    reference.save(tmp_path / "reference")
    with pytest.raises(FileExistsError):
        reference.save(tmp_path / "reference")


class Trap:
    """Touches a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_loading_a_reference_never_runs_a_pickle(tmp_path, reference):
    reference.save(tmp_path / "reference")
    (tmp_path / "reference" / "pairs.npy").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(ValueError, match="pickle"):
        Reference.load(tmp_path / "reference")
    assert not (tmp_path / "sprung").exists()


def test_saving_a_reference_never_writes_a_pickle(tmp_path, reference):
    objects = np.array([object()], dtype=object)
    with pytest.raises(ValueError, match="pickle"):
        Reference(reference.ranks, objects, objects).save(tmp_path / "reference")
