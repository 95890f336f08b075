"""Looks at all that it is given, and leaves a note of it in its output."""

import numpy as np


class reducer:
    def __init__(self, n_components=2, random_state=0):
        self.n_components = n_components
        self.random_state = random_state

    def fit_transform(self, X, *others, **more):
        assert type(X) is np.ndarray, type(X)
        assert not others, others
        assert not more, more
        X[:] = X[:, ::-1].copy()  # what a reducer does to its copy must harm nobody
        return X[:, : self.n_components]
