"""What a record says of the machine and the packages that made it."""

import platform
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path

import psutil

from bench._version import __version__
from bench.engine.threads import cores
from bench.record import Circumstances

_PACKAGES = ("keras", "numba", "numpy", "scikit-learn", "scipy", "tensorflow", "umap-learn")


def circumstances(threads: int) -> Circumstances:
    """Describe this process now; ``threads`` is how many it may use."""
    return Circumstances(
        versions=_versions(),
        processor=_processor(),
        cores=cores(),
        memory_bytes=psutil.virtual_memory().total,
        system=f"{platform.system()} {platform.release()}",
        threads=threads,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )


@cache
def _versions() -> dict[str, str]:
    found = {"manifold-bench": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


@cache
def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
