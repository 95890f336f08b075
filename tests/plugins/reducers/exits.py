"""Ends its process at once, as a crash in compiled code would."""

import os


class reducer:
    def __init__(self, n_components=2):
        self.n_components = n_components

    def fit_transform(self, X):
        os._exit(7)
