"""Share of points whose nearest neighbour is kept: a metric in a file."""

from bench import Metric

metric = Metric(
    "first_neighbor",
    "nearest neighbour kept",
    lambda comparison: comparison.co_ranking.q_nx[0],
    0,
    1,
    1,
    None,
    "this test",
)
