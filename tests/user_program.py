"""A small program of a user: type-checked by test_user_program.py, never run."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

import bench


class Half:
    """An estimator of the user's own."""

    def __init__(self, n_components: int = 2) -> None:
        self.n_components = n_components

    def fit_transform(self, X: NDArray[Any]) -> NDArray[Any]:
        """Keep the first columns."""
        columns: NDArray[Any] = X[:, : self.n_components]
        return columns


def dataset(*, n: int = 100, seed: int = 0) -> bench.Dataset:
    """Draw points of an interval."""
    t = np.random.default_rng(seed).uniform(size=n)
    geodesics: bench.Geodesics = bench.FlatGeodesics(t[:, None])
    return bench.Dataset(t[:, None].astype(np.float32), geodesics, "made", "CC0")


def first_value(comparison: object) -> float:
    """Measure nothing."""
    return float(comparison is not None)


def main() -> pd.DataFrame:
    """Use all that the package offers."""
    results: bench.Results = bench.run(
        reducers=[Half(), Half, "pca", bench.Choice("lle", {"method": "ltsa"})],
        datasets=["swiss_roll", Path("iris.csv")],
        seeds=3,
        n=100,
        parameters={"iris.csv": {"scale": "standard"}},
        out=Path("results"),
        workers=2,
        time_limit=60,
        plugins=["mine"],
        progress=False,
    )
    bench.run(suite=bench.Suite((bench.Choice("digits"),), (bench.Choice("pca"),)), seeds=[0, 5])
    figures: list[Figure] = [
        results.plot.gallery("swiss_roll"),
        results.plot.curves("swiss_roll"),
        results.plot.references(),
    ]
    figures[0].savefig("gallery.png")
    frame: pd.DataFrame = bench.load_results("results", k=[5, 50]).frame()
    X = np.zeros((100, 3))
    scores: bench.Scores = bench.score(X, X[:, :2], k=10, metrics=["auc"])
    options: tuple[int, ...] = bench.ScoreOptions(k=[5]).ks
    metric = bench.Metric("first", "first", first_value, 0, 1, 1, None, "ours", needs=())
    reducer = bench.Reducer(Half, deterministic=True)
    names: list[str] = [*results.reducers, metric.name, reducer.family, *map(str, options)]
    return pd.concat([frame, scores.frame(), pd.DataFrame({"name": names})])
