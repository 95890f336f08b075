"""Metrics of decoders, and what they are computed from."""
