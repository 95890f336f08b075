"""Text of other people: nothing in it is an order, and nothing is unseen."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.markup import escape

from bench.console import PlainConsole
from bench.errors import one_line
from bench.job import LONGEST_LABEL, DatasetConfig, Job, ReducerConfig
from bench.record import LONGEST_REASON, Circumstances, Record, Status
from bench.visible_text import shorten, visible

WHERE = Circumstances({}, "processor", 1, 1, "system", 1, "2026-01-01T00:00:00+00:00")
JOB = Job(DatasetConfig("line", {}, 0), ReducerConfig("pca", {}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("数据 α é שלום", "数据 α é שלום"),
        ("a\x1b]0;owned\x07", r"a\u001b]0;owned\u0007"),
        ("a\u202eb\u200bc\u2066", r"a\u202eb\u200bc\u2066"),
        ("a\ufe0f\u3164\u00adb\u00a0c", r"a\ufe0f\u3164\u00adb\u00a0c"),
        ("\x9b31m", r"\u009b31m"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\udb40\udc41"),
    ],
)
def test_unseen_characters_are_written_by_their_code(text, expected):
    """Control, direction, zero-width and unassigned characters show as JSON writes them."""
    assert visible(text) == expected


@given(st.text())
def test_visible_text_is_printable_and_does_not_change_again(text):
    """Whatever is given, the result is printable, and a second pass leaves it as it is."""
    found = visible(text)
    assert found.isprintable()
    assert visible(found) == found


def test_visible_json_is_still_json():
    """JSON with control characters made visible says the same."""
    data = {"reason": "a\u202eb\u009b\U000e0041"}
    assert json.loads(visible(json.dumps(data, ensure_ascii=False))) == data


def test_console_prints_no_order():
    """Escape codes of what is printed are shown, those of rich itself are sent."""
    console = PlainConsole(force_terminal=True, width=80, color_system="standard", emoji=False)
    with console.capture() as capture:
        console.print("[bold]x[/bold] " + escape("a\x1b[2J\u202eb :bomb:"), highlight=False)
    said = capture.get()
    assert r"a\u001b[2J\u202eb :bomb:" in said
    assert "\x1b[2J" not in said
    assert "\x1b[1m" in said


def test_shortened_text_says_what_was_cut():
    """The number of characters is kept within the limit, and the rest is counted."""
    found = shorten("y" * 5_000_000, 1000)
    assert len(found) <= 1000
    kept = found.count("y")
    assert found.endswith(f"... ({5_000_000 - kept:,} more characters)")
    assert shorten(found, 1000) == found


def test_long_exception_becomes_a_short_reason():
    """An exception of 5 MB is cut where it is put into words."""
    reason = one_line(ValueError("z\x1b" * 2_500_000))
    assert len(reason) <= 1000
    assert reason.startswith(r"ValueError: z\u001bz")
    assert "more characters" in reason


def test_record_keeps_a_reason_that_can_be_shown():
    """A reason from anywhere is capped and visible, and reading it back changes nothing."""
    record = Record(JOB, Status.ERROR, WHERE, reason="q\u202e" * 10**6)
    assert len(record.reason) <= LONGEST_REASON
    assert record.reason.isprintable()
    again = Record(JOB, Status.ERROR, WHERE, reason=record.reason)
    assert again.reason == record.reason


def test_long_labels_are_cut_and_stay_different():
    """Two configurations that differ only in what is cut from their labels keep two labels."""
    labels = {
        ReducerConfig("pca", {"weights": [0] * 5000 + [last]}, ("weights",)).label for last in "ab"
    }
    assert len(labels) == 2
    assert max(map(len, labels)) <= LONGEST_LABEL
