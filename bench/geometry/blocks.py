"""Blocks of rows: how work on n x n distances is cut so that little of it is held at once."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
S = TypeVar("S")
T = TypeVar("T")

DEFAULT_MEMORY = 16 * 2**20  # bytes, shared by all threads
BYTES_PER_PAIR = 56  # lengths, distances, sorted keys and ranks on both sides
MOST_ROWS = 32  # what fits into a processor's own memory is worked on fastest
_SHARES = 4  # or a multiple of it, so that no thread has long to wait for another


def row_blocks(
    rows: Rows,
    n: int,
    *,
    memory: int = DEFAULT_MEMORY,
    most: int = MOST_ROWS,
    bytes_per_pair: int = BYTES_PER_PAIR,
) -> Iterator[Rows]:
    """Cut rows of n columns each into consecutive blocks.

    Parameters
    ----------
    rows : ndarray of shape (m,)
        Which rows.
    n : int
        Number of columns.
    memory : int
        Bytes that work on one block may take; a block has one row at least.
    most : int
        Rows of a block at most.
    bytes_per_pair : int
        What the work takes for each row and column.
    """
    size = max(1, min(most, memory // (bytes_per_pair * n)))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def shares(rows: Rows, most: int) -> list[Rows]:
    """Cut rows into parts of nearly the same size, to be worked on at the same time."""
    return np.array_split(rows, _SHARES * -(-len(rows) // (most * _SHARES)))


def in_order(work: Callable[[S], T], blocks: Iterable[S], threads: int = 1) -> Iterator[T]:
    """Work on several blocks at once, and give the results in the order of the blocks.

    Only so many are under way that their memory is bounded, and sums over the results do not
    depend on the number of threads.
    """
    if threads == 1:
        yield from map(work, blocks)
        return
    with ThreadPoolExecutor(threads) as pool:
        under_way: deque[Future[T]] = deque()
        try:
            for block in blocks:
                under_way.append(pool.submit(work, block))
                if len(under_way) > threads:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()
