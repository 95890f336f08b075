"""Agreement: whether results say the same as the published ones, cell by cell."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from bench.report.frame import REFERENCES, Results, fixed, reducer_label
from bench.report.statistics import summarise

_CELL = ["dataset", "reducer", "reference"]
_SHOWN = 0.001  # tables show no smaller difference
_MOST = 8  # cells that are named


def agreement(own: Results, published: Results, jobs: Collection[str]) -> pd.DataFrame:
    """Hold the AUC of cells against the published ones.

    Parameters
    ----------
    own, published : Results
    jobs : collection of str
        Ids of the jobs of ``own`` whose cells are looked at.

    Returns
    -------
    DataFrame
        One row for each dataset, reducer and reference that both have: the means and half-widths
        of the 95 % intervals, and ``agrees``: whether the intervals overlap, or differ by less
        than tables show. A single seed has no interval: it is held against the other's alone.
    """
    asked = {(r.job.dataset.label, reducer_label(r)) for r in own.records if r.job.id in jobs}
    here, there = (_cells(results) for results in (own, published))
    both = here.merge(there, on=_CELL, suffixes=("", "_published"))
    width = both["half_width"].fillna(0) + both["half_width_published"].fillna(0)
    apart = (both["mean"] - both["mean_published"]).abs()
    chosen = [pair in asked for pair in zip(both["dataset"], both["reducer"], strict=True)]
    return both.assign(agrees=apart <= np.maximum(width, _SHOWN))[chosen]


def agreement_lines(found: pd.DataFrame) -> list[str]:
    """Say in words which cells agree, and name those that do not."""
    if found.empty:
        return ["None of these cells is published, so that none can be compared."]
    differ = found[~found["agrees"]]
    count = f"{len(found) - len(differ)} of {len(found)} cells agree with the published results"
    if differ.empty:
        return [f"{count} within their intervals."]
    named = [_difference(row) for row in differ.head(_MOST).itertuples()]
    more = [f"… and {len(differ) - _MOST} more"] if len(differ) > _MOST else []
    return [f"{count} within their intervals; these do not:", *named, *more]


def _difference(row: object) -> str:
    def of(suffix: str) -> str:
        mean, half = (getattr(row, f"{name}{suffix}") for name in ("mean", "half_width"))
        return fixed(mean, 3) + ("" if np.isnan(half) else f" ± {fixed(half, 3)}")

    names: Sequence[str] = [getattr(row, name) for name in _CELL]
    return f"  {names[1]} on {names[0]}, {names[2]}: {of('')} here, {of('_published')} published"


def _cells(results: Results) -> pd.DataFrame:
    scores = results.scores[
        (results.scores["metric"] == "auc") & results.scores["reference"].isin(REFERENCES)
    ]
    return summarise(scores)[[*_CELL, "mean", "half_width"]].dropna(subset="mean")
