"""Parameters of reducers and datasets: what a record holds of them, and what the code is given.

A record is JSON, which knows no tuple, no enumeration and no NumPy number. So a default that was
not overridden is left to the code that declared it, and an override gets the type of the default.
"""

import inspect
import json
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

import msgspec
import numpy as np

from bench.errors import BenchError

MAX_DEPTH = 20  # of nested lists and objects in one value


def signature_of(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the parameters that can be given by name.

    Raises
    ------
    BenchError
        If Python cannot tell them, as of some compiled code, or it is not callable.
    """
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError) as error:
        raise BenchError(
            f"{getattr(function, '__qualname__', function)!s} has no signature that Python can "
            f"read ({error}): wrap it in a function with named parameters."
        ) from error
    by_position = inspect.Parameter.POSITIONAL_ONLY
    return {name: one for name, one in parameters.items() if one.kind is not by_position}


def defaults_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return every parameter that has a default, as it was declared."""
    return {
        name: parameter.default
        for name, parameter in signature_of(function).items()
        if parameter.default is not parameter.empty
    }


def complete(
    given: Mapping[str, Any], defaults: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Fill in the defaults that a record can hold, and name what differs from them.

    A default that JSON cannot say (a function, NaN) is left for the code to fill in.

    Raises
    ------
    BenchError
        If a record cannot hold a given value.
    """
    given = {name: _recorded(name, value) for name, value in given.items()}
    known = {name: plain for name, value in defaults.items() for plain in _as_json(value)}
    changed = sorted(name for name in given if name not in known or given[name] != known[name])
    return dict(sorted((known | given).items())), tuple(changed)


def as_declared(function: Callable[..., Any], recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Return the recorded parameters as the function takes them.

    Parameters
    ----------
    function : callable
        Whose defaults tell the types.
    recorded : mapping of str to object
        What a record holds: JSON.

    Returns
    -------
    dict of str to object
        Without those that equal the default, which the function fills in itself: a tuple, an
        array's number or an enumeration reaches it as declared. The others have the type of the
        default where that is a tuple, a set, an enumeration or a NumPy number.
    """
    defaults = defaults_of(function)
    return {
        name: _like(value, defaults.get(name))
        for name, value in recorded.items()
        if name not in defaults or _as_json(defaults[name]) != [value]
    }


def _like(value: Any, default: Any) -> Any:  # noqa: ANN401 - whatever JSON can say, and its type
    if isinstance(default, tuple | set | frozenset) and isinstance(value, list):
        known = list(default) or [None]
        items = [_like(one, known[min(i, len(known) - 1)]) for i, one in enumerate(value)]
        return type(default)(*items) if hasattr(default, "_fields") else type(default)(items)
    if isinstance(default, Mapping) and isinstance(value, dict):
        return {name: _like(one, default.get(name)) for name, one in value.items()}
    if isinstance(default, Enum):
        return type(default)(value)
    if isinstance(default, np.number) and isinstance(value, int | float):
        return np.asarray(value).astype(default.dtype)[()]
    return value


def _recorded(name: str, value: object) -> Any:  # noqa: ANN401 - whatever JSON can say
    plain = _as_json(value)
    if not plain:
        shown = repr(value) if _depth(value) <= MAX_DEPTH else "a deeply nested value"
        raise BenchError(
            f"{name} = {shown} cannot be recorded: give a finite number, a text, a list or an "
            f"object as JSON has them, nested up to {MAX_DEPTH} deep."
        )
    return plain[0]


def _as_json(value: object) -> list[Any]:
    """Return a value as JSON gives it back (a tuple as a list), or nothing if it does not."""
    if _depth(value) > MAX_DEPTH:
        return []
    try:
        plain = json.loads(json.dumps(value, allow_nan=False, default=_number))
        msgspec.json.encode(plain)  # what records are written with: refuses half a surrogate pair
    except (TypeError, ValueError, msgspec.MsgspecError):
        return []
    return [plain]


def _number(value: object) -> Any:  # noqa: ANN401 - a Python number
    if isinstance(value, np.number | np.bool_):
        return value.item()
    raise TypeError(f"{type(value).__name__} is not JSON")


def _depth(value: object) -> int:
    """Return how deep lists and objects are nested, looking no further than matters."""
    depth, level = 0, [value]
    while depth <= MAX_DEPTH:
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return depth
        depth += 1
    return depth


def _inside(value: object) -> list[Any]:
    if isinstance(value, Mapping):
        return [*value.values()]
    return [*value] if isinstance(value, list | tuple) else []
