"""Whether rebuilding well means unrolling well, and what decoders make of noise."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import stats

from bench.metrics.decoder.decoding import NOISE_LEVELS
from bench.report.decoder import decoder_scores
from bench.report.floor import NOISE
from bench.report.frame import Results
from bench.report.panels import (
    MARKERS,
    Drawing,
    distinct_colors,
    grid_of_panels,
    legend_beside,
    plain,
)

_FEWEST = 8  # points that a rank correlation is given for
_RESAMPLES = 2000
_FAMILY = "autoencoder"  # in the name of the reducer, of those that the question is about


def rebuilding_figures(results: Results) -> Iterator[Drawing]:
    """Name the figures of decoders, with the function that draws each."""
    if results.jobs["reconstruction_error"].notna().any():
        caption = "Reconstruction error against geodesic AUC, a point for each seed"
        yield Drawing("rebuilding", partial(rebuilding_against_unrolling, results), caption)
    if len(decoder_scores(results)):
        caption = "Denoising gain over the levels of noise"
        yield Drawing("denoising_gain", partial(denoising_gains, results), caption)


def rebuilding(results: Results) -> pd.DataFrame:
    """Return reconstruction error and geodesic AUC of every job that has both, noise aside."""
    auc = results.scores.query("metric == 'auc' and reference == 'geodesic'")
    keys = ["dataset", "reducer", "seed"]
    both = results.jobs.merge(auc[[*keys, "value"]], on=keys).dropna(subset="reconstruction_error")
    both = both[~both["dataset"].str.startswith(NOISE)]  # there is nothing to unroll
    both["family"] = both["reducer"].str.contains(_FAMILY)
    return both.rename(columns={"value": "geodesic_auc"})


def rank_correlation(jobs: pd.DataFrame) -> tuple[float, float, float]:
    """Correlate the ranks of error and AUC: the value, and a 95 % bootstrap interval over jobs.

    Jobs are resampled as if each stood alone. Those of one reducer are alike, so that the interval
    tells of these reducers and is too narrow for others.
    """
    error, auc = jobs["reconstruction_error"].to_numpy(), jobs["geodesic_auc"].to_numpy()
    found = stats.bootstrap(
        (error, auc),
        _spearman,
        paired=True,
        vectorized=True,
        n_resamples=_RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return float(_spearman(error, auc)), float(found.low), float(found.high)


def correlations(results: Results) -> dict[str, tuple[float, float, float]]:
    """Give the rank correlation over autoencoders on each dataset that has jobs enough for one."""
    both = rebuilding(results)
    return {
        str(dataset): rank_correlation(jobs)
        for dataset, jobs in both[both["family"]].groupby("dataset")
        if len(jobs) >= _FEWEST
        and jobs[["reconstruction_error", "geodesic_auc"]].nunique().min() > 1
    }


def rebuilding_against_unrolling(results: Results) -> Figure:
    """Show the reconstruction error against the geodesic AUC, one panel for each dataset."""
    both = rebuilding(results)
    datasets = sorted(both["dataset"].unique())
    figure, axes = grid_of_panels(len(datasets), panel=(2.9, 2.8))
    names = sorted(both["reducer"].unique())
    styles = _styles(names)
    found = correlations(results)
    for ax, dataset in zip(axes, datasets, strict=True):
        own = both[both["dataset"] == dataset]
        for name, jobs in own.groupby("reducer"):
            ax.scatter(jobs["reconstruction_error"], jobs["geodesic_auc"], **styles[str(name)])
        if (own["reconstruction_error"] > 0).all():  # one may rebuild every point exactly
            ax.set_xscale("log")
        ax.set_title(_title(dataset, found.get(dataset)), fontsize=8)
        ax.tick_params(which="both", labelsize=7)
    handles = [axes[-1].scatter([], [], **styles[name]) for name in names]
    legend_beside(figure, names, handles)
    figure.suptitle(
        "Does rebuilding well mean unrolling well? A point for each seed; rank correlation over "
        "autoencoders",
        fontsize=11,
    )
    figure.supxlabel("reconstruction error, share of variance (best 0)", fontsize=9)
    figure.supylabel("AUC, geodesic neighbours (best 1)", fontsize=9)
    return figure


def denoising_gains(results: Results) -> Figure:
    """Show the denoising gain over the levels of noise, one panel for each dataset."""
    gains = decoder_scores(results).query("metric == 'denoising_gain'")
    datasets = sorted(gains["dataset"].unique())
    figure, axes = grid_of_panels(len(datasets), panel=(2.9, 2.8))
    names = list(gains[["control", "reducer"]].drop_duplicates().sort_values("control")["reducer"])
    controls = set(gains.loc[gains["control"], "reducer"])
    styles = _lines([name for name in names if name not in controls], sorted(controls))
    levels = [str(round(100 * level)) for level in NOISE_LEVELS]
    for ax, dataset in zip(axes, datasets, strict=True):
        own = gains[gains["dataset"] == dataset]
        means = own.pivot_table(index="k", columns="reducer", values="value").reindex(levels)
        for name in (name for name in names if name in means):
            ax.plot(levels, means[name], **styles[name])
        ax.axhline(0, color=".4", linewidth=0.8)
        ax.set_yscale("symlog", linthresh=1)
        ax.set_ylim(top=1.05)
        against = own["reference"].iloc[0]
        ax.set_title(f"{plain(dataset)}, from the {plain(against)}", fontsize=8)
        ax.tick_params(labelsize=7)
    handles = [axes[-1].plot([], [], **styles[name])[0] for name in names]
    legend_beside(figure, names, handles)
    figure.suptitle("Denoising gain: share of the distance that is taken away", fontsize=11)
    figure.supxlabel("noise on each coordinate, % of their deviation", fontsize=9)
    figure.supylabel("gain (best 1; below -1 on a logarithmic scale)", fontsize=9)
    return figure


def _spearman(x: NDArray[np.float64], y: NDArray[np.float64], axis: int = -1) -> Any:  # noqa: ANN401
    ranks = [stats.rankdata(values, axis=axis) for values in (x, y)]
    a, b = (rank - rank.mean(axis=axis, keepdims=True) for rank in ranks)
    return (a * b).sum(axis) / np.sqrt((a**2).sum(axis) * (b**2).sum(axis))


def _styles(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Give each reducer a marker and a colour; those that are no autoencoders are hollow."""
    colors = distinct_colors()
    filled = {
        name: {"marker": MARKERS[i % len(MARKERS)], "s": 24, "color": colors[i % len(colors)]}
        for i, name in enumerate(names)
    }
    return {
        name: style if _FAMILY in name else {**style, "facecolors": "none", "linewidths": 1.2}
        for name, style in filled.items()
    }


def _lines(methods: Sequence[str], controls: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Give each reducer a marker and a colour; controls are grey and dashed."""
    colors, common = distinct_colors(), {"linewidth": 1, "markersize": 4}
    styles = {
        name: {**common, "color": colors[i % len(colors)], "marker": MARKERS[i % len(MARKERS)]}
        for i, name in enumerate(methods)
    }
    grey = {"color": ".45", "linestyle": "--"}
    return styles | {
        name: {**common, **grey, "marker": "+x1"[i % 3]} for i, name in enumerate(controls)
    }


def _title(dataset: str, found: tuple[float, float, float] | None) -> str:
    if found is None:
        return plain(dataset)
    rho, low, high = found
    return f"{plain(dataset)}\nρ = {rho:.2f} [{low:.2f}, {high:.2f}]"
