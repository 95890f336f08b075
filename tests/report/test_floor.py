"""The floor of a score, from records that are known."""

import numpy as np
import pytest

from bench import Job, Record, Registry, Store
from bench.engine.prepare import draw
from bench.job import DatasetConfig, ReducerConfig
from bench.record import Circumstances, DatasetFacts, Score, Status
from bench.report.floor import NOISE, above_floor, floor_section
from bench.report.frame import load_results
from bench.report.publish import numbers
from bench.suite import load_suite, plan

WHERE = Circumstances({}, "a", 2, 2**30, "Linux", 1, "2026-01-02T00:00:00+00:00")
N = 30


class Filling:
    """A store that is filled with datasets and jobs."""

    def __init__(self, folder):
        self.store = Store(folder)

    def add(self, dataset, reducer, seed, auc, dimensions=3, **parameters):
        config = DatasetConfig(dataset, {"n": N, "dimensions": dimensions}, seed)
        known = ("graph", {}, False, {}, 0.7, "source", "licence")
        self.store.save_dataset(DatasetFacts(config, N, dimensions, *known), {})
        job = Job(config, ReducerConfig(reducer, parameters, tuple(parameters)))
        if auc is None:
            self.store.save(Record(job, Status.TIMEOUT, WHERE, reason="slow"))
            return
        scores = (Score("auc", "geodesic", auc), Score("auc", "euclidean", auc / 2))
        self.store.save(Record(job, Status.OK, WHERE, scores=scores), {"embedding": np.eye(N, 2)})

    @property
    def results(self):
        return load_results(self.store, ks=("5",))[0]


@pytest.fixture
def filling(tmp_path):
    return Filling(tmp_path)


def test_the_floor_is_taken_seed_by_seed(filling):
    for seed, score, floor in ((0, 0.9, 0.2), (1, 0.8, 0.3), (2, 0.5, None), (3, None, 0.1)):
        filling.add("roll", "tsne", seed, score)
        filling.add("uniform_noise", "tsne", seed, floor)
    found = above_floor(filling.results).query("reference == 'geodesic'").sort_values("seed")
    assert found["seed"].tolist() == [0, 1]
    assert found["value"].tolist() == pytest.approx([0.7, 0.5])
    # Half-width: t(0.975, 1 degree of freedom) = 12.706, times 0.1 for two values 0.2 apart.
    section = floor_section(filling.results)
    assert "0.850 − 0.250 = 0.600 ± 1.271" in section
    assert "0.425 − 0.125 = 0.300 ± 0.635" in section
    assert "No floor" not in section


def test_only_noise_of_the_same_shape_and_the_same_reducer_counts(filling):
    filling.add("roll", "tsne", 0, 0.9)
    filling.add("roll", "umap", 0, 0.8, spread=2)
    filling.add("uniform_noise", "tsne", 0, 0.2, dimensions=4)
    filling.add("uniform_noise", "umap", 0, 0.2, spread=1)
    assert above_floor(filling.results).empty
    section = floor_section(filling.results)
    assert "AUC above the floor" not in section
    assert "No floor for roll:" in section
    assert "--dataset uniform_noise --n 30 --set uniform_noise.dimensions=3" in section


def test_uniform_noise_comes_before_gaussian_and_noise_has_no_floor_itself(filling):
    filling.add("roll", "tsne", 0, 0.9)
    filling.add("gaussian_noise", "tsne", 0, 0.4)
    assert above_floor(filling.results)["floor"].tolist() == [0.4, 0.2]
    filling.add("uniform_noise", "tsne", 0, 0.1)
    found = above_floor(filling.results)
    assert set(found["dataset"]) == {"roll"}
    assert found["floor"].tolist() == [0.1, 0.05]


def test_controls_have_no_floor(filling):
    for dataset in ("roll", "uniform_noise"):
        filling.add(dataset, "random", 0, 0.01)
    assert above_floor(filling.results).empty


def test_the_csv_holds_the_differences(filling):
    filling.add("roll", "tsne", 0, 0.9)
    filling.add("uniform_noise", "tsne", 0, 0.2)
    found = numbers(filling.results)
    row = found[found["reference"] == "geodesic above floor"].iloc[0]
    assert (row["dataset"], row["reducer"], row["mean"]) == ("roll", "tsne", pytest.approx(0.7))


def test_the_suite_has_a_twin_for_every_job_of_the_default_suite_but_controls():
    registry = Registry()
    floor = {job.id: job for job in plan(load_suite("floor"), registry)}
    noises = {(j.dataset.parameters["dimensions"], j.seed): j.dataset for j in floor.values()}
    default = [
        job
        for job in plan(load_suite("all"), registry)
        if job.reducer.name != "oracle" and job.dataset.name not in NOISE
    ]
    shapes = {j.dataset.name: draw(j.dataset, registry).X.shape for j in default if j.seed == 0}
    for job in default:
        n, dimensions = shapes[job.dataset.name]
        noise = noises.get((dimensions, job.seed))
        assert noise, f"no noise of {dimensions} dimensions for {job.dataset.name} in floor.toml"
        assert noise.parameters["n"] == n
        twin = Job(noise, job.reducer, job.n_components)
        assert twin.id in floor, f"{job.reducer.label} is not in floor.toml"
