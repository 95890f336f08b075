"""The command line: arguments and messages only."""

import json
import math
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from bench._version import __version__
from bench.cli.own_data import Drop, Labels, Scaling, own_parameters
from bench.cli.score import score_files
from bench.console import accept_any_text, console, discard_output, errors, warn
from bench.environment import give_numba_a_cache, neutralise
from bench.errors import BenchError, one_line, unknown_name

if TYPE_CHECKING:  # every command loads only what it needs: `list` must answer at once
    from bench.record import Record
    from bench.registry import Item, Kind, Registry
    from bench.store import Store

app = typer.Typer(
    rich_markup_mode="rich",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _number(value: float | None) -> float | None:
    """Refuse NaN, which no bound refuses: it is below nothing and above nothing."""
    if value is not None and math.isnan(value):
        raise typer.BadParameter("nan is not a number.")
    return value


# Listed without an import, so that `list` answers at once.
SUITES = ", ".join(sorted(p.stem for p in (Path(__file__).parents[1] / "suites").glob("*.toml")))

Out = Annotated[Path, typer.Option(help="Folder of the results.", metavar="DIR")]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Jobs at once; one for each core if not given.")
]
TimeLimit = Annotated[
    float,
    typer.Option(min=1, max=1e8, callback=_number, help="Seconds that one job may take."),
]
MemoryLimit = Annotated[
    float | None,
    typer.Option(
        min=0.1,
        max=1e6,
        callback=_number,
        help="GiB that a worker may hold, packages that earlier jobs loaded included; 80 % of "
        "memory, shared, if not given.",
    ),
]
Retry = Annotated[bool, typer.Option("--retry", help="Run failed jobs again.")]
AllowFailures = Annotated[
    bool, typer.Option("--allow-failures", help="Exit with 0 even if jobs failed.")
]
Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        help="Folder with reducers/, datasets/, metrics/ or decoder_metrics/ of yours.",
        metavar="DIR",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="A parameter of a reducer or dataset.", metavar="NAME.PARAM=VALUE"),
]
Ks = Annotated[
    list[str] | None, typer.Option("--k", help="Where tables read curves; 15 and n/10 by default.")
]


@app.command("all", epilog="Example: python -m bench all")
def run_all(
    *,
    out: Out = Path("results"),
    workers: Workers = None,
    time_limit: TimeLimit = 600,
    memory_limit: MemoryLimit = None,
    retry: Retry = False,
    allow_failures: AllowFailures = False,
    plugins: Plugins = None,
) -> None:
    """Run every reducer on every dataset, and publish tables and figures.

    What is done already is not run again: after Ctrl-C the same command resumes.
    """
    from bench.cli.run import Settings, run_suite
    from bench.suite import load_suite

    suite = load_suite("all", _registry(plugins))
    settings = Settings(
        out, workers, time_limit, memory_limit, retry, allow_failures, tuple(plugins or ())
    )
    raise typer.Exit(run_suite(suite, {}, settings))


@app.command(
    "run",
    epilog="Examples:\n\npython -m bench run --suite smoke --out smoke\n\n"
    "python -m bench run --dataset swiss_roll --reducer isomap --reducer umap --seed 0\n\n"
    "python -m bench run --reducer sklearn.decomposition:KernelPCA --set KernelPCA.kernel=rbf\n\n"
    "python -m bench run --dataset path/to/images --reducer pca --reducer umap\n\n"
    "python -m bench run --dataset iris.csv --labels species --scale standard --reducer pca",
)
def run_some(
    *,
    suite: Annotated[
        str,
        typer.Option(help=f"Suite to start from: {SUITES} or a TOML file."),
    ] = "all",
    dataset: Annotated[
        list[str] | None,
        typer.Option(
            help="Dataset in place of the suite's, or the path of your own: a folder of images, "
            "or a .npy, .npz, .csv or .parquet file; repeatable."
        ),
    ] = None,
    reducer: Annotated[
        list[str] | None,
        typer.Option(help="Reducer in place of the suite's, or package.module:Class; repeatable."),
    ] = None,
    seed: Annotated[
        list[int] | None,
        typer.Option(min=0, max=2**32 - 1, help="Seed in place of the suite's; repeatable."),
    ] = None,
    n: Annotated[int | None, typer.Option(min=10, help="Points of every dataset.")] = None,
    components: Annotated[
        int | None, typer.Option(min=1, help="Dimensions of the embeddings.")
    ] = None,
    held_out: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=0.9,
            callback=_number,
            help="Share of the points to place after a fit without them.",
        ),
    ] = None,
    labels: Labels = None,
    drop: Drop = None,
    scale: Scaling = "none",
    set_: Set = None,
    out: Out = Path("results"),
    workers: Workers = None,
    time_limit: TimeLimit = 600,
    memory_limit: MemoryLimit = None,
    retry: Retry = False,
    allow_failures: AllowFailures = False,
    plugins: Plugins = None,
) -> None:
    """Run some reducers on some datasets, and publish tables and figures.

    The suite says what is run where no option does. With --reducer alone, that reducer runs on
    every dataset of the suite and stands beside all others in the tables.
    """
    import msgspec

    from bench.cli.run import Settings, run_suite
    from bench.data.own_options import OwnOptions
    from bench.job import short_name
    from bench.suite import Choice, load_suite

    registry = _registry(plugins)
    chosen = load_suite(suite, registry)
    replaced: dict[str, Any] = {
        "datasets": tuple(map(Choice, dataset)) if dataset else chosen.datasets,
        "reducers": tuple(map(Choice, reducer)) if reducer else chosen.reducers,
        "seeds": tuple(seed) if seed else chosen.seeds,
        "n_components": components or chosen.n_components,
        "held_out": chosen.held_out if held_out is None else held_out,
    }
    chosen = msgspec.structs.replace(chosen, **replaced)
    overrides = _overrides(set_ or [])
    names = [choice.name for choice in chosen.datasets]
    options = OwnOptions(labels, tuple(drop or ()), scale)
    for name, changed in own_parameters(options, names, registry).items():
        overrides.setdefault(short_name(name), {}).update(changed)
    for choice in chosen.datasets if n else ():
        overrides.setdefault(short_name(choice.name), {}).setdefault("n", n)
    settings = Settings(
        out, workers, time_limit, memory_limit, retry, allow_failures, tuple(plugins or ())
    )
    raise typer.Exit(run_suite(chosen, overrides, settings))


@app.callback(invoke_without_command=True)
def every_command(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)
    ] = False,
) -> None:
    """Score reducers by the geodesic and Euclidean neighbours that they keep."""
    if version:
        console.print(f"manifold-bench {__version__}", highlight=False)
        raise typer.Exit


@app.command(
    "list",
    epilog="Examples:\n\npython -m bench list\n\npython -m bench list datasets\n\n"
    "python -m bench list isomap",
)
def list_items(
    only: Annotated[
        str,
        typer.Argument(help="reducers, datasets, metrics, decoder_metrics, suites, or one name."),
    ] = "",
    *,
    plugins: Plugins = None,
) -> None:
    """List reducers, datasets, metrics and suites, and whether they can be used here."""
    from bench.registry import KINDS

    registry = _registry(plugins)
    if only == "suites":
        console.print(SUITES, highlight=False)
        return
    items = {kind: registry.items(kind) for kind in KINDS if only in ("", f"{kind}s")}
    if not items:
        items = _named(only, {kind: registry.items(kind) for kind in KINDS})
    warn(why for kind in items for why in registry.refused(kind).values())
    width = max((len(name) for found in items.values() for name in found), default=0)
    for kind, found in items.items():
        console.print(f"[bold]{kind.replace('_', ' ')}s[/bold]")
        for name, item in found.items():
            why = item.unavailable
            note = f"[red]unavailable: {escape(why)}[/red]" if why else escape(item.summary)
            where = "" if item.origin.startswith("built-in") else f" [dim]({item.origin})[/dim]"
            console.print(
                f"  {escape(name):<{width}} {note}{where}", soft_wrap=True, highlight=False
            )


def _named(name: str, items: "dict[Kind, dict[str, Item]]") -> "dict[Kind, dict[str, Item]]":
    """Return what is called so, whatever its kind."""
    found = {kind: {name: known[name]} for kind, known in items.items() if name in known}
    if not found:
        kinds = [f"{kind}s" for kind in items]
        names = [name for known in items.values() for name in known]
        raise unknown_name("name", name, [*kinds, "suites", *names])
    return found


@app.command("report", epilog="Example: python -m bench report --k 15 --k 50")
def report(
    *,
    out: Out = Path("results"),
    k: Ks = None,
    plugins: Plugins = None,
) -> None:
    """Write the tables and figures of the results that are there."""
    from bench.cli.run import report as write_report
    from bench.store import Store

    write_report(Store(out), tuple(k or ()), tuple(plugins or ()))


@app.command(
    "calibrate",
    epilog="Examples:\n\npython -m bench calibrate\n\n"
    "python -m bench calibrate --dataset swiss_roll --neighbors 5 --neighbors 10 --n 1000 --seed 0",
)
def calibrate(
    *,
    dataset: Annotated[
        list[str] | None,
        typer.Option(
            help="Dataset with known geodesics; repeatable. If not given, all that need no "
            "download."
        ),
    ] = None,
    neighbors: Annotated[
        list[int] | None, typer.Option(min=1, help="k of the graph; repeatable.")
    ] = None,
    n: Annotated[list[int] | None, typer.Option(min=10, help="Points; repeatable.")] = None,
    seed: Annotated[
        list[int] | None, typer.Option(min=0, max=2**32 - 1, help="Seed; repeatable.")
    ] = None,
    set_: Set = None,
    out: Out = Path("results"),
    plugins: Plugins = None,
) -> None:
    """Measure what geodesics estimated on a graph are worth where the truth is known.

    Embeddings of these datasets that are in the results are scored against both.
    """
    from bench.cli.calibrate import Choices, run_calibration
    from bench.store import Store

    choices = Choices(
        tuple(dataset or ()),
        tuple(neighbors or ()),
        tuple(n or ()),
        tuple(seed or ()),
        _overrides(set_ or []),
    )
    run_calibration(choices, Store(out), _registry(plugins))


@app.command(
    "study",
    epilog="Examples:\n\npython -m bench study likelihood\n\n"
    "python -m bench study manifold --seed 0",
)
def study(
    name: Annotated[str, typer.Argument(help="Its name; a wrong one gets a list of all.")],
    *,
    seed: Annotated[
        list[int] | None, typer.Option(min=0, max=2**32 - 1, help="Seed; repeatable.")
    ] = None,
    out: Out = Path("results"),
    workers: Workers = None,
    time_limit: TimeLimit = 600,
    retry: Retry = False,
) -> None:
    """Answer one question by many small runs, and write a report of it.

    What is done already is not run again: after Ctrl-C the same command resumes.
    """
    from bench.studies.runner import run_study

    seeds = tuple(seed or ())
    raise typer.Exit(
        run_study(name, out, seeds=seeds, workers=workers, time_limit=time_limit, retry=retry)
    )


@app.command("show", epilog="Example: python -m bench show --reducer isomap --seed 0")
def show(
    job: Annotated[str, typer.Argument(help="The job's id, or how it begins.")] = "",
    *,
    dataset: Annotated[str, typer.Option(help="Only this dataset.")] = "",
    reducer: Annotated[str, typer.Option(help="Only this reducer.")] = "",
    seed: Annotated[int | None, typer.Option(min=0, help="Only this seed.")] = None,
    out: Out = Path("results"),
) -> None:
    """Show one job's record, or the ids of all that match."""
    from bench.store import Store

    store = Store(out)
    records, damaged = store.records()
    warn(damaged)
    found = [
        record
        for record in records
        if record.job.id.startswith(job)
        and dataset in ("", record.job.dataset.name, record.job.dataset.label)
        and reducer in ("", record.job.reducer.name, record.job.reducer.label)
        and seed in (None, record.job.seed)
    ]
    if not found:
        raise BenchError(
            f"None of the {len(records)} records in '{out}' matches. `python -m bench show` alone "
            "lists them."
        )
    if len(found) == 1:
        _show(found[0], store)
        return
    for record in found:
        line = f"{record.job.id}  {record.status:<13} {record.job.label}"
        console.print(escape(line), highlight=False)


@app.command(
    "check",
    epilog="Examples:\n\npython -m bench check mine --plugins DIR\n\n"
    "python -m bench check sklearn.decomposition:KernelPCA",
)
def check(
    name: Annotated[str, typer.Argument(help="A reducer, dataset or metric, or a dotted path.")],
    *,
    kind: Annotated[
        str,
        typer.Option(
            help="reducer, dataset, metric or decoder_metric; found by name if not given."
        ),
    ] = "",
    plugins: Plugins = None,
) -> None:
    """Check that a plugin keeps the contract, rule by rule."""
    from bench.engine.child import ChildDiedError, iterate_in_child
    from bench.testing import checks_of, find_kind

    registry = _registry(plugins)
    item = registry.find(find_kind(registry, name, kind), name)
    broken = 0
    try:
        for rule, problem in iterate_in_child(checks_of, item):
            broken += problem is not None
            word = "[red]broken[/red]" if problem else "[green]kept[/green]  "
            why = f": {escape(problem)}" if problem else ""
            console.print(f"  {word} {rule}{why}", soft_wrap=True)
    except ChildDiedError as error:
        raise BenchError(
            f"{item.kind} {name!r} ({item.origin}) ended the check: {error}."
        ) from error
    console.print(f"{item.kind} {escape(name)}: {broken} rule(s) broken")
    raise typer.Exit(1 if broken else 0)


app.command(
    "score",
    epilog="Examples:\n\npython -m bench score --points X.npy --embedding Y.npy\n\n"
    "python -m bench score --points X.csv --embedding Y.csv --graph-neighbors 10 --k 15 --k 50 "
    "--json",
)(score_files)


def main() -> None:
    """Run the command line; a mistake of the user's gets one line and exit code 2."""
    _stop_at_the_first_interrupt()
    accept_any_text()
    neutralise()
    try:
        give_numba_a_cache()
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except (BenchError, typer.TyperException) as error:
        message = error.format_message() if isinstance(error, typer.TyperException) else str(error)
        _say_error(message)
        sys.exit(2)
    except BrokenPipeError:
        discard_output()
        sys.exit(1)
    except OSError as error:  # a full disk, a folder that may not be entered
        _say_error(one_line(error))
        with suppress(OSError, ValueError):  # a stream without a file, in a program around
            discard_output()  # or Python tries to write it again as it ends
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


def _say_error(message: str) -> None:
    if message:
        errors.print(f"[red]Error:[/red] {escape(' '.join(message.split()))}", soft_wrap=True)


def _stop_at_the_first_interrupt() -> None:
    """Ignore Ctrl-C after the first: a second one would end the stopping half-way."""

    def interrupt(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored: nohup
        signal.signal(signal.SIGINT, interrupt)


def _show(record: "Record", store: "Store") -> None:
    import msgspec

    where = escape(str(store.path(record.job)))
    console.print(f"[bold]{escape(record.job.label)}[/bold]  ({where})", soft_wrap=True)
    console.print_json(json.dumps(msgspec.to_builtins(record)))


def _overrides(given: list[str]) -> dict[str, dict[str, Any]]:
    """Read ``NAME.PARAM=VALUE``: JSON values as such, anything else as text."""
    overrides: dict[str, dict[str, Any]] = {}
    for text in given:
        key, equals, value = text.partition("=")
        name, dot, parameter = key.rpartition(".")
        if not (equals and dot and name and parameter):
            raise BenchError(f"--set takes NAME.PARAM=VALUE (isomap.n_neighbors=10), got {text!r}.")
        try:
            parsed = json.loads(value)
        except ValueError:
            parsed = value
        except RecursionError as error:
            raise BenchError(f"--set {key} is nested too deeply: give a simpler value.") from error
        overrides.setdefault(name, {})[parameter] = parsed
    return overrides


def _registry(plugins: list[Path] | None) -> "Registry":
    from bench.registry import Registry

    return Registry(tuple(plugins or ()))
