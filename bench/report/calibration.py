"""Publish a calibration: Markdown, CSV and a figure, into a folder of results."""

import io
from pathlib import Path

import pandas as pd

from bench.calibration import Calibration
from bench.geometry.default_graph import DEFAULT_NEIGHBORS
from bench.report import calibration_tables as tables
from bench.report.panels import drawing_style
from bench.store import write_whole

FILES = ("calibration.csv", "calibration_scores.csv", "figures/calibration.png", "calibration.md")


def publish_calibration(calibration: Calibration, folder: Path) -> None:
    """Write every one of `FILES`, each whole; the Markdown comes last.

    Raises
    ------
    BenchError
        If a file cannot be written.
    """
    from bench.report.calibration_figure import calibration_figure

    errors, scores = calibration.errors, calibration.scores
    with drawing_style(), io.BytesIO() as buffer:
        calibration_figure(errors, scores).savefig(buffer, dpi=130, format="png")
        picture = buffer.getvalue()
    contents = (_csv(errors), _csv(scores), picture, page(calibration).encode())
    for name, content in zip(FILES, contents, strict=True):
        write_whole(folder / name, content)


def load_calibration(folder: Path) -> Calibration:
    """Read what was published; what was left out stands in the Markdown alone."""
    errors, scores = (pd.read_csv(folder / name) for name in FILES[:2])
    return Calibration(errors, scores)


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


def _csv(frame: pd.DataFrame) -> bytes:
    text: str = frame.to_csv(index=False, float_format="%.6g")
    return text.encode()
