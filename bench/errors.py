"""What the user is told when something cannot be done: one line, no traceback."""

from collections.abc import Iterable
from difflib import get_close_matches

from bench.visible_text import shorten, visible

_LONGEST_MESSAGE = 1000  # characters of an exception that are kept


class BenchError(Exception):
    """A mistake in what was asked for; its message is shown to the user as it is."""


class UnavailableError(BenchError):
    """An item exists, but something it needs is missing here."""


class UnsupportedError(BenchError):
    """An item cannot do what the job asks of it, by its nature and not by mischance."""


class UnsupportedDataError(UnsupportedError, ValueError):
    """Points that a method cannot take by its nature; a `ValueError` to whoever calls it alone."""


class DegenerateError(Exception):
    """An embedding that cannot be scored: not finite, or all points in one place."""


def one_line(error: BaseException) -> str:
    """Say what an exception says in one line of moderate length, even if it cannot say it."""
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 - a plugin's exception may be broken too
        said = "(its message cannot be shown)"
    line = " ".join(f"{type(error).__name__}: {said}".split())
    return shorten(visible(line), _LONGEST_MESSAGE)


def unknown_name(kind: str, given: str, allowed: Iterable[str]) -> BenchError:
    """Build the error for a name that is not there, with the closest match.

    Parameters
    ----------
    kind : str
        What was looked for, in the singular (``"reducer"``).
    given : str
        What the user wrote.
    allowed : iterable of str
        Every name that would have been accepted.

    Returns
    -------
    BenchError
        To be raised by the caller.
    """
    names = sorted(allowed)
    close = get_close_matches(given, names, n=1, cutoff=0.5)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return BenchError(f"Unknown {kind} {given!r}.{hint} Allowed: {', '.join(names) or 'none'}.")
