"""Job: what is to be run. Its identity is a pure function of the configuration."""

import hashlib
from typing import Annotated, Any

import msgspec

# Raised when the harness itself changes what a job's numbers mean; every job is then another one.
PROTOCOL = 2
LONGEST_LABEL = 300  # characters; a longer one is cut, and ends with a digest of all of it


class DatasetConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A dataset with all its parameters, defaults included.

    Parameters
    ----------
    name : str
        The name or dotted path of the dataset.
    parameters : dict
        Every parameter but the seed, ``n`` included.
    changed : tuple of str
        The names of the parameters that differ from the defaults; they show in tables.
    seed : int
        Draws the points.
    revision : int
        Of the dataset's code.
    code : str
        Of a plugin, what tells this state of its code from any other (`bench.registry.Item`).
    """

    name: str
    parameters: dict[str, Any]
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
    changed: tuple[str, ...] = ()
    revision: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 1
    code: str = ""

    @property
    def label(self) -> str:
        """The name in tables: the parameters that differ from the defaults are shown."""
        return _label(self.name, self.parameters, self.changed)

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits that no other configuration shares."""
        return _digest(_identity(self))


class ReducerConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A reducer (or control) with all its parameters, defaults included.

    Parameters
    ----------
    name : str
        The name or dotted path of the reducer.
    parameters : dict
        Every parameter but those that the job sets.
    changed : tuple of str
        The names of the parameters that differ from the defaults; they show in tables.
    revision : int
        Of the reducer's code.
    code : str
        Of a plugin, what tells this state of its code from any other (`bench.registry.Item`).
    """

    name: str
    parameters: dict[str, Any]
    changed: tuple[str, ...] = ()
    revision: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 1
    code: str = ""

    @property
    def label(self) -> str:
        """The name in tables: the parameters that differ from the defaults are shown."""
        return _label(self.name, self.parameters, self.changed)


class Job(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reducer on one dataset with one seed.

    Parameters
    ----------
    dataset : DatasetConfig
        Its seed is the seed of the whole job: the reducer's draws follow from it too.
    reducer : ReducerConfig
        The method.
    n_components : int
        Dimensions of the embedding.
    protocol : int
        Of the harness that runs it.
    held_out : float
        Share of the points, in [0, 1), that the reducer is not fitted on: they are placed after
        the fit, and their placement is what is scored (`bench.engine.held_out`).

    Examples
    --------
    >>> from bench.job import DatasetConfig, ReducerConfig
    >>> job = Job(DatasetConfig("swiss_roll", {"n": 100}, seed=0), ReducerConfig("pca", {}))
    >>> job.label
    'pca on swiss_roll, seed 0'
    """

    dataset: DatasetConfig
    reducer: ReducerConfig
    n_components: Annotated[int, msgspec.Meta(ge=1, lt=2**53)] = 2
    protocol: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = PROTOCOL
    held_out: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0

    @property
    def seed(self) -> int:
        """The seed of every random draw of the job."""
        return self.dataset.seed

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits that no other configuration shares."""
        identity = {
            "protocol": self.protocol,
            "dataset": _identity(self.dataset),
            "reducer": _identity(self.reducer),
            "n_components": self.n_components,
        }
        # Left out of the identity of jobs that hold nothing out.
        return _digest(identity | ({"held_out": self.held_out} if self.held_out else {}))

    @property
    def label(self) -> str:
        """What a person calls the job."""
        held_out = f", {self.held_out:.0%} held out" if self.held_out else ""
        return f"{self.reducer.label} on {self.dataset.label}, seed {self.seed}{held_out}"


def short_name(name: str) -> str:
    """Return what follows the colon of a dotted path, or the name itself."""
    return name.rpartition(":")[2]


def _label(name: str, parameters: dict[str, Any], changed: tuple[str, ...]) -> str:
    inside = ", ".join(f"{key}={parameters[key]}" for key in changed)
    label = f"{name}({inside})" if inside else name
    if len(label) <= LONGEST_LABEL:
        return label
    return f"{label[: LONGEST_LABEL - 20]}... {_digest(label)}"


def _identity(config: DatasetConfig | ReducerConfig) -> dict[str, Any]:
    """All that decides the outcome; which values happen to be defaults does not."""
    fields = msgspec.structs.asdict(config)
    del fields["changed"]
    if not config.code:
        del fields["code"]
    return fields


def _digest(identity: object) -> str:
    canonical = msgspec.json.encode(identity, order="deterministic")
    return hashlib.sha256(canonical).hexdigest()[:16]
