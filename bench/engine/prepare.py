"""Prepared dataset: drawn once, its references computed once, shared on disk by all its jobs."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.dataset import Dataset
from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.reference import LiveReference
from bench.geometry.stored_reference import StoredReference, save_reference
from bench.geometry.tie_keys import tie_keys
from bench.job import DatasetConfig
from bench.manifolds.traits import measure_traits
from bench.manifolds.valid_distances import require_geodesics, require_metric, stated_error
from bench.metrics.comparison import reference_overlap
from bench.parameters import as_declared
from bench.record import DatasetFacts
from bench.registry import Registry

REFERENCES = ("geodesic", "euclidean")
OVERLAP_AT = (15, 50, 100, 200)
# Enough small pictures to choose from for a figure, without keeping the whole dataset.
_THUMBNAILS = 150
_LARGEST = sys.float_info.max  # an integer beyond it is read back as another number


@dataclass(frozen=True, eq=False)
class Prepared:
    """What a job needs of its dataset.

    Parameters
    ----------
    X : ndarray of shape (n, D), float32
        The points: all that a reducer gets.
    chart : ndarray of shape (n, d) or None
        The true intrinsic coordinates: for controls only.
    references : dict of str to StoredReference
        ``geodesic`` and ``euclidean``.
    """

    X: NDArray[np.float32]
    chart: NDArray[np.float64] | None
    references: dict[str, StoredReference]

    @classmethod
    def load(cls, folder: Path) -> "Prepared":
        """Read what `prepare` wrote: references are mapped, the points are a private copy."""
        chart = folder / "chart.npy"
        return cls(
            np.load(folder / "X.npy", allow_pickle=False),
            np.load(chart, allow_pickle=False) if chart.exists() else None,
            {name: StoredReference.load(folder / name) for name in REFERENCES},
        )


def prepare(
    config: DatasetConfig, folder: Path, registry: Registry
) -> tuple[DatasetFacts, dict[str, NDArray[Any]]]:
    """Draw a dataset, compute its references and write both to a folder.

    Returns
    -------
    facts : DatasetFacts
        What tables say of it.
    arrays : dict of str to ndarray
        What figures need of it: colours, labels, thumbnails, the overlap of the references.

    Raises
    ------
    TypeError, ValueError
        If its geodesics are not distances.
    """
    dataset = draw(config, registry)
    notes = _plain_notes(dataset.geodesics.notes)
    require_geodesics(dataset.geodesics, dataset.n)
    keys = tie_keys(dataset.X)
    live = {
        "geodesic": LiveReference(dataset.geodesics, dataset.n, dataset.chart, keys),
        "euclidean": LiveReference(EuclideanDistances(dataset.X), dataset.n, tie_keys=keys),
    }
    for name, reference in live.items():
        save_reference(reference, folder / name)
    references = {name: StoredReference.load(folder / name) for name in REFERENCES}
    require_metric(references["geodesic"].distances, stated_error(dataset.geodesics))
    np.save(folder / "X.npy", dataset.X, allow_pickle=False)
    if dataset.chart is not None:
        np.save(folder / "chart.npy", dataset.chart, allow_pickle=False)
    overlap = reference_overlap(references["geodesic"], references["euclidean"])
    traits = measure_traits(references["euclidean"])
    facts = _as_recorded(
        config=config,
        n=dataset.n,
        dimensions=dataset.X.shape[1],
        geodesic_status=dataset.geodesics.status,
        geodesic_notes=notes,
        isometric=dataset.isometric,
        overlap={str(k): float(overlap.q_nx[k - 1]) for k in OVERLAP_AT if k < dataset.n},
        overlap_auc=overlap.auc,
        source=dataset.source,
        licence=dataset.licence,
        intrinsic_dimension=_whole(dataset.intrinsic_dimension),
        estimated_dimension=traits.dimension,
        reach=_reach(dataset.reach),
        neighbor_distance=traits.neighbor_distance,
        diameter=traits.diameter,
    )
    return facts, _for_figures(dataset) | {"overlap": overlap.q_nx.astype(np.float32)}


def _as_recorded(**facts: Any) -> DatasetFacts:  # noqa: ANN401 - fields of `DatasetFacts`
    """Return the facts, which the store must be able to read back.

    Raises
    ------
    ValueError
        If it could not: a plugin's dataset may state anything.
    """
    plain = {k: v.item() if isinstance(v, np.generic) else v for k, v in facts.items()}
    found = DatasetFacts(**plain)
    try:
        again = msgspec.json.decode(msgspec.json.encode(found), type=DatasetFacts)
    except (msgspec.MsgspecError, TypeError, ValueError) as error:
        raise ValueError(f"what the dataset states cannot be recorded: {error}") from error
    if again != found:  # JSON has no NaN and no infinity
        raise ValueError("what the dataset states cannot be recorded: a number is not finite")
    return found


def _plain_notes(notes: object) -> dict[str, float]:
    """Return notes as the numbers that they must be.

    Raises
    ------
    TypeError, ValueError
        Naming the note that is not a finite number.
    """
    if not isinstance(notes, Mapping):
        raise TypeError(f"geodesics.notes must be a dict, got {type(notes).__name__}")
    found = {}
    for name, value in notes.items():
        plain = value.item() if isinstance(value, np.generic | np.ndarray) else value
        if not isinstance(name, str) or not isinstance(plain, int | float):
            raise TypeError(f"geodesics.notes must be numbers by name, got {name!r}: {value!r}")
        if not abs(plain) <= _LARGEST:
            raise ValueError(f"geodesics.notes[{name!r}] must be finite, got {value!r}")
        found[str(name)] = plain if isinstance(plain, float) else int(plain)
    return found


def _whole(dimension: float | None) -> float | None:
    """Return a dimension as an integer if it is one."""
    return int(dimension) if dimension is not None and dimension == int(dimension) else dimension


def _reach(reach: float | None) -> float | Literal["infinite"] | None:
    """Say a reach as JSON can, which has no infinity."""
    return "infinite" if reach is not None and np.isinf(reach) else reach


def draw(config: DatasetConfig, registry: Registry) -> Dataset:
    """Make the dataset of a configuration.

    Raises
    ------
    UnavailableError
        If its code cannot be loaded.
    TypeError
        If the code returns something else than a `Dataset`.
    """
    factory, _ = registry.find("dataset", config.name).load()
    dataset = factory(seed=config.seed, **as_declared(factory, config.parameters))
    if not isinstance(dataset, Dataset):
        raise TypeError(f"a dataset must return a bench.Dataset, got {type(dataset).__name__}")
    return dataset


def _for_figures(dataset: Dataset) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    if dataset.color is not None:
        arrays["color"] = dataset.color.astype(np.float32)
    if dataset.labels is not None:
        arrays["labels"] = dataset.labels
    if dataset.image_shape is not None:
        images = dataset.X[:_THUMBNAILS].reshape(-1, *dataset.image_shape)
        low, high = images.min(), images.max()
        grey = 255 * (images - low) / max(high - low, 1e-12)
        arrays["thumbnails"] = grey.astype(np.uint8)
    return arrays
