"""The machine as a container leaves it: limits that control groups set, and the memory there is.

A container sees all cores and all memory of its host; what it may use of them is in its control
groups. Each group is bound by those above it, so the smallest limit on the way up counts. Source:
the Linux kernel's documentation of cgroup v1 (``cpu.cfs_quota_us``, ``memory.limit_in_bytes``) and
v2 (``cpu.max``, ``memory.max``).
"""

import math
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import psutil

_PROCESS = Path("/proc/self")


def core_quota(process: Path = _PROCESS) -> float:
    """Return how many cores' time the control groups allow.

    Parameters
    ----------
    process : Path
        The folder of the process in ``/proc``.

    Returns
    -------
    float
        In cores, perhaps a fraction; infinite where nothing sets a limit.
    """
    return min(map(_core_quota, _groups(process)), default=math.inf)


def memory_bytes(process: Path = _PROCESS) -> int:
    """Return how much memory this process and its children may use together.

    Parameters
    ----------
    process : Path
        The folder of the process in ``/proc``.

    Returns
    -------
    int
        The memory of the machine, or the limit of its control groups if that is less.
    """
    limits = map(_memory_limit, _groups(process))
    return int(min([psutil.virtual_memory().total, *limits]))


def _core_quota(group: Path) -> float:
    words = _numbers(group / "cpu.max") or [
        *_numbers(group / "cpu.cfs_quota_us"),
        *_numbers(group / "cpu.cfs_period_us"),
    ]
    quota, period = words if len(words) == 2 else (math.inf, 1)
    return quota / period if quota > 0 and period > 0 else math.inf  # -1: no limit, version 1


def _memory_limit(group: Path) -> float:
    limits = [*_numbers(group / "memory.max"), *_numbers(group / "memory.limit_in_bytes")]
    return min((limit for limit in limits if limit > 0), default=math.inf)


def _numbers(path: Path) -> list[float]:
    """Read a file of numbers, where "max" means no limit; none if it is not there."""
    try:
        words = path.read_text(encoding="ascii").split()
        return [math.inf if word == "max" else float(word) for word in words]
    except (OSError, ValueError):
        return []


def _groups(process: Path) -> Iterator[Path]:
    """Yield the folders of a process's control groups, and of all groups above them."""
    try:
        memberships = (process / "cgroup").read_text(encoding="utf-8").splitlines()
        mounts = (process / "mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return
    paths = _paths(memberships)
    for line in mounts:
        fields, _, about = line.partition(" - ")
        kind, *_, options = about.split(" ")
        # Version 2 has one hierarchy, and no name for it; a mount of version 1 names controllers.
        names = {"cgroup": options.split(","), "cgroup2": [""]}.get(kind, [])
        path = next((paths[name] for name in names if name in paths), None)
        if path is not None:
            root, mount = (part.replace("\\040", " ") for part in fields.split(" ")[3:5])
            yield from _upwards(Path(mount), PurePosixPath(path), root)


def _paths(memberships: list[str]) -> dict[str, str]:
    """Return the group of each controller; its line is ``number:controllers:path``."""
    parts = [line.split(":", 2) for line in memberships if line.count(":") >= 2]
    return {name: path for _, names, path in parts for name in names.split(",")}


def _upwards(mount: Path, path: PurePosixPath, root: str) -> Iterator[Path]:
    """Yield a group's folder and those above it, up to where the hierarchy is mounted."""
    # A container may see its own group as the root, and still be told its path on the host.
    inside = path.relative_to(root) if path.is_relative_to(root) else PurePosixPath()
    folder = mount / inside
    yield folder
    while folder != mount:
        folder = folder.parent
        yield folder
