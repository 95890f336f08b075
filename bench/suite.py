"""Suite: a TOML file, or a name, that says which datasets, reducers and seeds make up a run."""

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import msgspec

from bench.engine.child import apart
from bench.errors import BenchError, UnavailableError, one_line, unknown_name
from bench.job import DatasetConfig, Job, ReducerConfig, short_name
from bench.parameters import complete, defaults_of, signature_of
from bench.reducer import as_reducer
from bench.registry import Item, Kind, Registry

Seed = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
Overrides = Mapping[str, Mapping[str, Any]]


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dataset or reducer of a suite, with the parameters that differ from its defaults.

    Examples
    --------
    >>> Choice("lle", {"method": "ltsa"}).name
    'lle'
    """

    name: str
    parameters: dict[str, Any] = {}


class Suite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Datasets x reducers x seeds.

    Parameters
    ----------
    datasets, reducers : tuple of Choice
        What to cross.
    seeds : tuple of int
        One job for each; the seed draws the points and drives the reducer.
    n : int or None
        Number of points of every dataset, or all that a smaller one has; None for each dataset's
        default.
    n_components : int
        Dimensions of the embeddings.
    held_out : float
        Share of the points that reducers are not fitted on; see `Job`.

    Examples
    --------
    >>> suite = Suite((Choice("swiss_roll", {"n": 100}),), (Choice("pca"), Choice("isomap")))
    >>> len(plan(suite, Registry()))
    6
    """

    datasets: tuple[Choice, ...]
    reducers: tuple[Choice, ...]
    seeds: tuple[Seed, ...] = (0, 1, 2)
    n: int | None = None
    n_components: Annotated[int, msgspec.Meta(ge=1)] = 2
    held_out: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A suite as its file says it: what is left out is taken from the suite that it extends."""

    extends: str | None = None
    datasets: tuple[str | Choice, ...] | msgspec.UnsetType = msgspec.UNSET
    reducers: tuple[str | Choice, ...] | msgspec.UnsetType = msgspec.UNSET
    seeds: tuple[Seed, ...] | msgspec.UnsetType = msgspec.UNSET
    n: int | msgspec.UnsetType = msgspec.UNSET
    n_components: int | msgspec.UnsetType = msgspec.UNSET
    held_out: float | msgspec.UnsetType = msgspec.UNSET


def load_suite(name: str, registry: Registry | None = None) -> Suite:
    """Read a suite that ships with the package, or a TOML file.

    Parameters
    ----------
    name : str
        Of a shipped suite, or the path of a ``.toml`` file.
    registry : Registry, optional
        What ``"all"`` among datasets or reducers stands for: every reducer (one of
        ``own_dimensions`` only if points are held out), and every dataset whose file offers no
        ``downloads``. The built-in ones if not given.

    Raises
    ------
    BenchError
        If there is no such suite, or the file does not describe one.
    """
    fields: dict[str, Any] = {}
    chain: list[str] = []
    extended: str | None = name
    while extended is not None:
        if extended in chain:
            raise BenchError(f"Suite '{name}' extends itself: {' -> '.join([*chain, extended])}.")
        chain.append(extended)
        written = msgspec.structs.asdict(_read(extended))
        extended = written.pop("extends")
        fields = {k: v for k, v in written.items() if v is not msgspec.UNSET} | fields
    registry = registry or Registry()
    kinds: tuple[tuple[Kind, str], ...] = (("dataset", "datasets"), ("reducer", "reducers"))
    for kind, field in kinds:
        every = _every(kind, registry, held_out=bool(fields.get("held_out")))
        fields[field] = tuple(_expanded(fields.get(field, ()), every))
    try:
        return msgspec.convert(fields, Suite)
    except msgspec.ValidationError as error:
        raise BenchError(f"Suite '{name}' is not valid: {error}.") from error


def shipped_suites() -> list[str]:
    """Name the suites that ship with the package."""
    folder = resources.files("bench") / "suites"
    return sorted(p.name.removesuffix(".toml") for p in folder.iterdir())


def _read(name: str) -> _Written:
    shipped = shipped_suites()
    if name in shipped:
        text = (resources.files("bench") / "suites" / f"{name}.toml").read_text(encoding="utf-8")
    elif Path(name).suffix == ".toml":
        try:
            text = Path(name).read_text(encoding="utf-8")
        except OSError as error:
            raise BenchError(f"Cannot read suite '{name}': {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise BenchError(f"Suite '{name}' is not a text in UTF-8 ({error}).") from error
    else:
        raise unknown_name("suite", name, [*shipped, "FILE.toml"])
    try:
        return msgspec.toml.decode(text, type=_Written)
    except msgspec.MsgspecError as error:
        raise BenchError(f"Suite '{name}' is not valid: {error}.") from error


def _every(kind: Kind, registry: Registry, *, held_out: bool) -> list[str]:
    """Name what ``"all"`` stands for."""
    items = [item for item in registry.items(kind).values() if not item.is_helper]
    if kind == "dataset":
        return [item.name for item in items if not item.offers("downloads")]
    return [item.name for item in items if held_out or not item.stated.get("own_dimensions")]


def _expanded(written: Iterable[str | Choice], every: Iterable[str]) -> Iterator[Choice]:
    for one in written:
        if isinstance(one, Choice):
            yield one
        else:
            yield from map(Choice, every if one == "all" else [one])


def plan(suite: Suite, registry: Registry, overrides: Overrides | None = None) -> list[Job]:
    """Cross a suite into jobs, dataset by dataset and seed by seed.

    Parameters
    ----------
    suite : Suite
        What to run.
    registry : Registry
        Where names are resolved.
    overrides : mapping of str to mapping, optional
        Parameters by the name of the dataset or reducer (``--set``).

    Returns
    -------
    list of Job

    Raises
    ------
    BenchError
        If a name or a parameter does not exist, or nothing is chosen.
    """
    overrides = overrides or {}
    _check_choice("seed", suite.seeds)
    chosen = {short_name(choice.name) for choice in (*suite.datasets, *suite.reducers)}
    for name in overrides:
        if name not in chosen:
            raise unknown_name("name in --set", name, chosen)
    if not suite.held_out:
        _require_none_held_out(suite.reducers, registry)
    reducers = [_reducer_config(choice, registry, overrides) for choice in suite.reducers]
    _check_choice("reducer", [reducer.label for reducer in reducers])
    datasets = [
        [msgspec.structs.replace(config, seed=seed) for seed in suite.seeds]
        for choice in suite.datasets
        for config in [_dataset_config(choice, suite.n, registry, overrides)]
    ]
    _check_choice("dataset", [seeds[0].label for seeds in datasets])
    once = _runs_once(suite, registry, [seeds[0] for seeds in datasets])
    return [
        Job(dataset, reducer, suite.n_components, held_out=suite.held_out)
        for seeds in datasets
        for dataset in seeds
        for reducer in reducers
        if dataset.seed == suite.seeds[0] or reducer.name not in once.get(dataset.label, ())
    ]


def _runs_once(
    suite: Suite, registry: Registry, datasets: Sequence[DatasetConfig]
) -> dict[str, set[str]]:
    """Name, by the dataset's label, the reducers to which every seed would be the same job.

    On data of the user's own, all of them, those are the deterministic ones, unless a seed draws
    the points that are held out. Built-in datasets run every seed: so their jobs are published.
    """
    fixed = {
        config.label
        for choice, config in zip(suite.datasets, datasets, strict=True)
        if registry.own_data(choice.name) and config.parameters.get("n") is None
    }
    if suite.held_out or not fixed:
        return {}
    found = {one.name for one in suite.reducers if is_deterministic(one.name, registry)}
    return dict.fromkeys(fixed, found)


def is_deterministic(name: str, registry: Registry) -> bool:
    """Whether a reducer gives the same embedding with every seed; of an unavailable one, yes.

    Parameters
    ----------
    name : str
        Name or dotted path.
    registry : Registry

    Raises
    ------
    BenchError
        If there is no such reducer.
    """
    try:
        return apart(registry.find("reducer", name), _declares_determinism)
    except UnavailableError:
        return True  # each seed would say the same


def _declares_determinism(item: Item) -> bool:
    return as_reducer(item.load()[0]).deterministic


def chosen_items(suite: Suite, registry: Registry) -> list[Item]:
    """Return the reducers and datasets of a suite, apart from data of the user's own."""
    datasets = [one.name for one in suite.datasets if not registry.own_data(one.name)]
    found = [registry.find("dataset", name) for name in datasets]
    return found + [registry.find("reducer", choice.name) for choice in suite.reducers]


def _require_none_held_out(choices: Iterable[Choice], registry: Registry) -> None:
    for choice in choices:
        if registry.find("reducer", choice.name).stated.get("needs_held_out"):
            raise BenchError(
                f"{choice.name} is judged on held-out points alone, and none are held out: add "
                "--held-out 0.2."
            )


def _check_choice(kind: str, chosen: Sequence[object]) -> None:
    if not chosen:
        raise BenchError(f"No {kind} chosen: name at least one.")
    for item in chosen:
        if chosen.count(item) > 1:
            raise BenchError(f"The {kind} {item} is chosen twice.")


def _reducer_config(choice: Choice, registry: Registry, overrides: Overrides) -> ReducerConfig:
    given = choice.parameters | dict(overrides.get(short_name(choice.name), {}))
    item = registry.find("reducer", choice.name)
    try:
        return apart(item, _complete_reducer, choice.name, given)
    except UnavailableError:
        # The worker will meet the same and make it a row of the table.
        return ReducerConfig(choice.name, *complete(given, {}), code=item.version)


def _complete_reducer(item: Item, name: str, given: dict[str, Any]) -> ReducerConfig:
    loaded, revision = item.load()
    reducer = as_reducer(loaded)
    if unstated := reducer.unstated(item.stated):
        raise BenchError(
            f"The file of {name} must say {unstated} where it can be read without an import: "
            f"write reducer = Reducer(..., {unstated})."
        )
    if not reducer.takes_any_parameter:
        _check_parameters(name, given, reducer.parameters)
    return ReducerConfig(name, *complete(given, reducer.parameters), revision, item.version)


def _dataset_config(
    choice: Choice, n: int | None, registry: Registry, overrides: Overrides
) -> DatasetConfig:
    """Complete a choice of dataset; its seed is still to be set."""
    given = choice.parameters | dict(overrides.get(short_name(choice.name), {}))
    item = registry.find("dataset", choice.name)
    try:
        return apart(item, _complete_dataset, choice.name, n, given)
    except UnavailableError:
        parameters, changed = complete(({} if n is None else {"n": n}) | given, {})
        return DatasetConfig(item.name, parameters, 0, changed, code=item.version)


def _complete_dataset(item: Item, name: str, n: int | None, given: dict[str, Any]) -> DatasetConfig:
    factory, revision = item.load()
    taken = _parameters(name, factory)
    _check_parameters(name, given, taken.keys() - {"seed"})
    for parameter, value in given.items():
        _check_kind(f"{name}.{parameter}", value, taken[parameter].annotation)
    if item.bound and (check := item.beside("check")):
        check(**given)  # what is wrong with the data is said at once, not by every job
    if isinstance(given.get("n"), int):
        _check_points(name, item, given)
    if n is not None:
        given = _points(name, n, item, given) | given
    defaults = {key: value for key, value in defaults_of(factory).items() if key != "seed"}
    parameters, changed = complete(given, defaults)
    return DatasetConfig(item.name, parameters, 0, changed, revision, item.version)


def _check_kind(name: str, value: object, annotation: object) -> None:
    """Refuse a value that is not of the kind its parameter is annotated with, where it is."""
    if annotation is inspect.Parameter.empty or isinstance(annotation, str):
        return
    try:
        msgspec.convert(value, annotation)
    except msgspec.ValidationError as error:
        reason = str(error).replace("`", "").removeprefix("Expected ")
        raise BenchError(f"{name} must be {reason.replace('got', f'got {value!r},')}.") from error
    except TypeError:  # an annotation that says nothing of what JSON can say
        return


def _check_points(name: str, item: Item, given: Mapping[str, Any]) -> None:
    from bench.dataset import require_points

    try:
        require_points(given["n"], most=_most(name, item, given))
    except ValueError as error:
        raise BenchError(f"{name}: {error}") from error


def _points(name: str, n: int, item: Item, given: Mapping[str, Any]) -> dict[str, int]:
    """Hold the suite's number of points against what a dataset of real data has.

    What can be drawn without end has no such number, and data of the user's own are all drawn if
    no number is given.
    """
    there = _most(name, item, given)
    if there is None or n < there:
        return {"n": n}
    return {} if item.bound else {"n": there}


def _most(name: str, item: Item, given: Mapping[str, Any]) -> int | None:
    """Return how many points there are, as the dataset's file says in ``most(**parameters)``."""
    most = item.beside("most")
    try:
        return int(most(**given)) if most else None
    except (BenchError, ValueError) as error:
        raise BenchError(f"{name}: {error}") from error
    except Exception as error:
        raise BenchError(f"{name}: its function most fails ({one_line(error)}).") from error


def _parameters(name: str, factory: Any) -> dict[str, inspect.Parameter]:  # noqa: ANN401 - what a module offers
    try:
        return signature_of(factory)
    except BenchError as error:
        raise BenchError(
            f"{name} is no dataset: a dataset is a function of n, seed and its own parameters "
            f"({error})"
        ) from error


def _check_parameters(owner: str, given: Iterable[str], allowed: Iterable[str]) -> None:
    allowed = list(allowed)
    for name in given:
        if name not in allowed:
            raise unknown_name(f"parameter of {owner}", name, allowed)
