"""Puts all points in one place."""

import numpy as np


class reducer:
    def __init__(self, n_components=2):
        self.n_components = n_components

    def fit_transform(self, X):
        return np.ones((len(X), self.n_components))
