"""A plugin can harm its own job, and no other."""

import os
import signal

import numpy as np
import psutil
import pytest

from bench import Registry, Store
from bench.engine.pool import Limits
from bench.engine.run import run_jobs
from bench.record import Status
from bench.suite import Choice, Suite, plan

HEAD = """
import os, resource, signal, subprocess, sys, time
import numpy as np

class reducer:
    def __init__(self, n_components=2):
        self.n_components = n_components

    def fit_transform(self, X):
        if len(X) > 100:  # not at the warm-up
"""
# What plugins leave behind in their process, or do to the files of their dataset.
HOSTILE = {
    "clears_path": "sys.path.clear()",
    "closes_output": "sys.stdout.close(); sys.stderr = None; os.close(1)",
    "leaves": "os.chdir('/')",
    "lowers_limits": "resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))",
    "patches_clock": "time.perf_counter = time.process_time = lambda: 0.0",
    "patches_numpy": "np.argsort = np.sort; np.random.default_rng = lambda *a: "
    "np.random.Generator(np.random.PCG64(1))",
    "patches_scores": "import bench.engine.guarded as g; g.score = lambda *a: ([], {}, [])",
    "sets_alarm": "signal.setitimer(signal.ITIMER_REAL, 2)",
    "sets_environment": "os.environ.update(OMP_NUM_THREADS='7', TF_DETERMINISTIC_OPS='0'); "
    "os.environ.pop('HOME', None)",
    "sets_keras": "import keras; keras.config.set_floatx('float64')",
    "writes_to_files": """
import pathlib
for path in pathlib.Path(FOLDER).rglob('*.npy'):
    with path.open('r+b') as file:
        file.seek(256); file.write(bytes(4096))
""",
}
BUILT_IN = ("pca", "isomap", "tsne", "lle", "autoencoder", "random")
OVERRIDES = {"autoencoder": {"epochs": 2}}


class Silent:
    def started(self, task):
        pass

    def prepared(self, config):
        pass

    def finished(self, record):
        pass


def write_plugins(folder, bodies):
    (folder / "reducers").mkdir(parents=True)
    for name, body in bodies.items():
        lines = "\n".join(f"            {line}" for line in body.strip().splitlines())
        code = f"FOLDER = {str(folder)!r}{HEAD}{lines}\n        return X[:, : self.n_components]\n"
        (folder / "reducers" / f"{name}.py").write_text(code)
    return Registry((folder,))


def run(folder, reducers, registry, *, seconds=300, memory=4 * 2**30, workers=1):
    store = Store(folder / "out")
    suite = Suite((Choice("swiss_roll"),), tuple(map(Choice, reducers)), (0,))
    chosen = {name: OVERRIDES[name] for name in reducers if name in OVERRIDES}
    jobs = plan(suite, registry, {"swiss_roll": {"n": 120}, **chosen})
    with store.run():
        ran = run_jobs(
            jobs,
            store,
            Silent(),
            limits=Limits(seconds, memory),
            workers=workers,
            registry=registry,
        )
    return {record.job.reducer.name: record for record in ran.records}, store


def two_before_each(hostile, others):
    """Put two hostile plugins before each of the others, so that each of them has a successor."""
    assert len(hostile) <= 2 * len(others)
    starts = range(0, 2 * len(others), 2)
    return [
        name
        for start, other in zip(starts, others, strict=True)
        for name in (*hostile[start : start + 2], other)
    ]


def test_built_ins_after_hostile_plugins(tmp_path):
    """Neighbours of a hostile plugin come to what they come to in a fresh process, to the bit."""
    registry = write_plugins(tmp_path, HOSTILE)
    clean, clean_store = run(tmp_path / "clean", BUILT_IN, Registry())
    found, store = run(tmp_path, two_before_each([*HOSTILE], BUILT_IN), registry)
    assert {found[name].status for name in BUILT_IN} == {Status.OK}
    for name in BUILT_IN:
        assert found[name].scores == clean[name].scores, name
        np.testing.assert_array_equal(
            store.arrays(found[name])["embedding"], clean_store.arrays(clean[name])["embedding"]
        )
        assert found[name].costs.fit_seconds > 0
    blamed = found["writes_to_files"]
    assert blamed.status is Status.ERROR
    assert "files of its dataset changed" in blamed.reason


def test_plugin_after_built_in(tmp_path):
    """A plugin finds no package loaded and configured by a job before it."""
    body = "assert 'tensorflow' not in sys.modules, 'TensorFlow is loaded'"
    registry = write_plugins(tmp_path, {"wants_none": body})
    found, _ = run(tmp_path, ["autoencoder", "wants_none"], registry)
    assert found["wants_none"].status is Status.OK, found["wants_none"].reason


def test_array_changed_after_the_check(tmp_path):
    """What is kept is the embedding that was checked, whatever its plugin does to it later."""
    (tmp_path / "reducers").mkdir()
    (tmp_path / "reducers" / "changes.py").write_text("""
import threading, time
import numpy as np

class reducer:
    def __init__(self, n_components=2):
        self.n_components = n_components

    def fit_transform(self, X):
        Y = np.array(X[:, : self.n_components])
        def spoil():
            while True:
                time.sleep(0.001)
                if len(X) > 100 and 'bench.metrics.comparison' in __import__('sys').modules:
                    time.sleep(0.05)
                    Y[:] = np.nan
        threading.Thread(target=spoil, daemon=True).start()
        return Y
""")
    found, store = run(tmp_path, ["changes"], Registry((tmp_path,)))
    assert found["changes"].status is Status.OK
    assert np.isfinite(store.arrays(found["changes"])["embedding"]).all()


CHILD = "import time; held = bytearray({mib} << 20); held[::4096] = b'x' * len(held[::4096])"
BUSY = "\nend = time.process_time() + {seconds}\nwhile time.process_time() < end: pass"


def child(mib, seconds):
    code = (CHILD + BUSY).format(mib=mib, seconds=seconds)
    return f"subprocess.run([sys.executable, '-c', {code!r}])"


def test_costs_of_children(tmp_path):
    """Memory and processor time of a job's children are part of its costs."""
    registry = write_plugins(tmp_path, {"delegates": child(mib=300, seconds=1)})
    found, _ = run(tmp_path, ["delegates"], registry)
    costs = found["delegates"].costs
    assert 0.95 < costs.cpu_seconds < 3
    assert 300 <= costs.peak_memory_bytes / 2**20 < 450


def test_memory_limit_of_children(tmp_path):
    """A job whose children hold more than it may is ended as out of memory."""
    registry = write_plugins(tmp_path, {"delegates": child(mib=2000, seconds=60)})
    found, _ = run(tmp_path, ["delegates"], registry, memory=1500 * 2**20)
    assert found["delegates"].status is Status.OUT_OF_MEMORY
    assert "the limit is 1.46 GiB" in found["delegates"].reason


LEFT = {
    "child_at_limit": "subprocess.run(['sleep', '600'])",
    "child_left": "subprocess.Popen(['sleep', '600'])",
    "daemon": "if os.fork() == 0:\n    os.setsid()\n    if os.fork(): os._exit(0)\n    "
    "time.sleep(600)",
    "dies": "subprocess.Popen(['sleep', '600'])\nos.kill(os.getpid(), signal.SIGKILL)",
    "workers": "from joblib import Parallel, delayed\n"
    "Parallel(n_jobs=2, backend='loky')(delayed(time.sleep)(0) for _ in range(2))",
}


def test_left_over_processes(tmp_path, monkeypatch):
    """No process that a job started outlives it, however it ended."""
    monkeypatch.setenv("LEFT_OVER", str(tmp_path))
    registry = write_plugins(tmp_path, LEFT)
    found, _ = run(tmp_path, list(LEFT), registry, seconds=12, workers=2)
    assert found["child_at_limit"].status is Status.TIMEOUT
    assert found["dies"].status is Status.CRASHED
    assert {found[name].status for name in ("child_left", "workers")} == {Status.OK}
    left = [
        p.info for p in psutil.process_iter(["pid", "environ", "cmdline"]) if p.pid != os.getpid()
    ]
    marked = [i for i in left if (i["environ"] or {}).get("LEFT_OVER") == str(tmp_path)]
    assert [i["cmdline"] for i in marked if "resource_tracker" not in str(i["cmdline"])] == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_worker_killed_at_start(tmp_path, monkeypatch, number):
    """A worker that is killed while it starts is replaced, and no job fails for it."""
    from bench.engine import pool

    killed = []

    class Fragile(pool.Worker):
        def __post_init__(self):
            super().__post_init__()
            if len(killed) < 2:
                killed.append(self.process.pid)
                os.kill(self.process.pid, number)

    monkeypatch.setattr(pool, "Worker", Fragile)
    found, _ = run(tmp_path, ["pca", "random", "oracle"], Registry(), workers=2)
    assert len(killed) == 2
    assert {record.status for record in found.values()} == {Status.OK}
