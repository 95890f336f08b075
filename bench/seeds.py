"""Random streams: every draw comes from the job's seed, and no two purposes share a stream."""

from zlib import crc32

import numpy as np


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Give the generator of one purpose.

    The streams of one seed are independent of each other: with a bare ``default_rng(seed)`` the
    ``random`` control would redraw the very numbers that a dataset took its coordinates from,
    and score as an oracle.

    Parameters
    ----------
    seed : int
        The job's seed.
    purpose : str
        What the numbers are for (``"swiss_roll"``, ``"control:random"``).

    Returns
    -------
    numpy.random.Generator
    """
    return np.random.default_rng([seed, crc32(purpose.encode())])
