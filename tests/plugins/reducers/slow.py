"""Notes each call in the file MANIFOLD_BENCH_TEST_CALLS; from seed 1 on it then waits.

It goes on when there is a file of the same name that ends in .go. So a test decides how far a run
gets before it is stopped, however busy the machine is.
"""

import os
import time
from pathlib import Path


class reducer:
    def __init__(self, n_components=2, random_state=0):
        self.n_components = n_components
        self.random_state = random_state

    def fit_transform(self, X):
        if len(X) > 100:  # not the warm-up
            calls = Path(os.environ["MANIFOLD_BENCH_TEST_CALLS"])
            with calls.open("a") as file:
                file.write(f"{self.random_state} {os.getpid()}\n")
            while self.random_state >= 1 and not calls.with_suffix(".go").exists():
                time.sleep(0.05)
        return X[:, : self.n_components]
