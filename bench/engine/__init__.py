"""Running jobs: what happens inside a worker, and the pool around it."""
