"""Call a function in a process of its own: code of others can neither end nor alter this one."""

import os
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from bench.engine.processes import end_all
from bench.engine.spawning import WORKER, script_left_alone
from bench.engine.worker import detach, how_it_died
from bench.errors import BenchError, UnavailableError, one_line
from bench.registry import Item

SECONDS = 120.0
Result = TypeVar("Result")


class ChildDiedError(UnavailableError):
    """A child ended, or fell silent, before it had answered."""


class _Message(msgspec.Struct):
    """What a child sends: one result after another, then how it ended."""

    result: msgspec.Raw = msgspec.Raw(b"null")
    is_last: bool = False
    error: str | None = None
    is_unavailable: bool = False


def apart(item: Item, function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function with an item: here if it is built in, else in a process of its own.

    Raises
    ------
    BenchError
        As `call_in_child` does.
    """
    if item.is_built_in:
        return function(item, *arguments)
    if item.broken:
        raise UnavailableError(item.broken)
    return call_in_child(function, item, *arguments)


def call_in_child(function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function in a new process, without its output.

    Parameters
    ----------
    function : callable
        Of a module; its annotation tells the type of the result, which comes back as JSON.
    *arguments : object
        Anything that can be pickled.

    Raises
    ------
    BenchError
        As the function raises it.
    UnavailableError
        If the function raises something else.
    ChildDiedError
        If its process ends first, or it takes longer than `SECONDS`.
    """
    kind = get_type_hints(function)["return"]
    results = _results(function, arguments, kind, _once, SECONDS)
    found: list[Result] = list(results)
    return found[0]


def iterate_in_child(
    function: Callable[..., Iterator[Result]], *arguments: object
) -> Iterator[Result]:
    """Likewise yield what a function yields, as soon as it does, however long it takes."""
    kind = get_args(get_type_hints(function)["return"])[0]
    yield from _results(function, arguments, kind, _each, None)


def _results(
    function: Callable[..., Any],
    arguments: tuple[object, ...],
    kind: Any,  # noqa: ANN401 - a type
    answer: Callable[..., None],
    seconds: float | None,
) -> Iterator[Any]:
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=answer, args=(sender, function, arguments), name=WORKER)
    with script_left_alone():
        process.start()
    sender.close()
    try:
        while True:
            if not receiver.poll(seconds):
                raise ChildDiedError(f"no answer within {seconds:g} s")
            message = msgspec.json.decode(receiver.recv_bytes(), type=_Message)
            if message.error is not None:
                raise (UnavailableError if message.is_unavailable else BenchError)(message.error)
            if message.is_last:
                return
            yield msgspec.json.decode(message.result, type=kind)
    except EOFError:
        process.join(1)
        ended = process.exitcode is not None
        raise ChildDiedError(
            how_it_died(process.exitcode or 0) if ended else "its process closed the connection"
        ) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ChildDiedError(f"an answer that cannot be read: {one_line(error)}") from error
    finally:
        end_all(process.pid or 0)
        process.kill()
        process.join()
        receiver.close()


def _once(sender: Connection, function: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    _each(sender, lambda: iter([function(*arguments)]), ())


def _each(sender: Connection, function: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    detach()
    last = _Message(is_last=True)
    try:
        for result in function(*arguments):
            message = _Message(msgspec.Raw(msgspec.json.encode(result)))
            sender.send_bytes(msgspec.json.encode(message))
    except BenchError as error:
        last = _Message(error=str(error), is_unavailable=isinstance(error, UnavailableError))
    except BaseException as error:  # noqa: BLE001 - code of others may raise anything
        last = _Message(error=one_line(error), is_unavailable=True)
    sender.send_bytes(msgspec.json.encode(last))
