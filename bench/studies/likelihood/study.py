"""Likelihood: what the loss alone does to an autoencoder of images."""

from collections.abc import Sequence
from pathlib import Path

from bench.studies.likelihood.cells import SEEDS, cells, run
from bench.studies.study import Outcome

__all__ = ["SEEDS", "cells", "publish", "run"]


def publish(outcomes: Sequence[Outcome], folder: Path) -> list[str]:
    """Write the report, the numbers and the figure into a folder; return the names of the files."""
    from bench.studies.likelihood.report import publish_likelihood

    return publish_likelihood(outcomes, folder)
