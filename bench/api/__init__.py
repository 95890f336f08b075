"""Use from Python: `bench.run`, `bench.load_results`, and the stages that the commands share."""
