"""The error for a file or folder of the user's that is not there."""

from difflib import get_close_matches
from pathlib import Path

from bench.errors import BenchError


def missing_path(path: Path, kind: str) -> BenchError:
    """Build the error for a path that does not exist, with the closest name beside it.

    Parameters
    ----------
    path : Path
        What was given.
    kind : str
        What was looked for (``"file or folder"``).

    Returns
    -------
    BenchError
        To be raised by the caller.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "iris.csv").touch()
    >>> str(missing_path(folder / "iris.cvs", "file")).partition(". ")[2]
    "Did you mean 'iris.csv'?"
    """
    if not path.parent.is_dir():
        return BenchError(
            f"There is no {kind} '{path}': its folder does not exist either. Check the path; "
            f"relative ones begin in '{Path.cwd()}'."
        )
    names = sorted(beside.name for beside in path.parent.iterdir())
    close = get_close_matches(path.name, names, n=1, cutoff=0.5)
    hint = f"Did you mean '{close[0]}'?" if close else "Check the path."
    return BenchError(f"There is no {kind} '{path}'. {hint}")
