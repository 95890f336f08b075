"""What a calibration draws: datasets by name, or all that are at hand, of several n and seeds."""

from collections.abc import Sequence

from bench.engine.child import apart
from bench.errors import BenchError, UnavailableError
from bench.job import DatasetConfig
from bench.registry import Item, Registry
from bench.suite import Choice, Overrides, Suite, plan

NEIGHBORS = (5, 7, 10, 15, 20, 30)
POINTS = (500, 1500)
SEEDS = (0, 1, 2)


def plan_calibration(
    registry: Registry,
    datasets: Sequence[str],
    ns: Sequence[int],
    seeds: Sequence[int],
    overrides: Overrides | None = None,
) -> list[DatasetConfig]:
    """List what is to be drawn.

    Parameters
    ----------
    registry : Registry
        Where names are resolved.
    datasets : sequence of str
        Names; if empty, all that can be had without a download.
    ns, seeds : sequence of int
        Numbers of points, and seeds.
    overrides : mapping of str to mapping, optional
        Parameters by the name of the dataset (``--set``).

    Raises
    ------
    BenchError
        If a name does not exist, or something is chosen twice.
    """
    names = datasets or [name for name, item in registry.items("dataset").items() if _is_here(item)]
    if len(set(ns)) < len(ns):
        raise BenchError(f"A number of points is chosen twice: {', '.join(map(str, ns))}.")
    choices = tuple(map(Choice, names))
    # A plan has jobs; one reducer for each dataset gives each dataset once.
    each = (Choice("oracle"),)
    suites = [Suite(choices, each, tuple(seeds), n) for n in ns]
    jobs = [job for suite in suites for job in plan(suite, registry, overrides)]
    return list({job.dataset.id: job.dataset for job in jobs}.values())


def _is_here(item: Item) -> bool:
    try:
        return item.unavailable is None and not apart(item, _is_downloaded)
    except UnavailableError:
        return False


def _is_downloaded(item: Item) -> bool:
    return item.beside("downloads") is not None
