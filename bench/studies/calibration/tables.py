"""Tables of a calibration: what graph geodesics are worth, by k, by dataset and by reducer."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bench.manifolds.default_graph import DEFAULT_NEIGHBORS
from bench.manifolds.graph_error import SHORT_CIRCUIT
from bench.report.escape import markdown_escape
from bench.report.frame import fixed

GOOD = 0.95  # the rank correlation below which an estimate is counted as failed
CONNECTED = "smallest connected"
_CELL = ["dataset", "n", "k"]
_DRAW = [*_CELL, "seed"]
MOST_OF_MEANS = "at most, mean over seeds"
MOST_OF_RUNS = "at most, single run"
RANKS = "ranks that change"
_DIGITS = 3  # of the AUC in tables; what is equal there shares a rank


def with_changes(scores: pd.DataFrame) -> pd.DataFrame:
    """Average scores over seeds, and hold estimate against truth.

    Parameters
    ----------
    scores : DataFrame
        Of `bench.studies.calibration.measure.Calibration`.

    Returns
    -------
    DataFrame
        One row for each dataset with known geodesics, n, reducer and k: ``true_auc``, ``auc``,
        their difference ``change``, and the rank of the reducer by each, ``true_rank`` and
        ``rank``, 1 for the highest; controls have none.
    """
    if scores.empty:
        return pd.DataFrame(columns=[*_CELL, "reducer", "control", "true_auc", "auc", "change"])
    known = scores[scores["true_auc"].notna()]
    mean = known.groupby([*_CELL, "reducer", "control"], as_index=False)[["true_auc", "auc"]].mean()
    mean["change"] = mean["auc"] - mean["true_auc"]
    ranked = mean[~mean["control"]].groupby(_CELL)
    for column, name in (("true_auc", "true_rank"), ("auc", "rank")):
        rounded = ranked[column].transform(
            lambda auc: auc.round(_DIGITS).rank(ascending=False, method="min")
        )
        mean[name] = rounded  # missing, by its index, where there is a control
    return mean


def changes_of_runs(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of reducers with known geodesics, and how far each run's AUC moves.

    Parameters
    ----------
    scores : DataFrame
        Of `bench.studies.calibration.measure.Calibration`.

    Returns
    -------
    DataFrame
        One row for each dataset, n, seed, reducer and k, controls left out; ``change`` is AUC by
        the estimate minus AUC by the truth.
    """
    own = scores[scores["true_auc"].notna() & ~scores["control"].astype(bool)]
    return own.assign(change=own["auc"] - own["true_auc"])


def by_k(errors: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Sum up all datasets, for each n and each rule of choosing k."""
    rules = [(str(k), chosen) for k, chosen in errors.groupby("k")]
    rules.append((CONNECTED, _smallest_connected(errors)))
    rows = []
    for n in sorted(errors["n"].unique()):
        for rule, chosen in rules:
            own = chosen[chosen["n"] == n]
            scored = own[_DRAW].merge(scores, on=_DRAW) if len(scores) else scores
            moved = _moved(scored.assign(k=rule))
            rows.append({"n": str(n), "k": rule} | _summary(_over_seeds(own)) | moved)
    return pd.DataFrame(rows)


def by_dataset(errors: pd.DataFrame, k: int = DEFAULT_NEIGHBORS) -> pd.DataFrame:
    """Tell the errors of each dataset at one k."""
    rows = []
    for (dataset, n), own in errors[errors["k"] == k].groupby(["dataset", "n"]):
        row = _over_seeds(own).iloc[0]
        first = own.iloc[0]
        rows.append(
            {
                "dataset": dataset,
                "geodesics": first["status"],
                "d": "" if pd.isna(first["dimension"]) else f"{first['dimension']:.0f}",
                "n": str(n),
                "bias": _percent(row["bias"]),
                "median error": _percent(row["median_error"]),
                "95th percentile": _percent(row["p95_error"]),
                "Spearman": fixed(row["spearman"], 3),
                "short circuits": _percent(row["short"], 2),
                "pieces": f"{row['components']:.1f} of {first['pieces']}",
                "bridges": fixed(row["bridges"], 1),
                "infinite pairs": _percent(row["unjoined"]),
            }
        )
    return pd.DataFrame(rows)


def by_reducer(scores: pd.DataFrame, k: int = DEFAULT_NEIGHBORS) -> pd.DataFrame:
    """Tell AUC and rank of every reducer by the truth and by the estimate at one k."""
    changes = with_changes(scores)
    own = changes[changes["k"] == k].sort_values(["dataset", "n", "control", "reducer"])
    return pd.DataFrame(map(_reducer_row, own.to_dict("records")))


def _reducer_row(row: Mapping[Any, Any]) -> dict[str, str]:
    control = row["control"]
    return {
        "dataset": row["dataset"],
        "n": str(row["n"]),
        "reducer": row["reducer"] + (" (control)" if control else ""),
        "AUC, truth": fixed(row["true_auc"], _DIGITS),
        "AUC, graph": fixed(row["auc"], _DIGITS),
        "change": f"{row['change']:+.{_DIGITS}f}",
        "rank, truth": "" if control else f"{row['true_rank']:.0f}",
        "rank, graph": "" if control else f"{row['rank']:.0f}",
    }


def without_truth(scores: pd.DataFrame) -> pd.DataFrame:
    """Tell how the AUC moves with k where there is no truth, as on real images."""
    if scores.empty or scores["true_auc"].notna().all():
        return pd.DataFrame()
    own = scores[scores["true_auc"].isna() & ~scores["control"]]
    mean = own.groupby(["dataset", "n", "reducer", "k"])["auc"].mean().unstack()
    shown = mean.map(lambda auc: fixed(auc, 3)).rename(columns=lambda k: f"k = {k}")
    shown["range"] = [fixed(width, 3) for width in mean.max(axis=1) - mean.min(axis=1)]
    return shown.reset_index().rename_axis(columns=None)


def markdown(frame: pd.DataFrame) -> str:
    """Write a table of texts as Markdown."""
    rows = frame.map(lambda value: markdown_escape(str(value)))
    return rows.to_markdown(tablefmt="github", index=False, disable_numparse=True) + "\n"


LEGEND = (
    "Errors are relative, (estimate - truth) / truth, over all pairs of 200 points drawn by the "
    "seed with any other: their median (bias), and median and 95th percentile of their absolute "
    "value; pairs that no path on the manifold joins are left out and counted. Spearman is over "
    f"the same pairs. A short circuit is an edge at these points whose true geodesic is more than "
    f"{SHORT_CIRCUIT:g} times as long as the edge; an edge across a bend cannot be, unless it "
    'spans 171 degrees of it. Everything but "single run" is a mean over seeds first; a row of '
    "the table by k is then a median, a worst case or a count over datasets. Ranks are among "
    "reducers without the controls, by the AUC to three decimals; equal ones share a rank."
)


def _over_seeds(errors: pd.DataFrame) -> pd.DataFrame:
    shares = errors.assign(
        short=errors["short_circuits"] / errors["edges"],
        unjoined=errors["infinite"] / errors["pairs"],
    )
    columns = ["bias", "median_error", "p95_error", "spearman", "short", "unjoined"]
    columns += ["components", "bridges", "pieces"]
    return shares.groupby(["dataset", "n"])[columns].mean().reset_index()


def _smallest_connected(errors: pd.DataFrame) -> pd.DataFrame:
    """Take for each draw the smallest k whose graph is in one piece, or else the largest."""
    ordered = errors.assign(apart=errors["components"] > 1).sort_values("k")
    after_all = 2 * ordered["k"].max() + 1
    order = ordered["k"].where(~ordered["apart"], after_all - ordered["k"])
    best = ordered.assign(order=order).sort_values("order", kind="stable")
    return best.groupby(["dataset", "n", "seed"], as_index=False).first()


def _summary(means: pd.DataFrame) -> dict[str, str]:
    if means.empty:
        return {}
    worst = means.sort_values("spearman").iloc[0]
    too_many = means["components"] > means["pieces"]
    too_few = means["components"] < means["pieces"]
    return {
        "bias": _percent(means["bias"].median()),
        "median error": _percent(means["median_error"].median()),
        "95th percentile": _percent(means["p95_error"].median()),
        "Spearman": fixed(means["spearman"].median(), 3),
        "Spearman, mean": fixed(means["spearman"].mean(), 3),
        "Spearman, worst": f"{fixed(worst['spearman'], 3)} ({worst['dataset']})",
        f"below {GOOD}": f"{(means['spearman'] < GOOD).sum()} of {len(means)}",
        "short circuits": str((means["short"] > 0).sum()),
        "torn": str(too_many.sum()),
        "joined": str(too_few.sum()),
    }


def _moved(scores: pd.DataFrame) -> dict[str, str]:
    """Say how far AUC and rank of the reducers move."""
    changes = with_changes(scores)
    own = changes[~changes["control"].astype(bool)]
    if own.empty:
        return {"AUC moves by (mean)": "", MOST_OF_MEANS: "", MOST_OF_RUNS: "", RANKS: ""}
    change = own["change"].abs()
    moved = (own["rank"] - own["true_rank"]).abs()
    most = f", by {moved.max():.0f} at most" if moved.any() else ""
    return {
        "AUC moves by (mean)": fixed(change.mean(), _DIGITS),
        MOST_OF_MEANS: fixed(change.max(), _DIGITS),
        MOST_OF_RUNS: fixed(changes_of_runs(scores)["change"].abs().max(), _DIGITS),
        RANKS: f"{(moved > 0).sum()} of {len(own)}{most}",
    }


def _percent(share: float, digits: int = 1) -> str:
    return f"{fixed(100 * share, digits)} %"
