"""Manifold: do images lie near a surface of few dimensions? The manifold hypothesis in numbers."""

from collections.abc import Sequence
from pathlib import Path

from bench.studies.manifold.cells import SEEDS, cells, run
from bench.studies.study import Outcome

__all__ = ["SEEDS", "cells", "publish", "run"]


def publish(outcomes: Sequence[Outcome], folder: Path) -> list[str]:
    """Write the report, the numbers and the figure into a folder; return the names of the files."""
    from bench.studies.manifold.report import publish_manifold

    return publish_manifold(outcomes, folder)
