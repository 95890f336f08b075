"""Scores: what `bench.score` found, as a mapping, a table, a data frame or JSON."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bench.metrics.table import METRICS
from bench.metrics.tally import OVERLAP
from bench.scoring.options import COUNTED, ScoreOptions

if TYPE_CHECKING:
    import pandas as pd

Values = dict[str, Any]  # by metric: a number, or for a curve a dictionary of numbers by k


@dataclass(frozen=True)
class ScoreRow:
    """One score of an embedding.

    Parameters
    ----------
    reference : str
        ``"euclidean"``, ``"geodesic"``, or ``"reference_overlap"`` of one with the other.
    metric : str
        Its name in the table of metrics.
    k : int or None
        Where a curve was read.
    value : float
    standard_error, low, high : float or None
        Of a score from a sample of rows: its standard error and 95 % interval. None where all
        rows were scored, or where the sample cannot tell (`bench.metrics.sampling`).
    """

    reference: str
    metric: str
    k: int | None
    value: float
    standard_error: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Scores(Mapping[str, Values]):
    """The scores of an embedding.

    A mapping from the name of a reference to its scores by metric; those that depend on a number
    of neighbours are dictionaries by k. Two are equal if all scores are.

    Parameters
    ----------
    n : int
        Number of points.
    sampled : int or None
        How many rows were drawn and ranked; None if all were.
    options : ScoreOptions
        What was asked for.
    references : tuple of str
        What the embedding was held against.
    rows : tuple of ScoreRow
        Every score.
    graph : dict or None
        What is known of the graph that geodesics were estimated on: components and bridges.
    compute_per_point : callable
        Makes `per_point`.

    Examples
    --------
    >>> import bench, numpy as np
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> scores = bench.score(X, X, k=10, metrics=["auc", "trustworthiness"])
    >>> scores
    200 points, all rows
                            euclidean
    AUC of R_NX                1.0000
    trustworthiness, k = 10    1.0000
    >>> scores["euclidean"]["trustworthiness"][10]
    1.0
    """

    n: int
    sampled: int | None
    options: ScoreOptions
    references: tuple[str, ...]
    rows: tuple[ScoreRow, ...]
    graph: dict[str, float] | None = None
    compute_per_point: "Callable[[], pd.DataFrame]" = field(kw_only=True)

    @property
    def exact(self) -> bool:
        """Whether all rows were scored."""
        return self.sampled is None

    @cached_property
    def _values(self) -> dict[str, Values]:
        return {name: _nested(rows, lambda row: row.value) for name, rows in self._groups.items()}

    @cached_property
    def _groups(self) -> dict[str, list[ScoreRow]]:
        """The rows of each reference."""
        groups: dict[str, list[ScoreRow]] = {name: [] for name in self.references}
        for row in self.rows:
            groups[row.reference].append(row)
        return groups

    def __getitem__(self, reference: str) -> Values:
        """Return the scores against one reference."""
        return self._values[reference]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return "\n".join([self.title, self.table().to_string(), *self.remarks])

    @property
    def title(self) -> str:
        """How many points there are, and how many were ranked."""
        how = "all rows" if self.exact else f"sample of {self.sampled} rows, ± standard error"
        return f"{self.n} points, {how}"

    @property
    def remarks(self) -> list[str]:
        """What a table of both references does not show: their overlap, and the graph."""
        found = self.to_dict()
        return [
            f"{name.replace('_', ' ')}: {json.dumps(found[name])}"
            for name in (OVERLAP, "graph")
            if name in found
        ]

    def table(self) -> "pd.DataFrame":
        """Return the scores as texts to print: a row for each score, a column for each reference.

        Examples
        --------
        >>> import bench, numpy as np
        >>> X = np.random.default_rng(0).normal(size=(60, 3))
        >>> bench.score(X, X, metrics=["auc"]).table().loc["AUC of R_NX", "euclidean"]
        '1.0000'
        """
        import pandas as pd

        cells = {
            name: {_label(row): _text(row) for row in rows}
            for name, rows in self._groups.items()
            if name != OVERLAP
        }
        labels = list(dict.fromkeys(label for column in cells.values() for label in column))
        return pd.DataFrame(cells).reindex(labels).fillna("")

    def frame(self) -> "pd.DataFrame":
        """Return the scores as a tidy frame: a row for each reference, metric and k.

        Returns
        -------
        DataFrame
            With the columns ``reference``, ``metric``, ``k`` (a nullable integer), ``value``,
            ``standard_error``, ``low`` and ``high`` (of the 95 % interval).

        Examples
        --------
        >>> import bench, numpy as np
        >>> X = np.random.default_rng(0).normal(size=(60, 3))
        >>> bench.score(X, X, k=5, metrics=["q_nx"]).frame()[["metric", "k", "value"]]
          metric  k  value
        0   q_nx  5    1.0
        """
        import pandas as pd

        frame = pd.DataFrame([asdict(row) for row in self.rows])
        numbers = dict.fromkeys(("value", "standard_error", "low", "high"), "float64")
        return frame.astype({"k": "Int64"} | numbers)

    @cached_property
    def per_point(self) -> "pd.DataFrame":
        """The scores of every point by itself, computed when they are first asked for.

        One row for each reference and each point, or each that was drawn: ``point``,
        ``reference``, and a column for each score that is a mean over points, named
        ``trustworthiness_15`` and so on. The mean of a column is the score of the embedding.

        Raises
        ------
        BenchError
            If metrics were named that single points do not have.

        Examples
        --------
        >>> import bench, numpy as np
        >>> X = np.random.default_rng(0).normal(size=(60, 3))
        >>> bench.score(X, X, k=5, metrics=["q_nx"]).per_point.head(2)
           point  reference  q_nx_5
        0      0  euclidean     1.0
        1      1  euclidean     1.0
        """
        return self.compute_per_point()

    def to_dict(self) -> dict[str, Any]:
        """Return the scores as JSON can hold them: k as text.

        Returns
        -------
        dict
            ``n``, ``exact``, and for each reference a dictionary of scores by name; those that
            depend on k are dictionaries by k. Where rows were sampled also ``rows``, and in each
            dictionary ``standard_error`` and ``interval`` of the same layout. With a graph also
            ``graph``.

        Examples
        --------
        >>> import bench, numpy as np
        >>> X = np.random.default_rng(0).normal(size=(60, 3))
        >>> bench.score(X, X, k=5, metrics=["q_nx"]).to_dict()
        {'n': 60, 'exact': True, 'euclidean': {'q_nx': {'5': 1.0}}}
        """
        found: dict[str, Any] = {"n": self.n, "exact": self.exact}
        if not self.exact:
            found["rows"] = self.sampled
        for name, rows in self._groups.items():
            found[name] = _with_texts(_nested(rows, lambda row: row.value))
            if not self.exact:
                # Chart and topology do not look at the sample.
                drawn = [row for row in rows if set(METRICS[row.metric].needs) <= set(COUNTED)]
                errors = _nested(drawn, lambda row: row.standard_error)
                intervals = _nested(drawn, _interval)
                found[name] |= {
                    "standard_error": _with_texts(errors),
                    "interval": _with_texts(intervals),
                }
        if self.graph is not None:
            found["graph"] = self.graph
        return found


def _interval(row: ScoreRow) -> list[float] | None:
    return None if row.low is None or row.high is None else [row.low, row.high]


def _nested(rows: list[ScoreRow], read: Callable[[ScoreRow], Any]) -> dict[str, Any]:
    """Arrange by metric, and curves by k."""
    nested: dict[str, Any] = {}
    for row in rows:
        if row.k is None:
            nested[row.metric] = read(row)
        else:
            nested.setdefault(row.metric, {})[row.k] = read(row)
    return nested


def _with_texts(nested: dict[str, Any]) -> dict[str, Any]:
    """Write k as a text."""
    return {
        name: {str(k): v for k, v in value.items()} if isinstance(value, dict) else value
        for name, value in nested.items()
    }


def _label(row: ScoreRow) -> str:
    label = METRICS[row.metric].label
    return label if row.k is None else f"{label}, k = {row.k}"


def _text(row: ScoreRow) -> str:
    if row.standard_error is not None:
        return f"{row.value:.4f} ± {row.standard_error:.4f}"
    is_count = row.value > 1 and row.value.is_integer()
    return f"{row.value:.0f}" if is_count else f"{row.value:.4f}"
