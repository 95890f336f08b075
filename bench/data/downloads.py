"""Downloads: files of public datasets, fetched once into the user's cache, resumed and checked.

A file is in the cache whole and with its published checksum, or not at all: what has come so far
is kept as ``NAME.part``, and takes its name only when it has been checked.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from filelock import FileLock
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from bench.console import errors
from bench.errors import UnavailableError, one_line

if TYPE_CHECKING:
    from requests import Response

FOLDER_VARIABLE = "MANIFOLD_BENCH_DATA"
_SECONDS_TO_CONNECT, _SECONDS_OF_SILENCE = 10, 60
_LEAST_BYTES = 60_000  # that must come in as many seconds: a trickle would go on for ever
_CHUNK = 1 << 16
_AT_MOST = 1.5  # times the published size: a server that sends more sends something else


@dataclass(frozen=True)
class Source:
    """One file that a dataset is read from.

    Parameters
    ----------
    file : str
        What it is called in the cache folder.
    url : str
        Where it is published.
    checksum : str
        ``"sha256:..."``, or ``"md5:..."`` where nothing else is published.
    megabytes : float
        Its published size, in units of 10^6 bytes.
    """

    file: str
    url: str
    checksum: str
    megabytes: float

    @property
    def path(self) -> Path:
        """Where it is, or will be."""
        return cache_folder() / self.file


def cache_folder() -> Path:
    """Return the folder of downloaded files: the user's cache, or ``MANIFOLD_BENCH_DATA``."""
    import pooch

    given = os.environ.get(FOLDER_VARIABLE)
    if not given:
        return Path(pooch.os_cache("manifold-bench"))
    try:
        return Path(given).expanduser()
    except RuntimeError as error:
        raise UnavailableError(
            f"{FOLDER_VARIABLE} is '{given}': {error}. Give a full path."
        ) from error


def fetch(source: Source) -> Path:
    """Return the path of a file, downloading it first if it is not in the cache.

    Says the size before, shows progress on standard error, and goes on where an earlier download
    stopped, if the server can.

    Raises
    ------
    UnavailableError
        If it cannot be had; one line says why, and where to put the file by hand.
    """
    import pooch
    from urllib3.exceptions import HTTPError

    path = source.path
    if _is_whole(path, source):
        return path
    if _is_there(path):
        errors.print(f"'{escape(path.name)}' has not the published checksum: it is fetched again.")
    pooch.get_logger().setLevel("WARNING")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f"{path.name}.lock")):
            pooch.retrieve(
                source.url,
                known_hash=source.checksum,
                fname=path.name,
                path=path.parent,
                downloader=partial(_download, source),
            )
    # An OSError is any failure of the network or the disk, a ValueError a wrong checksum.
    except (OSError, HTTPError, ValueError) as error:
        raise UnavailableError(_what_to_do(source, error)) from error
    return path


def _is_whole(path: Path, source: Source) -> bool:
    import pooch

    algorithm, _, expected = source.checksum.partition(":")
    return _is_there(path) and bool(pooch.file_hash(str(path), alg=algorithm) == expected)


def _is_there(path: Path) -> bool:
    """Say whether there is a file; there is none in a folder that may not be entered."""
    try:
        return path.is_file()
    except OSError:
        return False


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _download(source: Source, url: str, output: str, _pooch: object) -> None:
    """Write a file to a temporary name that pooch checks and renames."""
    part = _part(source.path)
    if not _is_whole(part, source):
        have = part.stat().st_size if part.exists() else 0
        answer = _ask(url, have)
        if have and not _goes_on_at(answer, have):
            answer.close()
            have, answer = 0, _ask(url, 0)
        with answer:
            answer.raise_for_status()
            _write(source, answer, part, have)
    part.replace(output)


def _ask(url: str, have: int) -> "Response":
    """Ask for a file; whatever the server does, there is an answer or an error in a while."""
    import requests

    # A compressed answer would not have the size and the checksum of the file.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    timeout = _SECONDS_TO_CONNECT, _SECONDS_OF_SILENCE
    answer: Future[Response] = Future()

    def ask() -> None:
        try:
            answer.set_result(requests.get(url, headers=headers, stream=True, timeout=timeout))
        except BaseException as error:  # noqa: BLE001 - raised where the answer is waited for
            answer.set_exception(error)

    # In a thread: a header that trickles in never times out, for every byte begins a new wait.
    Thread(target=ask, daemon=True).start()
    try:
        return answer.result(sum(timeout))
    except TimeoutError as error:
        raise requests.Timeout from error


def _received(answer: "Response") -> Iterator[bytes]:
    """Yield what comes, as it comes, unless it is next to nothing."""
    begun, came = time.monotonic(), 0
    while chunk := answer.raw.read1(_CHUNK, decode_content=False):
        yield chunk
        came += len(chunk)
        if time.monotonic() - begun > _SECONDS_OF_SILENCE:
            if came < _LEAST_BYTES:
                raise OSError(f"the server sent {came} bytes in {_SECONDS_OF_SILENCE} s")
            begun, came = time.monotonic(), 0


def _goes_on_at(answer: "Response", have: int) -> bool:
    """Say whether the server sends the rest; some send the whole file, or refuse the range."""
    sent = answer.headers.get("Content-Range", "")
    return answer.status_code == 206 and sent.startswith(f"bytes {have}-")


def _write(source: Source, answer: "Response", part: Path, have: int) -> None:
    length = answer.headers.get("Content-Length", "")
    total = have + int(length) if length.isdigit() else None
    most = int(_AT_MOST * source.megabytes * 1e6)
    if total is not None and total > most:
        raise OSError(f"the server offers {total} bytes, the file has {source.megabytes:g} MB")
    resumed = f", of which {have / 1e6:.1f} MB are there" if have else ""
    size = source.megabytes if total is None else total / 1e6
    errors.print(
        f"Downloading '{escape(source.file)}': {size:.1f} MB{resumed}, into "
        f"'{escape(_short(part.parent))}'.",
        soft_wrap=True,
        highlight=False,
    )
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TextColumn("{task.fields[f]}"))
    with (
        part.open("ab" if have else "wb") as file,
        Progress(*columns, console=errors, transient=True) as progress,
    ):
        task = progress.add_task("", total=total, completed=have, f=source.file)
        for chunk in _received(answer):
            file.write(chunk)
            progress.update(task, advance=len(chunk))
            if file.tell() > most:
                raise OSError(f"the server sends more than the {source.megabytes:g} MB of the file")
        file.flush()
        os.fsync(file.fileno())


def _what_to_do(source: Source, error: Exception) -> str:
    kept = " (what has come is kept)" if _is_there(_part(source.path)) else ""
    return (
        f"Cannot get '{source.file}' ({source.megabytes:g} MB) from {source.url}: {_why(error)}. "
        f"Try again later{kept}, or put the file by hand at '{_short(source.path)}'; datasets "
        "that need no download work without it."
    )


def _why(error: Exception) -> str:
    import requests
    from urllib3.exceptions import HTTPError

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answers {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout):
        return "the server does not answer"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    if isinstance(error, HTTPError):
        return "the connection broke off"
    if isinstance(error, ValueError):
        return "what came has not the published checksum"
    return str(error) if type(error) is OSError else one_line(error)


def _short(path: Path) -> str:
    """Write a path without the user's name: it may end up in a published record."""
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    except (ValueError, RuntimeError):
        return str(path)
