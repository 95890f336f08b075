"""Estimator objects as jobs hold them: a dotted path, and the parameters that differ."""

import inspect
import sys
from collections.abc import Callable
from typing import Any

from bench.errors import BenchError
from bench.parameters import complete, defaults_of, signature_of
from bench.reducer import FROM_JOB, Estimator, Reducer
from bench.suite import Choice

AnyReducer = str | Choice | Estimator | type[Estimator] | Callable[..., Estimator]
_HOW = (
    "put it in a file mine/reducers/NAME.py that offers `reducer`, and give its NAME and "
    'plugins=["mine"]; or put it in a module, and import it from there'
)


def as_choice(reducer: AnyReducer, n_components: int) -> Choice:
    """Return a reducer as a worker process can find it.

    Parameters
    ----------
    reducer : str, Choice, estimator, or class or function that makes one
        A name or dotted path is taken as it is.
    n_components : int
        Dimensions that the run embeds in.

    Raises
    ------
    BenchError
        If no worker could import it, its parameters cannot be told, or it asks for other
        dimensions.

    Examples
    --------
    >>> from sklearn.manifold import Isomap
    >>> as_choice(Isomap(n_neighbors=8), 2)
    Choice(name='sklearn.manifold:Isomap', parameters={'n_neighbors': 8})
    """
    if isinstance(reducer, Choice):
        return reducer
    if isinstance(reducer, str):
        return Choice(reducer)
    if isinstance(reducer, Reducer):
        raise BenchError(f"A bench.Reducer has no name by which workers can find it: {_HOW}.")
    if inspect.isclass(reducer) or inspect.isfunction(reducer):
        return Choice(_dotted_path(reducer))
    if not hasattr(reducer, "fit_transform"):
        raise BenchError(
            f"A reducer must be a name, a dotted path package.module:Class, an estimator with "
            f"fit_transform or its class, got {type(reducer).__name__}."
        )
    return Choice(_dotted_path(type(reducer)), _parameters(reducer, n_components))


def _dotted_path(made_by: Any) -> str:  # noqa: ANN401 - a class or function of any kind
    module, name = made_by.__module__, made_by.__qualname__
    if module == "__main__" or "<" in name:
        raise BenchError(
            f"{name} is defined in a notebook, a script or a function, where no worker process "
            f"can import it: {_HOW}."
        )
    return f"{_public_module(made_by)}:{name}"


def _public_module(made_by: Any) -> str:  # noqa: ANN401 - likewise
    """Return the innermost public module that offers a class: its path is what people write."""
    parts = made_by.__module__.split(".")
    for depth in range(len(parts), 0, -1):
        name = ".".join(parts[:depth])
        is_public = not any(part.startswith("_") for part in parts[:depth])
        if is_public and getattr(sys.modules.get(name), made_by.__qualname__, None) is made_by:
            return name
    return str(made_by.__module__)


def _parameters(estimator: Any, n_components: int) -> dict[str, Any]:  # noqa: ANN401 - estimators share no base class
    """Return the parameters that a job must record, apart from those that it sets itself."""
    kind = type(estimator).__name__
    taken = signature_of(type(estimator)).keys()
    if hasattr(estimator, "get_params"):
        given = estimator.get_params(deep=False)
    elif taken <= set(FROM_JOB):
        given = {}
    else:
        raise BenchError(
            f"{kind} has no get_params(), which tells its parameters: derive it from "
            "sklearn.base.BaseEstimator, or give its class and parameters={...}."
        )
    defaults = defaults_of(type(estimator))
    changed = {k: v for k, v in given.items() if k not in defaults or v is not defaults[k]}
    asked = changed.get("n_components")
    if asked not in (None, n_components):
        raise BenchError(
            f"{kind} has n_components={asked!r}, and this run embeds in {n_components} dimensions: "
            "give n_components to bench.run, not to the estimator."
        )
    kept = {name: value for name, value in changed.items() if name not in FROM_JOB}
    try:
        complete(kept, {})
    except BenchError as error:
        raise BenchError(f"{kind}: {' '.join(str(error).split())}") from error
    return kept
