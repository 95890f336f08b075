"""Returns one row too few."""


class reducer:
    def __init__(self, n_components=2):
        self.n_components = n_components

    def fit_transform(self, X):
        return X[1:, : self.n_components]
