"""The file in which the outcome of a call reaches the harness."""

import io
import pickle

import numpy as np
import pytest

from bench.engine.outcome import Failure, encode, encode_failure, read, write
from bench.record import Score, Status


def test_round_trip(tmp_path):
    """Values and arrays come back as they were, numbers that JSON cannot say too."""
    path, score = tmp_path / "a.result", Score("auc", "geodesic", float("inf"))
    write(path, encode(score, {"geodesic/r_nx": np.arange(3.0), "embedding": np.eye(2)}))
    found, arrays = read(path, Score)
    assert found == score
    assert list(arrays) == ["geodesic/r_nx", "embedding"]
    np.testing.assert_array_equal(arrays["embedding"], np.eye(2))


def test_failure(tmp_path):
    """A failure comes back as one, whatever type was expected."""
    path, failure = tmp_path / "a.result", Failure(Status.DEGENERATE, "all in one place")
    write(path, encode_failure(failure))
    assert read(path, Score) == failure


def test_encode_refuses_what_is_not_plain():
    """A value that msgspec does not know is refused in the worker, where the reason is known."""
    with pytest.raises(TypeError):
        encode({"x": object()}, {})
    with pytest.raises(ValueError, match="pickle"):
        encode({}, {"x": np.array([object()])})


class Harmful:
    """Fails the test if it is ever unpickled."""

    def __reduce__(self):
        return pytest.fail, ("it was unpickled",)


def pickled_array():
    buffer = io.BytesIO()
    np.savez(buffer, value=np.array([Harmful()], dtype=object))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "written",
    [b"", b"garbage", pickle.dumps(Harmful()), encode({}, {})[:-40], encode([1], {}), None],
    ids=["empty", "garbage", "pickle", "half", "other type", "nothing"],
)
def test_read_refuses(tmp_path, written):
    """Anything but an outcome of the expected type is refused, and nothing is unpickled."""
    path = tmp_path / "a.result"
    if written is not None:
        path.write_bytes(written)
    with pytest.raises(ValueError, match="not a result"):
        read(path, Score)


def test_read_refuses_pickled_arrays(tmp_path):
    """An array of objects is refused without a look inside."""
    path = tmp_path / "a.result"
    path.write_bytes(pickled_array())
    with pytest.raises(ValueError, match="not a result"):
        read(path, Score)
