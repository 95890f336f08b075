"""Score an embedding that somebody has, from any tool: ``bench.score``."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import ThreadpoolController

from bench.data.arrays import check_distances, check_points, check_whole
from bench.engine.threads import cores
from bench.errors import BenchError, unknown_name
from bench.geometry.blocks import DEFAULT_MEMORY, Rows
from bench.geometry.euclidean import EuclideanDistances, of_moderate_size
from bench.geometry.reference import DistanceRows, LiveReference
from bench.geometry.tie_keys import tie_keys
from bench.manifolds.geodesics import FlatGeodesics
from bench.metrics.comparison import Comparison, compare
from bench.metrics.sampling import Reading, draw_samples, read, uncertainties
from bench.metrics.table import METRICS, Metric
from bench.metrics.tally import OVERLAP, Pass

if TYPE_CHECKING:
    import pandas as pd

EXACT_UP_TO = 20_000  # points; beyond, scores come from a sample unless exact ones are asked for
SAMPLE = 1000  # rows
# Beyond this share of the points, sorting all of them is faster than looking for the nearest.
_FEW = 1 / 100
# What `compare` computes, of which each of the first three holds all that the next would.
_CO_RANKING = ("ranks", "neighbors", "overlap")
_COUNTED = (*_CO_RANKING, "distances", "pair_ranks", "triplets")
_OVERLAPPED = ("auc", "q_nx")


@dataclass(frozen=True, eq=False)
class MatrixDistances:
    """Distances given as a matrix.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
        Of any real type; it may be mapped from a file.
    """

    matrix: NDArray[Any]

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return the distances from ``rows`` to every point, of shape (len(rows), n)."""
        return np.asarray(self.matrix[rows], dtype=np.float64)


def score(
    points: ArrayLike,
    embedding: ArrayLike,
    *,
    geodesics: ArrayLike | None = None,
    intrinsic: ArrayLike | None = None,
    graph_neighbors: int | None = None,
    k: int | Sequence[int] = (15,),
    metrics: Sequence[str] | None = None,
    sample: int | Literal["auto"] | None = "auto",
    seed: int = 0,
    threads: int | None = None,
    memory: int | None = None,
) -> dict[str, Any]:
    """Score how well an embedding keeps Euclidean, and if they are known geodesic, neighbours.

    Parameters
    ----------
    points : array-like of shape (n, D)
        The data, in the order of the embedding.
    embedding : array-like of shape (n, n_components)
        What is to be judged.
    geodesics : array-like of shape (n, n), optional
        Distances along the manifold.
    intrinsic : array-like of shape (n, d), optional
        In place of ``geodesics``: coordinates in which the manifold is flat, so that distances
        along it are straight lines there. Recovery of these coordinates is scored too.
    graph_neighbors : int, optional
        In place of either: estimate geodesics as shortest paths on the graph of so many
        neighbours.
    k : int or sequence of int
        Where the scores that depend on a number of neighbours are read.
    metrics : sequence of str, optional
        Names of metrics; every one but the topological ones if not given. Nothing that the named
        ones do not need is computed.
    sample : int, "auto" or None
        So many rows drawn at random are ranked against all points; None for all rows. ``"auto"``
        takes all up to 20,000 points, and 1,000 beyond.
    seed : int
        Of the sample.
    threads : int, optional
        As many as there are cores if not given. Scores do not depend on it.
    memory : int, optional
        Bytes that the work may take beside the inputs, roughly; if not given 16 MiB, or a quarter
        of what the inputs take if that is more.

    Returns
    -------
    dict
        ``n``, ``exact``, and for ``euclidean`` and ``geodesic`` a dictionary of scores by name;
        those that depend on k are dictionaries by k, as text. Where rows were sampled also
        ``rows``, and in each dictionary ``standard_error`` and ``interval`` (95 %) of the same
        layout: both are None for K_max, Q_local and Q_global, which jump with the place of a
        maximum, and the interval is None if fewer than 1,000 rows were drawn. With geodesics and
        all metrics also ``reference_overlap``, and with a graph ``graph``, which tells its
        components and bridges.

    Raises
    ------
    BenchError
        If an argument is not what it must be; the message says which and what is allowed.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> bench.score(X, X[:, :2], k=10, metrics=["trustworthiness"])["exact"]
    True
    """
    points, embedding = _check_pair(points, embedding)
    n = len(points)
    chosen, ks = _choose(metrics), _check_ks(k)
    _check_applicable(chosen, ks, n, charted=metrics is None or intrinsic is not None)
    threads, samples = _check_threads(threads), _draw(n, sample, seed)
    references = _references(points, embedding, geodesics, intrinsic, graph_neighbors)
    names = tuple(references)
    overlap = names if metrics is None and len(names) > 1 else None
    with _libraries().limit(limits=1, user_api="blas"):
        comparisons = compare(
            references,
            embedding,
            samples=samples,
            overlap=overlap,
            threads=threads,
            memory=_budget(memory, points, embedding),
            **_needs(chosen, ks, n),
        )
        found: dict[str, Any] = {"n": n, "exact": not samples}
        if samples:
            found["rows"] = sum(map(len, samples))
        for name, comparison in comparisons.items():
            rows = [METRICS[m] for m in _OVERLAPPED] if name == OVERLAP else chosen
            found[name] = _report(rows, comparison, ks)
    if graph_neighbors is not None:
        found["graph"] = references["geodesic"].geometry.notes  # type: ignore[attr-defined]
    return found


def score_points(
    points: ArrayLike,
    embedding: ArrayLike,
    *,
    geodesics: ArrayLike | None = None,
    intrinsic: ArrayLike | None = None,
    graph_neighbors: int | None = None,
    k: int | Sequence[int] = (15,),
    metrics: Sequence[str] | None = None,
    sample: int | Literal["auto"] | None = "auto",
    seed: int = 0,
    threads: int | None = None,
    memory: int | None = None,
) -> "pd.DataFrame":
    """Score every point by itself: how well the neighbours of this one are kept.

    The mean of a score over the points is that of the whole embedding, or of the same sample, as
    `score` gives it.

    Parameters
    ----------
    points, embedding, geodesics, intrinsic, graph_neighbors, k, sample, seed, threads, memory
        As in `score`.
    metrics : sequence of str, optional
        Names of metrics made of ranks; if not given, those that are means over points.

    Returns
    -------
    DataFrame
        One row for each reference and each point, or each that was drawn: ``point``,
        ``reference``, and a column for each score, named ``trustworthiness_15`` and so on.

    Raises
    ------
    BenchError
        If an argument is not what it must be.
    """
    import pandas as pd

    points, embedding = _check_pair(points, embedding)
    by_point = [name for name, row in METRICS.items() if row.curve]
    n = len(points)
    chosen, ks = _choose(metrics or ["auc", *by_point]), _check_ks(k)
    _check_applicable(chosen, ks, n, charted=True)
    for metric in chosen:
        if not set(metric.needs) <= set(_CO_RANKING):
            raise BenchError(f"{metric.name} is no score of single points. Name one made of ranks.")
    references = _references(points, embedding, geodesics, intrinsic, graph_neighbors)
    options = _needs(chosen, ks, n) | {"threads": _check_threads(threads)}
    options["memory"] = _budget(memory, points, embedding)
    samples = _draw(n, sample, seed)
    scored = np.sort(np.concatenate(samples)) if samples else np.arange(n)
    rows = []
    with _libraries().limit(limits=1, user_api="blas"):
        tallies = Pass(references, embedding, **options).tallies(scored[:, None])
        for point, found in zip(scored.tolist(), tallies, strict=True):
            for name, tally in found.items():
                one = Comparison(references[name], embedding, tally)
                readings = _readings(chosen, one, ks)
                columns = [f"{m.name}_{k}" if m.curve else m.name for m, k in readings]
                values = dict(zip(columns, _values(readings, one), strict=True))
                rows.append({"point": point, "reference": name} | values)
    return pd.DataFrame(rows)


@cache
def _libraries() -> ThreadpoolController:
    """Look up, once, the libraries whose threads would crowd ours."""
    return ThreadpoolController()


def _check_pair(
    points: ArrayLike, embedding: ArrayLike
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    checked = check_points(points, "points")
    return checked, check_points(embedding, "embedding", len(checked))


def _check_ks(k: int | Sequence[int]) -> tuple[int, ...]:
    ks = tuple(k) if isinstance(k, Sequence) or (isinstance(k, np.ndarray) and k.ndim) else (k,)
    refused = BenchError(f"k must be one or more whole numbers from 1 on, got {k!r}.")
    try:
        whole = [check_whole(one, "k") for one in ks]
    except BenchError as error:
        raise refused from error
    if not whole or min(whole) < 1:
        raise refused
    return tuple(dict.fromkeys(whole))


def _check_applicable(chosen: Sequence[Metric], ks: Sequence[int], n: int, charted: bool) -> None:
    if max(ks) >= n:
        raise BenchError(f"k = {max(ks)} is out of range: {n} points have {n - 1} neighbours each.")
    for metric in chosen:
        if "coordinates" in metric.needs and not charted:
            raise BenchError(f"{metric.name} takes the true coordinates: give intrinsic.")
        try:
            metric.check_k(n, max(ks))
        except ValueError as error:
            raise BenchError(str(error)) from error


def _budget(memory: int | None, *inputs: NDArray[Any]) -> int:
    """Each block of rows reads all inputs once: the larger they are, the fewer blocks pay."""
    if memory is None:
        return max(DEFAULT_MEMORY, sum(array.nbytes for array in inputs) // 4)
    given = check_whole(memory, "memory")
    if given < 1:
        raise BenchError(f"memory must be 1 byte or more, got {memory}.")
    return given


def _check_threads(threads: int | None) -> int:
    given = cores() if threads is None else check_whole(threads, "threads")
    if given < 1:
        raise BenchError(f"threads must be 1 or more, got {threads!r}.")
    return given


def _choose(names: Sequence[str] | None) -> list[Metric]:
    names = [names] if isinstance(names, str) else names
    if names is None:
        return [row for row in METRICS.values() if "topology" not in row.needs]
    for name in names:
        if name not in METRICS:
            raise unknown_name("metric", name, METRICS)
    if not names:
        raise BenchError("No metric named: name at least one, or leave metrics out.")
    return [METRICS[name] for name in dict.fromkeys(names)]


def _references(
    points: NDArray[np.floating],
    embedding: NDArray[np.floating],
    geodesics: ArrayLike | None,
    intrinsic: ArrayLike | None,
    graph_neighbors: int | None,
) -> dict[str, LiveReference]:
    given = [geodesics is not None, intrinsic is not None, graph_neighbors is not None]
    if sum(given) > 1:
        raise BenchError("Give one of geodesics, intrinsic and graph_neighbors, not more.")
    n, coordinates = len(points), None
    geometries: dict[str, DistanceRows] = {
        "euclidean": EuclideanDistances(of_moderate_size(points))
    }
    if geodesics is not None:
        geometries["geodesic"] = MatrixDistances(check_distances(geodesics, "geodesics", n))
    if intrinsic is not None:
        coordinates = of_moderate_size(check_points(intrinsic, "intrinsic", n))
        geometries["geodesic"] = FlatGeodesics(coordinates)
    if graph_neighbors is not None:
        from bench.manifolds.graph import graph_geodesics

        graph_neighbors = check_whole(graph_neighbors, "graph_neighbors")
        try:
            moderate = of_moderate_size(points)
            geometries["geodesic"] = graph_geodesics(moderate, n_neighbors=graph_neighbors)
        except ValueError as error:
            raise BenchError(str(error).replace("n_neighbors", "graph_neighbors")) from error
    keys = tie_keys(points, embedding)
    return {
        name: LiveReference(geometry, n, coordinates if name == "geodesic" else None, keys)
        for name, geometry in geometries.items()
    }


def _draw(n: int, sample: int | Literal["auto"] | None, seed: int) -> tuple[Rows, ...]:
    if sample == "auto":
        sample = None if n <= EXACT_UP_TO else SAMPLE
    if sample is None:
        return ()
    sample, seed = check_whole(sample, "sample"), check_whole(seed, "seed")
    try:
        return draw_samples(n, sample, seed)
    except ValueError as error:
        raise BenchError(f"sample: {error}") from error


def _needs(chosen: Sequence[Metric], ks: Sequence[int], n: int) -> dict[str, Any]:
    """Say what is to be computed: the ranks of the nearest alone, where that is enough."""
    needs = {need for metric in chosen for need in metric.needs if need in _COUNTED}
    most = next((need for need in _CO_RANKING if need in needs), None)
    if most and max(ks) > max(1, _FEW * n):
        most = "ranks"
    needs = needs.difference(_CO_RANKING).union([most] if most else [])
    return {"needs": needs, "neighbors": max(ks) if most in ("neighbors", "overlap") else 0}


def _readings(chosen: Sequence[Metric], comparison: Comparison, ks: Sequence[int]) -> list[Reading]:
    applicable = [metric for metric in chosen if metric.applies_to(comparison)]
    return [(metric, k) for metric in applicable for k in (ks if metric.curve else ks[:1])]


def _values(readings: Sequence[Reading], comparison: Comparison) -> list[float]:
    try:
        return [read(metric, k, comparison) for metric, k in readings]
    except ValueError as error:
        raise BenchError(str(error)) from error


def _nested(readings: Sequence[Reading], values: Sequence[Any]) -> dict[str, Any]:
    """Arrange by metric, and curves by k."""
    nested: dict[str, Any] = {}
    for (metric, k), value in zip(readings, values, strict=True):
        if metric.curve:
            nested.setdefault(metric.name, {})[str(k)] = value
        else:
            nested[metric.name] = value
    return nested


def _report(chosen: Sequence[Metric], comparison: Comparison, ks: Sequence[int]) -> dict[str, Any]:
    readings = _readings(chosen, comparison, ks)
    found = _nested(readings, _values(readings, comparison))
    if not comparison.groups:
        return found
    # Chart and topology do not look at the sample.
    sampled = [(metric, k) for metric, k in readings if set(metric.needs) <= set(_COUNTED)]
    errors = uncertainties(sampled, comparison)
    found["standard_error"] = _nested(sampled, [one.standard_error for one in errors])
    found["interval"] = _nested(sampled, [one.interval and [*one.interval] for one in errors])
    return found
