"""Estimator objects as jobs hold them."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, Isomap
from sklearn.pipeline import make_pipeline

from bench import Choice, Reducer
from bench.api.estimators import as_choice
from bench.errors import BenchError


class Plain:
    """An estimator without a parameter."""

    def fit_transform(self, X):
        return X[:, :2]


class Scaled(Plain):
    """An estimator that does not tell its parameters."""

    def __init__(self, factor=2):
        self.factor = factor


def make(n_components=2):
    """Make an estimator."""
    return Plain()


def test_scikit_learn():
    """Of an estimator the public path is taken, and the parameters that are not defaults."""
    assert as_choice(Isomap(n_neighbors=8, p=1), 2) == Choice(
        "sklearn.manifold:Isomap", {"n_neighbors": 8, "p": 1}
    )
    assert as_choice(Isomap(), 2) == as_choice(Isomap, 2) == Choice("sklearn.manifold:Isomap")


def test_names():
    """Names, dotted paths and choices are taken as they are."""
    assert as_choice("pca", 2) == Choice("pca")
    assert as_choice("a.b:C", 2) == Choice("a.b:C")
    assert as_choice(Choice("lle", {"method": "ltsa"}), 2) == Choice("lle", {"method": "ltsa"})


def test_what_the_job_sets():
    """The seed and the dimensions are those of the job."""
    assert as_choice(TSNE(random_state=7), 2).parameters == {}
    assert as_choice(PCA(n_components=3), 3).parameters == {}
    with pytest.raises(BenchError, match="n_components=3, and this run embeds in 2 dimensions"):
        as_choice(PCA(n_components=3), 2)


def test_without_get_params():
    """A class without get_params is taken if it has no parameters of its own."""
    assert as_choice(Plain(), 2) == as_choice(Plain, 2) == Choice(f"{__name__}:Plain")
    assert as_choice(make, 2) == Choice(f"{__name__}:make")
    with pytest.raises(BenchError, match=r"Scaled has no get_params\(\)"):
        as_choice(Scaled(3), 2)


def test_not_importable():
    """What workers cannot import is refused in one line that says what to do."""

    class Local(Plain):
        pass

    class Main(Plain):
        pass

    Main.__module__, Main.__qualname__ = "__main__", "Main"
    for given in (Local(), Local, lambda X: X, Main(), Main):
        with pytest.raises(BenchError, match=r"put it in a file mine/reducers/NAME\.py") as refused:
            as_choice(given, 2)
        assert "\n" not in str(refused.value)
    with pytest.raises(BenchError, match=r"A bench\.Reducer has no name"):
        as_choice(Reducer(PCA), 2)
    with pytest.raises(BenchError, match="or its class, got int"):
        as_choice(3, 2)


def test_not_recordable():
    """A parameter that a record cannot hold is refused in one line, with the class it is of."""
    with pytest.raises(BenchError, match=r"^Pipeline: steps = .* cannot be recorded") as refused:
        as_choice(make_pipeline(PCA(), Isomap()), 2)
    assert "\n" not in str(refused.value)
    assert as_choice(Isomap(n_neighbors=np.int64(8)), 2).parameters == {"n_neighbors": 8}
