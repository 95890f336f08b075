"""Never returns."""

import time


class reducer:
    def __init__(self, n_components=2):
        self.n_components = n_components

    def fit_transform(self, X):
        while True:
            time.sleep(60)
