"""Scores of an embedding against a reference: kernels, families and their table."""
