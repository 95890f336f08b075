"""Isomap: classical scaling of shortest paths on the neighbour graph."""

from bench.reducer import Reducer


def make(n_components: int, *, n_neighbors: int = 12) -> object:
    """Make a scikit-learn Isomap.

    It takes no ``random_state``: its ARPACK start vector comes from numpy's global generator,
    which the harness seeds before every fit.
    """
    from sklearn.manifold import Isomap

    return Isomap(n_neighbors=n_neighbors, n_components=n_components)


reducer = Reducer(
    make,
    transform=True,
    deterministic=True,
    grid={"n_neighbors": [6, 12, 24]},
    reference="Tenenbaum, de Silva & Langford, Science 290, 2000",
)
