"""Study: a question that is answered by many small runs, and a report of what they came to.

A folder in ``bench/studies/`` with a ``study.py`` is a study. The file offers:

``SEEDS``
    The seeds that it is run with if none are given.
``cells(seeds) -> list of Cell``
    The runs that it is made of.
``run(cell) -> dict of str to float or list of float``
    One of them, in a worker process: a pure function of the cell.
``publish(outcomes, folder)``
    Writes its ``report.md``, tables and figure; what they say follows from the outcomes.
"""

import hashlib
import importlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

import msgspec

from bench.errors import unknown_name
from bench.record import Circumstances, Status

Values = dict[str, float | list[float | None] | None]


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run of a study.

    Parameters
    ----------
    parameters : dict
        What it is about, in words and numbers that JSON can say.
    seed : int
        Of all its random draws.
    revision : int
        Of the study's code: raised when the same cell comes to mean another number.
    """

    parameters: dict[str, Any]
    seed: int
    revision: int = 1

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits that no other cell shares."""
        canonical = msgspec.json.encode(msgspec.structs.asdict(self), order="deterministic")
        return hashlib.sha256(canonical).hexdigest()[:16]

    @property
    def label(self) -> str:
        """What a person calls it."""
        return ", ".join([*map(str, self.parameters.values()), f"seed {self.seed}"])


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came of a cell.

    Parameters
    ----------
    cell : Cell
    status : Status
    circumstances : Circumstances
        Where it ran.
    reason : str or None
        Why it is not ``ok``, in one line.
    numbers : dict
        Numbers and curves by name; empty unless ``ok``.
    busy_seconds : float
        How long it took.
    """

    cell: Cell
    status: Status
    circumstances: Circumstances
    reason: str | None = None
    numbers: Values = {}
    busy_seconds: float = 0.0


class Study(Protocol):
    """What a file in ``bench/studies/`` offers."""

    __doc__: str | None
    SEEDS: Sequence[int]

    def cells(self, seeds: Sequence[int]) -> list[Cell]:
        """List the runs for some seeds."""
        ...

    def run(self, cell: Cell) -> Values:
        """Run one cell."""
        ...

    def publish(self, outcomes: Sequence[Outcome], folder: Path) -> list[str]:
        """Write what the outcomes say into a folder; return the names of the files."""
        ...


def study_names() -> list[str]:
    """Name every study."""
    folders = (resources.files("bench") / "studies").iterdir()
    return sorted(f.name for f in folders if f.is_dir() and (f / "study.py").is_file())


def load_study(name: str) -> Study:
    """Import a study.

    Raises
    ------
    BenchError
        If there is none of this name.
    """
    if name not in study_names():
        raise unknown_name("study", name, study_names())
    study: Study = importlib.import_module(f"bench.studies.{name}.study")
    return study
