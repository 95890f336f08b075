"""Principal component analysis: the linear baseline, and part of every table."""

from bench.reducer import Reducer


def make(n_components: int, random_state: int, *, whiten: bool = False) -> object:
    """Make a scikit-learn PCA."""
    from sklearn.decomposition import PCA

    return PCA(n_components, whiten=whiten, random_state=random_state)


reducer = Reducer(
    make,
    transform=True,
    inverse=True,
    # Beyond 500 points and dimensions scikit-learn's solver is randomised, and near the answer
    # where the spectrum has a gap.
    deterministic=True,
    grid={"whiten": [False, True]},
    reference="Pearson, Philosophical Magazine 2, 1901; Hotelling, J. Educ. Psychol. 24, 1933",
)
