"""Environment variables: what was set for other work must not reach ours.

Only processes of our own are changed, the command line's and all workers'; a program that imports
``bench`` keeps what it has set.
"""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.errors import BenchError

NEUTRAL = {
    "KERAS_BACKEND": "tensorflow",  # wins over the one in keras.json
    "MPLBACKEND": "agg",  # a notebook's cannot be loaded elsewhere, a window's needs a screen
    "PYTHONIOENCODING": "utf-8:backslashreplace",  # workers write to logs, never to the terminal
}
"""What results must not depend on, as workers find it."""

_CACHE = "NUMBA_CACHE_DIR"


def neutralise() -> None:
    """Set `NEUTRAL` for this process and all that it starts."""
    os.environ.update(NEUTRAL)


def give_numba_a_cache() -> None:
    """Let numba keep compiled code in a temporary folder where it has no other place.

    It refuses to load functions that are to be cached if it can write neither beside their source
    nor in the user's cache folder: in a container that runs as another user, without a home. The
    folder is private, since what is in it is executed, and is removed at exit.

    Raises
    ------
    BenchError
        If there is no temporary folder either.
    """
    if any(map(_has_place, _caches())):
        return
    try:
        folder = tempfile.mkdtemp(prefix="manifold-bench-numba-")
    except OSError as error:
        raise BenchError(
            f"numba has no place for compiled code ({error}): set {_CACHE} to a folder that can "
            "be written."
        ) from error
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[_CACHE] = folder
    if numba := sys.modules.get("numba"):  # it has read the environment already
        numba.config.CACHE_DIR = folder


def _caches() -> Iterator[Path]:
    """Yield the folders that serve all packages; beside the source may serve only some."""
    import platformdirs

    if given := os.environ.get(_CACHE):
        yield Path(given).absolute()
    yield Path(platformdirs.user_cache_dir("numba", appauthor=False))


def _has_place(folder: Path) -> bool:
    """Whether a folder can be written to, or be made; without a home its path is not absolute."""
    there = next(filter(os.path.exists, (folder, *folder.parents)), folder)
    return folder.is_absolute() and there.is_dir() and os.access(there, os.W_OK | os.X_OK)
