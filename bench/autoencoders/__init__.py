"""Autoencoders: one estimator, taken apart into likelihood, code, corruption, network, training."""
