"""Scores of an embedding that somebody has, from any tool: ``bench.score``."""
