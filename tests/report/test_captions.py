"""Captions of the figures of decoders, and the sentence that follows from the numbers."""

from types import SimpleNamespace

from bench.report import captions
from bench.report.captions import figures_section, rebuilding_words
from bench.report.panels import Drawing


def test_the_words_follow_the_intervals():
    words = rebuilding_words({"a": (-0.6, -0.9, -0.2), "b": (0.5, 0.1, 0.8), "c": (0.1, -0.3, 0.4)})
    assert "have the higher geodesic AUC on a (ρ = -0.60, -0.90 to -0.20)" in words
    assert "they have the lower one on b (ρ = 0.50" in words
    assert "there is no telling on c (ρ = 0.10" in words
    one = rebuilding_words({"a": (0.1, -0.3, 0.4)})
    assert "higher geodesic AUC" not in one
    assert "no telling on a" in one


def test_caption_comes_with_its_figure(monkeypatch):
    """A figure of any kind has its own caption on the page, and a name in it is only text."""
    drawings = [Drawing("new_a|<b>", SimpleNamespace, "What is new: a|<b>](x)")]
    monkeypatch.setattr(captions, "picture_figures", lambda _: drawings)
    monkeypatch.setattr(captions, "rebuilding_figures", lambda _: [])
    monkeypatch.setattr(captions, "correlations", lambda _: {})
    caption = r"What is new: a\|&lt;b>\](x)"
    assert figures_section(None) == f"![{caption}](figures/new_a__b.png)\n\n*{caption}.*\n"
