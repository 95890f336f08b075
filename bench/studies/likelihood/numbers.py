"""Numbers of the study of likelihoods, from the outcomes of its cells."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.record import Status
from bench.report.statistics import Interval, interval
from bench.studies.study import Outcome

MEASURES = {
    "squared_error": ("squared error per pixel", False, 5),
    "cross_entropy": ("cross-entropy per pixel, nats", False, 4),
    "negative_log_likelihood": ("negative log-likelihood per pixel, nats", False, 3),
    "geodesic_auc": ("geodesic AUC", True, 3),
    "euclidean_auc": ("Euclidean AUC", True, 3),
}
NAMES = {
    "unscaled_gaussian": "Gaussian, linear outputs",
    "sigmoid_gaussian": "Gaussian behind a sigmoid",
    "bernoulli": "Bernoulli",
}


def frame(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return the single numbers of the cells that are ``ok``, one row for each cell."""
    rows = [
        outcome.cell.parameters
        | {"seed": outcome.cell.seed}
        | {name: outcome.numbers[name] for name in MEASURES}
        | {
            "first_gradient": curve(outcome, "gradient_norm")[0],
            "last_error": curve(outcome, "mean_squared_error")[-1],
            "epochs_to_tenth": epochs_to_tenth(curve(outcome, "mean_squared_error")),
        }
        for outcome in outcomes
        if outcome.status is Status.OK
    ]
    return pd.DataFrame(rows)


def epochs_to_tenth(errors: Sequence[float]) -> float:
    """Count the epochs until an error is a tenth of what it was at first; NaN if it never is."""
    below = np.flatnonzero(np.asarray(errors) <= errors[0] / 10)
    return float(below[0]) if len(below) else float("nan")


def differences(
    cells: pd.DataFrame, measure: str, start: str = "default", other: str = "unscaled_gaussian"
) -> dict[str, Interval]:
    """Return, by dataset, the Bernoulli model's measure minus a Gaussian's."""
    chosen = cells[cells["start"] == start]
    wide = chosen.pivot(index=["dataset", "seed"], columns="likelihood", values=measure)
    wide = wide.reindex(columns=["bernoulli", other])
    both = (wide["bernoulli"] - wide[other]).dropna()
    return {
        str(dataset): interval(values.to_numpy(dtype=float))
        for dataset, values in both.groupby("dataset")
    }


def curve(outcome: Outcome, name: str) -> list[float]:
    """Return a curve of a cell; NaN where it has no number."""
    found = outcome.numbers[name]
    assert isinstance(found, list)  # noqa: S101 - of the study's own making
    return [float("nan") if value is None else value for value in found]
