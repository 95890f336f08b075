"""Write into ``metrics.md`` how often the intervals of samples hold the exact score.

::

    python docs/intervals.py           # write; takes ten minutes
    python docs/intervals.py --check   # exit code 1 if there is something to write
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Annotated, Any
from unittest.mock import patch

import numpy as np
import typer
from numpy.typing import NDArray
from sections import update

import bench
from bench.metrics.table import METRICS
from bench.seeds import stream

PAGE = Path(__file__).with_name("metrics.md")
N, KS = 3000, (15, 300)
ROWS = (100, 300, 1000)
REPEATS = 300
SCORES = (
    "auc",
    "trustworthiness",
    "continuity",
    "q_nx",
    "mrre_false",
    "mrre_missing",
    "pearson",
    "stress_scale_normalised",
    "triplet_accuracy",
)
Points = NDArray[np.float64]


def embeddings() -> dict[str, tuple[Points, Points]]:
    """Return points and an embedding of them, by what the page calls it."""
    from sklearn.decomposition import PCA

    draws = stream(0, "intervals")
    t = 1.5 * np.pi * (1 + 2 * draws.uniform(size=N))
    height = 21 * draws.uniform(size=N)
    roll = np.column_stack([t * np.cos(t), height, t * np.sin(t)])
    chart = np.column_stack([(t * np.sqrt(1 + t**2) + np.arcsinh(t)) / 2, height])
    outer = (t > 9)[:, None]
    thrown = chart.copy()
    thrown[draws.choice(N, N // 50, replace=False)] += 30 * draws.normal(size=(N // 50, 2))
    return {
        "unrolled and torn in two": (chart, np.where(outer, chart[:, ::-1] * 0.3 + 400, chart)),
        "unrolled, shaken by a hundredth": (chart, chart + 0.01 * draws.normal(size=(N, 2))),
        "unrolled, one point in 50 thrown away": (chart, thrown),
        "PCA": (chart, PCA(2).fit_transform(roll)),
        "points at random": (chart, draws.normal(size=(N, 2))),
    }


def coverage(X: Points, Y: Points, m: int) -> dict[str, float]:
    """Return the share of samples whose interval holds the exact score, by score."""
    options: dict[str, Any] = {"k": KS, "metrics": SCORES, "threads": 1}
    exact = dict(_flat(bench.score(X, Y, sample=None, **options)["euclidean"]))
    held: dict[str, list[bool]] = {name: [] for name in exact}
    with patch("bench.metrics.sampling.MIN_ROWS", 2):  # to see what smaller samples would give
        for seed in range(REPEATS):
            found = bench.score(X, Y, sample=m, seed=seed, **options)["euclidean"]["interval"]
            for name, (low, high) in _flat(found):
                held[name].append(low <= exact[name] <= high)
    return {name: float(np.mean(hits)) for name, hits in held.items()}


def _flat(scores: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in scores.items():
        label = METRICS[name].label
        if isinstance(value, dict):
            yield from ((f"{label}, k = {k}", number) for k, number in value.items())
        else:
            yield label, value


def table() -> str:
    """Return the coverage for each embedding and each number of rows."""
    lines = [f"| embedding | {' | '.join(f'{m} rows: mean | lowest' for m in ROWS)} |"]
    lines.append("|---" * (1 + 2 * len(ROWS)) + "|")
    cases = embeddings()
    jobs = [(X, Y, m) for X, Y in cases.values() for m in ROWS]
    with ProcessPoolExecutor(2) as pool:
        found = iter(list(pool.map(coverage, *zip(*jobs, strict=True))))
    for name in cases:
        cells = [_cells(next(found)) for _ in ROWS]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cells(shares: dict[str, float]) -> str:
    worst = min(shares, key=lambda name: shares[name])
    mean = np.mean(list(shares.values()))
    return f"{100 * mean:.0f} % | {100 * shares[worst]:.0f} % ({worst})"


def contents() -> dict[str, str]:
    """Return the section with the table."""
    return {"coverage": f"n = {N}, k = {KS[0]} and {KS[1]}, {REPEATS} samples.\n\n{table()}"}


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
