"""Kernel PCA: principal components of a feature space, with an inverse that is learnt.

The points are centred and divided by their root-mean-square radius, so that ``gamma`` is in units
of the data (scikit-learn's default, 1 over the number of dimensions, depends on both). The inverse
is a ridge regression with the same kernel from the embedding to the points; ``alpha`` is its
penalty, 0 or more (Bakır, Weston & Schölkopf, NeurIPS 2003); ``gamma`` is 0 or more too.
"""

from bench.reducer import Reducer


def make(
    n_components: int,
    random_state: int,
    *,
    kernel: str = "rbf",
    gamma: float = 1.0,
    alpha: float = 1e-3,
) -> object:
    """Make a scikit-learn KernelPCA of scaled points."""
    from sklearn.decomposition import KernelPCA
    from sklearn.pipeline import make_pipeline

    from bench.data.scaling import RadiusScaler

    kernel_pca = KernelPCA(
        n_components,
        kernel=kernel,
        gamma=gamma,
        alpha=alpha,
        fit_inverse_transform=True,
        random_state=random_state,
    )
    return make_pipeline(RadiusScaler(), kernel_pca)


reducer = Reducer(
    make,
    transform=True,
    inverse=True,
    deterministic=True,
    grid={"gamma": [0.1, 1.0, 10.0], "alpha": [1e-4, 1e-3, 1e-2]},
    reference="Schölkopf, Smola & Müller, Neural Computation 10, 1998",
)
