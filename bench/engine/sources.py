"""The files that a dataset is read from."""

from collections.abc import Mapping
from typing import Any

from bench.data.downloads import Source
from bench.registry import Item


def downloads_of(item: Item, parameters: Mapping[str, Any] | None = None) -> list[Source]:
    """Return the files that a dataset reads with these parameters, in the cache or not.

    A dataset's file names them in a function ``downloads(**parameters)``; most have none.
    """
    named = item.beside("downloads")
    return list(named(**(parameters or {}))) if named else []
