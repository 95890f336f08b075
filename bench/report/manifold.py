"""The report of the study of the manifold hypothesis: tables and words from its outcomes."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from bench.record import Status
from bench.report.panels import drawing_style
from bench.report.statistics import Interval, interval
from bench.report.tables import cell_text, github_table
from bench.store import write_whole
from bench.studies.manifold import CODES, SIZES
from bench.study import Outcome

ESTIMATES = {
    "two_nn": "TwoNN",
    "maximum_likelihood": "maximum likelihood",
    "correlation": "correlation",
    "participation_ratio": "participation ratio",
}
CODERS = {"pca_lost": "PCA", "autoencoder_lost": "autoencoder"}
_ENOUGH = 0.1  # of the variance lost
_HEAD = """\
# The manifold hypothesis in numbers

Do images lie near a surface of few dimensions? Real images, rendered ones whose dimension is known,
digits with the pixels of each image in an order of its own (so that no two keep the same order, and
PCA and dense networks, which any one order would leave as they are, see it too), and noise. Means
over seeds ± half-width of the 95 % interval (Student's t). What speaks for a manifold must fail on
noise of as many pixels: digits, shuffled digits and the noise of D = 64 are to be compared, and
MNIST with the noise of D = 784. Made by `python -m bench study manifold`.
"""
_DIMENSIONS = """\
TwoNN (Facco et al. 2017), maximum likelihood of 20 neighbours (Levina & Bickel 2004, corrected by
MacKay & Ghahramani 2005), the correlation dimension between 0.1 and 1 % of all pairs (Grassberger &
Procaccia 1983), and the participation ratio of the covariance, which sees linear structure only.
All but the last are too low where there are many dimensions and few points.
"""
_NEAR = """\
Median distance to the nearest neighbour among so many images, over the median distance of any two.
On a manifold of d dimensions it falls as the number of images to the power of -1/d: d is the slope.
"""
_LOST = """\
Share of the variance of 300 images not seen that is lost by way of a code of k numbers. Noise has
no code shorter than itself: what k directions of D carry is k/D of its variance.
"""


def frame(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return the numbers of the cells that are ``ok``, one row for each, curves spread out."""
    rows = []
    for outcome in outcomes:
        if outcome.status is not Status.OK:
            continue
        found, parameters = outcome.numbers, outcome.cell.parameters
        row = {"family": parameters["family"], "dataset": parameters["dataset"]}
        row |= {"seed": outcome.cell.seed}
        row |= {name: found[name] for name in ("dimensions", "true_dimension", *ESTIMATES)}
        for name, places in (("neighbor_distance", SIZES), *((coder, CODES) for coder in CODERS)):
            curve = found[name]
            assert isinstance(curve, list)  # noqa: S101 - of the study's own making
            row |= {f"{name} {k}": value for k, value in zip(places, curve, strict=True)}
        row["slope_dimension"] = slope_dimension([row[f"neighbor_distance {n}"] for n in SIZES])
        rows.append(row)
    return pd.DataFrame(rows)


def slope_dimension(distances: Sequence[float | None]) -> float:
    """Return d of a neighbour distance that falls as the number of points to the power of -1/d."""
    known = [(n, d) for n, d in zip(SIZES, distances, strict=True) if d]
    sizes, lengths = np.array(known).T
    slope = np.polyfit(np.log(sizes), np.log(lengths), 1)[0]
    return float(-1 / slope) if slope < 0 else float("inf")


def means(cells: pd.DataFrame, column: str) -> dict[str, Interval]:
    """Average one column over seeds, by dataset."""
    order = list(dict.fromkeys(cells["dataset"]))
    groups = dict(tuple(cells.groupby("dataset")[column]))
    return {name: interval(groups[name].to_numpy(dtype=float)) for name in order}


def code_needed(cells: pd.DataFrame, dataset: str, coder: str) -> int | None:
    """Return the shortest code of those tried that loses no more than a tenth of the variance."""
    for k in CODES:
        if means(cells, f"{coder} {k}")[dataset].mean <= _ENOUGH:
            return k
    return None


def sentences(cells: pd.DataFrame) -> Iterator[str]:
    """Say in words what the numbers say."""
    two_nn, spread = means(cells, "two_nn"), means(cells, "participation_ratio")
    truth = means(cells, "true_dimension")
    for family, group in cells.groupby("family", sort=False):
        names = list(dict.fromkeys(group["dataset"]))
        parts = []
        for name in names:
            known = f", truth {truth[name].mean:.0f}" if truth[name].seeds else ""
            parts.append(f"{name} {two_nn[name].mean:.1f} ({spread[name].mean:.1f}{known})")
        yield f"Intrinsic dimension by TwoNN (participation ratio), {family}: {'; '.join(parts)}."
    first, last = (means(cells, f"neighbor_distance {n}") for n in (SIZES[0], SIZES[-1]))
    closer = {name: 1 - last[name].mean / first[name].mean for name in first if last[name].seeds}
    yield (
        f"From {SIZES[0]} to {SIZES[-1]} images the nearest neighbour comes nearer by "
        + "; ".join(f"{share:.0%} ({name})" for name, share in closer.items())
        + "."
    )
    for coder, label in CODERS.items():
        parts = []
        for name in first:
            k = code_needed(cells, name, coder)
            parts.append(f"{name} {f'more than {CODES[-1]}' if k is None else k}")
        yield f"Numbers needed to lose no more than {_ENOUGH:.0%}, {label}: {'; '.join(parts)}."
    yield from _of_shuffling(cells)


def _of_shuffling(cells: pd.DataFrame) -> Iterator[str]:
    """Compare digits, shuffled digits and noise of as many pixels at one size of the code."""
    names = ("digits", "shuffled_digits", "uniform_noise, D = 64")
    if set(names) <= set(cells["dataset"]):
        for coder, label in CODERS.items():
            found = means(cells, f"{coder} 8")
            parts = [f"{found[name].mean:.0%} of the variance of {name}" for name in names]
            yield f"With a code of 8 numbers, {label} loses {', '.join(parts)}."


def publish_manifold(outcomes: Sequence[Outcome], folder: Path) -> list[str]:
    """Write ``report.md``, the numbers and the figure into a folder.

    Returns
    -------
    list of str
        The names of the files.
    """
    from bench.report.manifold_figure import manifold_figure

    cells, text, files = frame(outcomes), [_HEAD], ["report.md", "manifold.csv"]
    if len(cells):
        text += ["## What the numbers say\n", *(f"- {line}" for line in sentences(cells)), ""]
        text += ["![dimension, neighbours, codes](manifold.png)\n", *_tables(cells)]
        with drawing_style(), io.BytesIO() as buffer:
            manifold_figure(cells).savefig(buffer, dpi=130, format="png")
            write_whole(folder / "manifold.png", buffer.getvalue())
        files.append("manifold.png")
    failed = [outcome for outcome in outcomes if outcome.status is not Status.OK]
    text += ["## Cells\n", f"{len(outcomes)} cells, of which {len(failed)} without numbers."]
    text += [f"- {o.cell.label}: {o.status.value}: {o.reason}" for o in failed]
    write_whole(folder / "manifold.csv", cells.to_csv(index=False, float_format="%.6g").encode())
    write_whole(folder / "report.md", ("\n".join(text) + "\n").encode())
    return files


def _tables(cells: pd.DataFrame) -> Iterator[str]:
    columns = {"D": ("dimensions", 0), "true d": ("true_dimension", 0)}
    columns |= {label: (name, 1) for name, label in ESTIMATES.items()}
    yield from ("## Intrinsic dimension\n", _DIMENSIONS, _table(cells, columns))
    columns = {f"{n} images": (f"neighbor_distance {n}", 3) for n in SIZES}
    columns["d of the slope"] = ("slope_dimension", 1)
    yield from ("## Neighbours\n", _NEAR, _table(cells, columns))
    yield from ("## Codes\n", _LOST)
    for coder, label in CODERS.items():
        yield f"### {label}\n"
        yield _table(cells, {f"k = {k}": (f"{coder} {k}", 3) for k in CODES})


def _table(cells: pd.DataFrame, columns: dict[str, tuple[str, int]]) -> str:
    families = dict(zip(cells["dataset"], cells["family"], strict=True))
    found = {label: (means(cells, name), digits) for label, (name, digits) in columns.items()}
    rows = [
        {"dataset": name, "kind": families[name]}
        | {label: _text(by_name[name], digits) for label, (by_name, digits) in found.items()}
        for name in families
    ]
    return github_table(pd.DataFrame(rows))


def _text(found: Interval, digits: int) -> str:
    if not found.seeds:
        return ""
    same = found.half_width == 0 and digits == 0
    return f"{found.mean:.0f}" if same else cell_text(found, digits)
