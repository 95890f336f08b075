"""Figures of results, drawn when they are asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bench.errors import BenchError, unknown_name
from bench.record import Status
from bench.report.frame import Results

if TYPE_CHECKING:  # matplotlib and seaborn take a second to load
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Plots:
    """What ``results.plot`` offers: each method draws a matplotlib figure.

    Parameters
    ----------
    results : Results
        What to draw.
    """

    results: Results

    def gallery(self, dataset: str | None = None) -> "Figure":
        """Show every reducer's embedding of one dataset, of its first seed.

        Parameters
        ----------
        dataset : str, optional
            Its label, as tables show it; to be given if there are several.

        Raises
        ------
        BenchError
            If there is no such dataset, or its embeddings are not kept.
        """
        from bench.report.figures import gallery

        label = self._dataset(dataset)
        seeds = [r.job.seed for r in self.results.records if r.job.dataset.label == label]
        scored = [
            self.results.arrays[record.job.id]
            for record in self.results.records
            if record.job.dataset.label == label
            and record.job.seed == min(seeds)
            and record.status is Status.OK
        ]
        if any("embedding" not in arrays for arrays in scored):
            raise BenchError(f"These results hold no embeddings of {label}: run it again.")
        return _drawn(partial(gallery, self.results, label))

    def curves(self, dataset: str | None = None) -> "Figure":
        """Show R_NX(k) of one dataset for both references, one panel for each reducer.

        Parameters
        ----------
        dataset : str, optional
            As for `gallery`.

        Raises
        ------
        BenchError
            If there is no such dataset.
        """
        from bench.report.figures import rank_curves

        return _drawn(partial(rank_curves, self.results, self._dataset(dataset)))

    def references(self) -> "Figure":
        """Show the geodesic AUC against the Euclidean one, one panel for each dataset.

        Raises
        ------
        BenchError
            If there is nothing to show.
        """
        from bench.report.figures import geodesic_against_euclidean

        self._require_some()
        return _drawn(partial(geodesic_against_euclidean, self.results))

    def _dataset(self, given: str | None) -> str:
        self._require_some()
        labels = self.results.datasets
        if given is None and len(labels) > 1:
            raise BenchError(f"Say which dataset to draw, one of: {', '.join(labels)}.")
        if given is not None and given not in labels:
            raise unknown_name("dataset", given, labels)
        return given or labels[0]

    def _require_some(self) -> None:
        if not self.results.records:
            raise BenchError("Nothing to draw: all of these jobs hold points out.")


def _drawn(draw: "Callable[[], Figure]") -> "Figure":
    from bench.report.panels import drawing_style

    with drawing_style():
        return draw()
