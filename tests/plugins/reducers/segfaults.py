"""Reads memory that is not there."""

import ctypes


class reducer:
    def __init__(self, n_components=2):
        self.n_components = n_components

    def fit_transform(self, X):
        ctypes.string_at(0)
