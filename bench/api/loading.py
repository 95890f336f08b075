"""`bench.load_results`: results on disk as Python objects."""

from collections.abc import Sequence
from pathlib import Path

from bench.api.results import Results
from bench.api.stages import load, registry_of_metrics
from bench.report.published import Published
from bench.store import Store


def load_results(
    folder: str | Path, *, k: int | Sequence[int] = (), plugins: Sequence[str | Path] = ()
) -> Results:
    """Read a results folder, or published results.

    Parameters
    ----------
    folder : str or Path
        What ``--out`` or ``out=`` named, or ``results/published`` of a checkout.
    k : int or sequence of int, optional
        Where curves are read: at 15 and n/10 if not given.
    plugins : sequence of str or Path
        Plugin folders, for the labels and directions of their metrics.

    Returns
    -------
    Results
        With one line on standard error for each file that cannot be used.

    Raises
    ------
    BenchError
        If there is nothing to read, or curves are not stored at a k.

    Examples
    --------
    >>> import bench, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> _ = bench.run(["pca"], ["swiss_roll"], seeds=2, n=60, out=folder, progress=False)
    >>> sorted(bench.load_results(folder, k=5).frame()["seed"].unique().tolist())
    [0, 1]
    """
    path = Path(folder)
    published = any(path.glob("datasets/*/jobs.jsonl"))
    ks = [k] if isinstance(k, int) else k
    registry = registry_of_metrics([Path(one) for one in plugins])
    source = Published(path) if published else Store(path)
    return Results.of(load(source, registry, ks=list(map(str, ks))))
