"""Measure how well reducers keep geodesic and Euclidean neighbours.

The public interface is importable from here and loaded on first use, so that
``import bench`` costs nothing.
"""

from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from bench._version import __version__
from bench.environment import give_numba_a_cache
from bench.errors import BenchError

_ROOT = Path(__file__).resolve().parent.parent
if (_ROOT / "pyproject.toml").is_file():
    # In a checkout reducers/ and datasets/ stand beside bench/; in a wheel they are inside it.
    __path__.append(str(_ROOT))

with suppress(BenchError):  # the command line says it; an import does not fail for it
    give_numba_a_cache()

_PUBLIC = {  # with their types in __init__.pyi
    "Choice": "bench.suite",
    "CircularGeodesics": "bench.manifolds.geodesics",
    "Dataset": "bench.dataset",
    "FlatGeodesics": "bench.manifolds.geodesics",
    "Geodesics": "bench.manifolds.geodesics",
    "Job": "bench.job",
    "LiveReference": "bench.geometry.reference",
    "Metric": "bench.metrics.table",
    "Record": "bench.record",
    "Reducer": "bench.reducer",
    "Registry": "bench.registry",
    "Results": "bench.api.results",
    "ScoreOptions": "bench.scoring.options",
    "Scores": "bench.scoring.scores",
    "Store": "bench.store",
    "Suite": "bench.suite",
    "compare": "bench.metrics.comparison",
    "graph_geodesics": "bench.manifolds.graph",
    "load_results": "bench.api.loading",
    "rescore": "bench.api.benchmark",
    "run": "bench.api.benchmark",
    "score": "bench.scoring.compute",
}

__all__ = ["__version__", *_PUBLIC]  # noqa: PLE0604 - the names of a dictionary are strings


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes have any type
    if name not in _PUBLIC:
        raise AttributeError(f"module 'bench' has no attribute {name!r}; it has {sorted(_PUBLIC)}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
