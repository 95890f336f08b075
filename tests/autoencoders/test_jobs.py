"""What autoencoders become in a run: a status with a reason where they cannot do what is asked."""

import pytest

from bench.engine.guarded import Workplace, prepare_guarded, run_guarded
from bench.job import DatasetConfig, Job, ReducerConfig
from bench.record import Status

DATASET = DatasetConfig("swiss_roll", {"n": 60}, seed=0)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("job")
    place = Workplace(str(folder / "prepared"), str(folder / "log.txt"), (), 1)
    prepare_guarded(DATASET, place)
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
    record, arrays = run_guarded(Job(DATASET, ReducerConfig(reducer, parameters)), workplace)
    assert record.status is status
    assert reason in (record.reason or "")
    assert ("embedding" in arrays) == (status is Status.OK)
