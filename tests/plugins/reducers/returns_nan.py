"""Returns NaN for one point."""

import numpy as np


class reducer:
    def __init__(self, n_components=2):
        self.n_components = n_components

    def fit_transform(self, X):
        found = np.array(X[:, : self.n_components])
        found[3] = np.nan
        return found
