"""The published tables of the calibration, for ``calibration.md``."""

from pathlib import Path

import pandas as pd

from bench.manifolds.default_graph import DEFAULT_NEIGHBORS
from bench.studies.calibration.report import load_calibration, sections
from bench.studies.calibration.tables import changes_of_runs, with_changes

PAGE = Path(__file__).with_name("calibration.md")
RESULTS = Path(__file__).parents[1] / "results" / "published"
_NAMES = ("by k", "by dataset", "by reducer", "without truth")


def contents(results: Path = RESULTS) -> dict[str, str]:
    """Return every section that is made of the published numbers."""
    calibration = load_calibration(results)
    tables = dict(zip(_NAMES, sections(calibration).values(), strict=True))
    return tables | {"moves": moves(calibration.scores), "worth": worth(calibration.scores)}


def moves(scores: pd.DataFrame) -> str:
    """Say how far the AUC of a reducer moves with the graph that is used."""
    means, runs = _changes(scores)
    largest = runs.loc[runs["change"].abs().idxmax()]
    return (
        f"The AUC of a reducer, a mean over {_seeds(runs)} seeds, moves by "
        f"{means['change'].abs().mean():.3f} on average and by {means['change'].abs().max():.3f} "
        f"at most; that of a single run moves by {abs(largest['change']):.3f} at most "
        f"({largest['reducer']} on `{largest['dataset']}`, seed {largest['seed']})."
    )


def worth(scores: pd.DataFrame) -> str:
    """Say what a score on real images is worth, if they are like these manifolds."""
    means, runs = _changes(scores)
    return (
        f"So a geodesic AUC on real images is trustworthy to about "
        f"{means['change'].abs().max():.2f} as a mean over {_seeds(runs)} seeds, and to about "
        f"{runs['change'].abs().max():.2f} in a single run, **if** the images lie on a manifold of "
        "one or two dimensions, sampled as densely as these, and without noise."
    )


def _changes(scores: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the changes of means over seeds, and of single runs, with the default graph."""
    used = scores[scores["k"] == DEFAULT_NEIGHBORS]
    means = with_changes(used)
    return means[~means["control"].astype(bool)], changes_of_runs(used)


def _seeds(runs: pd.DataFrame) -> int:
    return int(runs["seed"].nunique())
