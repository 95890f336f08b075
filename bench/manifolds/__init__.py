"""Geodesics of particular surfaces, graphs and image manifolds."""
