"""Takes half a second, and notes each call in the file that MANIFOLD_BENCH_TEST_CALLS names."""

import os
import time
from pathlib import Path


class reducer:
    def __init__(self, n_components=2, random_state=0):
        self.n_components = n_components
        self.random_state = random_state

    def fit_transform(self, X):
        if len(X) > 100:  # not the warm-up
            time.sleep(0.5)
            with Path(os.environ["MANIFOLD_BENCH_TEST_CALLS"]).open("a") as file:
                file.write(f"{self.random_state}\n")
        return X[:, : self.n_components]
