"""Held-out points: what comes of points that a reducer was not fitted on."""

from collections.abc import Iterator

import pandas as pd

from bench.report.frame import Results
from bench.report.statistics import summarise
from bench.report.tables import REFERENCE_LABELS, Table, tabulate

_PLACED = {
    "transform": "placed by the reducer's own transform",
    "neighbors": "placed by their neighbours",
}
_FACTS = {
    "batch_deviation": ("Batch deviation of transform (best 0)", 6),
    "largest_batch_deviation": ("Largest batch deviation of one point (best 0)", 6),
    "fit_deviation": ("Deviation of transform from the fit on the training points (best 0)", 6),
    "transform_seconds": ("Seconds to place all held-out points, after a warm-up", 3),
}
_NOTE = """\
Reducers are fitted on a part of the points; the rest, drawn by the seed, is placed afterwards, and
only the held-out rows are scored, each against all points. They are placed by the reducer's own
transform where it has one, and for every reducer by one rule that needs none: the mean of the
places of the five nearest training points in the ambient space, weighted by the inverse of the
distance. The columns are to be compared with each other and with no score of a fitted embedding.
The loss is what the training points score among all points, those held out being placed by
transform where there is one, minus what the held-out points score. Batch deviation says how far a
point's place depends on the other points that are placed with it, and deviation from the fit where
transform puts the training points themselves; both are root mean squares, and the largest is that
of one point, over the root-mean-square radius of the embedding. The controls know all points: what
the oracle loses to the rule is what the rule loses on a perfect embedding. A cell is empty where
the reducer has no transform, or where it failed: then the record's reason says how."""


def held_out_tables(results: Results) -> Iterator[Table]:
    """Tabulate the placement of held-out points, reducers by datasets.

    Parameters
    ----------
    results : Results
        Of a whole store.

    Yields
    ------
    Table
        The AUC for each reference and way to place, what is lost against the training points,
        and what is to be said of ``transform``. None if no job holds points out.
    """
    placed = results.held_out
    if placed is None:
        return
    auc = placed.scores.query("metric == 'auc'")
    for reference in ("geodesic", "euclidean"):
        for placement, words in _PLACED.items():
            title = f"AUC of held-out points, {words}: {REFERENCE_LABELS[reference]}"
            chosen = auc[(auc["reference"] == reference) & (auc["placement"] == placement)]
            yield tabulate(placed, chosen, title, 3, higher_is_better=True)
    lost = losses(placed).query("reference == 'geodesic'")
    for placement, words in _PLACED.items():
        title = f"Loss of AUC from training to held-out points, {words}: geodesic neighbours"
        chosen = lost[lost["placement"] == placement]
        yield tabulate(placed, chosen, title, 3, higher_is_better=None)
    for column, (title, digits) in _FACTS.items():
        values = _facts(placed).rename(columns={column: "value"})
        yield tabulate(placed, values, title, digits, higher_is_better=None)


def held_out_section(results: Results) -> str:
    """Write the tables and what they mean, or how to get them."""
    if results.held_out is None:
        return "None yet: `python -m bench run --suite held_out` makes them.\n"
    parts = [table.markdown for table in held_out_tables(results) if len(table.frame)]
    parts.append(_split(results.held_out))
    return "\n".join([*parts, " ".join(_NOTE.split())]) + "\n"


def held_out_numbers(results: Results) -> pd.DataFrame:
    """Return every number on held-out points: one row each, with its placement, for CSV."""
    if results.held_out is None or results.held_out.scores.empty:
        return pd.DataFrame()
    scores, lost = results.held_out.scores, losses(results.held_out)
    lost = lost.assign(metric="loss of auc")
    parts = [
        summarise(group).assign(placement=placement)
        for placement, group in pd.concat([scores, lost]).groupby("placement")
    ]
    order = ["metric", "k", "reference", "placement", "dataset", "control", "reducer"]
    return pd.concat(parts, ignore_index=True).sort_values(order)


def losses(placed: Results) -> pd.DataFrame:
    """Return, job by job, the AUC of the training points minus that of the held-out ones."""
    auc = placed.scores.query("metric == 'auc' and reference != 'gap'")
    keys = [name for name in auc.columns if name not in ("placement", "value")]
    fitted = auc.query("placement == 'fitted'").set_index(keys)["value"].rename("fitted")
    others = auc.query("placement != 'fitted'").join(fitted, on=keys)
    return others.assign(value=others["fitted"] - others["value"]).drop(columns="fitted")


def _facts(placed: Results) -> pd.DataFrame:
    found = [
        {name: getattr(record.out_of_sample, name, None) for name in _FACTS}
        for record in placed.records
    ]
    return pd.concat([placed.jobs, pd.DataFrame(found, dtype=float)], axis="columns")


def _split(placed: Results) -> str:
    sizes = {
        f"{facts.training} fitted on and {facts.held_out} held out"
        for record in placed.records
        if (facts := record.out_of_sample) is not None
    }
    return f"Points: {'; '.join(sorted(sizes))}.\n"
