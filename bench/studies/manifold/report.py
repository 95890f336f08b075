"""The report of the study of the manifold hypothesis: tables and words from its outcomes."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from bench.record import Status
from bench.report.escape import csv_text, markdown_escape
from bench.report.panels import as_png
from bench.report.statistics import Interval
from bench.report.tables import cell_text, github_table
from bench.results_folder import publish_files
from bench.studies.manifold.cells import CODES, HELD_OUT, IMAGES, NEIGHBORS, SIZES
from bench.studies.manifold.numbers import CODERS, ENOUGH, ESTIMATES, enough, frame, means
from bench.studies.manifold.words import sentences
from bench.studies.study import Outcome

FILES = ("report.md", "manifold.csv", "manifold.png")
_HEAD = f"""\
# The manifold hypothesis in numbers

Do images lie near a surface of few dimensions? Real images, rendered ones whose dimension is known,
digits with the pixels of each image in an order of its own (so that no two keep the same order, and
PCA and dense networks, which any one order would leave as they are, see it too), and noise. Means
over seeds ± half-width of the 95 % interval (Student's t). Each seed draws {IMAGES:,} images: of
rendered ones and noise new ones, of real ones a part of what there is (1,797 digits, 5,000 of
MNIST), so that for these the intervals are too narrow. What speaks for a manifold must not be found
in noise of as many pixels: digits, shuffled digits and the noise of D = 64 are to be compared, and
MNIST with the noise of D = 784. Made by `python -m bench study manifold`.
"""
_DIMENSIONS = f"""\
TwoNN (Facco et al. 2017), maximum likelihood of {NEIGHBORS} neighbours (Levina & Bickel
2004, corrected by MacKay & Ghahramani 2005), the correlation dimension between 0.1 and 1 % of all
pairs (Grassberger & Procaccia 1983), and the participation ratio of the covariance, which sees
linear structure only: a curved manifold bends into more directions than it has dimensions. All are
too low where dimensions are many and images few: no image then has a neighbour that is near, and of
noise in D dimensions n images give a participation ratio of D / (1 + D/n).
"""
_NEAR = """\
Median distance to the nearest neighbour among so many images, over the median distance of any two.
On a manifold of d dimensions it falls as the number of images to the power of -1/d: the last column
is the d that fits the slope between logarithms.
"""
_LOST = f"""\
Share of the variance (around the mean of the images seen) of {HELD_OUT} images not seen that is
lost by way of a code of k numbers, learned from the other {IMAGES - HELD_OUT:,}; above 1 is worse
than the mean image. Noise has no code shorter than itself: k directions of D carry k/D of its
variance. The autoencoder is the suite's dense one at its defaults, without warm-up; a tenth of the
images that it is given stops its training. "Enough" is the shortest of these codes that loses no
more than {ENOUGH:.0%}, by the mean over seeds.
"""


def publish_manifold(outcomes: Sequence[Outcome], folder: Path) -> list[str]:
    """Write ``report.md``, the numbers and the figure into a folder.

    Returns
    -------
    list of str
        The names of the files.
    """
    from bench.studies.manifold.figure import manifold_figure

    cells, text, contents = frame(outcomes), [_HEAD], dict[str, bytes]()
    if len(cells):
        text += ["## What the numbers say\n", *(f"- {line}" for line in sentences(cells)), ""]
        text += ["![dimension, neighbours, codes](manifold.png)\n", *_tables(cells)]
        contents["manifold.png"] = as_png(lambda: manifold_figure(cells))
    failed = [outcome for outcome in outcomes if outcome.status is not Status.OK]
    text += ["## Cells\n", f"{len(outcomes)} cells, of which {len(failed)} without numbers."]
    text += [
        f"- {markdown_escape(f'{o.cell.label}: {o.status.value}: {o.reason}')}" for o in failed
    ]
    contents["manifold.csv"] = csv_text(cells).encode()
    contents["report.md"] = ("\n".join(text) + "\n").encode()
    publish_files(folder, contents)
    return sorted(contents, key=FILES.index)


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
        needed = {name: enough(cells, name, coder) for name in dict.fromkeys(cells["dataset"])}
        yield _table(cells, {f"k = {k}": (f"{coder} {k}", 3) for k in CODES}, enough=needed)


def _table(
    cells: pd.DataFrame, columns: dict[str, tuple[str, int]], **words: dict[str, str]
) -> str:
    """Lay out means of columns, and after them words by dataset."""
    families = dict(zip(cells["dataset"], cells["family"], strict=True))
    found = {label: (means(cells, name), digits) for label, (name, digits) in columns.items()}
    rows = [
        {"dataset": name, "kind": families[name]}
        | {label: _text(by_name[name], digits) for label, (by_name, digits) in found.items()}
        | {label: by_name[name] for label, by_name in words.items()}
        for name in families
    ]
    return github_table(pd.DataFrame(rows))


def _text(found: Interval, digits: int) -> str:
    if not found.seeds:
        return ""
    same = found.half_width == 0 and digits == 0
    return f"{found.mean:.0f}" if same else cell_text(found, digits)
