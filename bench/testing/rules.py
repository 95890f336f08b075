"""What rules have in common: a rule is a function that raises `AssertionError` if it is broken."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.seeds import stream

N = 120
Rule = Callable[[Any], None]
Outcome = tuple[str, str | None]


def outcomes(rules: list[Rule], item: Any) -> Iterator[Outcome]:  # noqa: ANN401 - any kind of item
    """Apply rules; yield what each says, and what breaks it or None."""
    for rule in rules:
        name = rule_name(rule)
        try:
            rule(item)
        except AssertionError as error:
            yield name, str(error)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            yield name, f"{type(error).__name__}: {error}"
        else:
            yield name, None


def rule_name(rule: Rule) -> str:
    """Return what a rule says: the first line of its docstring."""
    return (inspect.getdoc(rule) or rule.__name__).partition("\n")[0].rstrip(".")


def require(condition: object, message: str) -> None:
    """Raise `AssertionError` with a message unless the condition holds."""
    if not condition:
        raise AssertionError(message)


def curved_points(n: int = N) -> NDArray[np.float32]:
    """Return points on a bent sheet in four dimensions, always the same."""
    generator = stream(0, "testing")
    t, height = generator.uniform(0, 3, n), generator.uniform(0, 2, n)
    curved = np.column_stack([np.cos(t), np.sin(t), height, 0.1 * t * height])
    return curved.astype(np.float32)


def images(n: int = N) -> NDArray[np.float32]:
    """Return flattened images, 8 x 8 with values in [0, 1], of a spot in many places."""
    places = stream(0, "testing").uniform(2, 5, (n, 2, 1))
    rows, columns = np.exp(-((np.arange(8) - places) ** 2) / 4).transpose(1, 0, 2)
    spots = rows[:, :, None] * columns[:, None, :]
    return np.asarray(spots.reshape(n, 64), dtype=np.float32)
