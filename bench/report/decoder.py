"""The decoder's report card: what reducers with an inverse make of points they have not seen."""

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from bench.metrics.decoder.table import DECODER_METRICS, HELD_OUT, DecoderMetric
from bench.record import Status
from bench.report.frame import Results, reducer_label
from bench.report.statistics import interval, marks
from bench.report.tables import Cell, Table, cell_text, github_table

NOISE = "20"  # per cent, of the gain that has a column
_SHORT = {
    "held_out_reconstruction": "lost variance",
    "denoising_gain": f"denoising gain at {NOISE} % noise",
    "normal_error": "normal error",
    "tangential_error": "tangential error",
    "code_instability": "code instability",
    "interpolant_distance": "code lines off truth",
    "input_line_distance": "input lines off truth",
    "interpolant_excess_length": "excess length of code lines",
    "sample_distance": "samples off truth",
    "sample_coverage": "coverage",
    "sample_precision": "precision",
    "sample_recall": "recall",
    "active_units": "active units",
}
_NOTE = """\
Of every reducer with an inverse, fitted on the training points and judged on those held out.
Where the manifold is known, errors and distances are from the manifold itself, in units of the
root-mean-square radius of the data; elsewhere they are from the held-out points, in units of the
median distance of such a point from its nearest other one, and a denoising gain is that of the
distance from the point itself. Identity, mean point and nearest training point are controls: the
first loses nothing and cleans nothing, the second makes one point of all, the third has learnt the
training points by heart. Definitions, ranges and sources are in docs/metrics.md. Bold and italic
as above; a dash stands where there is no number, and the last table says why. Excess length,
straight input lines and controls are not marked."""


def decoder_tables(
    results: Results, metrics: Mapping[str, DecoderMetric] = DECODER_METRICS
) -> Iterator[Table]:
    """Tabulate the card of each dataset: reducers by metrics, controls last.

    Parameters
    ----------
    results : Results
        Of a whole store.
    metrics : mapping of str to DecoderMetric
        The rows of the metrics that have a column.

    Yields
    ------
    Table
    """
    scores = decoder_scores(results)
    for dataset, card in scores.groupby("dataset"):
        truth = sorted(set(card["reference"]) - {HELD_OUT}) or [HELD_OUT]
        columns = {
            _SHORT.get(name, metric.label): _column(card, name, metric)
            for name, metric in metrics.items()
            if metric.tabulated and name in set(card["metric"])
        }
        order = card[["control", "reducer"]].drop_duplicates().sort_values(["control", "reducer"])
        frame = pd.DataFrame(columns, index=list(order["reducer"]))
        frame = frame.map(lambda cell: cell if isinstance(cell, Cell) else Cell("–"))
        title = f"{dataset}: held against the {truth[0]}"
        yield Table(title, frame, int(order["control"].sum()))


def decoder_section(results: Results) -> str:
    """Write the cards and what they mean, or how to get them."""
    tables = [table.markdown for table in decoder_tables(results)]
    if not tables:
        return "None yet: `python -m bench run --suite held_out` makes them.\n"
    missing = absences(results)
    if len(missing):
        tables.append(f"### Measures without a number\n\n{github_table(missing)}")
    return "\n".join([*tables, " ".join(_NOTE.split())]) + "\n"


def absences(results: Results) -> pd.DataFrame:
    """Return which measures of decoders have no number, and why: by reducer, measure and reason.

    Jobs that ended well say in their reason which measure failed (`judge` says so).
    """
    columns = ["reducer", "measure", "reason", "datasets"]
    jobs = () if results.held_out is None else results.held_out.records
    rows = [
        (reducer_label(record), _SHORT.get(name, name), why, record.job.dataset.label)
        for record in jobs
        if record.status is Status.OK
        for name, why in re.findall(r"(?:^|; )metric (\w+): ([^;]*)", record.reason or "")
    ]
    grouped = pd.DataFrame(rows, columns=columns).drop_duplicates().groupby(columns[:3])
    return grouped["datasets"].agg(", ".join).reset_index()


def decoder_scores(results: Results) -> pd.DataFrame:
    """Return the scores of decoders, one row each; ``k`` is the noise in per cent, where it is."""
    if results.held_out is None:
        return pd.DataFrame(columns=["dataset", "metric"])
    scores = results.held_out.scores
    return scores[scores["placement"] == ""]


def _column(card: pd.DataFrame, name: str, metric: DecoderMetric) -> dict[str, Cell]:
    chosen = card[card["metric"] == name]
    if metric.curve:
        chosen = chosen[chosen["k"] == NOISE]
    found: dict[str, str] = {}
    if metric.higher_is_better is not None:
        by_seed = chosen[~chosen["control"]].pivot(index="seed", columns="reducer", values="value")
        found = marks(by_seed, higher_is_better=metric.higher_is_better)
    return {
        str(reducer): Cell(
            cell_text(interval(values.to_numpy(dtype=float)), 3), found.get(str(reducer), "")
        )
        for reducer, values in chosen.groupby("reducer")["value"]
    }
