"""Results folder: whether a folder is one, and which of its files were published by us.

A results folder carries a marker, a text file that lists the published files, one on a line. Only
what is listed there is ever replaced or removed: all else in the folder is the user's.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath

from bench.errors import BenchError
from bench.files import write_whole

MARKER = ".manifold-bench"
_HEADER = "# Results of manifold-bench, which replaces and removes these files and no others:"


def claim(folder: Path) -> None:
    """Make a folder a results folder: a new one, or an empty one.

    Raises
    ------
    BenchError
        If it holds other files.
    OSError
        If it cannot be read or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / MARKER).exists():
        return
    if not _is_free(folder):
        raise BenchError(
            f"'{folder}' holds files and is not a results folder, so nothing is written there. "
            f"Choose another --out, or create an empty file '{MARKER}' in it to use it."
        )
    _list(folder, set())


def published(folder: Path) -> set[str]:
    """Return the names of the published files of a folder, as they are listed in its marker."""
    return {line for line in _lines(folder) if not line.startswith("#") and _is_inside(line)}


def announce(folder: Path, names: Iterable[str]) -> None:
    """List files that are about to be published; call it before the first is written.

    Parameters
    ----------
    folder : Path
    names : iterable of str
        Relative to the folder, with slashes.

    Raises
    ------
    BenchError
        If one of them is there and is not ours, or the marker cannot be written.
    """
    names, listed = set(names), published(folder)
    for name in sorted(names - listed):
        path = folder / name
        if _exists(path):
            raise BenchError(
                f"'{path}' was not written by manifold-bench: move it away, or choose another "
                "--out. Records are kept."
            )
    if names - listed:
        _list(folder, listed | names)


def publish_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Announce files, and write each whole, in this order.

    Raises
    ------
    BenchError
        As `announce`, or if one cannot be written.
    """
    announce(folder, contents)
    for name, content in contents.items():
        write_whole(folder / name, content)


def withdraw(folder: Path, names: Collection[str]) -> None:
    """Remove published files that nothing speaks of any more.

    Raises
    ------
    BenchError
        If the marker cannot be written.
    """
    listed = published(folder)
    for name in listed & set(names):
        (folder / name).unlink(missing_ok=True)
    if listed & set(names):
        _list(folder, listed - set(names))


def _list(folder: Path, names: Collection[str]) -> None:
    lines = [_HEADER, *sorted(names)]
    write_whole(folder / MARKER, "".join(f"{line}\n" for line in lines).encode())


def _lines(folder: Path) -> list[str]:
    try:
        return [line for line in (folder / MARKER).read_text("utf-8").splitlines() if line]
    except (OSError, UnicodeDecodeError):
        return []  # nothing is listed, so that nothing there is replaced or removed


def _is_free(folder: Path) -> bool:
    """Whether there is nothing in a folder, or nothing but other results folders."""
    return all(
        path.is_dir() and not path.is_symlink() and ((path / MARKER).exists() or _is_free(path))
        for path in folder.iterdir()
    )


def _is_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not name.startswith("/") and ".." not in parts


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()
