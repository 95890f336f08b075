"""Study: the likelihood as a controlled factor."""
