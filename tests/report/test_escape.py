"""Text of other people in Markdown, LaTeX and CSV: parsers and spreadsheets take it as text."""

import io
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bench.report.escape import LATEX_PREAMBLE, csv_text, latex_escape, markdown_escape

HOSTILE = (
    "<script>alert(1)</script>",
    "![p](http://evil/t.png)",
    "[a](javascript:alert(1))",
    "<http://evil>",
    "http://evil/?a=b",
    "www.evil.example",
    "a | b",
    "a \\| b \\",
    "**bold** _slanted_ ~~gone~~ `code`",
    "&lt;b&gt; &amp;",
    "$x^2$",
    "a\n# heading\n\n- item",
    "a\u202eb\x1b[2J",
    "__init__",
    "[x]: http://evil",
)
TEXTS = st.text(st.sampled_from("ab _*`[]()!<>|\\&~$#:/.@-=\n"), max_size=30)


def shown(text):
    """Render a table of Markdown with one cell, and return the text of it."""
    parser = MarkdownIt("gfm-like", {"linkify": False})
    tokens = parser.parse(f"| x {markdown_escape(text)} x |\n|---|\n")
    assert [t.type for t in tokens if t.type in ("th_open", "td_open")] == ["th_open"]
    (cell,) = (token for token in tokens if token.type == "inline")
    assert {child.type for child in cell.children} <= {"text", "text_special"}
    return "".join(child.content for child in cell.children)


@pytest.mark.parametrize("text", HOSTILE[:-3])
def test_a_markdown_parser_finds_only_text(text):
    """A cell shows the text as it is, with no link, image, HTML, style or further column."""
    if text.isprintable():
        assert shown(text) == f"x {' '.join(text.split())} x"
    else:
        shown(text)


@given(TEXTS)
def test_any_text_is_one_cell_of_markdown(text):
    """A parser gives back the text that was put in, its white space aside."""
    assert shown(text).split() == f"x {text} x".split()


def test_addresses_are_not_made_links():
    """What GitHub would turn into a link by itself is not in the source as such."""
    found = markdown_escape("http://evil WWW.evil.example me@evil.example")
    assert "://" not in found
    assert "@" not in found
    assert not re.search(r"www\.", found, re.IGNORECASE)


def test_underscores_within_a_word_stay():
    """Names are not cluttered where an underscore means nothing."""
    assert markdown_escape("swiss_roll_hole R_NX") == "swiss_roll_hole R_NX"
    assert markdown_escape("__init__ _x") == r"\_\_init\_\_ \_x"


def test_latex_special_characters_are_made_safe():
    """Each special character prints as itself."""
    assert latex_escape(r"a_b&50%\x^~") == (
        r"a\_b\&50\%\textbackslash{}x\textasciicircum{}\textasciitilde{}"
    )
    assert latex_escape("[a]*<b>|--c ± d") == (
        r"{[}a{]}{*}\textless{}b\textgreater{}\textbar{}-{}-c $\pm$ d"
    )


def test_letters_that_pdflatex_lacks_are_given_by_their_number():
    """Latin letters stay; others go through a command that prints their number in pdflatex."""
    assert latex_escape("Łódź é") == "Łódź é"
    assert latex_escape("数_α") == r"\otherletter{数}{6570}\_\otherletter{α}{03B1}"
    assert r"\providecommand{\otherletter}[2]" in LATEX_PREAMBLE


@given(st.text(max_size=40))
def test_latex_has_balanced_braces_and_no_bare_command(text):
    """Whatever the text, only commands of ours are in the result, and all groups are closed."""
    found = latex_escape(text)
    ours = r"\\(?:text\w+\{\}|otherletter|pm|[&%$#_{}])"
    rest = re.sub(ours, "", found)
    assert "\\" not in rest
    assert rest.count("{") == rest.count("}")
    assert not re.search(r"[%#&_~^]", rest)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "\n=1"]
)
def test_formulas_are_text_in_a_csv(text):
    """A cell that a spreadsheet would compute begins with an apostrophe."""
    frame = pd.DataFrame({"name": [text, "plain"], "value": [-0.5, 2.0]})
    lines = csv_text(frame).splitlines()
    assert len(lines) == 3
    assert lines[1].lstrip('"').startswith("'")
    assert lines[1].endswith(",-0.5")
    assert lines[2] == "plain,2"


def test_numbers_of_any_column_have_six_digits():
    """Numbers are cut in columns of numbers and in mixed ones alike; what is missing is empty."""
    frame = pd.DataFrame({"a": [1 / 3, float("nan")], "b": [2 / 3, "text"], "c": [True, False]})
    frame["d"] = pd.Series([1 / 3, None], dtype=object)
    assert csv_text(frame) == "a,b,c,d\n0.333333,0.666667,True,0.333333\n,text,False,\n"


def test_control_characters_are_visible_in_a_csv():
    """No cell holds a line break, an escape code or a mark of direction."""
    text = csv_text(pd.DataFrame({"name": ['a\u202e"b\n\x1b[2J,c']}))
    (row,) = pd.read_csv(io.StringIO(text))["name"]
    assert row == r'a\u202e"b \u001b[2J,c'
