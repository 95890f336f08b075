"""Records that were damaged or come from elsewhere: each costs its own row and nothing else."""

import hashlib
import io
import json
import os
import pickle
import zipfile

import msgspec
import numpy as np
import pytest

from bench import Job, Record, Store
from bench.engine.resume import what_is_left
from bench.errors import BenchError
from bench.job import PROTOCOL, DatasetConfig, ReducerConfig
from bench.metrics.curves import stored_ks, thin
from bench.metrics.table import METRICS
from bench.record import Circumstances, Costs, DatasetFacts, Score, Status
from bench.report.frame import load_results
from bench.report.publish import is_published, numbers, publish
from bench.results_folder import claim

N = 40
WHERE = Circumstances({"numpy": "2"}, "cpu", 2, 2**30, "Linux", 1, "2026-01-02T00:00:00+00:00")
DATASET = DatasetConfig("roll", {"n": N}, 0)
STORED = len(stored_ks(N))
JOB = Job(DATASET, ReducerConfig("pca", {}))


def arrays():
    """Make an embedding and curves, as long as they must be."""
    curves = {}
    for reference in ("geodesic", "euclidean"):
        curves[f"{reference}/q_nx"] = np.linspace(0, 1, N - 1, dtype=np.float32)
        curves[f"{reference}/trustworthiness"] = np.linspace(0.5, 1, 19, dtype=np.float32)
    return {"embedding": np.random.default_rng(0).normal(size=(N, 2)), **thin(curves, N)}


def record(name):
    scores = [Score("auc", reference, 0.5) for reference in ("geodesic", "euclidean")]
    scores.append(
        Score("trustworthiness", "geodesic", float(arrays()["geodesic/trustworthiness"][14]), 15)
    )
    job = Job(DATASET, ReducerConfig(name, {}))
    return Record(job, Status.OK, WHERE, scores=tuple(scores), costs=Costs(1.0, 1.0))


@pytest.fixture
def store(tmp_path):
    """Fill a store with three whole records, of which one is to be damaged."""
    store = Store(tmp_path / "out")
    claim(store.folder)
    facts = DatasetFacts(DATASET, N, 3, "closed-form", {}, True, {"15": 0.5}, 0.5, "s", "l")
    store.save_dataset(facts, {"color": np.arange(N)})
    for name in ("whole", "another", "pca"):
        store.save(record(name), arrays())
    return store


def edited(change):
    """Change the JSON of a record."""

    def damage(path):
        data = json.loads(path.read_text())
        change(data)
        path.write_text(json.dumps(data))

    return damage


def text(old, new):
    """Replace text of the JSON of a record, once."""

    def damage(path):
        before = path.read_text()
        assert old in before
        path.write_text(before.replace(old, new, 1))

    return damage


def npz(change):
    """Change the arrays of a record, and its digest with them, as a foreign record would."""

    def damage(path):
        found = arrays()
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **(change(found) or found))
        file(buffer.getvalue())(path)

    return damage


def file(content):
    """Replace the file of arrays, and the digest."""

    def damage(path):
        path.with_suffix(".npz").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        edited(lambda data: data.update(arrays_sha256=digest))(path)

    return damage


def bomb():
    """Make a small file that inflates to a gigabyte."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("embedding.npy", "w", force_zip64=True) as member,
    ):
        for _ in range(1024):
            member.write(bytes(2**20))
    return buffer.getvalue()


def claims_much():
    """Make an array whose header claims a petabyte."""
    buffer, header = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (2**47, 1)}
    )
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("embedding.npy", header.getvalue())
    return buffer.getvalue()


def zipped(name, content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def replaced(**changes):
    def change(found):
        return found | changes

    return npz(change)


def in_place(make):
    """Put something else in the place of the record."""

    def damage(path):
        path.unlink()
        make(path)

    return damage


def score(index, **changes):
    return edited(lambda data: data["scores"][index].update(changes))


nested = "[" * 100_000 + "]" * 100_000
bad = np.full((N, 2), np.nan)
JSON_DAMAGE = {
    "empty": lambda path: path.write_text(""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "not JSON": lambda path: path.write_text("not JSON"),
    "a list": lambda path: path.write_text("[]"),
    "a number": lambda path: path.write_text("1"),
    "null": lambda path: path.write_text("null"),
    "invalid UTF-8": lambda path: path.write_bytes(path.read_bytes().replace(b"cpu", b"c\xffu")),
    "UTF-16": lambda path: path.write_text(path.read_text(), encoding="utf-16"),
    "zeros": lambda path: path.write_bytes(bytes(5000)),
    "nested": lambda path: path.write_text(nested),
    "nested parameters": text('"parameters":{}', f'"parameters": {{"a": {nested}}}'),
    "parameters nested little enough to be read": text(
        '"parameters":{}', f'"parameters": {{"a": {"[" * 900 + "]" * 900}}}'
    ),
    "huge": lambda path: path.write_text(path.read_text() + " " * 2**25),
    "huge number": text('"value":0.5', '"value": 1e999'),
    "number of many digits": text('"parameters":{}', f'"parameters": {{"a": {"9" * 5000}}}'),
    "NaN": text('"value":0.5', '"value": NaN'),
    "Infinity": text('"value":0.5', '"value": Infinity'),
    "duplicate key": text('"status":"ok"', '"status":"ok", "status":"ok"'),
    "unknown field": edited(lambda data: data.update(extra=1)),
    "unknown field of a score": score(0, extra=1),
    "missing field": edited(lambda data: data.pop("circumstances")),
    "unknown status": edited(lambda data: data.update(status="excellent")),
    "score is text": score(0, value="0.5"),
    "score is true": score(0, value=True),
    "scores are a number": edited(lambda data: data.update(scores=1)),
    "k is negative": score(2, k=-1),
    "k is a fraction": score(2, k=1.5),
    "negative time": edited(lambda data: data["costs"].update(fit_seconds=-1)),
    "time is text": edited(lambda data: data["costs"].update(fit_seconds="1")),
    "start is no date": edited(lambda data: data["circumstances"].update(started="now")),
    "future protocol": edited(lambda data: data["job"].update(protocol=PROTOCOL + 1)),
    "another job": edited(lambda data: data["job"]["dataset"]["parameters"].update(n=41)),
    "negative seed": edited(lambda data: data["job"]["dataset"].update(seed=-1)),
    "changed parameter that is not there": edited(
        lambda data: data["job"]["reducer"].update(changed=["gone"])
    ),
    "directory": in_place(os.mkdir),
    "pipe": in_place(os.mkfifo),
    "endless device": in_place(lambda path: path.symlink_to("/dev/zero")),
    "broken link": in_place(lambda path: path.symlink_to("nowhere")),
    "loop of links": in_place(lambda path: path.symlink_to(path)),
}
NUMBERS_DAMAGE = {
    "score above its range": score(0, value=5.0),
    "score below its range": score(0, value=-1.5),
    "curve score out of range": score(2, value=1.5),
    "score that its curve does not have": score(2, value=0.51),
    "score at a k beyond its curve": score(2, k=1000),
    "score twice": edited(lambda data: data["scores"].append(data["scores"][0])),
    "no digest": edited(lambda data: data.update(arrays_sha256=None)),
    "no arrays": lambda path: path.with_suffix(".npz").unlink(),
    "arrays cut short": lambda path: path.with_suffix(".npz").write_bytes(
        path.with_suffix(".npz").read_bytes()[:200]
    ),
    "arrays empty": file(b""),
    "arrays are a pickle": file(pickle.dumps({"embedding": bad})),
    "arrays are one array": file(b"\x93NUMPY\x01\x00"),
    "arrays hold objects": replaced(embedding=np.array([{"a": 1}], dtype=object)),
    "arrays are a bomb": file(bomb()),
    "arrays claim a petabyte": file(claims_much()),
    "arrays hold text": file(zipped("embedding", b"text")),
    "arrays are no arrays": file(zipped("embedding.npy", b"text")),
    "no embedding": npz(lambda found: {n: a for n, a in found.items() if n != "embedding"}),
    "embedding not finite": replaced(embedding=bad),
    "embedding infinite": replaced(embedding=np.full((N, 2), np.inf)),
    "embedding complex": replaced(embedding=np.ones((N, 2), complex)),
    "embedding text": replaced(embedding=np.full((N, 2), "a")),
    "embedding of integers": replaced(embedding=np.ones((N, 2), int)),
    "embedding of one dimension": replaced(embedding=np.ones(N)),
    "embedding of three dimensions": replaced(embedding=np.ones((N, 2, 2))),
    "embedding in space": replaced(embedding=np.ones((N, 3))),
    "embedding empty": replaced(embedding=np.ones((0, 2))),
    "embedding of other points": replaced(embedding=np.ones((N + 1, 2))),
    "curve cut short": replaced(**{"geodesic/q_nx": np.ones(3, np.float32)}),
    "curve empty": replaced(**{"geodesic/q_nx": np.ones(0, np.float32)}),
    "curve too long": replaced(**{"geodesic/q_nx": np.ones(N, np.float32)}),
    "curve not finite": replaced(**{"geodesic/q_nx": np.full(STORED, np.nan, np.float32)}),
    "curve out of range": replaced(**{"geodesic/q_nx": np.full(STORED, 7, np.float32)}),
    "curve is a matrix": replaced(**{"geodesic/q_nx": np.ones((STORED, 2), np.float32)}),
    "curve is text": replaced(**{"geodesic/q_nx": np.full(STORED, "a")}),
    "other k": replaced(ks=np.arange(STORED, dtype=np.int32)),
    "no k": npz(lambda found: {n: a for n, a in found.items() if n != "ks"}),
    "picture of text": replaced(**{"pictures/grid": np.full((7, 7), "a")}),
}
DAMAGE = JSON_DAMAGE | NUMBERS_DAMAGE


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damaged_record_costs_its_own_row(store, damage):
    """It is named in one warning and made again; all other rows of the report stay."""
    path = store.path(JOB)
    damage(path)
    results, damaged = load_results(store)
    assert len(damaged) == 1
    assert str(path.parent / path.stem) in damaged[0]
    assert "\n" not in damaged[0]
    assert len(damaged[0]) < 1000
    ok = results.jobs[results.jobs["status"] == "ok"]
    assert list(ok["reducer"]) == ["another", "whole"]
    assert "pca" not in set(numbers(results)["reducer"])
    if damage is not DAMAGE["embedding of other points"]:  # the job's facts are not looked at
        todo = what_is_left([JOB], store)
        assert todo.jobs == [JOB]
        assert len(todo.damaged) == 1


@pytest.mark.parametrize("damage", [JSON_DAMAGE["nested"], NUMBERS_DAMAGE["embedding not finite"]])
def test_report_with_a_damaged_record_is_published(store, damage):
    """Tables and figures are written of what is whole."""
    damage(store.path(JOB))
    results, _ = load_results(store)
    with store.run():
        publish(results, store.folder)
    assert is_published(results, store.folder)


def test_damaged_numbers_show_as_a_job_without_scores(store):
    """A record whose job is known keeps its row, with the reason in place of the numbers."""
    NUMBERS_DAMAGE["score above its range"](store.path(JOB))
    results, _ = load_results(store)
    row = results.jobs[results.jobs["reducer"] == "pca"].iloc[0]
    assert row["status"] == "error"
    assert row["reason"] == "its record is damaged: auc, geodesic is 5, out of its range -1 ... 1"


def test_record_is_made_again_over_what_stood_in_its_place(store):
    """After any damage the same job can be saved and read."""
    for damage in (JSON_DAMAGE["directory"], JSON_DAMAGE["broken link"], JSON_DAMAGE["empty"]):
        damage(store.path(JOB))
        saved = store.save(record("pca"), arrays())
        assert store.find(JOB) == saved


def test_curve_of_a_plugin_may_have_any_length_and_miss_values(store):
    """A metric that is not known here neither damages a record nor ends a report at any k."""
    assert "mine" not in METRICS
    curve = np.array([0.1, np.nan, 7], np.float32)
    store.save(record("pca"), arrays() | {"geodesic/mine": curve})
    for ks in ((), ("2",), ("15",)):
        results, damaged = load_results(store, ks=ks)
        assert damaged == []
        assert len(results.jobs) == 3


def test_only_the_records_that_are_asked_for_are_read(store):
    """A damaged record of another job is neither read nor told of."""
    JSON_DAMAGE["nested"](store.path(JOB))
    asked = record("whole").job.id
    results, damaged = load_results(store, jobs={asked})
    assert [r.job.id for r in results.records] == [asked]
    assert damaged == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"color": np.ones(3)},
        {"color": np.full(N, "a")},
        {"labels": np.ones(N)},
        {"labels": np.ones((N, 2), int)},
        {"thumbnails": np.ones((5, 8), np.uint8)},
        {"thumbnails": np.ones((5, 8, 8))},
    ],
)
def test_pictures_of_a_dataset_that_figures_cannot_use_are_refused(store, wrong):
    """They cost the colours of the gallery, and no row."""
    facts = DatasetFacts(DATASET, N, 3, "closed-form", {}, True, {"15": 0.5}, 0.5, "s", "l")
    store.save_dataset(facts, wrong)
    with pytest.raises(BenchError, match="cannot be read"):
        store.dataset(DATASET)
    results, damaged = load_results(store)
    assert len(damaged) == 1
    assert len(results.jobs) == 3
    publish(results, store.folder)


def test_facts_with_a_note_that_json_cannot_say_are_read_back(store):
    """A note that is not finite is written as null, and shown as unknown."""
    facts = DatasetFacts(DATASET, N, 3, "graph", {"gap": np.nan}, True, {}, 0.5, "s", "l")
    store.save_dataset(facts, {})
    assert store.dataset(DATASET)[0].geodesic_notes == {"gap": None}
    publish(load_results(store)[0], store.folder)
    assert "graph (gap unknown)" in (store.folder / "comparison.md").read_text()


def test_records_without_some_scores_and_curves_are_drawn(store):
    """A job whose metric failed has its row, and figures leave out what is not there."""
    whole = record("pca")
    scores = (Score("auc", "geodesic", None), Score("spearman", "euclidean", 0.5))
    huge = {"embedding": np.full((N, 2), 1e308) * np.linspace(-1, 1, N)[:, None]}
    store.save(msgspec.structs.replace(whole, scores=scores), huge)
    results, damaged = load_results(store)
    assert damaged == []
    publish(results, store.folder)


def test_the_csv_does_not_depend_on_when_jobs_ended(store, tmp_path):
    """Records with other time stamps give the same CSV and the same page, with six digits."""
    rng = np.random.default_rng(0)
    names = [f"r{i}" for i in range(5)]
    for folder in ("a", "b"):
        order = rng.permutation(35)
        one = Store(tmp_path / folder)
        claim(one.folder)
        for i in order:
            name, seed = names[i % 5], int(i // 5)
            found = record(name)
            value = float(np.random.default_rng(i).uniform())
            scores = tuple(Score("auc", ref, value) for ref in ("geodesic", "euclidean"))
            dataset = msgspec.structs.replace(DATASET, seed=seed)
            where = msgspec.structs.replace(
                WHERE, started=f"2026-01-02T10:{rng.integers(10, 59)}:00+00:00"
            )
            one.save(
                msgspec.structs.replace(
                    found, job=Job(dataset, found.job.reducer), scores=scores, circumstances=where
                ),
                {"embedding": np.eye(N, 2)},
            )
        publish(load_results(one)[0], one.folder)
    texts = [(tmp_path / folder / "comparison.csv").read_text() for folder in "ab"]
    assert texts[0] == texts[1]
    pages = [(tmp_path / folder / "comparison.md").read_text() for folder in "ab"]
    assert pages[0] == pages[1]
    means = [line.split(",")[6] for line in texts[0].splitlines()[1:]]
    assert max(len(mean.lstrip("-0.").replace(".", "")) for mean in means) <= 6


def test_own_dimensions(tmp_path):
    """A record may hold more columns than its job asks for where the reducer chooses them."""
    store, wide = Store(tmp_path), arrays() | {"embedding": np.eye(N)[:, :5]}
    for name in ("identity", "a_plugin", "pca"):
        store.save(record(name), wide)
    kept, errors = store.read()
    assert {one.record.job.reducer.name for one in kept} == {"identity", "a_plugin"}
    assert "the job has 2 dimension(s)" in str(*errors)
