"""Figure of a calibration: errors of every dataset over k, and how far scores move."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from bench.manifolds.default_graph import DEFAULT_NEIGHBORS
from bench.studies.calibration.tables import with_changes

_MARKERS = "osD^v"


def calibration_figure(errors: pd.DataFrame, scores: pd.DataFrame) -> Figure:
    """Draw bias and rank correlation by dataset and k, their course over k, and moves of the AUC.

    Parameters
    ----------
    errors, scores : DataFrame
        Of `bench.studies.calibration.measure.Calibration`.
    """
    n = errors["n"].max()
    means = errors.groupby(["dataset", "n", "k"], as_index=False)[
        ["bias", "median_error", "spearman"]
    ].mean()
    own = means[means["n"] == n]
    height = 0.23 * own["dataset"].nunique()
    figure = Figure(figsize=(12.5, max(5.0, height + 1.6)), layout="constrained")
    grid = figure.add_gridspec(2, 3, width_ratios=[1, 0.95, 1.05])
    left, middle = figure.add_subplot(grid[:, 0]), figure.add_subplot(grid[:, 1])
    _heat(left, own, "bias", f"bias of distances, n = {n}", center=0, cmap="vlag", percent=True)
    _heat(middle, own, "spearman", f"Spearman with the truth, n = {n}", vmin=0.5, cmap="viridis")
    middle.set_yticklabels([])
    _course(figure.add_subplot(grid[0, 2]), means)
    _moves(figure.add_subplot(grid[1, 2]), with_changes(scores))
    figure.suptitle(
        "Geodesics estimated on the graph of k neighbours, against the true ones", fontsize=11
    )
    return figure


def _heat(ax: Axes, means: pd.DataFrame, column: str, title: str, **style: object) -> None:
    percent = style.pop("percent", False)
    wide = means.pivot(index="dataset", columns="k", values=column)
    values = (100 * wide).round() + 0.0 if percent else wide  # + 0.0: no minus before a zero
    limits = {"vmin": -60, "vmax": 60} if percent else {"vmax": 1}
    sns.heatmap(
        values,
        ax=ax,
        annot=True,
        fmt=".0f" if percent else ".2f",
        annot_kws={"fontsize": 7},
        cbar=False,
        linewidths=0.5,
        **limits,
        **style,
    )
    ax.set_title(title + (", %" if percent else ""), fontsize=9)
    ax.set_xlabel("k, neighbours", fontsize=9)
    ax.set_ylabel("")
    ax.set_yticks(np.arange(len(wide)) + 0.5, wide.index, fontsize=8, rotation=0)


def _course(ax: Axes, means: pd.DataFrame) -> None:
    colors = sns.color_palette("colorblind")
    for place, (n, own) in enumerate(means.groupby("n")):
        by_k = own.groupby("k")["median_error"]
        middle, low, high = by_k.median(), by_k.quantile(0.1), by_k.quantile(0.9)
        color, marker = colors[place % len(colors)], _MARKERS[place % len(_MARKERS)]
        ax.plot(middle.index, middle, color=color, marker=marker, label=f"n = {n}")
        ax.fill_between(middle.index, low, high, color=color, alpha=0.2)
    _over_k(ax, means["k"])
    ax.set_yscale("symlog", linthresh=0.01)
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.set_title("median |error|: median and middle 80 % of datasets", fontsize=9)
    ax.set_ylim(0)
    ax.legend(fontsize=8, loc="lower left")


def _moves(ax: Axes, changes: pd.DataFrame) -> None:
    ax.set_title("AUC by the estimate, less AUC by the truth", fontsize=9)
    if changes.empty:
        ax.text(0.5, 0.5, "no embeddings in the store", ha="center", transform=ax.transAxes)
        return
    colors = sns.color_palette("colorblind")
    width = 0.035  # of a dataset beside the next, in parts of k
    datasets = sorted(changes["dataset"].unique())
    for place, dataset in enumerate(datasets):
        own = changes[(changes["dataset"] == dataset) & ~changes["control"].astype(bool)]
        aside = np.exp(width * (place - (len(datasets) - 1) / 2))
        ax.plot(
            own["k"] * aside,
            own["change"],
            linestyle="none",
            marker=_MARKERS[place % len(_MARKERS)],
            markersize=3.5,
            color=colors[place % len(colors)],
            label=dataset.replace("$", r"\$"),
        )
    ax.axhline(0, color=".4", linewidth=0.8)
    _over_k(ax, changes["k"])
    ax.legend(fontsize=7, ncols=2, loc="upper center")


def _over_k(ax: Axes, k: pd.Series) -> None:
    ax.set_xscale("log")
    ax.set_xticks(sorted(k.unique()), sorted(k.unique()))
    ax.minorticks_off()
    ax.axvline(DEFAULT_NEIGHBORS, color=".7", linewidth=6, alpha=0.4, zorder=0)
    ax.set_xlabel(f"k, neighbours (grey: the default, {DEFAULT_NEIGHBORS})", fontsize=9)
