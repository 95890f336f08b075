"""Calibration: what geodesics estimated on a graph are worth, where the truth is known."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from msgspec.structs import replace
from threadpoolctl import threadpool_limits

from bench.dataset import Dataset
from bench.engine.prepare import draw
from bench.geometry.blocks import in_order
from bench.geometry.reference import DistanceRows, LiveReference
from bench.geometry.tie_keys import tie_keys
from bench.job import DatasetConfig
from bench.manifolds.graph import GraphGeodesics, neighbor_graphs
from bench.manifolds.graph_error import graph_errors
from bench.manifolds.valid_distances import require_geodesics
from bench.metrics.aucs import aucs
from bench.registry import Registry
from bench.report.frame import Results, reducer_label
from bench.seeds import stream
from bench.studies.calibration.stored_embeddings import StoredEmbedding, embeddings_of, of_none

ROWS = 200  # points from which errors are measured; to all others
SAME = 1e-3  # the recorded AUC of the same points is that near; ties may fall out otherwise


@dataclass(frozen=True, eq=False)
class Calibration:
    """What came of a calibration.

    Parameters
    ----------
    errors : DataFrame
        One row for each dataset with known geodesics, n, seed and k: the fields of
        `bench.manifolds.graph_error.GraphError`, and beside them ``status``, ``pieces`` (of the
        manifold) and ``dimension`` (of the manifold).
    scores : DataFrame
        One row for each embedding that was in the store and each k: its AUC against the estimate
        (``auc``) and against the truth (``true_auc``, NaN where the truth is not known).
    left_out : list of str
        What was not measured, and why.
    """

    errors: pd.DataFrame
    scores: pd.DataFrame
    left_out: list[str] = field(default_factory=list)


def calibrate(
    configs: Sequence[DatasetConfig],
    neighbors: Sequence[int],
    registry: Registry,
    results: Results | None = None,
    *,
    threads: int = 1,
    finished: Callable[[DatasetConfig], None] = lambda _: None,
) -> Calibration:
    """Measure graphs of several k on datasets with known geodesics.

    Parameters
    ----------
    configs : sequence of DatasetConfig
        What to draw.
    neighbors : sequence of int
        The k of the graphs.
    registry : Registry
        Where datasets are found.
    results : Results, optional
        Embeddings of these datasets, to be scored against truth and estimate.
    threads : int
        How many datasets are worked on at once.
    finished : callable
        Told of each dataset when it is done.

    Returns
    -------
    Calibration
    """
    # Packages that threads import for the first time, and at once, may be met half loaded. So what
    # graphs take is here before, and datasets are drawn by this thread, each when its turn comes.
    import sklearn.neighbors  # noqa: F401

    drawn = (_draw(config, registry) for config in configs)
    work = partial(_measure, neighbors=neighbors, results=results)
    errors: list[dict[str, Any]] = []
    scores: list[dict[str, Any]] = []
    left_out: list[str] = []
    with threadpool_limits(1, user_api="blas"):
        for config, found in zip(configs, in_order(work, drawn, threads), strict=True):
            errors += found.errors
            scores += found.scores
            left_out += found.left_out
            finished(config)
    if results and (others := of_none(configs, results)):
        left_out.append(f"{others} job(s) in the store, of other datasets, n or seeds")
    return Calibration(pd.DataFrame(errors), pd.DataFrame(scores), left_out)


@dataclass(frozen=True, eq=False)
class _Part:
    """What came of one dataset, of one n and seed."""

    errors: list[dict[str, Any]] = field(default_factory=list)
    scores: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def _draw(config: DatasetConfig, registry: Registry) -> tuple[DatasetConfig, Dataset | str]:
    """Draw a dataset, or say why it cannot be drawn."""
    try:
        dataset = draw(config, registry)
        require_geodesics(dataset.geodesics, dataset.n)
    except Exception as error:  # noqa: BLE001 - a plugin may do anything
        return config, f"{config.label}, seed {config.seed}: {error}"
    return config, dataset


def _measure(
    drawn: tuple[DatasetConfig, Dataset | str],
    *,
    neighbors: Sequence[int],
    results: Results | None,
) -> _Part:
    config, dataset = drawn
    part, stored = _Part(), embeddings_of(config, results)
    if isinstance(dataset, str):
        part.left_out.append(dataset)
        return part
    if dataset.geodesics.status == "graph" and not stored:
        return part
    graphs = neighbor_graphs(dataset.X, neighbors)
    if dataset.geodesics.status != "graph":
        part.errors.extend(_error_rows(config, dataset, graphs))
    if stored:
        _add_scores(part, _common(config, dataset), dataset, graphs, stored)
    return part


def _common(config: DatasetConfig, dataset: Dataset) -> dict[str, Any]:
    return {
        "dataset": label_without_n(config),
        "n": dataset.n,
        "seed": config.seed,
        "status": dataset.geodesics.status,
    }


def label_without_n(config: DatasetConfig) -> str:
    """Name a dataset where its number of points is said beside."""
    changed = tuple(name for name in config.changed if name != "n")
    return replace(config, changed=changed).label


def _error_rows(
    config: DatasetConfig, dataset: Dataset, graphs: Mapping[int, GraphGeodesics]
) -> Iterator[dict[str, Any]]:
    draws = stream(config.seed, "calibration:rows")
    rows = np.sort(draws.choice(dataset.n, min(ROWS, dataset.n), replace=False))
    common = _common(config, dataset) | {
        "dimension": dataset.intrinsic_dimension,
        "pieces": int(dataset.geodesics.notes.get("pieces", 1)),
    }
    for error in graph_errors(dataset.geodesics, graphs, rows):
        yield common | asdict(error)


def _add_scores(
    part: _Part,
    common: dict[str, Any],
    dataset: Dataset,
    graphs: Mapping[int, GraphGeodesics],
    stored: Sequence[StoredEmbedding],
) -> None:
    geometries: dict[int | None, DistanceRows] = {None: dataset.geodesics}
    geometries.update(graphs.items())
    keys = tie_keys(dataset.X)
    references = {
        k: LiveReference(geometry, dataset.n, tie_keys=keys) for k, geometry in geometries.items()
    }
    found = aucs(references, {one.record.job.id: one.coordinates for one in stored})
    known = dataset.geodesics.status != "graph"
    for one in stored:
        own = found[None, one.record.job.id]
        if not abs(own - one.geodesic_auc) < SAME:
            part.left_out.append(
                f"{one.record.job.label}: AUC {one.geodesic_auc:.4f} in its record, {own:.4f} on "
                "the points that are drawn now, so that it is not of these"
            )
            continue
        row = common | {
            "reducer": reducer_label(one.record),
            "control": one.control,
            "true_auc": own if known else np.nan,
        }
        part.scores.extend(row | {"k": k, "auc": found[k, one.record.job.id]} for k in graphs)
