"""What it takes to draw a million points of every synthetic dataset, and some of their geodesics.

One draw each with default parameters, after one of 1,000 points that pays for imports, compilation
and what is computed once and kept; then geodesics from eight of the points to all, as a block of a
reference asks for them. Peak is how far resident memory rose above what it was, points included.
A neighbour graph is built only when a distance is asked for, and is left out here. To run it, and
to make its page again::

    python benchmarks/datasets.py --out benchmarks/datasets.md
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from bench.console import console
from bench.engine.circumstances import circumstances
from bench.engine.memory import PeakMemory
from bench.engine.threads import cores
from bench.errors import UnsupportedError, unknown_name
from bench.registry import Item, Registry

HEADER = [
    "dataset",
    "D",
    "draw, s",
    "points, MiB",
    "peak, MiB",
    "geodesics of 8 rows, s",
    "peak, MiB",
]
ROWS = 8
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Cost:
    """What some work took.

    Parameters
    ----------
    seconds : float
        On the clock.
    peak : int or None
        Bytes; None where the system does not tell.
    """

    seconds: float
    peak: int | None

    @property
    def cells(self) -> list[str]:
        """The texts of the table."""
        return [f"{self.seconds:.1f}", "" if self.peak is None else f"{self.peak / MEBIBYTE:,.0f}"]


def measured(work: Callable[[], Any]) -> tuple[Any, Cost]:
    """Do some work; return what it gives, and what it took."""
    start = time.perf_counter()
    with PeakMemory() as peak:
        made = work()
        seconds = time.perf_counter() - start
    return made, Cost(seconds, peak.bytes)


def synthetic() -> dict[str, Item]:
    """Return the datasets that can be drawn in any number, by name."""
    items = Registry().items("dataset")
    return {
        name: item
        for name, item in items.items()
        if not item.unavailable and item.beside("most") is None
    }


def line(item: Item, n: int) -> list[str]:
    """Draw a dataset, and return its line of the table."""
    factory, _ = item.load()
    factory(n=1000, seed=0)
    dataset, draw = measured(lambda: factory(n=n, seed=0))
    seconds, peak = draw.cells
    cells = [
        item.name,
        str(dataset.X.shape[1]),
        seconds,
        f"{dataset.X.nbytes / MEBIBYTE:,.0f}",
        peak,
    ]
    if dataset.geodesics.status == "graph":
        return [*cells, "", ""]
    rows = np.linspace(0, n - 1, ROWS).astype(int)
    try:
        _, look = measured(lambda: dataset.geodesics.distances(rows))
    except UnsupportedError:
        return [*cells, "too many points", ""]
    return [*cells, *look.cells]


def main(
    n: Annotated[int, typer.Option(min=1000, help="Number of points.")] = 1_000_000,
    only: Annotated[list[str] | None, typer.Option(help="Only this dataset; repeatable.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the page there.")] = None,
) -> None:
    """Measure, and print a table."""
    from tabulate import tabulate

    items, lines = synthetic(), []
    for name in only or items:
        if name not in items:
            raise typer.BadParameter(str(unknown_name("synthetic dataset", name, items)))
        lines.append(line(items[name], n))
        console.print("  ".join(lines[-1]), highlight=False, soft_wrap=True)
    if out is not None:
        table = tabulate(lines, HEADER, tablefmt="pipe", disable_numparse=True)
        found = circumstances(cores())
        machine = f"On {found.processor}, {found.cores} cores, {found.started[:10]}; {n:,} points."
        out.write_text(f"# Drawing a million points\n\n{__doc__}\n{table}\n\n{machine}\n")


if __name__ == "__main__":
    typer.run(main)
