"""Dataset: points, and what is known of the manifold they were drawn from."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bench.manifolds.geodesics import Geodesics


@dataclass(frozen=True, eq=False)
class Dataset:
    """Points of one manifold and everything that is known of it.

    Parameters
    ----------
    X : ndarray of shape (n, D), float32
        The points, as a reducer sees them. Images are flattened row by row.
    geodesics : Geodesics
        Distances along the manifold, with their status.
    source, licence : str
        Where the data come from and on what terms.
    chart : ndarray of shape (n, d), optional
        The true intrinsic coordinates, in units of geodesic length; the ``oracle`` control.
        ``None`` where the truth is not known.
    isometric : bool
        Whether Euclidean distances in ``chart`` order the points exactly as geodesics do.
    color : ndarray of shape (n,), optional
        One true coordinate, to colour a figure with.
    labels : ndarray of shape (n,), int, optional
        Classes, where there are any.
    image_shape : tuple of (int, int), optional
        Height and width, where each point is an image.
    intrinsic_dimension : int, optional
        Of the manifold, where it is known.
    reach : float, optional
        Radius of the smallest ball that touches the manifold twice (Federer 1959), in units of X:
        how near it comes to itself or how sharply it bends, where that is known. Infinite if flat.

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, or labels are not integers.

    Examples
    --------
    >>> import bench, numpy as np
    >>> t = np.linspace(0, 1, 50)
    >>> X = np.stack([np.cos(t), np.sin(t)], axis=1).astype(np.float32)
    >>> arc = bench.FlatGeodesics(t[:, None])
    >>> dataset = bench.Dataset(X, arc, source="an arc of a circle", licence="CC0", color=t)
    >>> dataset.n
    50
    """

    X: NDArray[np.float32]
    geodesics: Geodesics
    source: str
    licence: str
    chart: NDArray[np.float64] | None = None
    isometric: bool = False
    color: NDArray[np.float64] | None = None
    labels: NDArray[np.int64] | None = None
    image_shape: tuple[int, int] | None = None
    intrinsic_dimension: int | None = None
    reach: float | None = None

    def __post_init__(self) -> None:
        """Refuse arrays that do not describe the same finite points."""
        if self.X.ndim != 2 or self.X.dtype != np.float32:
            raise ValueError(
                f"X must be float32 of shape (n, D), got {self.X.dtype} of {self.X.shape}."
            )
        if not np.isfinite(self.X).all():
            raise ValueError("X must be finite; it holds NaN or infinity.")
        self._check("chart", "fiu", 2, "numbers of shape (n, d)")
        self._check("color", "fiub", 1, "numbers of shape (n,)")
        hint = "; of names take numpy.unique(names, return_inverse=True)[1]"
        self._check("labels", "iub", 1, f"integers of shape (n,){hint}")
        if self.image_shape is not None and np.prod(self.image_shape) != self.X.shape[1]:
            pixels = self.X.shape[1]
            raise ValueError(f"image_shape {self.image_shape} does not hold {pixels} pixels.")

    def _check(self, name: str, kinds: str, dimensions: int, expected: str) -> None:
        """Refuse an array that figures and controls could not use."""
        array = getattr(self, name)
        if array is None:
            return
        if not isinstance(array, np.ndarray) or array.dtype.kind not in kinds:
            given = getattr(array, "dtype", type(array).__name__)
            raise ValueError(f"{name} must be an array of {expected}, got {given}.")
        if array.ndim != dimensions or len(array) != self.n:
            raise ValueError(f"{name} has shape {array.shape}, expected {expected}, n = {self.n}.")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must be finite; it holds NaN or infinity.")

    @property
    def n(self) -> int:
        """Number of points."""
        return len(self.X)


class DatasetFactory(Protocol):
    """What a file in ``datasets/`` offers: parameters and a seed in, a `Dataset` out.

    Beside it the file of real data offers ``most(**parameters) -> int``, the number of points
    there are, and one whose data are downloaded ``downloads(**parameters)``, which lists the
    `bench.data.downloads.Source` of each file.
    """

    def __call__(self, *, n: int, seed: int) -> Dataset:
        """Draw ``n`` points; further parameters have defaults."""
        ...


def require_points(n: int, *, most: int | None = None) -> None:
    """Refuse a number of points that cannot be drawn.

    Parameters
    ----------
    n : int
        The number asked for.
    most : int, optional
        How many a real dataset holds.

    Raises
    ------
    ValueError
        If ``n`` is below 10 or above ``most``.
    """
    if n < 10 or (most is not None and n > most):
        limit = "10 or more" if most is None else f"10 to {most}"
        raise ValueError(f"n must be {limit}, got {n}.")
