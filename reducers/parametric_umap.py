"""Parametric UMAP: UMAP's loss, minimised over the weights of a network that maps the points."""

from typing import Any

from numpy.typing import NDArray

from bench.autoencoders.settings import default_keras
from bench.reducer import Reducer


def make(
    n_components: int,
    random_state: int,
    *,
    n_neighbors: int = 15,
    min_dist: float = 0.1,
    n_epochs: int = 50,
    batch_size: int = 1000,
) -> object:
    """Make umap-learn's ParametricUMAP, with its own network of three layers of 100.

    ``n_epochs`` is how often the strongest edge of the neighbour graph is drawn, a weaker one
    less; 50 keeps the fit of 1,500 images of 1,600 pixels near ten seconds. It seeds Keras'
    generators itself, with ``random_state``.
    """
    import tensorflow as tf

    with default_keras():
        from umap.parametric_umap import ParametricUMAP

    class _WithSteps(ParametricUMAP):  # type: ignore[misc]  # umap-learn is untyped
        """Takes batches small enough for the points: without one step an epoch never ends."""

        def fit(self, X: NDArray[Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as given
            # The edge to the nearest point has weight 1, so each point's is drawn n_epochs times.
            draws = len(X) * self.n_epochs
            most = max(1, draws // self.loss_report_frequency)
            self.batch_size = min(self.batch_size, most)  # type: ignore[has-type]
            with default_keras():
                return super().fit(X, *args, **kwargs)

        def transform(self, X: NDArray[Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as given
            with default_keras():
                return super().transform(X, *args, **kwargs)

    tf.config.experimental.enable_op_determinism()
    return _WithSteps(
        n_neighbors=n_neighbors,
        n_components=n_components,
        min_dist=min_dist,
        batch_size=batch_size,
        n_epochs=n_epochs,
        random_state=random_state,
        n_jobs=1,  # what umap-learn falls back to, with a warning, whenever it is seeded
        keras_fit_kwargs={"verbose": 0},
    )


reducer = Reducer(
    make,
    transform=True,
    grid={"n_neighbors": [5, 15, 50], "min_dist": [0.0, 0.1, 0.5]},
    reference="Sainburg, McInnes & Gentner, Neural Computation 33(11), 2021",
)
