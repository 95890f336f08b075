"""What the study of the manifold hypothesis found, in words that follow from its numbers."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bench.report.statistics import interval
from bench.studies.manifold.cells import CODES, SIZES
from bench.studies.manifold.numbers import CODERS, ENOUGH, enough, means

_NOTABLY = 0.01  # more of it than another loses


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
            parts.append(f"{name} {enough(cells, name, coder)}")
        yield (
            f"Shortest of the codes of {', '.join(map(str, CODES))} numbers that loses no more "
            f"than {ENOUGH:.0%}, {label}: {'; '.join(parts)}."
        )
    yield from _at_true_dimension(cells)
    yield from _of_shuffling(cells)
    yield from _beaten_by_pca(cells)


def _at_true_dimension(cells: pd.DataFrame) -> Iterator[str]:
    """Compare coders where a code has as many numbers as the rendered manifold has dimensions."""
    parts = []
    for name, d in means(cells[cells["family"] == "rendered"], "true_dimension").items():
        if d.mean in CODES:
            pca, network = (means(cells, f"{coder} {d.mean:.0f}")[name] for coder in CODERS)
            parts.append(f"{name} ({d.mean:.0f}) {pca.mean:.1%} and {network.mean:.1%}")
    if parts:
        yield (
            "With as many numbers as the manifold has dimensions, PCA and the autoencoder lose of "
            + "; ".join(parts)
            + "."
        )


def _of_shuffling(cells: pd.DataFrame) -> Iterator[str]:
    """Compare digits, shuffled digits and noise of as many pixels at one size of the code."""
    names = ("digits", "shuffled_digits", "uniform_noise, D = 64")
    if set(names) <= set(cells["dataset"]):
        for coder, the in zip(CODERS, ("PCA", "the autoencoder"), strict=True):
            found = means(cells, f"{coder} 8")
            parts = [f"{found[name].mean:.0%} of the variance of {name}" for name in names]
            yield f"With codes of 8 numbers {the} loses {', '.join(parts)}."


def _beaten_by_pca(cells: pd.DataFrame) -> Iterator[str]:
    """Say where the autoencoder loses notably more than PCA, whose codes it could have learned."""
    parts = []
    for name, group in cells.groupby("dataset", sort=False):
        worse = []
        for k in CODES:
            more = interval((group[f"autoencoder_lost {k}"] - group[f"pca_lost {k}"]).to_numpy())
            if more.mean - np.nan_to_num(more.half_width) > 0 and more.mean > _NOTABLY:
                worse.append(str(k))
        if worse:
            parts.append(f"{name} at k = {', '.join(worse)}")
    if parts:
        yield (
            f"The autoencoder loses more than PCA (by over {_NOTABLY:.0%} of the variance, and by "
            f"more than the interval) of {'; '.join(parts)}."
        )
