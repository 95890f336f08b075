"""t-SNE: neighbour probabilities matched under a heavy-tailed kernel."""

from bench.reducer import Reducer


def make(
    n_components: int,
    random_state: int,
    *,
    perplexity: float = 30.0,
    init: str = "pca",
    max_iter: int = 1000,
) -> object:
    """Make a scikit-learn TSNE."""
    from sklearn.manifold import TSNE

    return TSNE(
        n_components,
        perplexity=perplexity,
        init=init,
        max_iter=max_iter,
        # Barnes-Hut trees exist up to three dimensions only.
        method="barnes_hut" if n_components < 4 else "exact",
        random_state=random_state,
    )


reducer = Reducer(
    make,
    grid={"perplexity": [10, 30, 100]},
    reference="van der Maaten & Hinton, J. Mach. Learn. Res. 9, 2008",
)
