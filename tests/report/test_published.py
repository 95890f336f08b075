"""Published results: read back, they say what the store said; damage is told."""

import numpy as np
import pandas as pd
import pytest

from bench import Job, Record, Store
from bench.cli.session import report
from bench.errors import BenchError
from bench.job import DatasetConfig, ReducerConfig
from bench.metrics.curves import thin
from bench.record import Circumstances, Costs, DatasetFacts, Score, Status
from bench.report.agreement import agreement, agreement_lines
from bench.report.frame import load_results
from bench.report.publish import is_published, publish
from bench.report.published import Published, write_published
from bench.results_folder import claim

N = 60
WHERE = Circumstances(
    {"numpy": "2"}, "processor", 2, 2**30, "Linux", 1, "2026-01-02T00:00:00+00:00"
)


def record(reducer, seed, auc, status=Status.OK, dataset="roll"):
    """Make a record with an embedding and curves."""
    job = Job(DatasetConfig(dataset, {"n": N}, seed), ReducerConfig(reducer, {}))
    if status is not Status.OK:
        return Record(job, status, WHERE, reason='out of = luck, "quoted"'), None
    rng = np.random.default_rng(seed)
    curves = {
        f"{one}/{name}": rng.uniform(size=N - 1)
        for one in ("geodesic", "euclidean")
        for name in ("q_nx", "mrre_false")
    }
    arrays = {"embedding": rng.normal(size=(N, 2)) * [1, 1e6], **thin(curves, N)}
    scores = [Score("auc", "geodesic", auc), Score("auc", "euclidean", auc / 3)]
    for name, curve in curves.items():
        reference, _, metric = name.partition("/")
        scores += [
            Score(metric, reference, float(np.float32(curve[k - 1])), k) for k in (15, N // 10)
        ]
    scores.append(Score("of_a_plugin", "geodesic", None))
    return Record(job, status, WHERE, scores=tuple(scores), costs=Costs(1.5, 1.0)), arrays


@pytest.fixture
def store(tmp_path):
    """Fill a store with two reducers that ran, one that failed, and two seeds."""
    store = Store(tmp_path / "local")
    for seed in (0, 1):
        facts = DatasetFacts(
            DatasetConfig("roll", {"n": N}, seed), N, 3, "graph", {}, False, {}, 0.5, "s", "l"
        )
        store.save_dataset(facts, {"color": np.arange(N, dtype=np.float32)})
        store.save(*record("pca", seed, 1 / 3 + seed / 7))
        store.save(*record("umap", seed, 0.9))
        store.save(*record("broken", seed, 0, Status.TIMEOUT))
    return store


@pytest.fixture
def published(store, tmp_path):
    """Publish all of it."""
    folder = tmp_path / "published"
    claim(folder)
    write_published(store, folder, {r.job.id for r in store.records()[0]})
    return Published(folder)


def test_read_back(store, published):
    """Every row of scores and jobs is there, to six digits; nothing depends on the store."""
    before, _ = load_results(store)
    again, damaged = load_results(published)
    assert damaged == []
    pd.testing.assert_frame_equal(again.jobs, before.jobs)
    columns = [name for name in before.scores.columns if name != "value"]
    pd.testing.assert_frame_equal(again.scores[columns], before.scores[columns])
    np.testing.assert_allclose(again.scores["value"], before.scores["value"], rtol=1e-5, atol=3e-5)


def test_embeddings_of_the_first_seed(store, published):
    """Embeddings are kept of the first seed, each coordinate to 1/65535 of its width."""
    before, again = (load_results(one)[0] for one in (store, published))
    for one in before.records:
        if one.status is Status.OK:
            arrays = again.arrays[one.job.id]
            assert ("embedding" in arrays) == (one.job.seed == 0)
            if "embedding" in arrays:
                given = before.arrays[one.job.id]["embedding"]
                error = np.abs(arrays["embedding"] - given).max(axis=0)
                assert (error <= np.ptp(given, axis=0) / 65535).all()
    assert "color" in published.dataset(DatasetConfig("roll", {"n": N}, 0))[1]


def test_the_same_store_gives_the_same_files(store, published, tmp_path):
    """Publishing twice changes no byte."""
    folder = tmp_path / "again"
    claim(folder)
    write_published(store, folder, {r.job.id for r in store.records()[0]})
    for path in sorted(published.folder.rglob("*.*")):
        assert path.read_bytes() == (folder / path.relative_to(published.folder)).read_bytes()


def test_half_a_table_is_not_published(store, tmp_path):
    """A job without a record, or with a damaged one, ends it in words."""
    jobs = {r.job.id for r in store.records()[0]}
    with pytest.raises(BenchError, match="1 of 7 jobs have no record"):
        write_published(store, tmp_path / "published", jobs | {"0123456789abcdef"})
    next(store.folder.rglob("*.npz")).write_bytes(b"PK")
    with pytest.raises(BenchError, match="cannot be published"):
        write_published(store, tmp_path / "published", jobs)


@pytest.mark.parametrize("name", ["jobs.jsonl", "scores.csv", "facts.jsonl", "arrays.npz"])
@pytest.mark.parametrize("damage", [b"", b"\xff\xfe{]", None])
def test_damage_is_told(published, name, damage):
    """A file that is empty, not readable or gone is named; nothing raises but a BenchError."""
    path = next(published.folder.rglob(name))
    path.unlink() if damage is None else path.write_bytes(damage)
    try:
        _, damaged = load_results(Published(published.folder))
    except BenchError as error:
        damaged = [str(error)]
    assert any("roll" in why or "holds no records" in why for why in damaged)


def test_agreement(store, published):
    """The same results agree in all cells; one that moved by more than both intervals is named."""
    before, again = (load_results(one)[0] for one in (store, published))
    jobs = {one.job.id for one in before.records}
    found = agreement(before, again, jobs)
    assert len(found) == 4
    assert agreement_lines(found) == [
        "4 of 4 cells agree with the published results within their intervals."
    ]
    for seed in (0, 1):
        store.save(*record("umap", seed, 0.5))
    moved = agreement(load_results(store)[0], again, jobs)
    lines = agreement_lines(moved)
    assert lines[0].startswith("2 of 4 cells agree")
    assert "  umap on roll, geodesic: 0.500 ± 0.000 here, 0.900 ± 0.000 published" in lines
    only = {one.job.id for one in before.records if one.job.reducer.name == "pca"}
    assert set(agreement(before, again, only)["reducer"]) == {"pca"}
    assert "None of these cells" in agreement_lines(agreement(before, again, set()))[0]


def test_a_table_that_is_not_there(store, tmp_path):
    """A title that no table has is refused before anything is written."""
    out = Store(tmp_path / "out")
    with pytest.raises(BenchError, match="No table has a title with 'nosuch'"):
        report(store, out, table="nosuch")
    assert not out.folder.exists()


def test_reported_from_what_is_kept(store, tmp_path):
    """Tables and figures are made of published results alone; noise has no gallery."""
    config = DatasetConfig("uniform_noise", {"n": N}, 0)
    store.save_dataset(DatasetFacts(config, N, 3, "graph", {}, False, {}, 0.5, "s", "l"), {})
    store.save(*record("pca", 0, 0.1, dataset="uniform_noise"))
    for folder in (tmp_path / "published", tmp_path / "out"):
        claim(folder)
    write_published(store, tmp_path / "published", {r.job.id for r in store.records()[0]})
    results, damaged = load_results(Published(tmp_path / "published"))
    assert damaged == []
    publish(results, tmp_path / "out")
    drawn = {path.name for path in (tmp_path / "out" / "figures").iterdir()}
    assert {"gallery_roll.png", "curves_roll.png", "curves_uniform_noise.png"} <= drawn
    assert "gallery_uniform_noise.png" not in drawn
    assert is_published(results, tmp_path / "out")
