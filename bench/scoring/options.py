"""The options of a score: what is computed, on which rows, and with how much of the machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bench.data.arrays import check_whole
from bench.engine.threads import cores
from bench.errors import BenchError, unknown_name
from bench.geometry.blocks import DEFAULT_MEMORY, Rows
from bench.metrics.needs import Need
from bench.metrics.sampling import draw_samples
from bench.metrics.table import METRICS, Metric

EXACT_UP_TO = 20_000  # points; beyond, scores come from a sample unless exact ones are asked for
SAMPLE = 1000  # rows
# Beyond this share of the points, sorting all of them is faster than looking for the nearest.
_FEW = 1 / 100
# What `compare` computes, of which each of the first three holds all that the next would.
_CO_RANKING = (Need.RANKS, Need.NEIGHBORS, Need.OVERLAP)
COUNTED = (*_CO_RANKING, Need.DISTANCES, Need.PAIR_RANKS, Need.TRIPLETS)


@dataclass(frozen=True)
class ScoreOptions:
    """The options of `bench.score`, checked as they are set.

    Parameters
    ----------
    k : int or sequence of int
        Where the scores that depend on a number of neighbours are read.
    metrics : sequence of str, optional
        Names of metrics; every one but the topological ones if not given.
    sample : int, "auto" or None
        How many rows, drawn at random, are ranked against all points; None for all rows. ``"auto"``
        takes all up to 20,000 points, and 1,000 beyond.
    seed : int
        Of the sample.
    threads : int, optional
        As many as there are cores if not given.
    memory : int, optional
        Bytes that the work may take beside the inputs, roughly.

    Raises
    ------
    BenchError
        If one is not what it must be; the message says which and what is allowed.

    Examples
    --------
    >>> ScoreOptions(k=[5, 5, 50], metrics="auc").ks
    (5, 50)
    """

    k: int | Sequence[int] = (15,)
    metrics: Sequence[str] | None = None
    sample: int | Literal["auto"] | None = "auto"
    seed: int = 0
    threads: int | None = None
    memory: int | None = None

    def __post_init__(self) -> None:
        """Refuse what can be told without the points."""
        for name in ("threads", "memory", "seed", "sample"):
            given = getattr(self, name)
            if given is None or (name == "sample" and given == "auto"):
                continue
            whole = check_whole(given, name)
            if name in ("threads", "memory") and whole < 1:
                raise BenchError(f"{name} must be 1 or more, got {given}.")
            object.__setattr__(self, name, whole)  # numpy's whole numbers overflow
        _ = self.ks, self.chosen

    @cached_property
    def ks(self) -> tuple[int, ...]:
        """Where curves are read, each once."""
        given = np.atleast_1d(np.asarray(self.k, dtype=object)).tolist()
        refused = BenchError(f"k must be one or more whole numbers from 1 on, got {self.k!r}.")
        try:
            whole = [check_whole(one, "k") for one in given]
        except BenchError as error:
            raise refused from error
        if not whole or min(whole) < 1:
            raise refused
        return tuple(dict.fromkeys(whole))

    @cached_property
    def chosen(self) -> tuple[Metric, ...]:
        """The rows of the table of metrics that are computed."""
        names = [self.metrics] if isinstance(self.metrics, str) else self.metrics
        if names is None:
            return tuple(row for row in METRICS.values() if Need.TOPOLOGY not in row.needs)
        for name in names:
            if name not in METRICS:
                raise unknown_name("metric", name, METRICS)
        if not len(names):
            raise BenchError("No metric named: name at least one, or leave metrics out.")
        return tuple(METRICS[name] for name in dict.fromkeys(names))

    @property
    def by_point(self) -> tuple[Metric, ...]:
        """The metrics that single points have: those named, or all that are means over points.

        Raises
        ------
        BenchError
            If one is named that is not made of ranks.
        """
        if self.metrics is None:
            return (METRICS["auc"], *(row for row in METRICS.values() if row.curve))
        for metric in self.chosen:
            if not set(metric.needs) <= set(_CO_RANKING):
                raise BenchError(
                    f"{metric.name} is not a score of single points: name metrics made of ranks, "
                    "such as auc or trustworthiness."
                )
        return self.chosen

    def require_applicable(self, n: int, *, charted: bool) -> None:
        """Refuse a k or a metric that n points, or their references, do not have.

        Raises
        ------
        BenchError
            Saying what is allowed.

        Examples
        --------
        >>> ScoreOptions(k=15).require_applicable(100, charted=False)
        """
        most = max(self.ks)
        if most >= n:
            raise BenchError(
                f"k = {most} is out of range: {n} points have {n - 1} neighbours each."
            )
        for metric in self.chosen:
            if Need.COORDINATES in metric.needs and self.metrics is not None and not charted:
                raise BenchError(f"{metric.name} takes the true coordinates: give intrinsic.")
            try:
                metric.check_k(n, most)
            except ValueError as error:
                raise BenchError(str(error)) from error

    def draw(self, n: int) -> tuple[Rows, ...]:
        """Draw the rows to score of n, in groups; empty if all are scored.

        Raises
        ------
        BenchError
            If the sample is larger than n, or below 2.

        Examples
        --------
        >>> sum(len(rows) for rows in ScoreOptions(sample=50).draw(200))
        50
        >>> ScoreOptions().draw(200)
        ()
        """
        sample = self.sample
        if sample == "auto":
            sample = None if n <= EXACT_UP_TO else SAMPLE
        if sample is None:
            return ()
        try:
            return draw_samples(n, int(sample), int(self.seed))
        except ValueError as error:
            raise BenchError(f"sample: {error}") from error

    def work(self, metrics: Sequence[Metric], *inputs: NDArray[Any]) -> dict[str, Any]:
        """Say what is to be computed for some metrics, and with what: the arguments of `Pass`.

        Parameters
        ----------
        metrics : sequence of Metric
            Of which nothing is computed that they do not need: the ranks of the nearest alone,
            where that is enough.
        *inputs : ndarray
            Points and embedding.

        Examples
        --------
        >>> options = ScoreOptions(k=10, metrics="trustworthiness", threads=1)
        >>> options.work(options.chosen, np.ones((5000, 3)), np.ones((5000, 2)))["neighbors"]
        10
        """
        n, largest = len(inputs[0]), max(self.ks)
        needs = {need for metric in metrics for need in metric.needs if need in COUNTED}
        most = next((need for need in _CO_RANKING if need in needs), None)
        if most and largest > max(1, _FEW * n):
            most = Need.RANKS
        # Each block of rows reads all inputs once: the larger they are, the fewer blocks pay.
        memory = max(DEFAULT_MEMORY, sum(array.nbytes for array in inputs) // 4)
        return {
            "needs": needs.difference(_CO_RANKING).union([most] if most else []),
            "neighbors": largest if most in (Need.NEIGHBORS, Need.OVERLAP) else 0,
            "threads": self.threads or cores(),
            "memory": self.memory or memory,
        }
