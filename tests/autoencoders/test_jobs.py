"""What autoencoders become in a run: a status with a reason where they cannot do what is asked."""

import pytest

from bench import Registry
from bench.engine.guard import failure_of
from bench.engine.guarded import Workplace, prepare_dataset, run_job
from bench.job import DatasetConfig, Job, ReducerConfig
from bench.record import Status

DATASET = DatasetConfig("swiss_roll", {"n": 60}, seed=0)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("job")
    place = Workplace(folder, Registry(), 1)
    prepare_dataset(DATASET, place)
    return place


@pytest.mark.parametrize(
    ("reducer", "parameters", "status", "reason"),
    [
        ("autoencoder", {"epochs": 3}, Status.OK, ""),
        ("autoencoder_bernoulli", {}, Status.UNSUPPORTED, "needs values in [0, 1], got -"),
        ("convolutional_autoencoder", {}, Status.UNSUPPORTED, "3 values fill no square"),
        ("autoencoder", {"learning_rate": 1e12}, Status.DEGENERATE, "the training diverged"),
        ("denoising_autoencoder", {"corruption": "blur"}, Status.ERROR, "ValueError: corruption"),
    ],
)
def test_a_job_ends_with_the_status_and_the_reason(workplace, reducer, parameters, status, reason):
    job, arrays = Job(DATASET, ReducerConfig(reducer, parameters)), {}
    try:
        found, arrays = run_job(job, workplace)
    except Exception as error:  # noqa: BLE001 - a worker catches all of them
        found = failure_of(error)
    assert found.status is status
    assert reason in (found.reason or "")
    assert ("embedding" in arrays) == (status is Status.OK)
