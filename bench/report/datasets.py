"""The datasets of a report: what they are, and how hard a sample of them is."""

from collections.abc import Iterable, Sequence
from statistics import fmean

import pandas as pd

from bench.record import DatasetFacts
from bench.report.frame import Results
from bench.report.tables import github_table

_NOTE = """\
d is the intrinsic dimension, where it is known; TwoNN estimates it from the points (Facco et al.
2017, by scikit-dimension), too low in many dimensions. The reach is the radius of the smallest
ball that touches the manifold twice (Federer 1959), infinite if it is flat and 0 at a sharp
point. The distance to the 10th neighbour (median over points) tells how densely the manifold is
sampled: in parts of the reach, where below 1 means that neighbours lie nearer than the manifold
bends or comes back to itself, and in parts of the largest distance between two points. Overlap is
the share of the k nearest neighbours that the two references have in common, and its area over
log k: the ceiling of the contrast between them. Means over seeds; a place is empty where nothing
is known, or the file of the dataset was written before it was measured."""

_ESTIMATED = (
    "Geodesics from a graph are an estimate; `python -m bench calibrate` measures what it is "
    "worth, and writes `calibration.md`."
)


def datasets_section(results: Results) -> str:
    """Write the table of the datasets, and what its columns mean."""
    rows = [
        _row(dataset, facts)
        for dataset in sorted({label for label, _ in results.all_facts})
        if (facts := [f for (label, _), f in results.all_facts.items() if label == dataset])
    ]
    note = " ".join(_NOTE.split())
    if any(facts.geodesic_status == "graph" for facts in results.all_facts.values()):
        note += f" {_ESTIMATED}"
    return f"{github_table(pd.DataFrame(rows).fillna(''))}\n{note}\n"


def _row(dataset: str, facts: Sequence[DatasetFacts]) -> dict[str, str]:
    first = facts[0]
    notes = ", ".join(
        f"{name} {'unknown' if value is None else f'{value:g}'}"
        for name, value in first.geodesic_notes.items()
    )
    row = {
        "dataset": dataset,
        "n": str(first.n),
        "D": str(first.dimensions),
        "d": "" if first.intrinsic_dimension is None else str(first.intrinsic_dimension),
        "d by TwoNN": _mean((f.estimated_dimension for f in facts), "{:.1f}"),
        "reach": first.reach if isinstance(first.reach, str) else _mean([first.reach], "{:.3g}"),
        "10th neighbour / reach": _mean(map(_by_reach, facts), "{:.2g}"),
        "10th neighbour / diameter": _mean(map(_by_diameter, facts), "{:.2g}"),
        "geodesics": first.geodesic_status + (f" ({notes})" if notes else ""),
        "overlap AUC": _mean((f.overlap_auc for f in facts), "{:.3f}"),
    }
    for k in first.overlap:
        row[f"overlap {k}"] = _mean((f.overlap.get(k) for f in facts), "{:.3f}")
    return row | {"source": first.source, "licence": first.licence}


def _by_reach(facts: DatasetFacts) -> float | None:
    if facts.neighbor_distance is None or not facts.reach:
        return None
    return 0.0 if facts.reach == "infinite" else facts.neighbor_distance / float(facts.reach)


def _by_diameter(facts: DatasetFacts) -> float | None:
    if facts.neighbor_distance is None or not facts.diameter:
        return None
    return facts.neighbor_distance / facts.diameter


def _mean(values: Iterable[float | None], form: str) -> str:
    known = [value for value in values if value is not None]
    return form.format(fmean(known)) if known else ""
