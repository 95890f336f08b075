"""Reducers of one estimator: each fixes some of its parameters and leaves others open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Any

from bench.reducer import Reducer

# What every autoencoder leaves open, with its default.
TRAINING = {"hidden": (128, 64), "epochs": None, "batch_size": 50, "learning_rate": 3e-3}


def autoencoder(
    *,
    reference: str,
    grid: Mapping[str, Sequence[Any]],
    fixed: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
    images: bool = False,
) -> Reducer:
    """Return the reducer of a `bench.autoencoders.estimator.Autoencoder`.

    Parameters
    ----------
    reference, grid, images
        As of `Reducer`.
    fixed : mapping of str to object, optional
        Parameters of the estimator that the reducer decides.
    parameters : mapping of str to object, optional
        Parameters of the reducer with their defaults, beside or in place of `TRAINING`.
    names : mapping of str to str, optional
        How the estimator calls those that have another name there.
    """
    own = dict(parameters or {})
    exposed = own | {name: value for name, value in TRAINING.items() if name not in own}
    make = _Maker(fixed or {}, names or {}, _signature(exposed))
    return Reducer(
        make, transform=True, inverse=True, images=images, grid=grid, reference=reference
    )


def _signature(exposed: Mapping[str, Any]) -> Signature:
    from_job = (Parameter(n, Parameter.KEYWORD_ONLY) for n in ("n_components", "random_state"))
    own = (Parameter(n, Parameter.KEYWORD_ONLY, default=v) for n, v in exposed.items())
    return Signature([*from_job, *own])


@dataclass(frozen=True)
class _Maker:
    """Makes the estimator; Python reads the parameters off ``__signature__``."""

    fixed: Mapping[str, Any]
    names: Mapping[str, str]
    __signature__: Signature

    def __call__(self, **given: object) -> object:
        from bench.autoencoders.estimator import Autoencoder

        bound = self.__signature__.bind(**given)
        bound.apply_defaults()
        chosen = {self.names.get(name, name): value for name, value in bound.arguments.items()}
        return Autoencoder(**self.fixed, **chosen)
