"""Whether rebuilding well means unrolling well, and what decoders make of noise."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from scipy import stats

from bench.decoder.decoding import NOISE_LEVELS
from bench.report.decoder import decoder_scores
from bench.report.floor import NOISE
from bench.report.frame import Results
from bench.report.panels import grid_of_panels, plain

_FEWEST = 8  # points that a rank correlation is given for
_RESAMPLES = 2000
_FAMILY = "autoencoder"  # in the name of the reducer, of those that the question is about


def rebuilding_figures(results: Results) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """Name the figures of decoders, with the function that draws each."""
    if results.jobs["reconstruction_error"].notna().any():
        yield "rebuilding", partial(rebuilding_against_unrolling, results)
    if len(decoder_scores(results)):
        yield "denoising_gain", partial(denoising_gains, results)


def rebuilding(results: Results) -> pd.DataFrame:
    """Return reconstruction error and geodesic AUC of every job that has both, noise aside."""
    auc = results.scores.query("metric == 'auc' and reference == 'geodesic'")
    keys = ["dataset", "reducer", "seed"]
    both = results.jobs.merge(auc[[*keys, "value"]], on=keys).dropna(subset="reconstruction_error")
    both = both[~both["dataset"].str.startswith(NOISE)]  # there is nothing to unroll
    both["family"] = both["reducer"].str.contains(_FAMILY)
    return both.rename(columns={"value": "geodesic_auc"})


def rank_correlation(jobs: pd.DataFrame) -> tuple[float, float, float]:
    """Correlate the ranks of error and AUC: the value, and a 95 % bootstrap interval over jobs."""
    error, auc = jobs["reconstruction_error"].to_numpy(), jobs["geodesic_auc"].to_numpy()

    def spearman(x: np.ndarray, y: np.ndarray) -> float:
        return float(stats.spearmanr(x, y).statistic)

    found = stats.bootstrap(
        (error, auc),
        spearman,
        paired=True,
        vectorized=False,
        n_resamples=_RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return spearman(error, auc), float(found.low), float(found.high)


def rebuilding_against_unrolling(results: Results) -> Figure:
    """Show the reconstruction error against the geodesic AUC, one panel for each dataset."""
    both = rebuilding(results)
    datasets = sorted(both["dataset"].unique())
    figure, axes = grid_of_panels(len(datasets) + 1, panel=(2.9, 2.8))
    names = sorted(both["reducer"].unique())
    colors = dict(zip(names, sns.color_palette("husl", len(names)), strict=True))
    for ax, dataset in zip(axes, datasets, strict=False):
        own = both[both["dataset"] == dataset]
        for name, jobs in own.groupby("reducer"):
            marker = "o" if jobs["family"].all() else "x"
            style = {"color": colors[str(name)], "marker": marker, "s": 22}
            ax.scatter(jobs["reconstruction_error"], jobs["geodesic_auc"], **style)
        ax.set_xscale("log")
        ax.set_title(_title(dataset, own[own["family"]]), fontsize=8)
        ax.tick_params(labelsize=7)
    for name in names:
        marker = "o" if _FAMILY in name else "x"
        axes[-1].scatter([], [], color=colors[name], marker=marker, s=22, label=plain(name))
    axes[-1].set_axis_off()
    axes[-1].legend(loc="center", frameon=False, fontsize=8)
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
    figure, axes = grid_of_panels(len(datasets) + 1, panel=(2.9, 2.8))
    names = list(gains[["control", "reducer"]].drop_duplicates().sort_values("control")["reducer"])
    controls = set(gains.loc[gains["control"], "reducer"])
    colors = dict(zip(names, sns.color_palette("husl", len(names)), strict=True))
    levels = [str(round(100 * level)) for level in NOISE_LEVELS]
    for ax, dataset in zip(axes, datasets, strict=False):
        own = gains[gains["dataset"] == dataset]
        means = own.pivot_table(index="k", columns="reducer", values="value").reindex(levels)
        for name in (name for name in names if name in means):
            style = "--" if name in controls else "-"
            ax.plot(levels, means[name], style, color=colors[name], marker=".", linewidth=1)
        ax.axhline(0, color=".4", linewidth=0.8)
        ax.set_yscale("symlog", linthresh=1)
        ax.set_ylim(top=1.05)
        against = own["reference"].iloc[0]
        ax.set_title(f"{plain(dataset)}, from the {against}", fontsize=8)
        ax.tick_params(labelsize=7)
    for name in names:
        style = "--" if name in controls else "-"
        axes[-1].plot([], [], style, color=colors[name], marker=".", label=plain(name))
    axes[-1].set_axis_off()
    axes[-1].legend(loc="center", frameon=False, fontsize=7, ncols=1)
    figure.suptitle("Denoising gain: share of the distance that is taken away", fontsize=11)
    figure.supxlabel("noise on each coordinate, % of their deviation", fontsize=9)
    figure.supylabel("gain (best 1; below -1 on a logarithmic scale)", fontsize=9)
    return figure


def _title(dataset: str, autoencoders: pd.DataFrame) -> str:
    if len(autoencoders) < _FEWEST or autoencoders["reconstruction_error"].nunique() < 2:
        return plain(dataset)
    rho, low, high = rank_correlation(autoencoders)
    return f"{plain(dataset)}\nρ = {rho:.2f} [{low:.2f}, {high:.2f}]"
