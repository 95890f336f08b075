"""The rules of a dataset's geodesics: that they are distances, and of these points."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset, DatasetFactory
from bench.geometry.euclidean import EuclideanDistances
from bench.manifolds.geodesics import Status
from bench.manifolds.graph import graph_geodesics
from bench.testing.rules import N, require

_LARGEST_ERROR = 0.05  # of geodesics that are called numerical, and not a graph's estimate
_EXACT = 1e-9  # what rounding may do to a closed form, as a share of the largest distance
_DENSE, _ROWS, _NEIGHBORS = 1200, 30, 12
# Neighbours at more than so much of the typical distance are not near: nothing local shows.
_NEAR = 0.2
_LOCAL = 0.03
# The graph's estimates scatter around the truth by 0.02 to 0.04 on dense points; around the chords
# of a sphere, or the unwrapped distances of a cylinder, by 0.17 and more.
_SCATTER, _FALL = 0.1, 0.85


@dataclass(frozen=True, eq=False)
class DrawnDataset:
    """A dataset under test, with what its rules share: numerical geodesics take their time."""

    factory: DatasetFactory

    @cached_property
    def quiet(self) -> Dataset:
        """N points without noise."""
        return draw(self.factory)

    @cached_property
    def distances(self) -> NDArray[np.float64]:
        """Geodesics between all of them."""
        return self.quiet.geodesics.distances(np.arange(N))

    @cached_property
    def dense(self) -> Dataset:
        """More points without noise; ValueError if there are not so many."""
        return draw(self.factory, n=_DENSE)

    @cached_property
    def dense_distances(self) -> NDArray[np.float64]:
        """Geodesics from the first N of the many to all of them."""
        return self.dense.geodesics.distances(np.arange(N))


def has_metric_geodesics(drawn: DrawnDataset) -> None:
    """Give geodesics that are a metric: zero to itself, symmetric, no detour shorter."""
    dataset, distances = drawn.quiet, drawn.distances
    status = dataset.geodesics.status
    require(status in get_args(Status), f"status {status!r} is none of {get_args(Status)}")
    require(distances.shape == (N, N), f"distances of shape {distances.shape}")
    require(distances.dtype == np.float64, f"distances are {distances.dtype}, not float64")
    require((distances >= 0).all(), "a distance is not a length")  # nor is NaN
    _require_pieces(distances, dataset.geodesics.notes.get("pieces", 1))
    scale, error = distances[np.isfinite(distances)].max(), relative_error(dataset)
    own = np.abs(np.diag(distances)).max()
    require(own <= _EXACT * scale, f"a point is at distance {own:g} to itself")
    same = np.isclose(distances, distances.T, rtol=2 * error, atol=_EXACT * scale)
    require(same.all(), "d(i, j) is not d(j, i)")
    detour = np.min([distances[:, [j]] + distances[j] for j in range(N)], axis=0)
    shorter = detour * (1 + 2 * error) + _EXACT * scale < distances
    require(not shorter.any(), "a detour is shorter than the geodesic")


def has_the_same_rows_however_many_are_asked_for(drawn: DrawnDataset) -> None:
    """Give the same distances of a row whether it is asked for alone or with others."""
    scale = drawn.distances[np.isfinite(drawn.distances)].max()
    for rows in (np.array([N - 1]), np.arange(N)[::-7]):
        alone, among = drawn.quiet.geodesics.distances(rows), drawn.distances[rows]
        same = np.isclose(alone, among, rtol=_EXACT, atol=_EXACT * scale)
        require(same.all(), f"{len(rows)} rows are not those of all")


def _require_pieces(distances: NDArray[np.float64], pieces: float) -> None:
    """Require that what is joined is joined to the same points, and makes so many pieces."""
    joined = np.isfinite(distances)
    require(pieces > 1 or joined.all(), "a distance is not a length: no pieces are noted")
    kinds = np.unique(joined, axis=0)
    require((kinds.sum(axis=0) == 1).all(), "the points joined to one are not joined to each other")
    require(len(kinds) == pieces, f"{len(kinds)} pieces are not joined, {pieces} are noted")


def is_never_shorter_than_the_chord(drawn: DrawnDataset) -> None:
    """Give no geodesic shorter than the straight line (to the precision of float32)."""
    chord = EuclideanDistances(drawn.quiet.X).distances(np.arange(N))
    short = chord * (1 - 1e-3 - relative_error(drawn.quiet)) - drawn.distances
    require(short.max() <= 1e-5 * chord.max(), f"one is shorter by {short.max():g}")


def is_the_chord_for_neighbors(drawn: DrawnDataset) -> None:
    """Give the straight line for the nearest neighbours, where points lie densely enough."""
    dataset, distances = next(_ever_denser(drawn), (None, None))
    if dataset is None or distances is None:
        return
    chord, nearest, rows = _nearest_chords(dataset)
    found = distances[rows, nearest] / chord
    off = float(np.quantile(np.abs(found - 1), 0.9))
    require(
        off <= _LOCAL + relative_error(dataset),
        f"geodesics of a tenth of the neighbours are off their straight lines by {off:.1%} or more"
        " (noise that is on by default is switched off by a parameter `noise`)",
    )


def is_what_the_graph_tends_to(drawn: DrawnDataset) -> None:
    """Agree with shortest paths between dense points: these vary little around the geodesics."""
    scatters: list[float] = []
    for dataset, distances in _ever_denser(drawn):
        scatters.append(_graph_scatter(dataset, distances[:_ROWS]))
        if scatters[-1] <= _SCATTER:
            return
    if scatters:
        require(
            len(scatters) > 1 and scatters[-1] <= _FALL * scatters[-2],
            f"shortest paths on the neighbour graph vary by {scatters[-1]:.0%} around the"
            " geodesics, and with more points by no less",
        )


def _ever_denser(drawn: DrawnDataset) -> Iterator[tuple[Dataset, NDArray[np.float64]]]:
    """Draw more and more points, where they lie densely and more is known than their graph.

    With them come the geodesics from the first _ROWS points or more.
    """
    try:
        if not _tells(drawn.dense):
            return
        yield drawn.dense, drawn.dense_distances
        denser = draw(drawn.factory, n=4 * _DENSE)
    except ValueError:  # there are not so many
        return
    if _tells(denser):
        yield denser, denser.geodesics.distances(np.arange(_ROWS))


def _tells(dataset: Dataset) -> bool:
    return dataset.geodesics.status != "graph" and _is_dense(dataset)


def _graph_scatter(dataset: Dataset, stated: NDArray[np.float64]) -> float:
    """Return by how much nine in ten estimates agree with the geodesics, up to one common factor.

    Paths on a graph zigzag, so all are too long by some share, which is no matter of the truth.
    """
    estimate = graph_geodesics(dataset.X, n_neighbors=_NEIGHBORS).distances(np.arange(len(stated)))
    known = np.isfinite(stated) & (stated > 0)
    ratio = estimate[known] / stated[known]
    return float(np.quantile(np.abs(ratio / np.median(ratio) - 1), 0.9))


def _is_dense(dataset: Dataset) -> bool:
    chord, _, rows = _nearest_chords(dataset)
    typical = np.median(EuclideanDistances(dataset.X).distances(rows[:_ROWS]))
    return bool(np.median(chord) <= _NEAR * typical)


def _nearest_chords(
    dataset: Dataset,
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]:
    """Return the length of the shortest chords of some points, where they lead, and which."""
    rows = np.arange(N)
    chords = EuclideanDistances(dataset.X).distances(rows)
    chords[chords == 0] = np.inf
    nearest = chords.argmin(axis=1)
    return chords[rows, nearest], nearest, rows


def relative_error(dataset: Dataset) -> float:
    """Return the bound of the error that numerical geodesics state; 0 for any others.

    Raises
    ------
    AssertionError
        If numerical ones state none.
    """
    if dataset.geodesics.status != "numerical":
        return 0.0
    error = dataset.geodesics.notes.get("relative_error") or 0.0
    require(
        0 < error <= _LARGEST_ERROR,
        f"numerical, but notes give no relative_error above 0 and up to {_LARGEST_ERROR}",
    )
    return float(error)


def draw(factory: DatasetFactory, *, n: int = N, seed: int = 0) -> Dataset:
    """Draw points without noise, if that is a parameter."""
    quiet = {"noise": 0.0} if "noise" in inspect.signature(factory).parameters else {}
    dataset = factory(n=n, seed=seed, **quiet)
    require(isinstance(dataset, Dataset), f"returned {type(dataset).__name__}, not bench.Dataset")
    return dataset
