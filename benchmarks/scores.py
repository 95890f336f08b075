"""How long scores take: against other packages, and against what no score can do without.

Every line is a ratio of medians of interleaved repeats in this one process, after a warm-up, with
two threads, each after a rest. To run it, and to make its page again::

    pip install -c constraints.txt -e '.[peers]'
    python benchmarks/scores.py --out benchmarks/scores.md
"""

import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from bench import LiveReference, compare, score
from bench.console import console
from bench.engine.circumstances import circumstances
from bench.engine.memory import PeakMemory
from bench.errors import unknown_name
from bench.geometry.blocks import in_order, row_blocks
from bench.geometry.euclidean import EuclideanDistances
from bench.geometry.stored_reference import StoredReference, save_reference
from bench.manifolds.graph import graph_geodesics
from bench.manifolds.shortest_paths import ShortestPaths

THREADS = 2
K = 10
TRUST = ["trustworthiness", "continuity"]
ZADU = ("tnc", "mrre", "lcmc", "srho", "pr", "stress", "sn_stress", "nm_stress")
REST = 0.3  # seconds; by then threads that another package keeps spinning after its work are asleep
Work = Callable[[], Any]


@dataclass(frozen=True)
class Line:
    """One line of the page.

    Parameters
    ----------
    work, against, size : str
        What was measured, against what, on which points.
    wanted : float
        The ratio to be reached.
    ours, theirs : float
        Seconds; of memory, MiB.
    at_least : bool
        Whether the ratio is theirs / ours and should be large; otherwise it is ours / theirs and
        should be small.
    """

    work: str
    against: str
    size: str
    wanted: float
    ours: float
    theirs: float
    at_least: bool = True

    @property
    def ratio(self) -> float:
        """Theirs to ours, or ours to theirs."""
        return self.theirs / self.ours if self.at_least else self.ours / self.theirs

    @property
    def cells(self) -> list[str]:
        """The texts of the table."""
        met = self.ratio >= self.wanted if self.at_least else self.ratio <= self.wanted
        sign = "≥" if self.at_least else "≤"
        numbers = [f"{self.ours:.3g}", f"{self.theirs:.3g}", f"{self.ratio:.2f}"]
        wanted = f"{sign} {self.wanted:g}"
        return [self.work, self.against, self.size, *numbers, wanted, "yes" if met else "**no**"]


HEADER = ["work", "against", "points", "ours", "theirs", "ratio", "wanted", "met"]


@cache
def roll(n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a Swiss roll, and its two principal components."""
    from sklearn.datasets import make_swiss_roll
    from sklearn.decomposition import PCA

    points = make_swiss_roll(n, noise=0.05, random_state=0)[0]
    return points, PCA(2).fit_transform(points)


@cache
def cloud(n: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return points in 784 dimensions near a flat piece of ten, and two coordinates of that."""
    random = np.random.default_rng(0)
    latent = random.normal(size=(n, 10)).astype(np.float32)
    points = random.normal(size=(n, 784), scale=0.1).astype(np.float32)
    points += latent @ random.normal(size=(10, 784)).astype(np.float32)
    return points, latent[:, :2].copy()


def interleaved(*works: Work, repeats: int = 5, warm: bool = True) -> list[float]:
    """Return the median seconds of each work."""
    if warm:
        for work in works:
            work()
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(repeats):
        for work, found in zip(works, seconds, strict=True):
            time.sleep(REST)
            start = time.perf_counter()
            work()
            found.append(time.perf_counter() - start)
    return [median(found) for found in seconds]


def against_scikit_learn() -> Iterator[Line]:
    """Trustworthiness and continuity at one k, as scikit-learn gives them in two calls."""
    from sklearn.manifold import trustworthiness

    for make, n, wanted in [
        (roll, 2000, 15),
        (roll, 5000, 15),
        (roll, 10000, 15),
        (cloud, 5000, 3),
    ]:
        X, Y = make(n)
        ours, theirs = interleaved(
            lambda X=X, Y=Y: score(X, Y, k=K, metrics=TRUST, threads=THREADS),
            lambda X=X, Y=Y: (
                trustworthiness(X, Y, n_neighbors=K),
                trustworthiness(Y, X, n_neighbors=K),
            ),
        )
        yield Line("T + C at one k", "scikit-learn", _size(X), wanted, ours, theirs)


def against_zadu() -> Iterator[Line]:
    """Do the same, and the whole panel, against the engine of zadu."""
    import zadu

    def peer(ids: tuple[str, ...], X: Any, Y: Any) -> Any:  # noqa: ANN401 - arrays
        with_k = {"tnc", "mrre", "lcmc"}
        specs = [{"id": i, "params": {"k": K} if i in with_k else {}} for i in ids]
        return zadu.ZADU(specs, X).measure(Y)

    for make, n in [(roll, 5000), (cloud, 5000)]:
        X, Y = make(n)
        ours, theirs = interleaved(
            lambda X=X, Y=Y: score(X, Y, k=K, metrics=TRUST, threads=THREADS),
            lambda X=X, Y=Y: peer(("tnc",), X, Y),
        )
        yield Line("T + C at one k", "zadu", _size(X), 15, ours, theirs)
    for n, wanted in [(2000, 20), (5000, 25)]:
        X, Y = roll(n)
        ours, theirs = interleaved(
            lambda X=X, Y=Y: score(X, Y, k=K, threads=THREADS),
            lambda X=X, Y=Y: peer(ZADU, X, Y),
            repeats=3,
        )
        yield Line("panel, all k", "zadu, 8 metrics at one k", _size(X), wanted, ours, theirs)
    X, Y = roll(5000)
    distances = ["pearson", "residual_variance", "stress_scale_normalised"]
    ours, theirs = interleaved(
        lambda: score(X, Y, metrics=distances, threads=THREADS),
        lambda: peer(("pr", "sn_stress"), X, Y),
    )
    yield Line("distance-only scores", "zadu", _size(X), 1, ours, theirs)


def against_pydrmetrics() -> Iterator[Line]:
    """Run the panel against the package that gives all k too."""
    from pyDRMetrics.pyDRMetrics import DRMetrics

    X, Y = roll(2000)
    score(X, Y)
    (theirs,) = interleaved(lambda: DRMetrics(X, Y), repeats=1, warm=False)
    (ours,) = interleaved(lambda: score(X, Y, k=K, threads=THREADS))
    yield Line("panel, all k", "pydrmetrics", _size(X), 100, ours, theirs)


def overlap_alone() -> Iterator[Line]:
    """Find the share of the nearest kept, against two searches of scikit-learn's."""
    from sklearn.neighbors import NearestNeighbors

    def peer(X: NDArray[Any], Y: NDArray[Any]) -> float:
        one, other = (
            np.sort(NearestNeighbors(n_neighbors=K).fit(Z).kneighbors(return_distance=False))
            for Z in (X, Y)
        )
        return float(
            np.mean([len(np.intersect1d(a, b)) for a, b in zip(one, other, strict=True)]) / K
        )

    for make, n in [(roll, 2000), (roll, 10000), (cloud, 5000)]:
        X, Y = make(n)
        ours, theirs = interleaved(
            lambda X=X, Y=Y: score(X, Y, k=K, metrics=["q_nx"], threads=THREADS),
            lambda X=X, Y=Y: peer(X, Y),
        )
        yield Line("kNN overlap alone", "scikit-learn's neighbours", _size(X), 1, ours, theirs)


def geodesics() -> Iterator[Line]:
    """Shortest paths on a neighbour graph, against scipy."""
    from scipy.sparse.csgraph import dijkstra

    for n in (2000, 5000, 10000):
        graph = graph_geodesics(roll(n)[0], n_neighbors=10).graph
        ours, theirs = interleaved(
            lambda graph=graph: _all_rows(ShortestPaths(graph)),
            lambda graph=graph: dijkstra(graph),
            repeats=3,
            warm=n < 10000,
        )
        _check_equal(ShortestPaths(graph), dijkstra(graph))
        yield Line("graph geodesics, all pairs, bit-equal", "scipy", f"{n} × 3", 8, ours, theirs)
    n = 100_000
    graph = graph_geodesics(roll(n)[0], n_neighbors=10).graph
    sources = np.random.default_rng(0).choice(n, 64, replace=False)
    paths = ShortestPaths(graph)
    paths.distances(sources[:1])

    def some_rows() -> list[NDArray[np.float64]]:
        return list(in_order(paths.distances, np.array_split(sources, 16), THREADS))

    ours, theirs = interleaved(some_rows, lambda: dijkstra(graph, indices=sources), repeats=3)
    yield Line("graph geodesics, 64 random sources", "scipy", f"{n} × 3", 1.5, ours, theirs)


def references() -> Iterator[Line]:
    """Both references against one, and a later embedding against the first."""
    for n in (2000, 5000):
        X, Y = roll(n)
        both, one = interleaved(
            lambda X=X, Y=Y: score(X, Y, graph_neighbors=10, threads=THREADS),
            lambda X=X, Y=Y: score(X, Y, threads=THREADS),
        )
        yield Line("both references, with their graph", "one", _size(X), 2.5, both, one, False)
    X, Y = roll(2000)
    n, options = len(X), {"threads": THREADS}
    with tempfile.TemporaryDirectory() as folder:
        count = iter(range(1000))
        saved = Path(folder) / "kept"
        save_reference(LiveReference(EuclideanDistances(X), n), saved, threads=THREADS)

        def first() -> None:
            made = Path(folder) / str(next(count))
            save_reference(LiveReference(EuclideanDistances(X), n), made, threads=THREADS)
            compare({"euclidean": StoredReference.load(made)}, Y, **options)

        later, whole = interleaved(
            lambda: compare({"euclidean": StoredReference.load(saved)}, Y, **options), first
        )
    yield Line("a later embedding", "the first", _size(X), 0.6, later, whole, False)


def floor() -> Iterator[Line]:
    """Run the panel against distances and the sorting of integers, without which no ranks are."""

    def work(X: NDArray[Any], Y: NDArray[Any]) -> None:
        geometries = EuclideanDistances(X), EuclideanDistances(Y)

        def sort(rows: NDArray[np.intp]) -> None:
            for geometry in geometries:
                keys = geometry.distances(rows).astype(np.float32).view(np.uint32)
                keys.sort(axis=1)

        list(in_order(sort, row_blocks(np.arange(len(X)), len(X)), THREADS))

    for make, n in [(roll, 2000), (roll, 5000), (roll, 10000), (cloud, 5000)]:
        X, Y = make(n)
        ours, least = interleaved(
            lambda X=X, Y=Y: score(X, Y, threads=THREADS), lambda X=X, Y=Y: work(X, Y)
        )
        yield Line("panel, all k", "distances and sorts", _size(X), 3.5, ours, least, False)


def growth() -> Iterator[Line]:
    """Seconds and memory as the number of points doubles."""
    sizes = [2500, 5000, 10000, 20000]
    seconds, peaks = [], []
    for n in sizes:
        X, Y = roll(n)
        score(X[:500], Y[:500], threads=THREADS)
        with PeakMemory() as peak:
            seconds += interleaved(
                lambda X=X, Y=Y: score(X, Y, sample=None, threads=THREADS), repeats=3, warm=False
            )
        peaks.append((peak.bytes or 0) / 2**20)
    for n, before, after in zip(sizes[1:], seconds, seconds[1:], strict=False):
        yield Line("panel, seconds", "half the points", f"{n} × 3", 4.8, after, before, False)
    for n, before, after in zip(sizes[1:], peaks, peaks[1:], strict=False):
        yield Line("panel, MiB", "half the points", f"{n} × 3", 2.2, after, before, False)
    yield Line("panel, MiB", "64 MB", "20000 × 3", 1, peaks[-1], 64e6 / 2**20, False)


def samples() -> Iterator[Line]:
    """Take a sample of 1,000 rows of a million points."""

    def work(X: NDArray[Any], Y: NDArray[Any]) -> Work:
        return lambda: score(X, Y, k=(10, 50), metrics=TRUST, sample=1000, threads=THREADS)

    small, large = roll(100_000), roll(1_000_000)
    work(*small)()
    with PeakMemory() as peak:
        work(*large)()
    many, few = interleaved(work(*large), work(*small), repeats=3, warm=False)
    yield Line("T + C, 1,000 rows", "100,000 points", "1000000 × 3", 11, many, few, False)
    megabytes = (peak.bytes or 0) / 2**20
    yield Line("the same, MiB", "200 MB", "1000000 × 3", 1, megabytes, 200e6 / 2**20, False)


def start() -> Iterator[Line]:
    """Start a process that scores 1,000 points: with nothing compiled yet, and after that."""
    with tempfile.TemporaryDirectory() as folder:
        X, Y = roll(1000)
        np.save(f"{folder}/X.npy", X)
        np.save(f"{folder}/Y.npy", Y)
        command = [sys.executable, "-m", "bench", "score", "--json"]
        command += ["--points", f"{folder}/X.npy", "--embedding", f"{folder}/Y.npy"]
        environment = os.environ | {"NUMBA_CACHE_DIR": f"{folder}/compiled"}

        def run() -> None:
            subprocess.run(command, check=True, capture_output=True, env=environment)  # noqa: S603

        (cold,) = interleaved(run, repeats=1, warm=False)
        (warm,) = interleaved(run)
    yield Line("`bench score`, a second process", "the first", _size(X), 1, warm, cold, False)
    yield Line("`bench score`, a second process", "1 s", _size(X), 1, warm, 1.0, False)


SECTIONS: dict[str, Callable[[], Iterator[Line]]] = {
    function.__name__: function
    for function in (
        against_scikit_learn,
        against_zadu,
        against_pydrmetrics,
        overlap_alone,
        geodesics,
        references,
        floor,
        growth,
        samples,
        start,
    )
}


def main(
    only: Annotated[list[str] | None, typer.Option(help="Only this section; repeatable.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the page there.")] = None,
) -> None:
    """Measure, and print a table."""
    from tabulate import tabulate

    warnings.simplefilter("ignore")  # of the peers
    lines = []
    for name in only or SECTIONS:
        if name not in SECTIONS:
            raise typer.BadParameter(str(unknown_name("section", name, SECTIONS)))
        for line in SECTIONS[name]():
            console.print("  ".join(line.cells), highlight=False, soft_wrap=True)
            lines.append(line.cells)
    table = tabulate(lines, HEADER, tablefmt="pipe", disable_numparse=True)
    if out is not None:
        out.write_text(f"# Speed of the scores\n\n{__doc__}\n{table}\n\n{_machine()}\n")


def _machine() -> str:
    found = circumstances(THREADS)
    versions = ", ".join(f"{name} {version}" for name, version in found.versions.items())
    return f"On {found.processor}, {found.cores} cores, {found.started[:10]}: {versions}."


def _size(points: NDArray[Any]) -> str:
    return f"{len(points)} × {points.shape[1]}"


def _all_rows(paths: ShortestPaths) -> None:
    blocks = row_blocks(paths.order, len(paths.order))
    for _ in in_order(paths.distances, blocks, THREADS):
        pass


def _check_equal(paths: ShortestPaths, expected: NDArray[np.float64]) -> None:
    for rows in row_blocks(paths.order, len(paths.order)):
        np.testing.assert_array_equal(paths.distances(rows), expected[rows])


if __name__ == "__main__":
    typer.run(main)
