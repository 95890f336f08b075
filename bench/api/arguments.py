"""The arguments of `bench.run`, checked, as the parts of the package take them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bench.data.arrays import check_whole
from bench.engine.pool import Limits, shared_memory
from bench.engine.threads import cores
from bench.errors import BenchError, unknown_name
from bench.job import short_name
from bench.suite import Choice, Suite, load_suite

MAX_SEED = 2**32 - 1
MAX_SECONDS = 10**8


def as_sequence(name: str, given: Any) -> Sequence[Any]:  # noqa: ANN401 - what a caller gave
    """Refuse what is not a sequence, or is one text, whose letters would be taken for names.

    Raises
    ------
    BenchError
        Saying what was given.
    """
    if isinstance(given, str | Path) or not isinstance(given, Sequence):
        raise BenchError(f"{name} must be a list, got {given!r}: write {name}=[...].")
    return given


def chosen_suite(
    suite: Suite | str | None,
    datasets: Sequence[str | Path | Choice] | None,
    seeds: int | Sequence[int] | None,
    n_components: int | None,
) -> Suite:
    """Return the suite with what is given in place of its own.

    Raises
    ------
    BenchError
        If one of them is not what it must be.
    """
    if not isinstance(suite, Suite | str | None):
        raise BenchError(
            f"suite must be a bench.Suite, a name or a TOML file, got {type(suite).__name__}."
        )
    base = load_suite(suite) if isinstance(suite, str) else suite or Suite((), ())
    fields: dict[str, Any] = {}
    if datasets is not None:
        fields["datasets"] = tuple(map(_dataset, as_sequence("datasets", datasets)))
    if seeds is not None:
        numbers = range(seeds) if isinstance(seeds, int) else as_sequence("seeds", seeds)
        fields["seeds"] = tuple(_whole("A seed", seed, 0, MAX_SEED) for seed in numbers)
    if n_components is not None:
        fields["n_components"] = _whole("n_components", n_components, 1)
    return msgspec.structs.replace(base, **fields)


def limits_of(workers: int | None, time_limit: float) -> Limits:
    """Return the limits of each job; memory is shared by the workers.

    Raises
    ------
    BenchError
        If one is out of range.
    """
    at_once = cores() if workers is None else _whole("workers", workers, 1)
    if not isinstance(time_limit, int | float) or not 1 <= time_limit <= MAX_SECONDS:
        raise BenchError(f"time_limit must be in 1 ... {MAX_SECONDS} s, got {time_limit!r}.")
    return Limits(time_limit, shared_memory(at_once))


def overrides_of(
    parameters: Mapping[str, Mapping[str, Any]] | None, suite: Suite, n: int | None
) -> dict[str, dict[str, Any]]:
    """Return the parameters by short name, ``n`` among those of each dataset.

    Raises
    ------
    BenchError
        If a name is not that of a reducer or dataset of the suite, or has no parameters.
    """
    found: dict[str, dict[str, Any]] = {}
    chosen = {short_name(choice.name) for choice in (*suite.datasets, *suite.reducers)}
    for name, values in (parameters or {}).items():
        if short_name(name) not in chosen:
            raise unknown_name("name in parameters", name, chosen)
        if not isinstance(values, Mapping):
            raise BenchError(
                f'parameters must be given by name, as {{"isomap": {{"n_neighbors": 8}}}}, got '
                f"{values!r} for {name!r}."
            )
        found.setdefault(short_name(name), {}).update(values)
    for choice in suite.datasets if n is not None else ():
        found.setdefault(short_name(choice.name), {}).setdefault("n", n)
    return found


def _dataset(given: object) -> Choice:
    if isinstance(given, Choice):
        return given
    if not isinstance(given, str | Path):
        raise BenchError(
            f"A dataset must be a name, or the path of your own data, got "
            f"{type(given).__name__}: save arrays with numpy.save, and give the path."
        )
    return Choice(str(given))


def _whole(name: str, given: object, low: int, high: int | None = None) -> int:
    number = check_whole(given, name)
    if number < low or (high is not None and number > high):
        limit = f"from {low} on" if high is None else f"in {low} ... {high}"
        raise BenchError(f"{name} must be a whole number {limit}, got {number}.")
    return number
