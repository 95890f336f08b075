"""``docs/datasets.md``: what is generated is what the registry says."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from bench.registry import Item, Registry

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "datasets.md").read_text(encoding="utf-8")
GOOD = '''"""Line: a summary.

Geodesic
    Straight, ``|b - a|``.

    Always.
Status
    Closed form.
Source
    Euclid.
"""


def dataset(*, n=60, slope=1.0, seed=0):
    """Draw.

    Parameters
    ----------
    n, seed : int
        As ever.
    slope : {"up" | "down"}
        How steep, in
        metres.

    Returns
    -------
    Dataset
        Not : a parameter.
    """
'''


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    return importlib.import_module


@pytest.fixture
def entry(script, tmp_path):
    """Make an entry of the text of a file."""

    def make(text):
        path = tmp_path / "line.py"
        path.write_text(text)
        return script("gallery").Entry(Item("dataset", "line", "line.py", str(path), "dataset"))

    return make


def test_the_page_is_what_the_registry_says(script):
    assert script("sections").fill(PAGE, script("gallery").contents()) == PAGE, (
        "run python docs/make.py"
    )


def test_every_built_in_dataset_has_a_line_and_a_part_it_leads_to():
    items = Registry().items("dataset").values()
    names = [item.name for item in items if item.origin.startswith("built-in")]
    assert re.findall(r"^\| \[`\w+`\]\(#(\w+)\)", PAGE, re.MULTILINE) == names
    assert re.findall(r"^### (\w+)$", PAGE, re.MULTILINE) == names


def test_sections_and_parameters_are_read_off_the_docstrings(entry):
    found = entry(GOOD)
    assert found.section("Geodesic") == "Straight, `|b - a|`. Always."
    assert found.section("Source") == "Euclid."
    assert list(found.parameters()) == [
        ("n", "60", "As ever."),
        ("slope", "1.0", "How steep, in metres."),
        ("seed", "0", "As ever."),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Status\n", "State\n", "has no section Status"),
        ("slope=1.0", "slope=1.0, height=2.0", "does not describe its parameter height"),
    ],
)
def test_what_a_docstring_leaves_out_is_refused(entry, old, new, message):
    found = entry(GOOD.replace(old, new))
    with pytest.raises(ValueError, match=message):
        list(found.parameters()), found.section("Status")


def test_the_licence_of_what_is_not_downloaded_yet_is_read_off_the_file(script):
    constant = script("docstrings").constant
    tree = ast.parse('_L = "MIT"\nestimated(source="here, " "really", licence=_L)')
    assert (constant(tree, "source"), constant(tree, "licence")) == ("here, really", "MIT")
    with pytest.raises(ValueError, match="no reach in the file"):
        constant(tree, "reach")


def test_the_licences_on_the_page_are_those_that_are_stated():
    stated = {"digits": "CC BY 4.0", "fashion_mnist": "MIT", "swiss_roll": "generated"}
    for name, licence in stated.items():
        part = PAGE.partition(f"### {name}\n")[2].partition("\n### ")[0]
        assert f"Licence: {licence}." in part
