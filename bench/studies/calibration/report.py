"""Publish a calibration: Markdown, CSV and a figure, into a folder of results."""

import io
from functools import partial
from pathlib import Path

import pandas as pd

from bench.errors import BenchError, one_line
from bench.manifolds.default_graph import DEFAULT_NEIGHBORS
from bench.report.escape import csv_text
from bench.report.panels import as_png
from bench.report.publish import Supplement
from bench.results_folder import publish_files
from bench.studies.calibration import tables
from bench.studies.calibration.measure import Calibration

FILES = ("calibration.csv", "calibration_scores.csv", "figures/calibration.png", "calibration.md")


def publish_calibration(calibration: Calibration, folder: Path) -> None:
    """Write every one of `FILES`, each whole; the Markdown comes last.

    Raises
    ------
    BenchError
        If a file cannot be written.
    """
    tidy = (_csv(calibration.errors), _csv(calibration.scores))
    # Drawn from the digits that are published, so that a report draws the same again.
    errors, scores = (_table(io.BytesIO(text)) for text in tidy)
    contents = (*tidy, _picture(Calibration(errors, scores)), page(calibration).encode())
    publish_files(folder, dict(zip(FILES, contents, strict=True)))


def load_calibration(folder: Path) -> Calibration:
    """Read what was published; what was left out stands in the Markdown alone.

    Raises
    ------
    BenchError
        If a file cannot be read.
    """
    errors, scores = (_read(folder / name) for name in FILES[:2])
    return Calibration(errors, scores)


def _table(file: Path | io.BytesIO) -> pd.DataFrame:
    try:
        return pd.read_csv(file, float_precision="round_trip")
    except pd.errors.EmptyDataError:
        return pd.DataFrame()  # no embedding was there to be scored


def _read(path: Path) -> pd.DataFrame:
    try:
        return _table(path)
    except (OSError, ValueError) as error:
        raise BenchError(f"{path} is no table ({one_line(error)}): calibrate again.") from error


def supplement(folder: Path) -> Supplement:
    """Return what the page of results says of the calibration in a folder."""
    heading = "## Calibration of graph geodesics\n\n"
    return Supplement(heading + _summary(folder), partial(_redraw, folder))


def _summary(folder: Path) -> str:
    """Summarise the calibration that is in a folder, or say how to get one."""
    if not all((folder / name).is_file() for name in FILES[:2]):
        return "None yet: `python -m bench calibrate` says what estimated geodesics are worth.\n"
    title, text = next(iter(sections(load_calibration(folder)).items()))
    pages = "calibration.md has the datasets one by one, figures/calibration.png shows them."
    return f"### {title}\n\n{text}\n{tables.LEGEND} {pages}\n"


def _redraw(folder: Path) -> dict[str, bytes]:
    """Draw the figure of the calibration that is in a folder anew, if there is one."""
    if not all((folder / name).is_file() for name in FILES[:2]):
        return {}
    return {FILES[2]: _picture(load_calibration(folder))}


def page(calibration: Calibration) -> str:
    """Return the Markdown page: every table, and what was left out."""
    errors = calibration.errors
    seeds = ", ".join(map(str, sorted(errors["seed"].unique())))
    parts = [
        "# Calibration of graph geodesics\n",
        f"{tables.LEGEND} Seeds: {seeds}.\n",
        *(f"## {title}\n\n{text}" for title, text in sections(calibration).items()),
        "## Left out\n",
        "\n".join(f"- {reason}" for reason in calibration.left_out) or "Nothing.",
    ]
    return "\n".join(parts) + "\n"


def sections(calibration: Calibration) -> dict[str, str]:
    """Return the tables by their titles."""
    errors, scores = calibration.errors, calibration.scores
    ks = sorted(errors["k"].unique())
    k = min(ks, key=lambda k: abs(int(k) - DEFAULT_NEIGHBORS))
    frames = {
        "By k, over all datasets": tables.by_k(errors, scores),
        f"By dataset, k = {k}": tables.by_dataset(errors, k),
        f"AUC and rank of the reducers, k = {k}": tables.by_reducer(scores, k),
        "AUC where there is no truth, by k": tables.without_truth(scores),
    }
    return {title: tables.markdown(frame) for title, frame in frames.items() if len(frame)}


def _picture(calibration: Calibration) -> bytes:
    from bench.studies.calibration.figure import calibration_figure

    return as_png(lambda: calibration_figure(calibration.errors, calibration.scores))


def _csv(frame: pd.DataFrame) -> bytes:
    return csv_text(frame).encode()
