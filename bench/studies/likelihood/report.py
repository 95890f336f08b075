"""The report of the study of likelihoods: tables and words that follow from its outcomes."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from bench.record import Status
from bench.report.escape import csv_text, markdown_escape
from bench.report.panels import as_png
from bench.report.statistics import Interval, interval
from bench.report.tables import cell_text, github_table
from bench.results_folder import publish_files
from bench.studies.likelihood.cells import DESCENT, STARTS
from bench.studies.likelihood.numbers import MEASURES, NAMES, curve, differences, frame
from bench.studies.study import Outcome

FILES = ("report.md", "likelihood.csv", "likelihood.png")
PAIRS = (
    ("default", "unscaled_gaussian"),
    ("default", "sigmoid_gaussian"),
    ("saturated", "sigmoid_gaussian"),
)
_NEURON = """\
A sigmoid neuron is to turn 1 into 0 (Nielsen 2015, chapter 3), by gradient descent. The book takes
a rate of 0.15 for the squared error and 0.005 for the cross-entropy, whose gradients are not of
one size; 0.15 for both is shown as well.
"""
_RATES = ((False, 0.15), (True, 0.15), (True, 0.005))
_HEAD = """\
# The likelihood as a controlled factor

Autoencoders of images in [0, 1] with a code of two dimensions that differ in the likelihood alone:
the same network, first weights, batches, number of epochs and points; the last epoch's weights are
measured, none is chosen by the held-out images. The optimizer is Adam, which divides a gradient by
its own size, so that a small one costs less than in plain gradient descent. Means over seeds ±
half-width of the 95 % interval (Student's t); a difference is taken seed by seed, Bernoulli minus
Gaussian. Behind a sigmoid, the Gaussian has Bernoulli's outputs as well, and the loss alone
differs; with linear outputs, the likelihood and its usual outputs. Each interval stands for
itself: of twenty, one may be expected to leave out 0 by chance. Squared error and cross-entropy
are those of the expected image on held-out images, whatever was trained, kept in [0, 1] (and 0.001
from its ends for the logarithm), where a Gaussian may leave it. The likelihood that can be
compared is that of a Gaussian around the expected image with the variance of the training errors.
AUCs are over the training points, each of which ranks all points, held-out ones included; the
geodesics of digits are an estimate, on a neighbour graph. Made by `python -m bench study
likelihood`.
"""


def verdict(difference: Interval, *, higher_is_better: bool) -> str:
    """Say which of the two a difference speaks for, if its interval leaves out 0."""
    if not abs(difference.mean) > difference.half_width:
        return "no difference can be told"
    better = (difference.mean > 0) == higher_is_better
    return "Bernoulli is better" if better else "Gaussian is better"


def sentences(cells: pd.DataFrame, start: str, other: str) -> Iterator[str]:
    """Say in words what the numbers say of Bernoulli against a Gaussian, from one start."""
    for measure, (label, higher, digits) in MEASURES.items():
        by_verdict: dict[str, list[str]] = {}
        for dataset, difference in differences(cells, measure, start, other).items():
            sign = "+" if difference.mean > 0 else ""
            text = f"{dataset} ({sign}{cell_text(difference, digits)})"
            by_verdict.setdefault(verdict(difference, higher_is_better=higher), []).append(text)
        parts = [f"{words} on {', '.join(names)}" for words, names in sorted(by_verdict.items())]
        yield f"{label[0].upper()}{label[1:]}: {'; '.join(parts) or 'no pair of cells'}."


def _findings(cells: pd.DataFrame) -> Iterator[str]:
    for start, other in PAIRS:
        yield f"Bernoulli against {NAMES[other]}, from the {start} start:\n"
        yield from (f"- {line}" for line in sentences(cells, start, other))
        yield ""
    yield "The saturated start against the default one:\n"
    yield from (f"- {line}" for line in of_saturation(cells))
    yield ""
    yield "The saturated start by plain gradient descent, as in the textbook:\n"
    yield from (f"- {line}" for line in of_descent(cells))
    yield ""


def of_saturation(cells: pd.DataFrame) -> Iterator[str]:
    """Say what the saturated start does to each likelihood."""
    for likelihood, name in NAMES.items():
        own = cells[cells["likelihood"] == likelihood]
        first, last = (_over_default(own, column) for column in ("first_gradient", "last_error"))
        epochs = own[own["start"] == "saturated"]["epochs_to_tenth"]
        reached = int(epochs.notna().sum())
        when = f", {epochs.median():.0f} epochs in the median" if reached else ""
        yield (
            f"{name}, from a saturated start: the first gradient is {first:.3g} times that of the "
            f"default start, and the held-out squared error at the end {last:.3g} times (medians). "
            f"It fell to a tenth of its start in {reached} of {len(epochs)} cells{when}."
        )
        if likelihood == "unscaled_gaussian" and last > 1:
            yield "Linear outputs cannot saturate: what they lose from there has another cause."


def of_descent(cells: pd.DataFrame) -> Iterator[str]:
    """Say how soon each likelihood leaves a saturated start without an optimizer's help."""
    for likelihood, name in NAMES.items():
        own = cells[(cells["likelihood"] == likelihood) & (cells["start"] == DESCENT)]
        epochs = own["epochs_to_tenth"]
        reached = int(epochs.notna().sum())
        when = f", after {epochs.median():.0f} epochs in the median" if reached else ""
        yield (
            f"{name}: the held-out squared error fell to a tenth of its start in {reached} of "
            f"{len(own)} cells{when}."
        )


def _over_default(own: pd.DataFrame, column: str) -> float:
    wide = own.pivot(index=["dataset", "seed"], columns="start", values=column)
    return float((wide["saturated"] / wide["default"]).median())


def neurons() -> pd.DataFrame:
    """Return the textbook's neuron: one sigmoid, input 1, target 0, for each loss and rate."""
    from bench.studies.likelihood.cells import neuron

    rows = []
    for w, b in ((0.6, 0.9), (2.0, 2.0)):
        for cross_entropy, rate in _RATES:
            outputs = neuron(w, b, cross_entropy=cross_entropy, rate=rate)
            halved = np.flatnonzero(outputs <= outputs[0] / 2)
            steps = -np.diff(outputs)
            rows.append(
                {
                    "start": f"w = {w:g}, b = {b:g}",
                    "loss": "cross-entropy" if cross_entropy else "squared error",
                    "rate": f"{rate:g}",
                    "output before": f"{outputs[0]:.2f}",
                    "after 300 epochs": f"{outputs[-1]:.2f}",
                    "epochs until the output is half": str(halved[0]) if len(halved) else "never",
                    "epoch of the largest step": int(np.argmax(steps)) + 1,
                    "first step / largest": f"{steps[0] / steps.max():.3f}",
                }
            )
    return pd.DataFrame(rows)


def of_neurons(table: pd.DataFrame) -> str:
    """Say in words how much of its largest step each loss begins with."""
    parts = [
        f"{row['first step / largest']} for the {row['loss']} at {row['rate']} from {row['start']}"
        for _, row in table.iterrows()
    ]
    return f"The first step of the output, as a share of the largest: {'; '.join(parts)}.\n"


def publish_likelihood(outcomes: Sequence[Outcome], folder: Path) -> list[str]:
    """Write ``report.md``, the numbers and the figure into a folder.

    Returns
    -------
    list of str
        The names of the files.
    """
    from bench.studies.likelihood.figure import likelihood_figure

    cells, text, contents = frame(outcomes), [_HEAD], dict[str, bytes]()
    if len(cells):
        text += ["## What the numbers say\n", *_findings(cells)]
        text += ["![the likelihoods compared](likelihood.png)\n", *_tables(cells)]
        curves = _curves(outcomes)
        contents["likelihood.png"] = as_png(lambda: likelihood_figure(cells, curves))
    text += ["## One neuron\n"]
    table = neurons()
    text += [_NEURON, of_neurons(table), github_table(table), "## Cells\n", _cells(outcomes)]
    contents["likelihood.csv"] = csv_text(cells).encode()
    contents["report.md"] = "\n".join(text).encode()
    publish_files(folder, contents)
    return sorted(contents, key=FILES.index)


def _tables(cells: pd.DataFrame) -> Iterator[str]:
    for start in STARTS:
        yield f"## From the {start} start\n"
        own = cells[cells["start"] == start]
        rows = []
        for dataset, group in own.groupby("dataset"):
            for likelihood, name in NAMES.items():
                one = group[group["likelihood"] == likelihood]
                row = {"dataset": dataset, "likelihood": name}
                for measure, (label, _, digits) in MEASURES.items():
                    found = interval(one[measure].to_numpy(dtype=float))
                    row[label] = cell_text(found, digits)
                rows.append(row)
        yield github_table(pd.DataFrame(rows))


def _cells(outcomes: Sequence[Outcome]) -> str:
    failed = [outcome for outcome in outcomes if outcome.status is not Status.OK]
    lines = [f"{len(outcomes)} cells, of which {len(failed)} failed."]
    lines += [
        f"- {markdown_escape(f'{o.cell.label}: {o.status.value}: {o.reason}')}" for o in failed
    ]
    return "\n".join(lines) + "\n"


def _curves(outcomes: Sequence[Outcome]) -> Mapping[tuple[str, str, str], pd.DataFrame]:
    """Return the curves over epochs, by name, start and likelihood; a column for each cell."""
    found: dict[tuple[str, str, str], dict[str, list[float]]] = {}
    for outcome in (o for o in outcomes if o.status is Status.OK):
        parameters = outcome.cell.parameters
        for name in ("gradient_norm", "mean_squared_error"):
            key = name, parameters["start"], parameters["likelihood"]
            found.setdefault(key, {})[outcome.cell.label] = list(curve(outcome, name))
    return {key: pd.DataFrame(columns) for key, columns in found.items()}
