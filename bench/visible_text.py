"""Text of other people, made safe to show: every character is seen, and none is an order."""

import json
import re

# Printable by their category, and yet nothing is seen of them (Unicode: default ignorable).
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)

_ROOM = 40  # characters, for saying how many were cut off


def visible(text: str) -> str:
    r"""Write characters that cannot be seen by their code, as JSON does: ``\u001b``.

    These are control characters, marks that reverse the direction of reading, characters without
    a width, spaces other than the usual one, and what has no meaning in Unicode. Letters of every
    script stay.
    """
    if text.isprintable() and not _INVISIBLE.search(text):
        return text
    return "".join(map(_visible_character, text))


def shorten(text: str, limit: int) -> str:
    """Cut text to a number of characters, what is said of the cut included."""
    if len(text) <= limit:
        return text
    kept = text[: limit - _ROOM]
    return f"{kept}... ({len(text) - len(kept):,} more characters)"


def _visible_character(character: str) -> str:
    if character.isprintable() and not _INVISIBLE.match(character):
        return character
    return json.dumps(character)[1:-1]
