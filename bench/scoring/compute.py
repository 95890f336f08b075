"""Score an embedding against the points that it was made of: ``bench.score``."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import ThreadpoolController

from bench.data.arrays import check_points
from bench.errors import BenchError
from bench.geometry.reference import LiveReference
from bench.metrics.comparison import Comparison, compare
from bench.metrics.sampling import Reading, Uncertainty, read, uncertainties
from bench.metrics.table import METRICS, Metric
from bench.metrics.tally import OVERLAP, Pass
from bench.scoring.options import COUNTED, ScoreOptions
from bench.scoring.references import Truth
from bench.scoring.scores import ScoreRow, Scores

if TYPE_CHECKING:
    import pandas as pd

_OVERLAPPED = ("auc", "q_nx")


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
) -> Scores:
    """Score how well an embedding keeps Euclidean, and if they are known geodesic, neighbours.

    Parameters
    ----------
    points : array-like of shape (n, D)
        The data, in the order of the embedding.
    embedding : array-like of shape (n, n_components)
        What is to be judged.
    geodesics : array-like of shape (n, n), optional
        Distances along the manifold, in the unit of the points. If many are shorter than the
        straight line they are refused, and if few are, one line on standard error says so.
    intrinsic : array-like of shape (n, d), optional
        In place of ``geodesics``: coordinates in which the manifold is flat, so that distances
        along it are straight lines there, in the unit of the points. Recovery of these coordinates
        is scored too.
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
    Scores
        A mapping from ``euclidean`` and ``geodesic`` to scores by name; those that depend on k are
        dictionaries by k. With geodesics and all metrics also ``reference_overlap``. Where rows
        were sampled each score has a standard error and a 95 % interval, except K_max, Q_local and
        Q_global, which jump with the place of a maximum; fewer than 1,000 rows give no interval.

    Raises
    ------
    BenchError
        If an argument is not what it must be; the message says which and what is allowed.

    Examples
    --------
    >>> import bench, numpy as np
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> scores = bench.score(X, X[:, :2], k=10, metrics=["trustworthiness"])
    >>> 0.5 < scores["euclidean"]["trustworthiness"][10] < 1
    True
    """
    options = ScoreOptions(k, metrics, sample, seed, threads, memory)
    truth = Truth(geodesics, intrinsic, graph_neighbors)
    checked = check_points(points, "points")
    placed = check_points(embedding, "embedding", len(checked))
    options.require_applicable(len(checked), charted=intrinsic is not None)
    samples = options.draw(len(checked))
    references = truth.references(checked, placed)
    names = tuple(references)
    with _libraries().limit(limits=1, user_api="blas"):
        comparisons = compare(
            references,
            placed,
            samples=samples,
            overlap=names if metrics is None and len(names) > 1 else None,
            **options.work(options.chosen, checked, placed),
        )
        rows = tuple(row for name in comparisons for row in _rows(name, comparisons[name], options))
    return Scores(
        len(checked),
        sum(map(len, samples)) if samples else None,
        options,
        tuple(comparisons),
        rows,
        None if graph_neighbors is None else _notes_of_graph(references),
        compute_per_point=partial(_score_each_point, references, checked, placed, options),
    )


@cache
def _libraries() -> ThreadpoolController:
    """Look up, once, the libraries whose threads would crowd ours."""
    return ThreadpoolController()


def _notes_of_graph(references: Mapping[str, LiveReference]) -> dict[str, float] | None:
    from bench.manifolds.graph import GraphGeodesics

    geometry = references["geodesic"].geometry
    return geometry.notes if isinstance(geometry, GraphGeodesics) else None


def _rows(name: str, comparison: Comparison, options: ScoreOptions) -> Iterator[ScoreRow]:
    """Yield every score against one reference, or of one reference with the other."""
    metrics = [METRICS[m] for m in _OVERLAPPED] if name == OVERLAP else options.chosen
    readings = _readings(metrics, comparison, options)
    # Chart and topology do not look at the sample.
    sampled = [one for one in readings if set(one[0].needs) <= set(COUNTED)]
    found = uncertainties(sampled, comparison) if comparison.groups else ()
    known = dict(zip(sampled, found, strict=False))
    for (metric, k), value in zip(readings, _values(readings, comparison), strict=True):
        uncertainty = known.get((metric, k), Uncertainty())
        low, high = uncertainty.interval or (None, None)
        at = k if metric.curve else None
        yield ScoreRow(name, metric.name, at, value, uncertainty.standard_error, low, high)


def _readings(
    metrics: Sequence[Metric], comparison: Comparison, options: ScoreOptions
) -> list[Reading]:
    applicable = [metric for metric in metrics if metric.applies_to(comparison)]
    return [(m, k) for m in applicable for k in (options.ks if m.curve else options.ks[:1])]


def _values(readings: Sequence[Reading], comparison: Comparison) -> list[float]:
    try:
        return [read(metric, k, comparison) for metric, k in readings]
    except ValueError as error:
        raise BenchError(str(error)) from error


def _score_each_point(
    references: Mapping[str, LiveReference],
    points: NDArray[np.floating],
    embedding: NDArray[np.floating],
    options: ScoreOptions,
) -> "pd.DataFrame":
    """Score every point that was drawn by itself, as `Scores.per_point` states."""
    import pandas as pd

    metrics, samples = options.by_point, options.draw(len(points))
    scored = np.sort(np.concatenate(samples)) if samples else np.arange(len(points))
    work = options.work(metrics, points, embedding)
    rows = []
    with _libraries().limit(limits=1, user_api="blas"):
        tallies = Pass(references, embedding, **work).tallies(scored[:, None])
        for point, found in zip(scored.tolist(), tallies, strict=True):
            for name, tally in found.items():
                one = Comparison(references[name], embedding, tally)
                readings = _readings(metrics, one, options)
                columns = [f"{m.name}_{k}" if m.curve else m.name for m, k in readings]
                values = dict(zip(columns, _values(readings, one), strict=True))
                rows.append({"point": point, "reference": name} | values)
    return pd.DataFrame(rows)
