"""Write into ``metrics.md`` how often the intervals of samples hold the exact score.

::

    python docs/intervals.py           # write
    python docs/intervals.py --check   # exit code 1 if there is something to write

Scores of ranks are means over rows. So all rows are scored once, and samples are drawn from these.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import typer
from numpy.typing import NDArray
from sections import update

import bench
from bench.metrics.sampling import Reading, draw_samples, uncertainties
from bench.metrics.table import METRICS
from bench.seeds import stream

PAGE = Path(__file__).with_name("metrics.md")
N, KS = 3000, (15, 300)
ROWS = (100, 300, 1000)
REPEATS = 500
ROUNDING = 1e-12
SCORES = ("auc", "trustworthiness", "continuity", "q_nx", "mrre_false", "mrre_missing")
Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sample:
    """What `uncertainties` looks at of a `Comparison`, made of the scores of rows.

    Parameters
    ----------
    n : int
        Number of points.
    sums : ndarray of shape (groups, scores)
        Over the rows of each group.
    sizes : ndarray of shape (groups,)
        Rows in each group.
    """

    n: int
    sums: Points
    sizes: NDArray[np.int64]

    @property
    def tally(self) -> SimpleNamespace:
        """Number of rows, as `m`."""
        return SimpleNamespace(m=int(self.sizes.sum()))

    @property
    def means(self) -> Points:
        """Mean over the rows, for each score."""
        return np.asarray(self.sums.sum(axis=0) / self.sizes.sum())

    def without_each_group(self) -> Iterator["Sample"]:
        """Leave one group out after another."""
        for group in range(len(self.sizes)):
            yield Sample(self.n, np.delete(self.sums, group, axis=0), np.delete(self.sizes, group))


def embeddings() -> dict[str, tuple[Points, Points]]:
    """Return points and an embedding of them, by what the page calls it."""
    from sklearn.decomposition import PCA

    draws = stream(0, "intervals")
    t = 1.5 * np.pi * (1 + 2 * draws.uniform(size=N))
    height = 21 * draws.uniform(size=N)
    roll = np.column_stack([t * np.cos(t), height, t * np.sin(t)])
    chart = np.column_stack([(t * np.sqrt(1 + t**2) + np.arcsinh(t)) / 2, height])
    outer = (t > 9)[:, None]
    return {
        "unrolled and torn in two": (chart, np.where(outer, chart[:, ::-1] * 0.3 + 400, chart)),
        "unrolled, shaken by a hundredth": (chart, chart + 0.01 * draws.normal(size=(N, 2))),
        "unrolled, one point in 50 thrown away": (chart, _thrown(chart, 50)),
        "unrolled, one point in 200 thrown away": (chart, _thrown(chart, 200)),
        "PCA": (chart, PCA(2).fit_transform(roll)),
        "points at random": (chart, draws.normal(size=(N, 2))),
    }


def _thrown(points: Points, one_in: int) -> Points:
    """Throw some points far away, one in so many."""
    draws, thrown = stream(one_in, "intervals"), points.copy()
    few = draws.choice(N, N // one_in, replace=False)
    thrown[few] += 30 * draws.normal(size=(len(few), 2))
    return thrown


def coverage(rows: pd.DataFrame, m: int) -> dict[str, float]:
    """Return the share of samples of m rows whose interval holds the exact score, by score."""
    values, readings = rows.to_numpy(), [_reading(i, name) for i, name in enumerate(rows)]
    exact, held = values.mean(axis=0), np.zeros(len(readings))
    with patch("bench.metrics.sampling.MIN_ROWS", 2):  # to see what smaller samples would give
        for seed in range(REPEATS):
            groups = draw_samples(len(rows), m, seed)
            sums = np.stack([values[group].sum(axis=0) for group in groups])
            sample: Any = Sample(len(rows), sums, np.array([len(group) for group in groups]))
            ends = np.array([one.interval for one in uncertainties(readings, sample)])
            held += (ends[:, 0] <= exact + ROUNDING) & (exact - ROUNDING <= ends[:, 1])
    return dict(zip(rows, held / REPEATS, strict=True))


def _reading(column: int, name: str) -> Reading:
    """Read a column of the scores of rows by the range and best value of its metric."""
    metric = METRICS[name.rpartition("_")[0] if name[-1].isdigit() else name]
    best = metric.best_at(N, KS[0])  # of these scores it is the same at every k
    return replace(metric, function=lambda sample: sample.means[column], curve=False, best=best), 1


def table() -> str:
    """Return the coverage for each embedding and each number of rows."""
    lines = [f"| embedding | {' | '.join(f'{m} rows: mean | lowest' for m in ROWS)} |"]
    lines.append("|---" * (1 + 2 * len(ROWS)) + "|")
    for name, (X, Y) in embeddings().items():
        scored = bench.score(X, Y, k=KS, metrics=SCORES, sample=None).per_point
        rows = scored.drop(columns=["point", "reference"])
        cells = [_cells(coverage(rows, m)) for m in ROWS]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cells(shares: dict[str, float]) -> str:
    worst = min(shares, key=lambda name: shares[name])
    mean = np.mean(list(shares.values()))
    return f"{100 * mean:.0f} % | {100 * shares[worst]:.0f} % (`{worst}`)"


def contents() -> dict[str, str]:
    """Return the section with the table."""
    return {"coverage": f"n = {N}, k = {KS[0]} and {KS[1]}, {REPEATS} samples each.\n\n{table()}"}


def main(
    *,
    page: Annotated[Path, typer.Option(help="The page.")] = PAGE,
    check: Annotated[bool, typer.Option("--check", help="Write nothing.")] = False,
) -> None:
    """Draw samples, count the intervals that hold the exact score, and write the section."""
    if not update(page, contents(), check=check) and check:
        typer.echo(f"{page} is not what the samples give: run python docs/intervals.py")
        sys.exit(1)


if __name__ == "__main__":
    typer.run(main)
