"""Captions of the figures of decoders, and the sentence that follows from the numbers."""

from bench.report.captions import _caption, rebuilding_words


def test_the_words_follow_the_intervals():
    words = rebuilding_words({"a": (-0.6, -0.9, -0.2), "b": (0.5, 0.1, 0.8), "c": (0.1, -0.3, 0.4)})
    assert "have the higher geodesic AUC on a (ρ = -0.60, -0.90 to -0.20)" in words
    assert "they have the lower one on b (ρ = 0.50" in words
    assert "there is no telling on c (ρ = 0.10" in words
    one = rebuilding_words({"a": (0.1, -0.3, 0.4)})
    assert "higher geodesic AUC" not in one
    assert "no telling on a" in one


def test_a_label_cannot_break_the_page():
    assert _caption("lines_a|<b>").endswith(": a\\|&lt;b>")
    assert (
        _caption("rebuilding") == "Reconstruction error against geodesic AUC, a point for each seed"
    )
