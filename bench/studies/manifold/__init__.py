"""Study: the manifold hypothesis in numbers."""
