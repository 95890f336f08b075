"""What decoders are held against: a dataset drawn again without noise, and more densely."""

from typing import Any

import msgspec

from bench.dataset import Dataset
from bench.engine.prepare import draw
from bench.job import DatasetConfig
from bench.manifolds.geodesics import FlatGeodesics
from bench.manifolds.sampled import SampledManifold
from bench.registry import Registry

_POINTS = 10_000  # of a curve or a surface; of more dimensions twice as many
_KNOWN = ("closed-form", "numerical")


def without_noise(config: DatasetConfig, registry: Registry) -> Dataset:
    """Draw a dataset without its noise: row by row the same points."""
    return draw(_without_noise(config), registry)


def sampled_manifold(
    config: DatasetConfig, clean: Dataset, registry: Registry
) -> SampledManifold | None:
    """Draw a dense sample of the manifold of a dataset.

    Parameters
    ----------
    config : DatasetConfig
        Its seed is kept, since it may have turned the manifold too; more points, without noise,
        are others of the same manifold.
    clean : Dataset
        As `without_noise` draws it: tells whether its manifold is known.
    registry : Registry

    Returns
    -------
    SampledManifold or None
        None where it is not known: real data, and data without any.
    """
    item, dimension = registry.find("dataset", config.name), clean.intrinsic_dimension
    if item.beside("most") is not None or "n" not in config.parameters:
        return None
    if clean.geodesics.status not in _KNOWN or dimension is None:
        return None
    many = draw(_without_noise(config, n=_POINTS * (1 if dimension <= 2 else 2)), registry)
    flat = isinstance(many.geodesics, FlatGeodesics)
    return SampledManifold(many.X, dimension, many.chart if flat else None)


def _without_noise(config: DatasetConfig, **changed: Any) -> DatasetConfig:  # noqa: ANN401 - parameters
    quiet = {"noise": 0.0} if "noise" in config.parameters else {}
    return msgspec.structs.replace(config, parameters=config.parameters | quiet | changed)
