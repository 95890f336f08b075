"""The figure of the study of likelihoods."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.studies.likelihood.cells import DESCENT, neuron
from bench.studies.likelihood.numbers import MEASURES, NAMES, differences

_SHOWN = ("geodesic_auc", "euclidean_auc")


def likelihood_figure(
    cells: pd.DataFrame, curves: Mapping[tuple[str, str, str], pd.DataFrame]
) -> Figure:
    """Draw differences, gradient norms, the saturated start, and the textbook's neuron.

    Parameters
    ----------
    cells : DataFrame
        Of `bench.studies.likelihood.numbers.frame`.
    curves : mapping of (name, start, likelihood) to DataFrame
        A column for each cell, a row for each epoch.
    """
    figure = Figure(figsize=(11, 6.6), layout="constrained")
    axes = figure.subplots(2, 3)
    colors = dict(zip(NAMES, sns.color_palette("colorblind"), strict=False))
    for ax, measures in zip(axes[0, :2], (_SHOWN, ("squared_error",)), strict=True):
        _differences(ax, cells, measures)
    _course(axes[0, 2], curves, "gradient_norm", "default", colors)
    axes[0, 2].set_title("gradient norm, default start")
    _course(axes[1, 0], curves, "gradient_norm", "saturated", colors)
    axes[1, 0].set_title("gradient norm, saturated start")
    _course(axes[1, 1], curves, "mean_squared_error", DESCENT, colors)
    axes[1, 1].set_title("held-out squared error, saturated, gradient descent", fontsize=9)
    axes[0, 2].legend(fontsize=8)
    _neurons(axes[1, 2])
    return figure


def _differences(ax: Axes, cells: pd.DataFrame, measures: tuple[str, ...]) -> None:
    offsets = np.linspace(-0.12, 0.12, len(measures)) if len(measures) > 1 else [0.0]
    for measure, offset in zip(measures, offsets, strict=True):
        found = differences(cells, measure)
        places = np.arange(len(found)) + offset
        means = [one.mean for one in found.values()]
        widths = [one.half_width for one in found.values()]
        ax.errorbar(means, places, xerr=widths, fmt="o", capsize=3, label=MEASURES[measure][0])
        ax.set_yticks(range(len(found)), list(found))
    ax.axvline(0, color=".3", linewidth=1)
    ax.invert_yaxis()
    ax.set_title("Bernoulli minus Gaussian (95 % interval)")
    ax.set_xlabel(" / ".join(MEASURES[measure][0] for measure in measures))
    ax.tick_params(labelsize=8)
    ax.locator_params(axis="x", nbins=5)
    if len(measures) > 1:
        ax.legend(fontsize=8)


def _course(
    ax: Axes,
    curves: Mapping[tuple[str, str, str], pd.DataFrame],
    name: str,
    start: str,
    colors: Mapping[str, Any],
) -> None:
    for likelihood, label in NAMES.items():
        found = curves.get((name, start, likelihood))
        if found is None:
            continue
        low, middle, high = (found.quantile(q, axis="columns") for q in (0.1, 0.5, 0.9))
        ax.plot(middle.index, middle, color=colors[likelihood], label=label)
        ax.fill_between(middle.index, low, high, color=colors[likelihood], alpha=0.15, linewidth=0)
    ax.set_yscale("log")
    ax.set_xlabel("epoch (median, and 10 to 90 % of all cells)")


def _neurons(ax: Axes) -> None:
    for (w, b), style in (((0.6, 0.9), "-"), ((2.0, 2.0), "--")):
        for cross_entropy, color in ((False, "C3"), (True, "C0")):
            loss = "cross-entropy" if cross_entropy else "squared error"
            outputs = neuron(w, b, cross_entropy=cross_entropy, rate=0.15)
            ax.plot(outputs, style, color=color, label=f"{loss}, w = {w:g}, b = {b:g}")
    ax.set_title("one sigmoid neuron, input 1, target 0")
    ax.set_xlabel("epoch")
    ax.set_ylabel("output")
    ax.legend(fontsize=7)
