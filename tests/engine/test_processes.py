"""Processes of a worker: found, measured and ended."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from bench.engine.processes import TAG, cpu_seconds, descendants, end_all, held_bytes, tagged

WAITS = "import time; time.sleep(60)"
# A child that starts a daemon, in a session of its own, and a child that waits.
FAMILY = f"""
import os, subprocess, sys, time
between = os.fork()
if between == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    time.sleep(60)
os.waitpid(between, 0)
subprocess.Popen([sys.executable, "-c", {WAITS!r}])
print("ready", flush=True)
time.sleep(60)
"""


def start(code, **more):
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, **more)
    process.stdout.readline()
    return process


def eventually(condition):
    """Wait until something holds, or long enough to be sure that it does not."""
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def running(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def family():
    """Start a process with a child and a daemon; return it with its tag."""
    tag = f"test-{os.getpid()}"
    process = start(FAMILY, env=os.environ | {TAG: tag}, start_new_session=True)
    assert eventually(lambda: len(tagged(tag)) == 3)
    yield process, tag
    end_all(process.pid, tag)
    process.stdout.close()
    process.wait()


def test_descendants(family):
    """Children are found; a daemon that left the family is not, but it carries the tag."""
    process, tag = family
    children = {p.pid for p in descendants(process.pid)}
    assert len(children) == 1
    assert {p.pid for p in tagged(tag)} > children | {process.pid}


def test_end_all(family):
    """A worker ends with its children and with daemons of other sessions."""
    process, tag = family
    members = tagged(tag)
    end_all(process.pid, tag)
    process.wait()
    assert eventually(lambda: not any(map(running, members)))


def test_end_all_of_a_dead_worker(family):
    """What a worker left behind is ended although the worker has ended before."""
    process, tag = family
    members = tagged(tag)
    process.kill()
    process.wait()
    end_all(process.pid, tag)
    assert eventually(lambda: not any(map(running, members)))


def test_end_all_spares_others(family):
    """A process without the tag, which the worker did not start, goes on."""
    process, tag = family
    other = start(f"print('ready', flush=True); {WAITS}", env=os.environ | {TAG: tag + "x"})
    end_all(process.pid, tag)
    assert other.poll() is None
    other.kill()
    other.communicate()


def test_held_bytes():
    """Memory of children counts, and pages shared with them count once."""
    code = """
import os, time
held = bytearray(200 << 20)
held[::4096] = b"x" * len(held[::4096])
if os.fork() == 0:
    time.sleep(60)
own = bytearray(100 << 20)
own[::4096] = b"x" * len(own[::4096])
print("ready", flush=True)
time.sleep(60)
"""
    process = start(code)
    own, children = held_bytes(process.pid)
    for one in (*descendants(process.pid), psutil.Process(process.pid)):
        one.kill()
    process.communicate()
    assert 300 <= own / 2**20 < 350
    assert 90 <= children / 2**20 < 150  # half of the 200 MiB that it shares


@pytest.mark.parametrize("waited", [True, False])
def test_cpu_seconds(waited):
    """Processor time of children counts, whether they have been waited for or still run."""
    code = """
import time
while time.process_time() < 0.5:
    pass
print("ready", flush=True)
time.sleep(60)
"""
    before, own = cpu_seconds(), time.process_time()
    process = start(code)
    if waited:
        process.kill()
        process.wait()
    found, own = cpu_seconds() - before, time.process_time() - own
    process.kill()
    process.communicate()
    assert 0.45 < found - own < 1.5
