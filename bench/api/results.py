"""Results as people look at them in Python: a table, a tidy frame, figures."""

import html
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import pandas as pd

from bench.api.plots import Plots
from bench.report.frame import Results as Frames
from bench.report.frame import number_of
from bench.report.tables import score_table

_COLUMNS = ["dataset", "reducer", "seed", "metric", "k", "reference", "value"]
_LINE = 100  # characters of a printed table
_STYLES = {"best": "font-weight: bold", "tied": "font-style: italic"}


@dataclass(frozen=True, eq=False, repr=False)
class Results(Frames):
    """What `bench.run` and `bench.load_results` return.

    It prints as the AUC of R_NX against each reference: means over seeds with 95 % intervals, or
    the status of jobs without scores. ``jobs`` is a data frame with the status, reason and costs
    of each job, ``plot`` draws figures, ``held_out`` has the jobs that hold points out.

    Examples
    --------
    >>> import bench
    >>> results = bench.run(["pca", "oracle"], ["swiss_roll"], seeds=1, n=60, progress=False)
    >>> results.jobs["status"].tolist()
    ['ok', 'ok']
    >>> results.frame().query("metric == 'auc' and reference == 'geodesic' and value > 0.999")
            dataset reducer  seed metric     k reference  value
    0  swiss_roll(n=60)  oracle     0    auc  <NA>  geodesic    1.0
    >>> results.plot.gallery().get_suptitle()
    'swiss_roll(n=60), seed 0; coloured by a true coordinate; AUC geodesic / Euclidean'
    """

    held_out: "Results | None" = None

    @classmethod
    def of(cls, found: Frames) -> "Results":
        """Return results as they were read, with what this class offers.

        Parameters
        ----------
        found : bench.report.frame.Results
        """
        kept = {one.name: getattr(found, one.name) for one in fields(found)}
        placed = found.held_out
        return cls(**kept | {"held_out": placed and cls.of(placed)})

    def frame(self) -> pd.DataFrame:
        """Return every score as a tidy frame, one row each.

        Returns
        -------
        DataFrame
            With the columns ``dataset``, ``reducer``, ``seed``, ``metric``, ``k`` (a nullable
            integer), ``reference`` and ``value``; of jobs that hold points out also ``placement``.
        """
        scores = self.scores[self.scores["reference"] != "gap"]  # a difference of two others
        sizes = {key: facts.n for key, facts in self.facts.items()}
        points = [sizes.get(key, 0) for key in zip(scores["dataset"], scores["seed"], strict=True)]
        ks = [number_of(k, n) or None for k, n in zip(scores["k"], points, strict=True)]
        found = scores.assign(k=pd.array(ks, dtype="Int64"))
        columns = [*_COLUMNS, *(["placement"] if found["placement"].any() else [])]
        return found[columns].drop_duplicates(ignore_index=True)

    @property
    def plot(self) -> Plots:
        """Figures: ``plot.gallery()``, ``plot.curves()`` and ``plot.references()``."""
        return Plots(self)

    def __repr__(self) -> str:
        tables = [f"{title}\n{text.to_string(line_width=_LINE)}" for title, text, _ in self._shown]
        return "\n\n".join([self._title, *tables])

    def _repr_html_(self) -> str:
        """Return the tables as HTML, for a notebook; every text is escaped."""
        parts = [f"<p>{html.escape(self._title)}</p>"]
        for title, text, marks in self._shown:
            styles = marks.map(lambda mark: _STYLES.get(mark, ""))
            style = text.style.format(escape="html").set_caption(html.escape(title))
            style = style.format_index(escape="html").format_index(escape="html", axis="columns")
            parts.append(style.apply(lambda _, styles=styles: styles, axis=None).to_html())
        return "\n".join(parts)

    @property
    def _title(self) -> str:
        scored = int((self.jobs["status"] == "ok").sum())
        said = f"{len(self.jobs)} jobs, {scored} with scores"
        more = self.held_out
        return said + (f"; {len(more.jobs)} more hold points out: .held_out" if more else "")

    @property
    def _shown(self) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
        """Yield the title, texts and marks of each table."""
        if self.records:
            # Of held-out points there are several placements; this one every reducer has.
            chosen = self.scores["placement"].isin(["", "neighbors"])
            results = replace(self, scores=self.scores[chosen])
            for reference in ("geodesic", "euclidean"):
                table = score_table(results, "auc", reference)
                cells = table.frame
                yield table.title, cells.map(lambda c: c.text), cells.map(lambda c: c.mark)
