"""Study: what geodesics estimated on a graph are worth."""
