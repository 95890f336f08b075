"""How a table of the user's own is read: labels, columns to leave out, scaling."""

from dataclasses import dataclass
from typing import Any, Literal

Scale = Literal["none", "standard", "minmax"]


@dataclass(frozen=True)
class OwnOptions:
    """How a table of the user's own is read.

    Parameters
    ----------
    labels : str or None
        The column that holds classes or colours; it is not among the coordinates.
    drop : tuple of str
        Columns to leave out.
    scale : {"none", "standard", "minmax"}
        How columns are scaled, see `bench.data.columns.rescale`.

    Examples
    --------
    >>> OwnOptions(labels="species", scale="standard").parameters
    {'labels': 'species', 'scale': 'standard'}
    """

    labels: str | None = None
    drop: tuple[str, ...] = ()
    scale: Scale = "none"

    @property
    def parameters(self) -> dict[str, Any]:
        """Those that are not the default, as parameters of `bench.data.own.dataset`."""
        given = {"labels": self.labels, "drop": [*self.drop], "scale": self.scale}
        return {name: value for name, value in given.items() if value not in (None, [], "none")}
