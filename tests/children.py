"""Functions for a child process to call: it can import them, as this folder is on the path."""

import os
from collections.abc import Iterator


def echo(value: int) -> int:
    print("words that nobody asked for")  # noqa: T201 - is silenced
    return value


def stop(code: int) -> None:
    os._exit(code)


def wait() -> None:
    while True:
        pass


def count(end: int) -> Iterator[int]:
    yield from range(end)
    os._exit(0)
