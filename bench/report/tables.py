"""Tables: one frame, written as Markdown, LaTeX, CSV and for the terminal."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.markup import escape
from rich.table import Table as RichTable
from rich.text import Text

from bench.report.escape import latex_escape, markdown_escape
from bench.report.frame import Results, fixed
from bench.report.statistics import (
    Interval,
    false_exclusion_rate,
    interval,
    marks,
    summarise,
)

REFERENCE_LABELS = {
    "geodesic": "geodesic neighbours",
    "euclidean": "Euclidean neighbours",
    "gap": "gap, geodesic minus Euclidean",
}
_EDGES = 3  # of a column in a terminal: a line, and a space on either side
LEGEND = (
    "Mean ± half-width of the 95 % interval over seeds (Student's t). Bold: best. Italic: not "
    "distinguishable from the best (paired t-test over the seeds that all have, Holm-corrected to "
    "5 % for a best that is known beforehand); a reducer that failed on a seed is not compared. "
    "Controls come last and are never marked. A cell such as (2/3) counts the seeds that "
    "finished; a word in place of a number is the status of all of them."
)


def legend(results: Results) -> str:
    """Explain the cells and marks of tables, and say how often the marks are wrong."""
    compared = results.jobs[~results.jobs["reducer"].isin(results.controls)]
    reducers, seeds = compared["reducer"].nunique(), compared["seed"].nunique()
    if min(reducers, seeds) < 2:
        return LEGEND
    return f"{LEGEND} {marks_caveat(reducers, seeds)}"


def marks_caveat(reducers: int, seeds: int) -> str:
    """Say in a sentence how often marks are wrong among equal reducers."""
    share = false_exclusion_rate(reducers, seeds)
    return (
        "The best is chosen from the seeds that test it, so that an equal reducer is called worse "
        f"in more than 5 % of columns: of {reducers} equal reducers on {seeds} seeds, at least one "
        f"in {100 * share:.0f} % (simulated)."
    )


@dataclass(frozen=True)
class Cell:
    """One place of a table: its text, and ``"best"``, ``"tied"`` or nothing."""

    text: str
    mark: str = ""

    @property
    def markdown(self) -> str:
        """The text as Markdown."""
        text = markdown_escape(self.text)
        return {"best": f"**{text}**", "tied": f"*{text}*"}.get(self.mark, text)

    @property
    def latex(self) -> str:
        """The text as LaTeX."""
        text = latex_escape(self.text)
        command = {"best": r"\textbf{%s}", "tied": r"\textit{%s}"}.get(self.mark, "%s")
        return command % text

    @property
    def rich(self) -> Text:
        """The text for a terminal."""
        return Text(self.text, style={"best": "bold green", "tied": "italic"}.get(self.mark, ""))


@dataclass(frozen=True, eq=False)
class Table:
    """A table of reducers by datasets.

    Parameters
    ----------
    title : str
    frame : DataFrame of Cell
        One row for each reducer, one column for each dataset.
    controls : int
        How many of the last rows are controls.
    """

    title: str
    frame: pd.DataFrame
    controls: int = 0

    @property
    def markdown(self) -> str:
        """The table as Markdown, controls named as such."""
        cells = self.frame.map(lambda cell: cell.markdown)
        first = len(cells) - self.controls
        cells.index = [
            markdown_escape(str(name)) + (" (control)" if row >= first else "")
            for row, name in enumerate(cells.index)
        ]
        cells.columns = [markdown_escape(str(name)) for name in cells.columns]
        body = cells.to_markdown(tablefmt="github", disable_numparse=True)
        return f"### {markdown_escape(self.title)}\n\n{body}\n"

    @property
    def latex(self) -> str:
        """The table as LaTeX, for the booktabs package."""
        cells = self.frame.map(lambda cell: cell.latex)
        cells.index = [latex_escape(str(name)) for name in cells.index]
        cells.columns = [latex_escape(str(name)) for name in cells.columns]
        text: str = cells.style.to_latex(
            hrules=True,
            caption=latex_escape(self.title),
            position="htbp",
            position_float="centering",
            column_format="l" + "r" * cells.shape[1],
        )
        lines = text.splitlines()
        lines.insert(lines.index(r"\centering") + 1, r"\footnotesize\setlength{\tabcolsep}{3pt}")
        if not self.controls or self.controls == len(cells):
            return "\n".join(lines) + "\n"
        lines.insert(lines.index(r"\bottomrule") - self.controls, r"\midrule")
        return "\n".join(lines) + "\n"

    def rich(self, width: int) -> Iterator[RichTable]:
        """Give the table for a terminal, in parts if it is wider; no number is cut or wrapped."""
        title = self.title
        for columns in self._that_fit(width):
            yield self._part(title, columns)
            title = f"{self.title}, continued"

    def _that_fit(self, width: int) -> Iterator[list[str]]:
        """Deal the columns out to tables no wider than this, each with one at least."""
        names = max(map(cell_len, map(str, self.frame.index)))
        part, room = list[str](), 0
        for column in self.frame.columns:
            words = _heading(column).split()
            needed = _EDGES + max(map(cell_len, [*words, *(c.text for c in self.frame[column])]))
            if part and needed > room:
                yield part
                part = []
            room = (room if part else width - names - _EDGES - 1) - needed
            part.append(column)
        yield part

    def _part(self, title: str, columns: list[str]) -> RichTable:
        table = RichTable(title=title, title_justify="left")
        table.add_column("", no_wrap=True)
        for column in columns:
            table.add_column(escape(_heading(column)), justify="right")
        for row, (name, cells) in enumerate(self.frame[columns].iterrows(), start=1):
            before_controls = row == len(self.frame) - self.controls
            table.add_row(
                escape(str(name)), *[cell.rich for cell in cells], end_section=before_controls
            )
        return table


def _heading(column: str) -> str:
    return str(column).replace("_", " ")


def score_table(results: Results, metric: str, reference: str, k: str = "") -> Table:
    """Tabulate one metric against one reference: reducers by datasets.

    Parameters
    ----------
    results : Results
    metric, reference, k : str
        Which numbers; ``k`` is empty for a metric that is no curve.

    Returns
    -------
    Table
    """
    chosen = results.scores.query("metric == @metric and reference == @reference and k == @k")
    row = results.metrics.get(metric)
    better = row.higher_is_better if row and reference != "gap" else None
    title = f"{results.metric_label(metric, k)}: {REFERENCE_LABELS.get(reference, reference)}"
    if row and reference != "gap":
        levels = {"best": row.best, "chance": row.chance}
        known = [f"{k} {v:g}" for k, v in levels.items() if isinstance(v, (int, float))]
        title += f" ({', '.join(known)})" if known else ""
    return tabulate(results, chosen, title, 3, higher_is_better=better)


def cost_table(results: Results, column: str, title: str, digits: int) -> Table:
    """Tabulate one of the costs, or the reconstruction error; nothing is marked."""
    values = results.jobs.rename(columns={column: "value"})
    return tabulate(results, values, title, digits, higher_is_better=None)


def headline_tables(results: Results) -> list[Table]:
    """Return the three tables that the suite exists for."""
    return [score_table(results, "auc", reference) for reference in REFERENCE_LABELS]


def all_tables(results: Results) -> Iterator[Table]:
    """Yield every table of scores and costs."""
    yield from headline_tables(results)
    hidden = ["auc", *(name for name, row in results.metrics.items() if not row.tabulated)]
    scores = results.scores[results.scores["reference"] != "gap"]
    seen = scores[~scores["metric"].isin(hidden)]
    kinds = {(str(metric), str(k)) for metric, k in zip(seen["metric"], seen["k"], strict=True)}
    for metric, k in sorted(kinds, key=lambda kind: (kind[1] != "", kind)):  # curves come last
        for reference in ("geodesic", "euclidean"):
            yield score_table(results, metric, reference, k)
    yield cost_table(results, "reconstruction_error", _reconstruction_title(results), 4)
    yield cost_table(results, "fit_seconds", "Seconds to fit, after a warm-up", 2)
    yield cost_table(results, "cpu_seconds", "Processor seconds to fit", 2)
    yield cost_table(results, "peak_memory_mib", "Peak memory of the fit, MiB", 0)


def _reconstruction_title(results: Results) -> str:
    title = "Reconstruction error (share of variance lost; best 0"
    few = results.jobs.dropna(subset="reconstruction_points")
    for reducer, points in few.groupby("reducer")["reconstruction_points"].min().items():
        title += f"; {reducer}: on {points:.0f} points, drawn by the seed"
    return f"{title})"


def tidy(results: Results) -> pd.DataFrame:
    """Return every number of every table: one row each, marks included, for CSV."""
    summary = summarise(results.scores)
    summary["mark"] = ""
    column = ["dataset", "metric", "k", "reference"]
    places = summary.groupby(column).groups
    for key, chosen in results.scores.groupby(column):
        _, metric, _, reference = map(str, key)
        row = results.metrics.get(metric)
        if reference != "gap" and row is not None and row.higher_is_better is not None:
            found = _marks(results, chosen, row.higher_is_better)
            place = places[key]
            summary.loc[place, "mark"] = summary.loc[place, "reducer"].map(found).fillna("")
    return summary.sort_values(["metric", "k", "reference", "dataset", "control", "reducer"])


def tabulate(
    results: Results,
    values: pd.DataFrame,
    title: str,
    digits: int,
    *,
    higher_is_better: bool | None,
) -> Table:
    """Tabulate numbers, reducers by datasets: means over seeds, or the status of jobs without.

    Parameters
    ----------
    results : Results
        Whose reducers and datasets are the rows and columns.
    values : DataFrame
        One row for each number: dataset, reducer, control, seed, value.
    title : str
    digits : int
        Decimals.
    higher_is_better : bool or None
        The direction; None to mark nothing.
    """
    reducers, datasets = results.reducers, results.datasets
    cells: dict[str, dict[str, Cell]] = {}
    for dataset in datasets:
        column = values[values["dataset"] == dataset]
        found = {} if higher_is_better is None else _marks(results, column, higher_is_better)
        by_reducer = dict(tuple(column.groupby("reducer")["value"]))
        cells[dataset] = {}
        for reducer in reducers:
            numbers = by_reducer.get(reducer, pd.Series(dtype=float)).to_numpy(dtype=float)
            statuses = results.finished.get((dataset, reducer), pd.Series(dtype=str))
            text = _cell_text(numbers, list(statuses), digits)
            cells[dataset][reducer] = Cell(text, found.get(reducer, ""))
    frame = pd.DataFrame(cells, index=reducers)
    shown = frame[~frame.map(lambda cell: cell.text == "").all(axis="columns")]
    controls = results.controls
    return Table(title, shown, sum(name in controls for name in shown.index))


def _marks(results: Results, column: pd.DataFrame, higher_is_better: bool) -> dict[str, str]:
    """Mark one column; a reducer that failed on a seed is not a candidate."""
    candidates = column[~column["control"] & ~column["reducer"].isin(_failed(results, column))]
    if candidates.empty:
        return {}
    by_seed = candidates.pivot(index="seed", columns="reducer", values="value")
    for dataset, reducer in results.same_every_seed:
        if dataset in set(column["dataset"]) and reducer in by_seed:
            by_seed[reducer] = by_seed[reducer].ffill().bfill()
    return marks(by_seed, higher_is_better=higher_is_better)


def _failed(results: Results, column: pd.DataFrame) -> set[str]:
    datasets = set(column["dataset"])
    return {
        reducer
        for (dataset, reducer), statuses in results.finished.items()
        if dataset in datasets and (statuses != "ok").any()
    }


def _cell_text(numbers: NDArray[np.float64], statuses: list[str], digits: int) -> str:
    found = interval(numbers)
    if not found.seeds:
        return ", ".join(sorted(set(statuses) - {"ok"}))
    text = cell_text(found, digits)
    whole = found.seeds == len(statuses)
    return text if whole else f"{text} ({found.seeds}/{len(statuses)})"


def cell_text(found: Interval, digits: int) -> str:
    """Write a mean over seeds, and the half-width of its interval if it has one."""
    text = fixed(found.mean, digits)
    return f"{text} ± {fixed(found.half_width, digits)}" if np.isfinite(found.half_width) else text


def github_table(frame: pd.DataFrame) -> str:
    """Write a frame as a table of Markdown, each cell as text."""
    rows = frame.map(lambda value: markdown_escape(str(value)))
    return rows.to_markdown(tablefmt="github", index=False, disable_numparse=True) + "\n"
