"""The graph on which geodesics are estimated if nothing else is said."""

# Neighbours of each point. Chosen by the errors on manifolds with known geodesics: see
# docs/calibration.md. It is among the parameters of a job, so a change makes every job another one.
DEFAULT_NEIGHBORS = 10


def neighbors_among(n: int, asked: int) -> int:
    """Return how many neighbours a graph of n points has.

    Parameters
    ----------
    n : int
        Number of points.
    asked : int
        Neighbours of each point that were asked for.

    Returns
    -------
    int
        ``asked``; or all other points, where that is the default and they are fewer.
    """
    return min(asked, n - 1) if asked == DEFAULT_NEIGHBORS else asked
