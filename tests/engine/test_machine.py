"""What a container leaves of the machine, read from control groups that were made up."""

import math
import os

import psutil
import pytest

from bench.engine import threads
from bench.engine.machine import core_quota, memory_bytes

GIB = 2**30


@pytest.fixture
def container(tmp_path):
    """Make up a process: which groups it is in, what is mounted, and what the groups say."""

    def make(memberships, mounts, files):
        process = tmp_path / "proc"
        process.mkdir()
        (process / "cgroup").write_text("\n".join(memberships) + "\n")
        lines = [
            f"{30 + i} 23 0:{i} {root} {tmp_path}{mount} rw,nosuid - {kind} {kind} rw,{options}"
            for i, (root, mount, kind, options) in enumerate(mounts)
        ]
        (process / "mountinfo").write_text(
            "23 1 0:5 / / rw - ext4 /dev/vda rw\n" + "\n".join(lines) + "\n"
        )
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text}\n")
        return process

    return make


UNIFIED = [("/", "/cg", "cgroup2", "nsdelegate")]
V1 = [("/", "/cg/cpu,cpuacct", "cgroup", "cpu,cpuacct"), ("/", "/cg/memory", "cgroup", "memory")]


def test_version_2_limits_are_read(container):
    """`cpu.max` is quota and period, `memory.max` bytes."""
    files = {"cg/a/cpu.max": "150000 100000", "cg/a/memory.max": GIB}
    process = container(["0::/a"], UNIFIED, files)
    assert core_quota(process) == 1.5
    assert memory_bytes(process) == GIB


def test_version_1_limits_are_read(container):
    """The two controllers have groups of their own."""
    files = {
        "cg/cpu,cpuacct/a/cpu.cfs_quota_us": 200000,
        "cg/cpu,cpuacct/a/cpu.cfs_period_us": 50000,
        "cg/memory/b/memory.limit_in_bytes": 2 * GIB,
    }
    process = container(["4:memory:/b", "3:cpu,cpuacct:/a"], V1, files)
    assert core_quota(process) == 4
    assert memory_bytes(process) == 2 * GIB


def test_a_group_is_bound_by_those_above_it(container):
    """The smallest limit on the way up counts, wherever it is."""
    files = {
        "cg/cpu.max": "300000 100000",
        "cg/a/cpu.max": "100000 100000",
        "cg/a/b/cpu.max": "max 100000",
        "cg/memory.max": "max",
        "cg/a/memory.max": 3 * GIB,
        "cg/a/b/memory.max": GIB // 2,
    }
    process = container(["0::/a/b"], UNIFIED, files)
    assert core_quota(process) == 1
    assert memory_bytes(process) == GIB // 2


@pytest.mark.parametrize("root", ["/docker/c0ffee", "/elsewhere"])
def test_a_container_that_sees_its_own_group_as_the_root(container, root):
    """The path on the host does not exist inside: the mounted folder is the group."""
    mounts = [(root, "/cg", "cgroup2", "nsdelegate")]
    process = container(["0::/docker/c0ffee"], mounts, {"cg/memory.max": GIB})
    assert memory_bytes(process) == GIB


def test_both_versions_may_be_mounted(container):
    """In a hybrid hierarchy the controllers are those of version 1, and version 2 is empty."""
    files = {"cg/memory/m/memory.limit_in_bytes": GIB, "cg/unified/cgroup.procs": ""}
    mounts = [*V1, ("/", "/cg/unified", "cgroup2", "nsdelegate")]
    process = container(["4:memory:/m", "1:name=systemd:/", "0::/"], mounts, files)
    assert memory_bytes(process) == GIB
    assert core_quota(process) == math.inf


def test_a_mount_point_with_a_space(container):
    """The kernel writes a space in a path as an octal escape."""
    mounts = [("/", "/my\\040groups", "cgroup2", "nsdelegate")]
    process = container(["0::/"], mounts, {"my groups/memory.max": GIB})
    assert memory_bytes(process) == GIB


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"cg/a/cpu.max": "max 100000", "cg/a/memory.max": "max"},
        {"cg/a/cpu.max": "", "cg/a/memory.max": "many"},
    ],
)
def test_without_a_limit_there_is_what_the_machine_has(container, files):
    """No file, "max" and a file that cannot be read all mean no limit."""
    process = container(["0::/a"], UNIFIED, files)
    assert core_quota(process) == math.inf
    assert memory_bytes(process) == psutil.virtual_memory().total


def test_no_limit_in_version_1(container):
    """There it is written as -1, and as more memory than any machine has."""
    files = {
        "cg/cpu,cpuacct/cpu.cfs_quota_us": -1,
        "cg/cpu,cpuacct/cpu.cfs_period_us": 100000,
        "cg/memory/memory.limit_in_bytes": 9223372036854771712,
    }
    process = container(["4:memory:/", "3:cpu,cpuacct:/"], V1, files)
    assert core_quota(process) == math.inf
    assert memory_bytes(process) == psutil.virtual_memory().total


def test_a_system_without_control_groups(tmp_path):
    """Where /proc is not there, nothing is limited."""
    assert core_quota(tmp_path) == math.inf
    assert memory_bytes(tmp_path) == psutil.virtual_memory().total


@pytest.mark.parametrize(("quota", "cores"), [(math.inf, 8), (2.9, 2), (0.2, 1), (64, 8)])
def test_cores_are_whole_and_at_least_one(monkeypatch, quota, cores):
    """The smaller of what the scheduler and the quota allow, rounded down."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(threads, "core_quota", lambda: quota)
    assert threads.cores() == cores


def test_the_workers_share_the_memory_of_the_container(monkeypatch, tmp_path):
    """The limit of a job is its share of 80 % of what the container has, not of the host's."""
    from bench.cli.session import Settings
    from bench.engine import pool

    monkeypatch.setattr(pool, "memory_bytes", lambda: 10 * GIB)
    settings = Settings(tmp_path, 4, 600, None, False, False, ())
    assert settings.limits.memory_bytes == 2 * GIB
