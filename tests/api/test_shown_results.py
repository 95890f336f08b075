"""Results as they print, as a frame and as figures, from records that are known."""

import dataclasses

import msgspec
import numpy as np
import pytest

import bench
from bench import Job, Record, Store
from bench.api.results import Results
from bench.errors import BenchError
from bench.job import DatasetConfig, ReducerConfig
from bench.metrics.curves import thin
from bench.record import Circumstances, DatasetFacts, Score, Status
from bench.registry import Registry
from bench.report.frame import load_results

N = 40
HOSTILE = "<script>alert('a & b')</script>"
WHERE = Circumstances({"numpy": "2"}, "processor", 2, 2**30, "Linux", 1, "2026-01-02T00:00:00")


def stored(store, dataset, reducer, seed, geodesic):
    """Save a record with two scores and a curve; a failure if there is no score."""
    config = DatasetConfig(dataset, {"n": N}, seed)
    known = ("graph", {}, False, {"15": 0.5}, 0.7, "source", "licence")
    store.save_dataset(DatasetFacts(config, N, 3, *known), {"color": np.arange(N)})
    job = Job(config, ReducerConfig(reducer, {}))
    if geodesic is None:
        store.save(Record(job, Status.TIMEOUT, WHERE, reason="too slow"))
        return
    scores = (Score("auc", "geodesic", geodesic), Score("auc", "euclidean", geodesic - 0.1))
    names = [f"{reference}/q_nx" for reference in ("geodesic", "euclidean")]
    curves = thin(dict.fromkeys(names, np.linspace(0, 1, N - 1)), N)
    store.save(Record(job, Status.OK, WHERE, scores=scores), {"embedding": np.eye(N, 2), **curves})


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("results"))
    for seed in (0, 1):
        stored(store, "roll", "good", seed, 0.9 + 0.01 * seed)
        stored(store, "roll", HOSTILE, seed, 0.3 + 0.02 * seed)
        stored(store, "roll", "slow", seed, None)
        stored(store, "cone", "good", seed, 0.5)
    return store


@pytest.fixture(scope="module")
def results(store):
    return bench.load_results(store.folder)


def test_text(results):
    """Results print as the AUC against each reference, and the status of what has none."""
    lines = repr(results).splitlines()
    assert lines[0] == "8 jobs, 6 with scores"
    titles = [line for line in lines if line.startswith("AUC of R_NX")]
    assert [title.split(":")[1].split(" (")[0] for title in titles] == [
        " geodesic neighbours",
        " Euclidean neighbours",
    ]
    assert any(line.split() == ["slow", "timeout"] for line in lines)
    assert any("0.905 ± 0.064" in line and line.startswith("good") for line in lines)


def test_html(results):
    """In a notebook every text is escaped, and the best stands out."""
    shown = results._repr_html_()
    assert "<script>" not in shown
    assert (
        shown.count("&lt;script&gt;alert(&#x27;a &amp; b&#x27;)")
        + shown.count("&lt;script&gt;alert(&#39;a &amp; b&#39;)")
        == 2
    )
    assert "font-weight: bold" in shown
    assert shown.count("<caption>AUC of R_NX") == 2


def test_frame(results):
    """The frame has one row for each score, k as an integer, and no difference of references."""
    frame = results.frame()
    assert list(frame.columns) == [
        *("dataset", "reducer", "seed", "metric", "k", "reference", "value")
    ]
    assert str(frame["k"].dtype) == "Int64"
    assert set(frame["reference"]) == {"geodesic", "euclidean"}
    assert not frame.duplicated(["dataset", "reducer", "seed", "metric", "k", "reference"]).any()
    auc = frame.query("metric == 'auc' and reducer == 'good' and dataset == 'roll'")
    assert auc["k"].isna().all()
    assert auc.query("reference == 'geodesic'")["value"].tolist() == [0.9, 0.91]
    assert set(frame.query("metric == 'q_nx'")["k"]) == {15, N // 10}


def test_same_k(store):
    """Where n/10 is a k that is asked for, its score is there once."""
    results, _ = load_results(store, ks=["4", "n/10"])
    curve = Results.of(results).frame().query("metric == 'q_nx'")
    assert curve.groupby(["dataset", "reducer", "seed", "reference"]).size().eq(1).all()


def test_figures(results):
    """Each plot is a figure of these results, which a notebook shows."""
    assert len(results.plot.references().axes) == 2
    titles = [ax.get_title() for ax in results.plot.gallery("roll").axes]
    assert titles == sorted(["good", "slow", HOSTILE])
    figure = results.plot.curves("roll")
    assert figure.get_suptitle().startswith("roll")
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_which_dataset(results):
    """Of several datasets one must be named."""
    with pytest.raises(BenchError, match="Say which dataset to draw, one of: cone, roll"):
        results.plot.gallery()
    with pytest.raises(BenchError, match=r"Unknown dataset 'rol'\. Did you mean 'roll'"):
        results.plot.curves("rol")
    assert results.plot.gallery("cone").get_suptitle().startswith("cone")


def test_no_embeddings(results):
    """Results that keep no embeddings, as published ones of noise, are refused in words."""
    arrays = {id_: {} for id_ in results.arrays}
    without = dataclasses.replace(results, arrays=arrays)
    with pytest.raises(BenchError, match="hold no embeddings of roll"):
        without.plot.gallery("roll")


def test_held_out(tmp_path):
    """Jobs that hold points out are counted, and print as results of their own."""
    store = Store(tmp_path)
    stored(store, "roll", "good", 0, 0.9)
    (record,) = store.records()[0]
    scores = tuple(
        Score("auc", "geodesic", value, placement=placement)
        for placement, value in (("fitted", 0.9), ("neighbors", 0.7), ("transform", 0.8))
    )
    job = msgspec.structs.replace(record.job, held_out=0.2)
    held_out = msgspec.structs.replace(record, job=job, scores=scores, arrays_sha256=None)
    store.save(held_out, {"embedding": np.eye(N, 2)})
    found = Results.of(load_results(store, registry=Registry())[0])
    assert "1 more hold points out: .held_out" in repr(found)
    assert "0.700" in repr(found.held_out)
    assert set(found.held_out.frame()["placement"]) == {"fitted", "neighbors", "transform"}
    with pytest.raises(BenchError, match="all of these jobs hold points out"):
        dataclasses.replace(found, records=[]).plot.references()
