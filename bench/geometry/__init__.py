"""Distances along a manifold and through space, and the references made of them."""
