"""UMAP: a fuzzy neighbour graph laid out by its cross-entropy."""

from bench.reducer import Reducer


def make(
    n_components: int, random_state: int, *, n_neighbors: int = 15, min_dist: float = 0.1
) -> object:
    """Make an umap-learn UMAP."""
    from umap import UMAP

    return UMAP(
        n_neighbors=n_neighbors,
        n_components=n_components,
        min_dist=min_dist,
        random_state=random_state,
        n_jobs=1,  # what umap-learn falls back to, with a warning, whenever it is seeded
    )


reducer = Reducer(
    make,
    transform=True,
    inverse=True,
    inverse_sample=20,  # a tenth of a second or more for each image, on one core
    grid={"n_neighbors": [5, 15, 50], "min_dist": [0.0, 0.1, 0.5]},
    reference="McInnes, Healy & Melville, arXiv:1802.03426, 2018",
)
