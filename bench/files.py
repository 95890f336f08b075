"""Files of a store: read with a bound and without trust, written whole or not at all."""

import hashlib
import io
import json
import os
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from zipfile import ZipFile

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError, one_line
from bench.visible_text import shorten

Arrays = Mapping[str, NDArray[Any]]
Kind = TypeVar("Kind", bound=msgspec.Struct)
_LONGEST_REASON = 300  # characters
_LARGEST_JSON = 2**24  # bytes; a record takes some 20,000
_LARGEST_ARRAYS = 2**29  # bytes once inflated; 10,000 points take some 10 million


def read_json(path: Path, kind: type[Kind]) -> Kind:
    """Read a JSON file as a struct.

    Raises
    ------
    ValueError
        If it cannot be read or is not one, with the reason; a key that stands twice is refused.
    """
    try:
        data = _read(path, _LARGEST_JSON)
        found = msgspec.json.decode(data, type=kind)
        json.loads(data, object_pairs_hook=_each_key_once)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise ValueError(_reason(error)) from error
    return found


def write_json(path: Path, content: msgspec.Struct) -> None:
    """Write a struct as JSON, whole."""
    _move_folder_aside(path)
    write_whole(path, msgspec.json.encode(content))


def read_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], str]:
    """Read the arrays of an ``.npz`` file, and its SHA-256. Nothing is unpickled.

    Raises
    ------
    ValueError
        If it cannot be read, holds something else, or would take more than 512 MiB.
    """
    try:
        data = _read(path, _LARGEST_ARRAYS)
        _check_inflated(data)
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = dict(file)
    # What a damaged archive raises depends on where the damage is.
    except Exception as error:
        raise ValueError(_reason(error)) from error
    if not all(isinstance(array, np.ndarray) for array in arrays.values()):
        raise ValueError("it holds something else than arrays")
    return arrays, hashlib.sha256(data).hexdigest()


def write_arrays(path: Path, arrays: Arrays) -> str:
    """Write arrays as ``.npz``, whole, and return the SHA-256 of the file."""
    data = packed(arrays)
    _move_folder_aside(path)
    write_whole(path, data)
    return hashlib.sha256(data).hexdigest()


def packed(arrays: Arrays) -> bytes:
    """Return arrays as an ``.npz`` file; the same arrays give the same bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file in one step: never is half of it to be seen, not after a power cut either.

    The temporary file is called after the name alone, so that what a killed run left is taken over
    by the next run that writes the same file.

    Raises
    ------
    BenchError
        If it cannot be written; what was there before is still there.
    """
    # Short whatever the file is called: a name may have 255 bytes.
    digest = hashlib.sha256(path.name.encode(errors="surrogateescape")).hexdigest()[:16]
    temporary = path.with_name(f".{digest}.manifold-bench.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)  # "x" would refuse it, and "w" follow it if it is a link
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise BenchError(
            f"Cannot write {path} ({error.strerror}). What was written before is kept; make room "
            "and run the same command again."
        ) from error


def _check_inflated(data: bytes) -> None:
    with ZipFile(io.BytesIO(data)) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > _LARGEST_ARRAYS:
        raise ValueError(f"{size:,} bytes once inflated are more than {_LARGEST_ARRAYS:,}")


def _move_folder_aside(path: Path) -> None:
    """Give a folder that stands in the place of a file another name, with all that it holds."""
    if path.is_dir() and not path.is_symlink():
        path.rename(tempfile.mkdtemp(prefix=f"{path.name}.", dir=path.parent))


def _read(path: Path, largest: int) -> bytes:
    """Read a whole file; refuse what is not one (a pipe would never end) or is too large."""
    if path.exists() and not path.is_file():
        raise ValueError("it is not a file")
    with path.open("rb") as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise ValueError(f"more than {largest:,} bytes")
    return data


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    if twice:
        raise ValueError(f"the key {twice[0]!r} stands twice")
    return dict(pairs)


def _reason(error: Exception) -> str:
    """Say why in a few words: the kind of error only where the words alone tell nothing."""
    words = (isinstance(error, OSError) and error.strerror) or str(error)
    return shorten(" ".join(words.split()), _LONGEST_REASON) or one_line(error)
