"""Figures: what the tables say, to be seen at a glance. Drawn from results alone, with seaborn."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
import msgspec
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from bench.data.own import is_own
from bench.metrics.curves import KS
from bench.record import DatasetFacts, Record, Status
from bench.report.frame import Results, fixed, reducer_label
from bench.report.gallery import draw_embedding
from bench.report.panels import (
    MARKERS,
    Drawing,
    as_png,
    distinct_colors,
    drawn_from,
    grid_of_panels,
    legend_beside,
    plain,
)
from bench.report.pictures import picture_figures
from bench.report.rebuilding import rebuilding_figures
from bench.report.statistics import interval, summarise

GEODESIC, EUCLIDEAN = "#0173b2", "#de8f05"  # the first two of seaborn's colour-blind palette
REFERENCE_NAMES = {"geodesic": "geodesic", "euclidean": "Euclidean"}


def figures(results: Results) -> Iterator[Drawing]:
    """Name every figure, with the function that draws it."""
    for dataset in results.datasets:
        of = {"dataset": dataset}
        if _has_embeddings(results, dataset):
            yield Drawing(f"gallery_{dataset}", partial(gallery, results, dataset), **of)
        yield Drawing(f"curves_{dataset}", partial(rank_curves, results, dataset), **of)
    if results.datasets:
        yield Drawing("references", partial(geodesic_against_euclidean, results))
        yield Drawing("time", partial(quality_against_time, results))
    yield from rebuilding_figures(results)
    yield from picture_figures(results)


def _has_embeddings(results: Results, dataset: str) -> bool:
    """Whether a gallery would show something: published results keep no embedding of noise."""
    ids = [r.job.id for r in results.records if r.job.dataset.label == dataset]
    arrays = [results.arrays[id_] for id_ in ids if id_ in results.arrays]
    return not arrays or any("embedding" in one for one in arrays)


def draw_figures(
    results: Results, folder: Path, wanted: Collection[str]
) -> Iterator[tuple[str, bytes]]:
    """Draw every figure that is wanted and not in a folder as it would be drawn now.

    Parameters
    ----------
    results : Results
    folder : Path
        Of results.
    wanted : collection of str
        Names of files in it.

    Yields
    ------
    name : str
        Of its file, in the folder.
    picture : bytes
        The PNG.
    """
    for drawing in figures(results):
        made_from = _made_from(results, drawing.dataset)
        if drawing.file in wanted and drawn_from(folder / drawing.file) != made_from:
            yield drawing.file, as_png(drawing.draw, made_from)


def _made_from(results: Results, dataset: str) -> str:
    """Identify what a figure is drawn from: the code that draws, and the records it may show."""
    digest = hashlib.sha256(_code())
    for one in filter(None, (results, results.held_out)):
        shown = [r for r in one.records if dataset in ("", r.job.dataset.label)]
        facts = [f for (label, _), f in sorted(one.facts.items()) if dataset in ("", label)]
        digest.update(msgspec.json.encode([shown, facts]))
    return digest.hexdigest()


@cache
def _code() -> bytes:
    files = sorted(Path(__file__).parent.glob("*.py"))
    return b"".join([*(file.read_bytes() for file in files), mpl.__version__.encode()])


def gallery(results: Results, dataset: str) -> Figure:
    """Show every reducer's embedding of one dataset, of its first seed."""
    records = _first_seed(results, dataset)
    names = [name for name in results.reducers if name in records]
    figure, axes = grid_of_panels(len(names), panel=(2.6, 2.75))
    auc = results.scores.query("metric == 'auc' and dataset == @dataset")
    for ax, name in zip(axes, names, strict=True):
        record = records[name]
        ax.set_title(plain(name), fontsize=9)
        ax.set_xticks([])
        ax.set_yticks([])
        embedding = results.arrays.get(record.job.id, {}).get("embedding")
        if embedding is None:  # of noise, published results keep none
            text = "not kept" if record.status is Status.OK else record.status.value
            ax.text(0.5, 0.5, text, ha="center", transform=ax.transAxes, color=".4")
            continue
        pictures = results.pictures.get((dataset, record.job.seed), {})
        draw_embedding(ax, embedding, pictures)
        own = auc[(auc["reducer"] == name) & (auc["seed"] == record.job.seed)]
        values = own.set_index("reference")["value"].reindex(list(REFERENCE_NAMES))
        both = " / ".join(fixed(value, 2) for value in values)
        ax.set_xlabel(f"AUC {both}", fontsize=8)
    seed = next(iter(records.values())).job.seed
    words = _coloured_by(results.facts.get((dataset, seed)), results.pictures.get((dataset, seed)))
    figure.suptitle(
        "; ".join([f"{plain(dataset)}, seed {seed}", *words, "AUC geodesic / Euclidean"]),
        fontsize=11,
    )
    return figure


def _coloured_by(
    facts: DatasetFacts | None, pictures: Mapping[str, NDArray[Any]] | None
) -> list[str]:
    """Say what the colours of a dataset's points mean; nothing if they have none."""
    if not pictures or not {"labels", "color"} & pictures.keys():
        return []
    if "labels" in pictures:
        return ["coloured by classes"]
    if facts and is_own(facts.source):
        return [f"coloured by {plain(str(facts.config.parameters.get('labels')))}"]
    return ["coloured by a true coordinate"]


def rank_curves(results: Results, dataset: str) -> Figure:
    """Show R_NX(k) for both references, one panel for each reducer."""
    curves_of = {
        (name, reference): _curves(results, dataset, name, reference)
        for name in results.reducers
        for reference in REFERENCE_NAMES
    }
    names = [
        name
        for name in results.reducers
        if all(curves_of[name, reference].size for reference in REFERENCE_NAMES)
    ]
    figure, axes = grid_of_panels(len(names), panel=(2.6, 2.1), shared=True)
    for ax, name in zip(axes, names, strict=True):
        for reference, color, dashes in (
            ("geodesic", GEODESIC, "-"),
            ("euclidean", EUCLIDEAN, "--"),
        ):
            curves = curves_of[name, reference]
            k = _stored_at(results, dataset)[: curves.shape[1]]
            ax.plot(
                k,
                curves.mean(axis=0),
                color=color,
                linestyle=dashes,
                label=REFERENCE_NAMES[reference],
            )
            ax.fill_between(k, curves.min(axis=0), curves.max(axis=0), color=color, alpha=0.25)
        ax.axhline(0, color=".6", linewidth=0.8)
        ax.set_title(plain(name), fontsize=9)
        ax.set_xscale("log")
    if names:
        axes[0].legend(loc="lower left", fontsize=7, frameon=False)
    figure.suptitle(f"{plain(dataset)}: neighbours kept, mean and range over seeds", fontsize=11)
    figure.supxlabel("k, neighbours", fontsize=9)
    figure.supylabel("R_NX(k); chance 0, best 1", fontsize=9)
    return figure


def geodesic_against_euclidean(results: Results) -> Figure:
    """Show the geodesic AUC against the Euclidean one, one panel for each dataset."""
    summary = summarise(results.scores.query("metric == 'auc'"))
    figure, axes = grid_of_panels(len(results.datasets), panel=(2.9, 2.8), shared=True)
    styles = _styles(results)
    for ax, dataset in zip(axes, results.datasets, strict=True):
        own = summary[summary["dataset"] == dataset]
        wide = own.pivot(index="reducer", columns="reference", values=["mean", "half_width"])
        ax.plot([0, 1], [0, 1], color=".7", linewidth=0.8, zorder=0)
        for name in results.reducers:
            if name in wide.index:
                row = wide.loc[name]
                places = [row.get(("mean", one), np.nan) for one in ("euclidean", "geodesic")]
                widths = [row.get(("half_width", one), 0) for one in ("euclidean", "geodesic")]
                x_width, y_width = np.nan_to_num(widths)
                ax.errorbar(*places, xerr=x_width, yerr=y_width, **styles[name])
        ax.set_title(plain(dataset), fontsize=9)
        ax.set_xlim(-0.05, 1.05)
        ax.set_ylim(-0.05, 1.05)
    _legend(figure, axes[-1], styles)
    figure.suptitle("Above the line: kept along the manifold more than through space", fontsize=11)
    figure.supxlabel("AUC, Euclidean neighbours", fontsize=9)
    figure.supylabel("AUC, geodesic neighbours", fontsize=9)
    return figure


def quality_against_time(results: Results) -> Figure:
    """Show the geodesic AUC against the seconds to fit, one panel for each dataset."""
    figure, axes = grid_of_panels(len(results.datasets), panel=(2.9, 2.6), shared=True)
    styles = _styles(results, controls=False)
    auc = results.scores.query("metric == 'auc' and reference == 'geodesic'")
    for ax, dataset in zip(axes, results.datasets, strict=True):
        for name in styles:
            jobs = results.jobs.query("dataset == @dataset and reducer == @name")
            seconds = jobs["fit_seconds"].dropna().to_numpy(dtype=float)
            own = auc.query("dataset == @dataset and reducer == @name")
            found = interval(own["value"].to_numpy(dtype=float))
            if len(seconds) and found.seeds:
                half = np.nan_to_num(found.half_width)
                ax.errorbar(np.median(seconds), found.mean, yerr=half, **styles[name])
        ax.set_title(plain(dataset), fontsize=9)
        ax.set_xscale("log")
        ax.set_ylim(-0.05, 1.05)
    _legend(figure, axes[-1], styles)
    figure.suptitle("Quality against cost", fontsize=11)
    figure.supxlabel("seconds to fit, after a warm-up (median over seeds)", fontsize=9)
    figure.supylabel("AUC, geodesic neighbours", fontsize=9)
    return figure


def _first_seed(results: Results, dataset: str) -> dict[str, Record]:
    own = [r for r in results.records if r.job.dataset.label == dataset]
    seed = min(r.job.seed for r in own)
    return {reducer_label(r): r for r in own if r.job.seed == seed}


def _stored_at(results: Results, dataset: str) -> NDArray[Any]:
    """Return the k at which curves are given: the same for all seeds of a dataset."""
    own = (r.job.id for r in results.records if r.job.dataset.label == dataset)
    return next(results.arrays[id_][KS] for id_ in own if KS in results.arrays.get(id_, {}))


def _curves(results: Results, dataset: str, reducer: str, reference: str) -> NDArray[Any]:
    """Return R_NX of each seed that has it, as far as all of them reach: shape (seeds, k)."""
    found = [
        results.arrays[r.job.id].get(f"{reference}/r_nx", np.empty(0))
        for r in results.records
        if r.status is Status.OK and r.job.dataset.label == dataset and reducer_label(r) == reducer
    ]
    found = [curve for curve in found if len(curve)]
    return np.array([curve[: min(map(len, found))] for curve in found])


def _styles(results: Results, *, controls: bool = True) -> dict[str, dict[str, Any]]:
    """Give each reducer a colour and a marker of its own; controls are grey."""
    methods = [name for name in results.reducers if name not in results.controls]
    palette = distinct_colors()
    common = {
        "linestyle": "none",
        "markersize": 6,
        "elinewidth": 0.8,
        "markeredgecolor": ".2",
        "markeredgewidth": 0.5,
    }
    styles = {
        name: common | {"color": palette[i % len(palette)], "marker": MARKERS[i % len(MARKERS)]}
        for i, name in enumerate(methods)
    }
    if controls:
        grey = [name for name in results.reducers if name in results.controls]
        styles |= {
            name: common
            | {"color": ".45", "marker": "+x1"[i % 3], "markeredgecolor": ".45"}
            | {"markeredgewidth": 1.2}
            for i, name in enumerate(grey)
        }
    return styles


def _legend(figure: Figure, ax: Axes, styles: dict[str, dict[str, Any]]) -> None:
    handles = [ax.errorbar([], [], **style) for style in styles.values()]
    legend_beside(figure, list(styles), handles)
