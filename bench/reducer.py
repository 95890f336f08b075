"""Reducer: a maker of estimators with the scikit-learn grammar, and what they can do."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from numpy.typing import NDArray

from bench.errors import BenchError
from bench.parameters import as_declared, defaults_of, signature_of

Family = Literal["method", "control"]
STATED = ("family", "own_dimensions", "needs_held_out")  # read from the file without an import
FROM_JOB = ("n_components", "random_state")


class Estimator(Protocol):
    """The least that a reducer's estimator offers.

    ``transform`` and ``inverse_transform`` are used only where the `Reducer` declares them.
    """

    def fit_transform(self, X: NDArray[Any]) -> NDArray[Any]:
        """Embed the points: (n, D) in, (n, n_components) out."""
        ...


@dataclass(frozen=True)
class Reducer:
    """How to make one method's estimator, and what is declared of it.

    Parameters
    ----------
    make : callable
        Called as ``make(n_components=..., random_state=..., **parameters)``; returns an
        unfitted estimator. ``n_components`` and ``random_state`` are handed over if it takes
        them. The defaults of its other arguments are the method's defaults here. Import heavy
        packages inside it.
    transform, inverse : bool
        Whether the fitted estimator can place new points (``transform``) and return from the
        embedding to the data (``inverse_transform``).
    inverse_sample : int or None
        How many embedded points ``inverse_transform`` is asked for where the reconstruction error
        is measured, a seeded sample, where each one is costly; None for all of them.
    decodings : int or None
        How many it may be asked for by each measure of the decoder's report card, some 2,000 in
        all; None for any number.
    deterministic : bool
        Whether the same points give the same embedding whatever the seed, up to the tolerance of a
        solver and the signs of the axes. On points that no seed draws it is run once.
    images : bool
        Whether only images are taken, or only values in [0, 1]: the contract then hands it
        flattened square images with such values. On other points its estimator raises
        `bench.errors.UnsupportedError`.
    grid : mapping of str to sequence
        A small grid of parameter values worth trying when tuning.
    reference : str
        The paper.
    family : {"method", "control"}
        A control is an embedding or a decoder whose scores are known beforehand: it comes last in
        tables and is never marked as best. Reports read this from the file without importing it,
        so it must be written out there: ``reducer = Reducer(..., family="control")``.
    needs_truth : bool
        Whether the control is given what a method must not see: ``fit_transform(X, chart)`` gets
        all points, those held out among them, and their true coordinates, None if not known.
    own_dimensions : bool
        Whether the embedding has as many columns as the estimator chooses, and not
        ``n_components``. Where points are held out its decoder alone is judged. ``"all"`` in a
        suite stands for such a reducer only if points are held out. Also to be written out.
    needs_held_out : bool
        Whether it is refused in jobs that hold no points out. Also to be written out.

    Raises
    ------
    BenchError
        If a method asks for the truth.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> reducer = Reducer(PCA, transform=True, inverse=True, deterministic=True)
    >>> reducer.build({"whiten": True}, n_components=2, seed=0)
    PCA(n_components=2, random_state=0, whiten=True)
    """

    make: Callable[..., Any]
    transform: bool = False
    inverse: bool = False
    inverse_sample: int | None = None
    decodings: int | None = None
    deterministic: bool = False
    images: bool = False
    grid: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    reference: str = ""
    family: Family = "method"
    needs_truth: bool = False
    own_dimensions: bool = False
    needs_held_out: bool = False

    def __post_init__(self) -> None:
        """Refuse a method that would see the truth."""
        if self.needs_truth and self.family != "control":
            raise BenchError(
                "A reducer that needs the truth is a control: give family='control' with "
                "needs_truth=True."
            )

    @property
    def parameters(self) -> dict[str, Any]:
        """Every parameter with a default, apart from what the job sets."""
        defaults = defaults_of(self.make)
        return {name: value for name, value in defaults.items() if name not in FROM_JOB}

    def unstated(self, stated: Mapping[str, Any]) -> str:
        """Write out what the reducer declares and its file does not state as a literal.

        Parameters
        ----------
        stated : mapping of str to object
            What can be read from the file, see `bench.plugins.source.stated`.
        """
        declared = {name: getattr(self, name) for name in STATED}
        unsaid = (
            name for name in STATED if stated.get(name, getattr(Reducer, name)) != declared[name]
        )
        return ", ".join(f"{name}={declared[name]!r}" for name in unsaid)

    @property
    def takes_any_parameter(self) -> bool:
        """Whether ``make`` hands unnamed parameters on (``**parameters``)."""
        kinds = (parameter.kind for parameter in signature_of(self.make).values())
        return inspect.Parameter.VAR_KEYWORD in kinds

    def build(self, parameters: Mapping[str, Any], *, n_components: int, seed: int) -> Any:  # noqa: ANN401 - estimators share no base class
        """Make an unfitted estimator for one job.

        Parameters
        ----------
        parameters : mapping of str to object
            As a record holds them; ``make`` gets them as it declares them
            (`bench.parameters.as_declared`).
        n_components, seed : int
            Of the job.
        """
        taken = signature_of(self.make)
        from_job = {"n_components": n_components, "random_state": seed}
        offered = {k: v for k, v in from_job.items() if k in taken or self.takes_any_parameter}
        return self.make(**offered, **as_declared(self.make, parameters))


def as_reducer(item: object) -> Reducer:
    """Accept a `Reducer`, or any class or function that makes a scikit-learn style estimator.

    Of a class, what it can do is read off its methods; an inverse must be declared by a
    `Reducer`, since many classes have the method but need an option for it.

    Raises
    ------
    BenchError
        If ``item`` cannot make an estimator, or its parameters cannot be told.
    """
    if isinstance(item, Reducer):
        signature_of(item.make)
        return item
    if inspect.isclass(item) and not hasattr(item, "fit_transform"):
        raise BenchError(
            f"{item.__module__}:{item.__qualname__} has no fit_transform. A reducer is a class "
            "with fit_transform(X), or a bench.Reducer around a function that makes one."
        )
    if not callable(item):
        raise BenchError(
            f"A reducer must be a bench.Reducer, a class with fit_transform, or a function that "
            f"makes an estimator, got {type(item).__name__}."
        )
    signature_of(item)
    return Reducer(item, transform=hasattr(item, "transform"))
