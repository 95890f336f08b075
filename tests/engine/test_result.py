"""What a job came to, step by step."""

import numpy as np

from bench.engine.result import JobResult
from bench.record import Score


def test_plus():
    """Each step adds to what there is, in order, and leaves the result that it was given."""
    first = JobResult(None, np.zeros((3, 2)), None).plus(problems=["one"], arrays={"a": np.ones(1)})
    second = first.plus([Score("auc", "geodesic", 0.5)], ["two"], {"b": np.ones(2)})
    assert (first.scores, first.problems, list(first.arrays)) == ((), ("one",), ["a"])
    assert [score.metric for score in second.scores] == ["auc"]
    assert (second.problems, list(second.arrays)) == (("one", "two"), ["a", "b"])
    assert second.embedding is first.embedding
