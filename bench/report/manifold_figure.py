"""The figure of the study of the manifold hypothesis."""

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from bench.report.manifold import CODERS, ESTIMATES, means
from bench.studies.manifold import CODES, SIZES

_MARKERS = "osD^vPX*h<"


def manifold_figure(cells: pd.DataFrame) -> Figure:
    """Draw estimates of the dimension, distances to neighbours, and what codes lose.

    Parameters
    ----------
    cells : DataFrame
        Of `bench.report.manifold.frame`.
    """
    figure = Figure(figsize=(12, 7.5), layout="constrained")
    axes = figure.subplots(2, 2)
    styles = _styles(cells)
    _estimates(axes[0, 0], cells)
    _curves(axes[0, 1], cells, "neighbor_distance", SIZES, styles)
    axes[0, 1].set(xscale="log", yscale="log", xlabel="images", title="nearest neighbour")
    axes[0, 1].set_ylabel("distance, over that of any two")
    axes[0, 1].set_xticks(SIZES, SIZES)
    axes[0, 1].minorticks_off()
    for ax, (coder, label) in zip(axes[1], CODERS.items(), strict=True):
        _curves(ax, cells, coder, CODES, styles)
        ax.set(
            xscale="log", xlabel="numbers in the code, k", title=f"lost by {label}", ylim=(0, 1.1)
        )
        ax.set_ylabel("share of held-out variance")
        ax.set_xticks(CODES, CODES)
        ax.minorticks_off()
    handles, labels = axes[1, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", fontsize=8, frameon=False)
    return figure


def _styles(cells: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """One colour for each family, one marker for each dataset."""
    families = list(dict.fromkeys(cells["family"]))
    colors = dict(zip(families, sns.color_palette("colorblind"), strict=False))
    family_of = dict(zip(cells["dataset"], cells["family"], strict=True))
    return {
        name: {"color": colors[family], "marker": _MARKERS[i % len(_MARKERS)], "markersize": 5}
        for i, (name, family) in enumerate(family_of.items())
    }


def _estimates(ax: Any, cells: pd.DataFrame) -> None:  # noqa: ANN401 - of matplotlib
    names = list(dict.fromkeys(cells["dataset"]))
    offsets = np.linspace(-0.24, 0.24, len(ESTIMATES))
    palette = sns.color_palette("dark", len(ESTIMATES))
    for (name, label), offset, color in zip(ESTIMATES.items(), offsets, palette, strict=True):
        found = means(cells, name)
        places = np.arange(len(names)) + offset
        values = [found[dataset].mean for dataset in names]
        widths = [np.nan_to_num(found[dataset].half_width) for dataset in names]
        ax.errorbar(
            values, places, xerr=widths, fmt="o", markersize=4, label=label, color=color, capsize=2
        )
    truth = means(cells, "true_dimension")
    known = [(truth[name].mean, i) for i, name in enumerate(names) if truth[name].seeds]
    if known:
        values, places = np.array(known).T
        ax.plot(values, places, "|", color=".1", markersize=22, label="truth")
    ax.set_yticks(range(len(names)), names, fontsize=8)
    ax.invert_yaxis()
    ax.set(xscale="log", title="intrinsic dimension")
    ax.legend(fontsize=7)


def _curves(
    ax: Any,  # noqa: ANN401 - of matplotlib
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
