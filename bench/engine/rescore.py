"""Rescore: new or changed metrics on stored embeddings, without fitting anything again."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from bench.engine.guarded import Workplace, metrics
from bench.engine.outcome import Arrays
from bench.engine.prepare import Prepared
from bench.engine.score import score
from bench.files import read_arrays
from bench.metrics.comparison import compare
from bench.metrics.table import METRICS
from bench.record import Record, Status
from bench.registry import Registry


def revisions(registry: Registry) -> dict[str, str]:
    """Return the revision of every metric that can be computed.

    Parameters
    ----------
    registry : Registry

    Returns
    -------
    dict of str to str
        Of a built-in metric its number; of a plugin's a digest of its file, or the version of its
        distribution, so that an edited file is another revision.
    """
    found = {}
    for name, item in registry.items("metric").items():
        if item.is_built_in:
            found[name] = str(METRICS[name].revision)
        elif not item.unavailable:
            found[name] = item.version
    return found


def outdated(record: Record, current: Mapping[str, str]) -> tuple[str, ...]:
    """Name the metrics that a record lacks, or has by another revision.

    Parameters
    ----------
    record : Record
    current : mapping of str to str
        What `revisions` returned.

    Returns
    -------
    tuple of str
        Empty for a job without scores, and for one that holds points out: its scores need the
        fitted model, which is not stored.
    """
    if record.status is not Status.OK or record.job.held_out:
        return ()
    return tuple(name for name, now in current.items() if record.metrics.get(name) != now)


def rescore_job(
    record: Record, names: tuple[str, ...], arrays_file: Path, workplace: Workplace
) -> tuple[Record, Arrays]:
    """Compute some metrics of a record anew, in a worker.

    Parameters
    ----------
    record : Record
        As it is stored.
    names : tuple of str
        Of the metrics.
    arrays_file : Path
        With its embedding.
    workplace : Workplace
        Where its dataset is prepared.

    Returns
    -------
    record : Record
        With the scores of these metrics in place of those it had.
    arrays : dict of str to ndarray
        Likewise its embedding and curves.

    Raises
    ------
    ValueError
        If the arrays cannot be read, or are not those of the record.
    """
    arrays, digest = read_arrays(arrays_file)
    if digest != record.arrays_sha256:
        raise ValueError("the stored embedding was changed after it was written")
    prepared = Prepared.load(workplace.prepared)
    comparisons = compare(prepared.references, arrays["embedding"])
    scores = [one for one in record.scores if one.metric not in names]
    kept = {name: a for name, a in arrays.items() if name.partition("/")[2] not in names}
    problems = [one for one in (record.reason or "").split("; ") if one and not _is_of(one, names)]
    # Metrics of plugins are imported and computed last: they can change no other score.
    for third_party in (False, True):
        table = metrics(workplace.registry, third_party=third_party)
        chosen = [metric for metric in table if metric.name in names]
        found, curves, more = score(comparisons, chosen)
        scores += found
        kept |= curves
        problems += more
    again = msgspec.structs.replace(
        record, scores=tuple(scores), reason="; ".join(problems) or None, arrays_sha256=None
    )
    return again, kept


def _is_of(problem: str, names: tuple[str, ...]) -> bool:
    """Whether a problem is that of one of these metrics (`bench.engine.score.score`)."""
    return problem.startswith(tuple(f"metric {name}, " for name in names))
