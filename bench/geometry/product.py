"""Geodesics of a product of manifolds, each of which moves on its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.geometry.blocks import Rows
from bench.geometry.geodesics import Geodesics, Status


@dataclass(frozen=True, eq=False)
class ProductGeodesics:
    """Geodesics of a Riemannian product: the root of the sum of squares of those of its factors.

    A shortest path of a product is a shortest path in each factor, run through at speeds in a
    fixed ratio (do Carmo, Riemannian Geometry, 1992).

    Parameters
    ----------
    factors : tuple of Geodesics
        In closed form, all of the same points.

    Raises
    ------
    ValueError
        If there is no factor, or one is not in closed form.
    """

    factors: tuple[Geodesics, ...]
    status: Status = "closed-form"

    def __post_init__(self) -> None:
        """Refuse factors of which a closed form cannot be made."""
        found = [factor.status for factor in self.factors]
        if set(found) != {"closed-form"}:
            raise ValueError(f"factors must be one or more in closed form, got {found}.")

    @property
    def notes(self) -> dict[str, float]:
        """Nothing to add to a closed form."""
        return {}

    def distances(self, rows: Rows) -> NDArray[np.float64]:
        """Return distances in the product, of shape (len(rows), n)."""
        squared = [factor.distances(rows) ** 2 for factor in self.factors]
        return np.asarray(np.sqrt(np.sum(squared, axis=0)))
