"""The types of what `bench` offers, for type checkers and editors; see `__init__.py`."""

from bench._version import __version__ as __version__
from bench.api.benchmark import rescore as rescore
from bench.api.benchmark import run as run
from bench.api.loading import load_results as load_results
from bench.api.results import Results as Results
from bench.dataset import Dataset as Dataset
from bench.geometry.reference import LiveReference as LiveReference
from bench.job import Job as Job
from bench.manifolds.geodesics import CircularGeodesics as CircularGeodesics
from bench.manifolds.geodesics import FlatGeodesics as FlatGeodesics
from bench.manifolds.geodesics import Geodesics as Geodesics
from bench.manifolds.graph import graph_geodesics as graph_geodesics
from bench.metrics.comparison import compare as compare
from bench.metrics.table import Metric as Metric
from bench.record import Record as Record
from bench.reducer import Reducer as Reducer
from bench.registry import Registry as Registry
from bench.scoring.compute import score as score
from bench.scoring.options import ScoreOptions as ScoreOptions
from bench.scoring.scores import Scores as Scores
from bench.store import Store as Store
from bench.suite import Choice as Choice
from bench.suite import Suite as Suite
