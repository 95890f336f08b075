"""What a run says at its end: a table that fits a terminal, and where the rest is."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len, set_cell_size
from rich.markup import escape
from rich.table import Table as RichTable

from bench.report.frame import Results, fixed, reducer_label

_ROWS = 8  # of this run's reducers; the best of the others and the controls come on top
_CONTROLS = ("oracle", "random")
_NAME, _CELL = 24, 8  # characters of the longest name shown, and of a column
_TITLE = "AUC of R_NX, geodesic neighbours (best 1, chance 0): means over seeds"
_HELD_OUT_TITLE = "The same of held-out points, placed by their neighbours"


def summary_tables(
    results: Results, jobs: Collection[str], width: int
) -> Iterator[tuple[str, RichTable, str]]:
    """Yield the tables of what some jobs came to: of fits, and of held-out points.

    Parameters
    ----------
    results, jobs, width
        As in `summary_table`.

    Yields
    ------
    title : str
    table : rich.table.Table
    left_out : str
        What is not shown; empty if nothing is.
    """
    auc = results.scores.query("metric == 'auc' and reference == 'geodesic'")
    if any(record.job.id in jobs for record in results.records):
        yield _TITLE, *summary_table(results, auc, jobs, width)
    placed = results.held_out
    if placed and any(record.job.id in jobs for record in placed.records):
        auc = placed.scores.query("metric == 'auc' and reference == 'geodesic'")
        chosen = auc[auc["placement"] == "neighbors"]
        yield _HELD_OUT_TITLE, *summary_table(placed, chosen, jobs, width)


def summary_table(
    results: Results, scores: pd.DataFrame, jobs: Collection[str], width: int
) -> tuple[RichTable, str]:
    """Show the reducers of some jobs on their datasets, beside the best and the controls.

    Parameters
    ----------
    results : Results
    scores : DataFrame
        Of one metric against one reference: dataset, reducer, value.
    jobs : collection of str
        Ids of the jobs that were asked for.
    width : int
        Of the terminal, in characters.

    Returns
    -------
    table : rich.table.Table
        Rows are sorted by their mean; at most eleven of them.
    left_out : str
        What is not shown; empty if nothing is.
    """
    asked = [record for record in results.records if record.job.id in jobs]
    datasets = sorted({record.job.dataset.label for record in asked})
    shown = datasets[: max(1, (width - _NAME) // _CELL)]
    means = _means(scores, shown)
    own = {reducer_label(record) for record in asked}
    rows = _choose(results, means, own)
    table = RichTable(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("", no_wrap=True)
    room = (width - _NAME) // len(shown) - 1
    for name in shown:
        heading = escape(name.replace("_", " "))
        table.add_column(heading, justify="right", overflow="fold", max_width=room)
    for name in rows:
        cells = [_cell(results, means, name, dataset) for dataset in shown]
        table.add_row(escape(_short(name, _NAME)), *cells)
    missing = {"reducers": len(own.difference(rows)), "datasets": len(datasets) - len(shown)}
    return table, " and ".join(f"{n} more {what}" for what, n in missing.items() if n)


def _means(scores: pd.DataFrame, datasets: Sequence[str]) -> pd.DataFrame:
    wide = scores.pivot_table(index="reducer", columns="dataset", values="value", aggfunc="mean")
    return wide.reindex(columns=list(datasets))


def _choose(results: Results, means: pd.DataFrame, own: set[str]) -> list[str]:
    """Return the best of this run's reducers, the best of the others, and controls."""
    controls = results.controls
    ranked = means.mean(axis="columns").sort_values(ascending=False).index.map(str)
    unscored = sorted(own - controls - set(ranked))
    mine = [name for name in ranked if name in own - controls] + unscored
    best = [name for name in ranked if name not in own | controls][:1]
    kept = mine[:_ROWS]
    order = [name for name in [*ranked, *unscored] if name in {*kept, *best}]
    return order + [name for name in _CONTROLS if name in controls]


def _cell(results: Results, means: pd.DataFrame, name: str, dataset: str) -> str:
    value = means[dataset].get(name, np.nan)
    if np.isfinite(value):
        return fixed(float(value), 3)
    statuses = results.finished.get((dataset, name), pd.Series(dtype=str))
    return _short(", ".join(sorted(set(statuses) - {"ok"})), _CELL - 1)


def _short(text: str, length: int) -> str:
    return text if cell_len(text) <= length else set_cell_size(text, length - 1).rstrip() + "…"
