"""Stored embeddings: those in a store that were made of a dataset that is drawn anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from bench.job import DatasetConfig
from bench.record import Record, Status
from bench.report.frame import Results, reducer_label


@dataclass(frozen=True, eq=False)
class StoredEmbedding:
    """An embedding, and the record that it belongs to.

    Parameters
    ----------
    record : Record
        With status ``ok``.
    coordinates : ndarray of shape (n, n_components)
    control : bool
        Whether it is of a control.
    """

    record: Record
    coordinates: NDArray[np.floating]
    control: bool

    @property
    def geodesic_auc(self) -> float:
        """The AUC against geodesics that was recorded, NaN if there is none."""
        for score in self.record.scores:
            if (score.metric, score.reference) == ("auc", "geodesic") and score.value is not None:
                return score.value
        return float("nan")


def embeddings_of(config: DatasetConfig, results: Results | None) -> list[StoredEmbedding]:
    """Return the embeddings of a dataset.

    Parameters
    ----------
    config : DatasetConfig
        How it is drawn now, with the defaults of all parameters.
    results : Results or None
        What is in the store, if there is anything.
    """
    if results is None:
        return []
    controls = results.controls
    return [
        StoredEmbedding(
            record, results.arrays[record.job.id]["embedding"], reducer_label(record) in controls
        )
        for record in results.records
        if record.status is Status.OK and is_of(config, record)
    ]


def is_of(config: DatasetConfig, record: Record) -> bool:
    """Say whether a record is of this dataset, parameters that are new since then left aside.

    Whether these changed the points, too, only the recorded scores can tell.
    """
    made = record.job.dataset
    which = attrgetter("name", "seed", "revision", "code")
    same = which(made) == which(config)
    return same and made.parameters.items() <= config.parameters.items()


def of_none(configs: Sequence[DatasetConfig], results: Results) -> int:
    """Count the jobs with an embedding that are of none of these datasets."""
    finished = [record for record in results.records if record.status is Status.OK]
    return sum(not any(is_of(config, record) for config in configs) for record in finished)
