"""`python -m bench show`: one record where one fits best, else a short list."""

import json

import pytest

from bench import Job, Record, Store
from bench.cli.commands.show import command
from bench.errors import BenchError
from bench.job import DatasetConfig, ReducerConfig
from bench.record import Circumstances, Status

WHERE = Circumstances({}, "processor", 1, 1, "system", 1, "2026-01-01T00:00:00+00:00")


@pytest.fixture
def out(tmp_path):
    """Store failures of a reducer with and without a changed parameter, on 30 seeds of one more."""
    store = Store(tmp_path / "out")
    jobs = [("lle", {}, (), 0, 0.0), ("lle", {"m": 1}, ("m",), 0, 0.0), ("lle", {}, (), 0, 0.2)]
    jobs += [("pca", {}, (), seed, 0.0) for seed in range(30)]
    for name, parameters, changed, seed, held_out in jobs:
        dataset = DatasetConfig("roll", {"n": 20}, seed)
        reducer = ReducerConfig(name, parameters, changed)
        job = Job(dataset, reducer, held_out=held_out)
        store.save(Record(job, Status.TIMEOUT, WHERE, reason="too long"))
    return store.folder


def test_the_one_that_fits_best(out, capsys):
    """Of several settings the one without changed parameters is shown, fitted on all points."""
    command(reducer="lle", out=out)
    said = capsys.readouterr().out
    assert "lle on roll, seed 0" in said
    assert json.loads(said[said.index("{") :])["job"]["reducer"].get("changed", []) == []


def test_a_short_list(out, capsys):
    """Seeds are not chosen between: twenty are listed, and how many are left is said."""
    command(reducer="pca", out=out)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 21
    assert lines[-1] == "… and 10 more: add --dataset, --reducer or --seed."
    command(reducer="pca", seed=7, out=out)
    assert "pca on roll, seed 7" in capsys.readouterr().out


def test_none(out):
    """A choice that fits none says how many there are."""
    with pytest.raises(BenchError, match="None of the 33 records"):
        command(reducer="umap", out=out)
