"""The figure of the study of the manifold hypothesis."""

from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bench.studies.manifold.cells import CODES, SIZES
from bench.studies.manifold.numbers import CODERS, ESTIMATES, means

_DATASET_MARKERS = "osD^vPX*h<"
_ESTIMATE_MARKERS = "osDx"
_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500)  # of dimensions
_SLOPES = (1, 2, 10)  # dimensions that neighbours are held against
_GREY = ".45"


def manifold_figure(cells: pd.DataFrame) -> Figure:
    """Draw estimates of the dimension, distances to neighbours, and what codes lose.

    Parameters
    ----------
    cells : DataFrame
        Of `bench.studies.manifold.report.frame`.
    """
    figure = Figure(figsize=(12.5, 8), layout="constrained")
    axes = figure.subplots(2, 2)
    families = dict(zip(cells["dataset"], cells["family"], strict=True))
    kinds = dict.fromkeys(families.values())
    colors = dict(zip(kinds, sns.color_palette("colorblind"), strict=False))
    styles = {
        name: {"color": colors[family], "marker": marker, "markersize": 5}
        for (name, family), marker in zip(families.items(), cycle(_DATASET_MARKERS), strict=False)
    }
    _estimates(axes[0, 0], cells, styles)
    _neighbors(axes[0, 1], cells, styles)
    for ax, (coder, label) in zip(axes[1], CODERS.items(), strict=True):
        _curves(ax, cells, coder, CODES, styles)
        ax.set(xscale="log", xlabel="numbers in the code, k", title=f"lost by {label}", ylim=0)
        ax.set_ylabel("share of held-out variance")
        ax.set_xticks(CODES, CODES)
        ax.minorticks_off()
    handles = axes[1, 0].get_legend_handles_labels()[0]
    labels = [f"{family}: {name}" for name, family in families.items()]
    figure.legend(handles, labels, loc="outside right center", fontsize=8, frameon=False)
    return figure


def _estimates(ax: Axes, cells: pd.DataFrame, styles: dict[str, dict[str, Any]]) -> None:
    """One row for each dataset, one marker for each estimate."""
    colors = [style["color"] for style in styles.values()]
    rows = np.arange(len(styles))
    offsets = np.linspace(-0.27, 0.27, len(ESTIMATES))
    handles = []
    for estimate, offset, marker in zip(ESTIMATES, offsets, _ESTIMATE_MARKERS, strict=True):
        found = means(cells, estimate)
        for row, name in enumerate(styles):
            width = np.nan_to_num(found[name].half_width)
            ax.errorbar(
                found[name].mean, row + offset, xerr=width, color=colors[row], capsize=2,
                fmt=marker, markersize=4.5,
            )  # fmt: skip
        style: dict[str, Any] = {"color": _GREY, "marker": marker, "linestyle": ""}
        handles.append(Line2D([], [], label=ESTIMATES[estimate], markersize=4.5, **style))
    truth = means(cells, "true_dimension")
    known = [truth[name].mean for name in styles]
    ax.vlines(known, rows - 0.4, rows + 0.4, color=".1", linewidth=1)
    handles.append(Line2D([], [], color=".1", linewidth=1, label="truth"))
    ax.set_yticks(rows, list(styles), fontsize=8)
    ax.invert_yaxis()
    ax.set(xscale="log", xlabel="dimensions", title="intrinsic dimension")
    ax.set_xticks(_TICKS, list(map(str, _TICKS)))
    ax.minorticks_off()
    ax.legend(handles=handles, fontsize=7, loc="upper right")


def _neighbors(ax: Axes, cells: pd.DataFrame, styles: dict[str, dict[str, Any]]) -> None:
    """Distances, and beside them how they would fall on manifolds of a few dimensions."""
    _curves(ax, cells, "neighbor_distance", SIZES, styles)
    for d in _SLOPES:
        falling = (np.array(SIZES) / SIZES[0]) ** (-1 / d)
        ax.plot(SIZES, falling, ":", color=_GREY, linewidth=1, zorder=0)
        ax.annotate(f"d = {d}", (SIZES[-1], falling[-1]), (4, -3), textcoords="offset points",
                    fontsize=7, color=_GREY)  # fmt: skip
    ax.set(xscale="log", yscale="log", xlabel="images", title="nearest neighbour")
    ax.set_ylabel("distance, over that of any two")
    ax.set_xticks(SIZES, list(map(str, SIZES)))
    ticks = [10.0**power for power in range(-3, 1)]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set_xlim(right=SIZES[-1] * 1.35)
    ax.set_ylim(bottom=ax.dataLim.y0 * 0.8, top=1.2)
    ax.minorticks_off()


def _curves(
    ax: Axes,
    cells: pd.DataFrame,
    curve: str,
    places: tuple[int, ...],
    styles: dict[str, dict[str, Any]],
) -> None:
    for name, style in styles.items():
        found = [means(cells, f"{curve} {place}")[name] for place in places]
        ax.errorbar(
            places,
            [one.mean for one in found],
            yerr=[np.nan_to_num(one.half_width) for one in found],
            label=name,
            linewidth=1.2,
            **style,
        )
