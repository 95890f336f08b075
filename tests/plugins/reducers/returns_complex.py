"""Returns complex numbers, as an eigen solver may."""


class reducer:
    def __init__(self, n_components=2):
        self.n_components = n_components

    def fit_transform(self, X):
        return X[:, : self.n_components] + 1j
