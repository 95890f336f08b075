"""What the outcomes of the study of the manifold hypothesis come to: means, and codes needed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from bench.record import Status
from bench.report.statistics import Interval, interval
from bench.studies.manifold.cells import CODES, SIZES
from bench.studies.study import Outcome

ESTIMATES = {
    "two_nn": "TwoNN",
    "maximum_likelihood": "maximum likelihood",
    "correlation": "correlation",
    "participation_ratio": "participation ratio",
}
CODERS = {"pca_lost": "PCA", "autoencoder_lost": "autoencoder"}
ENOUGH = 0.1  # of the variance lost


def frame(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return the numbers of the cells that are ``ok``, one row for each, curves spread out."""
    rows = []
    for outcome in outcomes:
        if outcome.status is not Status.OK:
            continue
        found, parameters = outcome.numbers, outcome.cell.parameters
        row = {"family": parameters["family"], "dataset": dataset_name(parameters)}
        row |= {"seed": outcome.cell.seed}
        row |= {name: found[name] for name in ("dimensions", "true_dimension", *ESTIMATES)}
        for name, places in (("neighbor_distance", SIZES), *((coder, CODES) for coder in CODERS)):
            curve = found[name]
            assert isinstance(curve, list)  # noqa: S101 - of the study's own making
            row |= {f"{name} {k}": value for k, value in zip(places, curve, strict=True)}
        row["slope_dimension"] = slope_dimension([row[f"neighbor_distance {n}"] for n in SIZES])
        rows.append(row)
    return pd.DataFrame(rows)


def dataset_name(parameters: dict[str, Any]) -> str:
    """Name the dataset of a cell, its dimensions too if there is a choice of them."""
    name: str = parameters["dataset"]
    return f"{name}, D = {parameters['dimensions']}" if "dimensions" in parameters else name


def slope_dimension(distances: Sequence[float | None]) -> float:
    """Return d of a neighbour distance that falls as the number of points to the power of -1/d."""
    known = [(n, d) for n, d in zip(SIZES, distances, strict=True) if d]
    sizes, lengths = np.array(known).T
    slope = np.polyfit(np.log(sizes), np.log(lengths), 1)[0]
    return float(-1 / slope) if slope < 0 else float("inf")


def means(cells: pd.DataFrame, column: str) -> dict[str, Interval]:
    """Average one column over seeds, by dataset."""
    order = list(dict.fromkeys(cells["dataset"]))
    groups = dict(tuple(cells.groupby("dataset")[column]))
    return {name: interval(groups[name].to_numpy(dtype=float)) for name in order}


def code_needed(cells: pd.DataFrame, dataset: str, coder: str) -> int | None:
    """Return the shortest code of those tried that loses no more than a tenth of the variance."""
    for k in CODES:
        if means(cells, f"{coder} {k}")[dataset].mean <= ENOUGH:
            return k
    return None


def enough(cells: pd.DataFrame, dataset: str, coder: str) -> str:
    """Say what `code_needed` finds, in a word or two."""
    k = code_needed(cells, dataset, coder)
    return f"more than {CODES[-1]}" if k is None else str(k)
