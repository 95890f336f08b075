"""Spheres in a sphere: ten small spheres that one large one encloses, none of them joined.

Geodesic
    The great circle on each sphere: the angle times its radius. Between two spheres there is no
    path: those distances are infinite. What is to be kept is the topology: which points
    belong together, and that the large sphere surrounds the others.
Status
    Closed form. With noise, it is that of the points before noise was added.
Source
    Moor, Horn, Rieck & Borgwardt, Topological Autoencoders, ICML 2020, whose data have ten spheres
    of dimension 100 and radius 5, centres with a deviation of 10 / sqrt(100) in each coordinate,
    and a sphere of radius 25 around them that holds half of the points; drawn anew here,
    again for spheres that would touch.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from bench.dataset import Dataset, require_points
from bench.manifolds.ambient import place
from bench.manifolds.pieces import PiecewiseGeodesics
from bench.manifolds.sphere import SphereGeodesics
from bench.seeds import stream

_RADIUS, _OUTER_RADIUS, _SPREAD = 5.0, 25.0, 10.0
_TRIES = 200


def dataset(
    *,
    n: int = 1500,
    intrinsic_dimension: int = 100,
    inner: int = 10,
    dimensions: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw points on the spheres, half of them on the outer one.

    Parameters
    ----------
    n : int
        Number of points.
    intrinsic_dimension : int
        Of each sphere, 1 or more; they lie in one dimension more.
    inner : int
        How many small spheres there are, 1 or more.
    dimensions : int, optional
        Dimensions to embed into by a random isometry, more than ``intrinsic_dimension``; left out,
        one more.
    noise : float
        Standard deviation of the Gaussian noise on each final coordinate.
    seed : int
        Draws the centres, the points, the isometry and the noise.

    Returns
    -------
    Dataset
        Labelled by sphere, the outer one last. There is no chart.

    Raises
    ------
    ValueError
        If a number is below 1, or so many spheres do not find room in so few dimensions.
    """
    require_points(n)
    if intrinsic_dimension < 1 or inner < 1:
        raise ValueError(
            f"intrinsic_dimension and inner must be 1 or more, got {intrinsic_dimension}, {inner}."
        )
    native = intrinsic_dimension + 1
    generator = stream(seed, "spheres_in_spheres")
    centres = np.vstack([_inner_centres(inner, native, seed), np.zeros(native)])
    radii = np.append(np.full(inner, _RADIUS), _OUTER_RADIUS)
    sphere = np.append(generator.integers(0, inner, n // 2), np.full(n - n // 2, inner))
    sphere = generator.permutation(sphere).astype(np.int64)
    direction = generator.standard_normal((n, native))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    points = centres[sphere] + radii[sphere, None] * direction
    return Dataset(
        X=place(points, "spheres_in_spheres", seed, dimensions=dimensions, noise=noise),
        geodesics=PiecewiseGeodesics(SphereGeodesics(direction, radii[sphere]), sphere),
        labels=sphere,
        source="drawn here, after Moor et al. 2020",
        licence="generated",
        intrinsic_dimension=intrinsic_dimension,
        reach=_reach(centres[:-1]),
    )


def _reach(centres: NDArray[np.float64]) -> float:
    """Return the radius of the small spheres, or half the narrowest gap between two spheres."""
    outwards = _OUTER_RADIUS - _RADIUS - np.linalg.norm(centres, axis=1).max()
    between = pdist(centres).min(initial=np.inf) - 2 * _RADIUS
    return float(min(_RADIUS, outwards / 2, between / 2))


def _inner_centres(inner: int, native: int, seed: int) -> NDArray[np.float64]:
    """Draw centres until no small sphere touches another, or the outer one."""
    generator = stream(seed, "spheres_in_spheres:centres")
    for _ in range(_TRIES):
        centres = generator.normal(0, _SPREAD / np.sqrt(max(native - 1, 1)), (inner, native))
        apart = inner == 1 or pdist(centres).min() > 2 * _RADIUS
        if apart and np.linalg.norm(centres, axis=1).max() < _OUTER_RADIUS - _RADIUS:
            return centres
    raise ValueError(
        f"{inner} small spheres do not find room in {native} dimensions: "
        "lower inner or raise intrinsic_dimension."
    )
