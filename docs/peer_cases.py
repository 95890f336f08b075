"""The points on which libraries are compared: small, fixed, each with something to get wrong."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.seeds import stream

Points = NDArray[np.float64]
PENALTIES = ("trustworthiness", "continuity", "q_nx")
CURVES = (*PENALTIES, "lcmc", "mrre_false", "mrre_missing")
RANKS = (*CURVES, "auc", "k_max", "q_local", "q_global")
DISTANCES = (
    "spearman",
    "pearson",
    "residual_variance",
    "stress_scale_normalised",
    "stress_nonmetric",
)
TIED = (*PENALTIES, "spearman")


@dataclass(frozen=True, eq=False)
class Case:
    """Points, an embedding of them, and where curves are read.

    Parameters
    ----------
    name : str
        What the page calls it.
    X, Y : ndarray of shape (n, D) and (n, n_components)
    k : int
    scores : tuple of str
        The scores that are compared.
    tied : bool
        Whether there are distances that are equal.
    """

    name: str
    X: Points
    Y: Points
    k: int
    scores: tuple[str, ...]
    tied: bool = False


def cases() -> list[Case]:
    """Return every case."""
    X, _, Y = roll(1000)
    grid = np.stack(np.meshgrid(np.arange(20.0), np.arange(20.0)), axis=-1).reshape(-1, 2)
    some, place, flat = roll(400)
    along, mixed = some[np.argsort(place)], some[stream(0, "peers:order").permutation(400)]
    twice = np.repeat(some, 2, axis=0), np.repeat(flat, 2, axis=0)
    point = np.zeros((400, 2))
    return [
        Case("roll, PCA", X, Y, 10, RANKS + DISTANCES),
        Case("roll, PCA", X, Y, 15, CURVES),
        Case("roll, identity", X[:500], X[:500], 10, RANKS),
        Case("grid, identity", grid, grid, 10, TIED, tied=True),
        Case("points twice, PCA", *twice, 10, TIED, tied=True),
        Case("one point, rows along the roll", along, point, 10, PENALTIES, tied=True),
        Case("one point, rows at random", mixed, point, 10, PENALTIES, tied=True),
    ]


def roll(n: int) -> tuple[Points, Points, Points]:
    """Return a Swiss roll, the position of each point along it, and its principal components."""
    from sklearn.datasets import make_swiss_roll
    from sklearn.decomposition import PCA

    X, t = make_swiss_roll(n, noise=0, random_state=0)
    return X, t, PCA(2).fit_transform(X)
