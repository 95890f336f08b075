"""The rules of datasets."""

import numpy as np

from bench.dataset import Dataset
from bench.geometry.reference import LiveReference
from bench.metrics.comparison import compare
from bench.parameters import complete, defaults_of
from bench.testing.geodesics import (
    DrawnDataset,
    has_metric_geodesics,
    has_the_same_rows_however_many_are_asked_for,
    is_never_shorter_than_the_chord,
    is_the_chord_for_neighbors,
    is_what_the_graph_tends_to,
)
from bench.testing.rules import N, Rule, require

_AGAIN = 10  # rows of geodesics that are asked for twice


def _as_it_comes(drawn: DrawnDataset, seed: int = 0) -> Dataset:
    """Draw with all parameters as they are by default, noise included."""
    return drawn.factory(n=N, seed=seed)


def _draws_as_many(drawn: DrawnDataset) -> None:
    """Draw as many points as asked for, and refuse 9 with ValueError."""
    require(drawn.quiet.n == N, f"{drawn.quiet.n} points for n = {N}")
    try:
        drawn.factory(n=9, seed=0)
    except ValueError:
        return
    raise AssertionError("n = 9 was not refused")


def _is_drawn_by_its_seed(drawn: DrawnDataset) -> None:
    """Draw the same points and geodesics for the same seed, others for another."""
    before = _global_state()
    first, again, other = (_as_it_comes(drawn, seed) for seed in (0, 0, 1))
    require(_global_state() == before, "the global random state of numpy is used")
    require(np.array_equal(first.X, again.X), "two draws of one seed differ")
    distances, same = (one.geodesics.distances(np.arange(_AGAIN)) for one in (first, again))
    require(np.array_equal(distances, same), "geodesics differ")
    require(not np.array_equal(first.X, other.X), "two seeds give the same points")


def _global_state() -> tuple[bytes, int]:
    state = np.random.get_state(legacy=False)["state"]  # noqa: NPY002 - nobody should draw from it
    return state["key"].tobytes(), state["pos"]


def _has_an_oracle_at_the_top(drawn: DrawnDataset) -> None:
    """Score AUC > 0.999 with the chart, if it is declared isometric."""
    dataset = drawn.quiet
    if dataset.isometric:
        require(dataset.chart is not None, "isometric, but without a chart")
        reference = {"geodesic": LiveReference(dataset.geodesics, N)}
        auc = compare(reference, np.asarray(dataset.chart))["geodesic"].co_ranking.auc
        require(auc > 0.999, f"the chart scores {auc:.4f}")


def _has_plain_parameters(drawn: DrawnDataset) -> None:
    """Have default parameters that a record can hold."""
    defaults = defaults_of(drawn.factory)
    unrecorded = defaults.keys() - complete({}, defaults)[0].keys()
    require(not unrecorded, f"a record cannot hold the default of {', '.join(sorted(unrecorded))}")


DATASET_RULES: list[Rule] = [
    _draws_as_many,
    _is_drawn_by_its_seed,
    has_metric_geodesics,
    has_the_same_rows_however_many_are_asked_for,
    is_never_shorter_than_the_chord,
    is_the_chord_for_neighbors,
    is_what_the_graph_tends_to,
    _has_an_oracle_at_the_top,
    _has_plain_parameters,
]
