"""Peak resident memory of a stretch of code."""

import ctypes
import gc
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_frozen_modules = 0


@dataclass
class PeakMemory:
    """Context manager that measures how far resident memory rose above where it was.

    The kernel's high-water mark (VmHWM) is reset on entry: that of a process starts at its
    parent's peak, and an earlier job's would hide this one's. Memory that an earlier job freed
    but the allocator kept is given back first, or this one could use it and seem to need none.
    Where the system keeps no such mark, ``bytes`` stays None.
    """

    bytes: int | None = None
    _before: int | None = None

    def __enter__(self) -> "PeakMemory":
        """Give free memory back and reset the high-water mark."""
        freeze_permanent_objects()
        gc.collect()
        with suppress(OSError, AttributeError):  # an allocator other than glibc's has no trim
            ctypes.CDLL(None).malloc_trim(0)
        try:
            _CLEAR.write_text("5", encoding="ascii")
            self._before = _read("VmRSS")
        except OSError:
            self._before = None
        return self

    def __exit__(self, *exception: object) -> None:
        """Read it."""
        if self._before is not None:
            self.bytes = max(0, _read("VmHWM") - self._before)


def freeze_permanent_objects() -> None:
    """Take loaded modules out of garbage collection, if new ones were loaded since the last time.

    They stay, and visiting them takes most of the time of a collection.
    """
    global _frozen_modules  # noqa: PLW0603 - the collector that it describes is global too
    if len(sys.modules) != _frozen_modules:
        gc.collect()
        gc.freeze()
        _frozen_modules = len(sys.modules)


def _read(field: str) -> int:
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"{_STATUS} has no {field}")
