"""A folder of images: one size for all, in the order of their names, a subfolder for each class."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bench.console import warn
from bench.errors import BenchError

if TYPE_CHECKING:  # numpy comes when images are read
    import numpy as np
    from numpy.typing import NDArray

# Files and folders that systems leave among images, in lower case.
_OF_THE_SYSTEM = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "@eadir"}


def files_of(path: Path) -> list[Path]:
    """Return the files in a folder in the order of their names, or a file itself.

    Hidden files are left out; so are those of the system, such as Thumbs.db, with a warning.

    Raises
    ------
    BenchError
        If a link in the folder leads to another folder, or nowhere.
    """
    if not path.is_dir():
        return [path]
    found = list(path.rglob("*"))
    for link in found:
        if link.is_symlink() and not link.is_file():
            raise BenchError(
                f"'{link.relative_to(path)}' in '{path.name}' is a link to a folder, or to "
                "nothing: links are followed to files only."
            )
    inside = (file.relative_to(path) for file in found if file.is_file())
    shown = [name for name in inside if not any(part.startswith(".") for part in name.parts)]
    kept = [name for name in shown if _OF_THE_SYSTEM.isdisjoint(map(str.casefold, name.parts))]
    if len(kept) < len(shown):
        _say_passed_over(path, tuple(sorted(map(str, set(shown).difference(kept)))))
    return [path / name for name in sorted(kept, key=lambda name: name.parts)]


@cache  # a folder is listed more than once in a run
def _say_passed_over(folder: Path, names: tuple[str, ...]) -> None:
    warn([f"Passed over in '{folder.name}', as files of the system: {', '.join(names)}."])


def read_folder(folder: Path) -> "tuple[NDArray[np.float32], NDArray[np.int64] | None]":
    """Read all images of a folder.

    Returns
    -------
    images : ndarray of shape (n, height, width)
        Grey levels from 0 to 1.
    labels : ndarray of shape (n,) or None
        The subfolder of each, numbered in the order of their names; None if there are none.

    Raises
    ------
    BenchError
        Naming the first file that does not fit, and what would.
    """
    import numpy as np

    from bench.data.images import SUFFIXES, read_grey

    files = files_of(folder)
    inside = [file.relative_to(folder) for file in files]
    images: list[NDArray[np.float32]] = []
    for file, name in zip(files, inside, strict=True):
        if file.suffix.lower() not in SUFFIXES:
            raise BenchError(
                f"'{name}' in '{folder.name}' is no image: a folder of data holds only files that "
                f"end in {', '.join(SUFFIXES)}."
            )
        try:
            image = read_grey(file.read_bytes(), str(name))
        except (OSError, ValueError) as error:
            raise BenchError(f"In '{folder.name}': {error}.") from error
        if images and image.shape != images[0].shape:
            raise BenchError(
                f"All images must have the same size: '{name}' in '{folder.name}' has "
                f"{_size(image)} pixels, '{inside[0]}' has {_size(images[0])}."
            )
        images.append(image)
    if not images:
        raise BenchError(f"'{folder.name}' is empty: there is no image in it.")
    return np.stack(images), _classes(inside, folder)


def _classes(inside: list[Path], folder: Path) -> "NDArray[np.int64] | None":
    import numpy as np

    depths = {len(name.parts) for name in inside}
    if depths == {1}:
        return None
    if depths != {2}:
        raise BenchError(
            f"'{folder.name}' must hold images, or one level of subfolders of images, a class "
            "each: it holds both, or deeper ones."
        )
    return np.unique([name.parts[0] for name in inside], return_inverse=True)[1].astype(np.int64)


def _size(image: "NDArray[np.float32]") -> str:
    return f"{image.shape[1]} x {image.shape[0]}"
