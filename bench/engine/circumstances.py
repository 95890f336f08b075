"""What a record says of the machine and the packages that made it."""

import platform
import re
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path

from threadpoolctl import threadpool_info

from bench._version import __version__
from bench.engine.machine import memory_bytes
from bench.engine.threads import cores
from bench.record import Circumstances, ThreadPool

_CPUINFO = Path("/proc/cpuinfo")
_VECTORS = re.compile(r"sse4|avx|fma|f16c|amx|asimd|sve")  # x86 and ARM
_PACKAGES = ("keras", "numba", "numpy", "scikit-learn", "scipy", "tensorflow", "umap-learn")


def circumstances(threads: int, started: datetime | None = None) -> Circumstances:
    """Describe this process now.

    Parameters
    ----------
    threads : int
        How many each library in it may use.
    started : datetime, optional
        When what is recorded began; now if not given.
    """
    return Circumstances(
        versions=_versions(),
        processor=_cpuinfo("model name") or platform.processor() or platform.machine(),
        cores=cores(),
        memory_bytes=memory_bytes(),
        system=f"{platform.system()} {platform.release()}",
        threads=threads,
        started=(started or datetime.now(UTC)).isoformat(timespec="seconds"),
        processor_features=_vector_features(),
        thread_pools=_thread_pools(),
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
def _cpuinfo(field: str) -> str:
    """Return what Linux says of the first core; nothing where it does not."""
    try:
        for line in _CPUINFO.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == field:
                return value.strip()
    except OSError:
        pass
    return ""


def _vector_features() -> tuple[str, ...]:
    """Name the instruction sets by which libraries choose their code, and so the rounding."""
    found = (_cpuinfo("flags") or _cpuinfo("Features")).split()
    return tuple(sorted(filter(_VECTORS.match, found)))


def _thread_pools() -> tuple[ThreadPool, ...]:
    pools = (
        ThreadPool(
            library=pool["internal_api"],
            version=pool["version"] or "",
            kernel=pool.get("architecture", ""),
            threads=pool["num_threads"],
        )
        for pool in threadpool_info()
    )
    return tuple(sorted(pools, key=repr))
