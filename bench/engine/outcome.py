"""What a call in a worker came to, and the file in which it reaches the harness.

The harness never unpickles what a worker wrote: a plugin ran there.
"""

import io
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.record import Status

Arrays = dict[str, NDArray[Any]]
_VALUE = "value"  # beside it the arrays, each with a slash before its name


class Failure(msgspec.Struct, frozen=True):
    """Why a call gave no result.

    Parameters
    ----------
    status : Status
        How it failed.
    reason : str
        Why, in one line.
    """

    status: Status
    reason: str


class _Message(msgspec.Struct, frozen=True):
    failure: Failure | None
    value: msgspec.Raw


Outcome = tuple[Any, Arrays] | Failure


def encode(value: Any, arrays: Arrays) -> bytes:  # noqa: ANN401 - any type that msgspec knows
    """Encode what a call returned.

    Raises
    ------
    TypeError
        If the value is not made of plain types.
    """
    return _encode(None, value, arrays)


def encode_failure(failure: Failure) -> bytes:
    """Encode why a call gave no result."""
    return _encode(failure, None, {})


def _encode(failure: Failure | None, value: Any, arrays: Arrays) -> bytes:  # noqa: ANN401 - as above
    message = _Message(failure, msgspec.Raw(msgspec.msgpack.encode(value)))
    packed = np.frombuffer(msgspec.msgpack.encode(message), np.uint8)
    buffer = io.BytesIO()
    named = {f"/{name}": array for name, array in arrays.items()}
    np.savez(buffer, allow_pickle=False, **{_VALUE: packed}, **named)
    return buffer.getvalue()


def write(path: Path, encoded: bytes) -> None:
    """Put an encoded outcome in place, whole or not at all."""
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_bytes(encoded)
    unfinished.replace(path)


def read(path: Path, expected: type) -> Outcome:
    """Read an outcome.

    Parameters
    ----------
    path : Path
    expected : type
        Of the value; anything else is refused.

    Returns
    -------
    tuple of (value, dict of str to ndarray) or Failure

    Raises
    ------
    ValueError
        If the file is not there, or not an outcome of this type.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            message = msgspec.msgpack.decode(file[_VALUE].tobytes(), type=_Message)
            if message.failure:
                return message.failure
            arrays = {name[1:]: file[name] for name in file.files if name != _VALUE}
        return msgspec.msgpack.decode(message.value, type=expected), arrays
    except (OSError, KeyError, ValueError, BadZipFile, EOFError, msgspec.MsgspecError) as error:
        raise ValueError(f"not a result: {error}") from error
