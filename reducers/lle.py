"""Locally linear embedding and its variants: standard, modified, hessian and ltsa."""

from bench.reducer import Reducer


def make(
    n_components: int,
    random_state: int,
    *,
    method: str = "standard",
    n_neighbors: int = 12,
    reg: float = 1e-3,
    eigen_solver: str = "dense",
) -> object:
    """Make a scikit-learn LocallyLinearEmbedding.

    The dense solver is the default: on noise-free manifolds the matrix is close to singular and
    ARPACK, scikit-learn's choice at this size, fails on some of them.
    """
    from sklearn.manifold import LocallyLinearEmbedding

    return LocallyLinearEmbedding(
        n_neighbors=n_neighbors,
        n_components=n_components,
        method=method,
        reg=reg,
        eigen_solver=eigen_solver,
        random_state=random_state,
    )


reducer = Reducer(
    make,
    transform=True,
    deterministic=True,
    grid={"n_neighbors": [6, 12, 24], "method": ["standard", "modified", "hessian", "ltsa"]},
    reference=(
        "Roweis & Saul, Science 290, 2000; modified: Zhang & Wang, NIPS 19, 2007; hessian: Donoho "
        "& Grimes, PNAS 100, 2003; ltsa: Zhang & Zha, J. Shanghai Univ. 8, 2004"
    ),
)
