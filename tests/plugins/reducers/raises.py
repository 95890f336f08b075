"""Raises an error of its own, which nothing else could unpickle."""


class OddError(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


class reducer:
    def __init__(self, n_components=2):
        self.n_components = n_components

    def fit_transform(self, X):
        print("what the plugin printed")
        raise OddError("one", "two")
