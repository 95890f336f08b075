"""The ambient space: a manifold turned into more dimensions, and noise in all of them."""

import numpy as np
from numpy.typing import NDArray

from bench.seeds import stream


def place(
    points: NDArray[np.float64],
    name: str,
    seed: int,
    *,
    dimensions: int | None = None,
    noise: float = 0.0,
) -> NDArray[np.float32]:
    """Embed points by a random isometry, and add Gaussian noise to every coordinate.

    The isometry keeps all distances, so what is true of the manifold stays true. Its columns are
    uniformly distributed among orthonormal ones (Stewart, SIAM J. Numer. Anal. 17, 1980).

    Parameters
    ----------
    points : ndarray of shape (n, d)
        In the native dimensions of the dataset.
    name : str
        Of the dataset; names the streams of its random draws.
    seed : int
        Draws the isometry and the noise.
    dimensions : int, optional
        How many to embed into, d or more. Left out, the points stay as they are.
    noise : float
        Standard deviation on each of the final coordinates, in the units of the points.

    Returns
    -------
    ndarray of shape (n, dimensions or d), float32

    Raises
    ------
    ValueError
        If ``dimensions`` is below d, or ``noise`` below 0.
    """
    native = points.shape[1]
    if dimensions is not None and dimensions < native:
        raise ValueError(f"dimensions must be {native} or more, or None, got {dimensions}.")
    if not noise >= 0:
        raise ValueError(f"noise must be 0 or more, got {noise}.")
    if dimensions is not None:
        points = points @ _orthonormal(dimensions, native, stream(seed, f"{name}:isometry")).T
    if noise:
        points = points + noise * stream(seed, f"{name}:noise").standard_normal(points.shape)
    return points.astype(np.float32)


def _orthonormal(rows: int, columns: int, generator: np.random.Generator) -> NDArray[np.float64]:
    Q, R = np.linalg.qr(generator.standard_normal((rows, columns)))
    # Without the signs the columns would depend on the conventions of the factorisation.
    return np.asarray(Q * np.sign(np.diag(R)))
