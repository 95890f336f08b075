"""The floor: what the same reducer reaches on noise, where there is no manifold to find."""

from collections.abc import Iterator

import msgspec
import pandas as pd

from bench.job import DatasetConfig
from bench.record import Record, Status
from bench.report.escape import markdown_escape
from bench.report.frame import REFERENCES, Results, fixed, reducer_label
from bench.report.statistics import interval
from bench.report.tables import REFERENCE_LABELS, Cell, Table

NOISE = ("uniform_noise", "gaussian_noise")  # the first is taken where both are there
_COLUMNS = ["dataset", "reducer", "control", "metric", "k", "seed", "reference"]
_COLUMNS += ["score", "floor", "value"]
_NOTE = """\
The floor is the AUC of the same reducer, with the same parameters, on noise of the same n and D
({noise}): what it would have invented where there is nothing to find. A place reads: score −
floor = difference, means over the seeds that both have, ± half-width of the 95 % interval of the
difference, taken seed by seed. The geodesics of the noise are shortest paths on its graph of
neighbours. In few dimensions noise is more than noise: it fills a box of D dimensions, which can
be kept well, and a difference below 0 says that the manifold was kept less well than that box."""
_HOW = """\
No floor for {datasets}: there is no noise of the same n and D with the same reducers and seeds.
`python -m bench run --suite floor` runs it for the default suite; for any other, {command}."""


def above_floor(results: Results) -> pd.DataFrame:
    """Hold each job's AUC against that of the same reducer on noise of the same n, D and seed.

    Parameters
    ----------
    results : Results

    Returns
    -------
    DataFrame
        A row for each job and reference where both have a score, with ``score``, ``floor`` and
        their difference, ``value``. None for controls, nor for the noise itself.
    """
    return pd.DataFrame(_rows(results), columns=_COLUMNS)


def floor_section(results: Results) -> str:
    """Write the tables of `floor_tables`, what they mean, and how to get what is missing."""
    pairs = above_floor(results)
    parts = [table.markdown for table in floor_tables(results, pairs)]
    if parts:
        used = sorted({noise.label for noise in _twins(results).values()})
        names = ", ".join(map(markdown_escape, used))
        parts.append(" ".join(_NOTE.format(noise=names).split()) + "\n")
    lacking = [name for name in _manifolds(results) if name not in set(pairs["dataset"])]
    if lacking:
        facts = next(f for (label, _), f in results.facts.items() if label == lacking[0])
        noise = f"--dataset {NOISE[0]} --n {facts.n} --set {NOISE[0]}.dimensions={facts.dimensions}"
        first, names = markdown_escape(lacking[0]), ", ".join(map(markdown_escape, lacking))
        command = f"`python -m bench run {noise}` (here for {first})"
        parts.append(" ".join(_HOW.format(datasets=names, command=command).split()))
    return "\n".join(parts) + "\n"


def floor_tables(results: Results, pairs: pd.DataFrame) -> Iterator[Table]:
    """Tabulate the pairs of `above_floor`, reducers by datasets, for each reference."""
    for reference in REFERENCES if len(pairs) else ():
        own = pairs[pairs["reference"] == reference]
        groups = dict(tuple(own.groupby(["dataset", "reducer"])))
        cells = {
            dataset: [Cell(_text(groups.get((dataset, name)))) for name in _reducers(own)]
            for dataset in _manifolds(results)
        }
        title = f"AUC above the floor: {REFERENCE_LABELS[reference]}"
        yield Table(title, pd.DataFrame(cells, index=_reducers(own)))


def _rows(results: Results) -> Iterator[dict[str, object]]:
    by_id = {record.job.id: record for record in results.records}
    twins, controls = _twins(results), results.controls
    for record in results.records:
        noise = twins.get((record.job.dataset.label, record.job.seed))
        if noise is None or reducer_label(record) in controls:
            continue
        # A job's id follows from its configuration alone, and so does that of its twin.
        twin = by_id.get(msgspec.structs.replace(record.job, dataset=noise).id)
        score, floor = _auc(record), _auc(twin)
        for reference in (name for name in REFERENCES if name in score and name in floor):
            yield {
                "dataset": record.job.dataset.label,
                "reducer": reducer_label(record),
                "control": False,
                "metric": "auc",
                "k": "",
                "seed": record.job.seed,
                "reference": reference,
                "score": score[reference],
                "floor": floor[reference],
                "value": score[reference] - floor[reference],
            }


def _twins(results: Results) -> dict[tuple[str, int], DatasetConfig]:
    """Name the noise of the same n, D and seed, by dataset label and seed."""
    found: dict[tuple[int, int, int], DatasetConfig] = {}
    noises = [f for f in results.facts.values() if f.config.name in NOISE]
    noises.sort(key=lambda f: (NOISE.index(f.config.name), len(f.config.changed), f.config.label))
    for facts in noises:
        found.setdefault((facts.n, facts.dimensions, facts.config.seed), facts.config)
    return {
        key: found[shape]
        for key, facts in results.facts.items()
        if (shape := (facts.n, facts.dimensions, facts.config.seed)) in found
        and facts.config.name not in NOISE
    }


def _auc(record: Record | None) -> dict[str, float]:
    """Return the AUC by reference; nothing of a job that has none."""
    if record is None or record.status is not Status.OK:
        return {}
    scores = (score for score in record.scores if score.metric == "auc")
    return {score.reference: score.value for score in scores if score.value is not None}


def _manifolds(results: Results) -> list[str]:
    """Label the datasets that are not noise and were drawn."""
    drawn = {label for (label, _), f in results.facts.items() if f.config.name not in NOISE}
    return sorted(drawn)


def _reducers(pairs: pd.DataFrame) -> list[str]:
    return sorted(set(pairs["reducer"]))


def _text(pairs: pd.DataFrame | None) -> str:
    if pairs is None:
        return ""
    above = interval(pairs["value"].to_numpy(dtype=float))
    score, floor = (fixed(pairs[name].mean(), 3) for name in ("score", "floor"))
    spread = f" ± {fixed(above.half_width, 3)}" if above.seeds > 1 else ""
    return f"{score} − {floor} = {fixed(above.mean, 3)}{spread}"
