"""Three doors, one resolver."""

import sys

import pytest

from bench import Registry
from bench.errors import BenchError, UnavailableError

LOUD = ["raise RuntimeError('no')", "import no_such_package", "x = (", "REVISION = 'odd'"]


def plugin(folder, name, text, kind="reducers"):
    path = folder / kind / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return Registry((folder,))


def test_every_built_in_item_is_available_and_says_what_it_is():
    for kind in ("reducer", "dataset", "metric"):
        for item in Registry().items(kind).values():
            assert item.unavailable is None, item
            assert item.summary, item


def test_what_an_extra_would_install_is_said_with_its_name(tmp_path, monkeypatch):
    required = ["numpy>=2", "no_such_package_two>=1", 'no_such_package>=1; extra == "images"']
    monkeypatch.setattr("bench.registry.metadata.requires", lambda name: required)
    registry = plugin(tmp_path, "mine", "import no_such_package")
    why = registry.find("reducer", "mine").unavailable
    assert why == "needs no_such_package: not installed (extra [images] of manifold-bench)"


def test_a_function_beside_a_dataset_is_found_and_most_have_none():
    items = Registry().items("dataset")
    assert items["digits"].beside("most")() == 1797
    assert items["shuffled_digits"].beside("most")() == 1797
    assert items["swiss_roll"].beside("most") is None


def test_a_file_in_a_plugin_folder_is_found_by_its_name(tmp_path):
    registry = plugin(tmp_path, "mine", '"""Mine."""\nREVISION = 4\nreducer = dict')
    assert registry.find("reducer", "mine").load() == (dict, 4)
    assert registry.find("reducer", "mine").summary == "Mine."


def test_a_dotted_path_finds_any_class():
    from sklearn.decomposition import KernelPCA

    assert Registry().find("reducer", "sklearn.decomposition:KernelPCA").load() == (KernelPCA, 1)


def test_an_entry_point_of_an_installed_distribution_is_found(tmp_path, monkeypatch):
    (tmp_path / "their_package.py").write_text('"""Theirs."""\nclass Theirs:\n    pass\n')
    info = tmp_path / "their_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[manifold_bench.reducers]\ntheirs = their_package:Theirs\nbroken = nowhere:Nothing\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    items = Registry().items("reducer")
    assert items["theirs"].load()[0].__name__ == "Theirs"
    assert items["theirs"].summary == "Theirs."
    assert "their-package" in items["theirs"].origin
    assert "nowhere" in items["broken"].unavailable


def test_listing_imports_no_plugin(tmp_path):
    registry = plugin(tmp_path, "loud", '"""Loud."""\nraise SystemExit("imported")\nreducer = 1')
    assert registry.items("reducer")["loud"].unavailable is None
    assert not [name for name in sys.modules if name.endswith("_loud")]


def test_listing_an_entry_point_imports_not_even_the_package_above_it(tmp_path, monkeypatch):
    package = tmp_path / "loud_package" / "inner"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").write_text("raise SystemExit('imported')")
    (package / "__init__.py").write_text("raise SystemExit('imported')")
    (package / "theirs.py").write_text('"""Theirs."""\nclass Theirs:\n    pass\n')
    monkeypatch.syspath_prepend(tmp_path)
    item = Registry().find("reducer", "loud_package.inner.theirs:Theirs")
    assert item.unavailable is None
    assert item.summary == "Theirs."
    assert "loud_package" not in sys.modules


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("def broken(:\n", "syntax error in line 1"),
        ("import no_such_package\n", "needs no_such_package"),
        ("def reducer():\n    import no_such_package.part\n", "needs no_such_package"),
    ],
)
def test_a_plugin_that_cannot_work_is_listed_with_its_reason(tmp_path, text, why):
    assert why in plugin(tmp_path, "odd", text).items("reducer")["odd"].unavailable


def test_an_import_that_is_guarded_by_try_is_no_requirement(tmp_path):
    text = "try:\n    import no_such_package\nexcept ImportError:\n    pass\nreducer = dict\n"
    assert plugin(tmp_path, "careful", text).items("reducer")["careful"].unavailable is None


@pytest.mark.parametrize("text", LOUD)
def test_loading_what_cannot_be_loaded_says_which_and_why(tmp_path, text):
    item = plugin(tmp_path, "odd", text).find("reducer", "odd")
    with pytest.raises(UnavailableError, match=r"reducer 'odd' \(.*odd.py(, line 1)?\): \w+Error"):
        item.load()


@pytest.mark.parametrize("name", ["pca", "oracle"])
def test_name_defined_twice(tmp_path, name):
    """A plugin with a name that is taken is set aside: that name is refused, all else works."""
    registry = plugin(tmp_path, name, "reducer = dict")
    plugin(tmp_path, "mine", "reducer = dict")
    with pytest.raises(
        BenchError, match=rf"'{name}' is defined twice: by built-in .* and by .*{name}"
    ):
        registry.find("reducer", name)
    assert registry.items("reducer")[name].is_built_in
    assert registry.find("reducer", "mine").load()[0] is dict


def test_an_unknown_name_offers_the_closest_match():
    with pytest.raises(BenchError, match=r"Unknown reducer 'isomop'\. Did you mean 'isomap'\?"):
        Registry().find("reducer", "isomop")


@pytest.mark.parametrize("path", [":Class", "module:"])
def test_half_a_dotted_path_is_refused(path):
    with pytest.raises(BenchError, match=r"package\.module:Name"):
        Registry().find("reducer", path)


def test_a_plugin_folder_without_plugins_is_refused(tmp_path):
    with pytest.raises(BenchError, match=r"put a file there, for instance .*reducers/mine\.py"):
        Registry((tmp_path,))


GOOD = "class reducer:\n    pass\n"


@pytest.mark.parametrize("name", ["PaCMAP", "Ümlaut", "my-method", "2d", "t.sne"])
def test_file_names(tmp_path, name):
    """A plugin may be called by capitals, letters beyond ASCII, digits, dashes and dots."""
    assert plugin(tmp_path, name, GOOD).find("reducer", name).load()[0].__name__ == "reducer"


def test_name_is_found_in_any_unicode_form(tmp_path):
    """A name that a file system decomposed is found as it is typed, and the other way round."""
    registry = plugin(tmp_path, "u\u0308", GOOD)
    assert registry.find("reducer", "\u00fc").load()
    assert registry.find("reducer", "u\u0308").load()


@pytest.mark.parametrize("name", ["_private", ".hidden"])
def test_private_files_are_passed_over(tmp_path, name):
    """A file that begins with an underscore or a dot is not a plugin."""
    assert name not in plugin(tmp_path, name, GOOD).items("reducer")


@pytest.mark.parametrize(
    ("name", "why"), [("l" * 240, "240 bytes, at most 100"), ("a:b", "without a colon")]
)
def test_name_that_cannot_be(tmp_path, name, why):
    """A name that is too long or would read as a dotted path is set aside with a reason."""
    registry = plugin(tmp_path, name, GOOD)
    plugin(tmp_path, "mine", GOOD)
    assert why in registry.refused("reducer")[name]
    assert registry.items("reducer")["mine"].load()


def test_long_dotted_path():
    """A dotted path that would make a file name too long is refused."""
    with pytest.raises(BenchError, match="at most 100 are allowed"):
        Registry().find("reducer", f"package:{'x' * 240}")


@pytest.mark.parametrize("folder", ["decoder_metrics", "metrics", "datasets"])
def test_folder_of_one_kind(tmp_path, folder):
    """A plugin folder may hold any one of the four kinds alone."""
    (tmp_path / folder).mkdir()
    assert Registry((tmp_path,)).items("decoder_metric")


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + '"""Gr\u00fc\u00dfe."""\n'.encode(),
        '# -*- coding: latin-1 -*-\n"""Gr\u00fc\u00dfe."""\n'.encode("latin-1"),
    ],
)
def test_byte_order_mark_and_coding_line(tmp_path, content):
    """A byte order mark or a coding line is heeded, as Python does."""
    registry = plugin(tmp_path, "mine", "")
    (tmp_path / "reducers" / "mine.py").write_bytes(content + GOOD.encode())
    item = registry.find("reducer", "mine")
    assert item.unavailable is None
    assert item.summary == "Gr\u00fc\u00dfe."
    assert item.load()


def test_package_folder(tmp_path):
    """A folder with an ``__init__.py`` is a plugin, and may import its own modules."""
    registry = plugin(tmp_path, "inner", GOOD, kind="reducers/mine")
    plugin(tmp_path, "__init__", '"""Mine."""\nfrom .inner import reducer\n', "reducers/mine")
    item = registry.find("reducer", "mine")
    assert item.load()[0].__name__ == "reducer"
    assert item.summary == "Mine."


HELPED = """
import helper

class reducer:
    now = helper.WHERE

    def late(self):
        from helper import WHERE
        return WHERE
"""


def test_helper_beside_a_plugin(tmp_path):
    """A module beside a plugin is imported from its own folder, at any time, and stays there."""
    for folder in ("one", "two"):
        plugin(tmp_path / folder, "helper", f"WHERE = {folder!r}")
        plugin(tmp_path / folder, folder, HELPED)
    registry = Registry((tmp_path / "one", tmp_path / "two"))
    items = [registry.find("reducer", name) for name in ("one", "two")]
    found = [item.load()[0] for item in items]
    assert [item.unavailable for item in items] == [None, None]
    assert [one.now for one in found] == ["one", "two"]
    assert [one().late() for one in found] == ["one", "two"]
    assert "helper" not in sys.modules


def test_helper_of_another_kind(tmp_path):
    """Helpers of one name in two kinds of one plugin folder are two modules."""
    for kind in ("reducers", "datasets"):
        plugin(tmp_path, "helper", f"WHERE = {kind!r}", kind)
        plugin(tmp_path, "mine", HELPED.replace("reducer", kind[:-1]), kind)
    registry = Registry((tmp_path,))
    assert registry.find("reducer", "mine").load()[0].now == "reducers"
    assert registry.find("dataset", "mine").load()[0].now == "datasets"


def test_helper_of_a_helper(tmp_path):
    """Helpers import each other, relatively too, and a package of helpers by its parts."""
    plugin(tmp_path, "deep", "VALUE = 5", "reducers/tools")
    plugin(tmp_path, "__init__", "", "reducers/tools")
    plugin(tmp_path, "helper", "import tools.deep\nVALUE = tools.deep.VALUE")
    registry = plugin(tmp_path, "mine", "from .helper import VALUE\nreducer = [VALUE]")
    assert registry.find("reducer", "mine").load()[0] == [5]


@pytest.mark.parametrize("name", ["json", "msgspec"])
def test_plugin_named_as_its_library(tmp_path, name):
    """A file that is called as the package that it imports gets the package."""
    registry = plugin(tmp_path, name, f"import {name}\nreducer = {name}")
    plugin(tmp_path, "other", f"import {name}\nreducer = {name}")
    for found in (name, "other"):
        assert registry.find("reducer", found).load()[0] is sys.modules[name]


def test_helper_is_not_an_item_to_use(tmp_path):
    """A helper module is listed as such, and says so when it is asked for."""
    item = plugin(tmp_path, "helper", "VALUE = 1").find("reducer", "helper")
    assert item.is_helper
    assert item.unavailable == "defines no 'reducer'"
    with pytest.raises(UnavailableError, match="it defines no 'reducer'"):
        item.load()


@pytest.mark.parametrize(
    "text",
    [
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import no_such_package\n",
        "import typing\nif typing.TYPE_CHECKING:\n    from no_such_package import x\n",
        "import contextlib\nwith contextlib.suppress(ImportError):\n    import no_such_package\n",
    ],
)
def test_conditional_imports_are_not_needed(tmp_path, text):
    """What is imported for type checkers or under a condition is not a missing package."""
    item = plugin(tmp_path, "mine", text + GOOD).find("reducer", "mine")
    assert item.unavailable is None
    assert item.load()


def test_odd_files_are_listed_with_a_reason(tmp_path):
    """Null bytes, deep nesting, a folder called ``x.py`` and a broken link cost only themselves."""
    registry = plugin(tmp_path, "nested", "x = " + "(" * 5000 + ")" * 5000)
    (tmp_path / "reducers" / "nulls.py").write_bytes(b"x = 1\0")
    (tmp_path / "reducers" / "folder.py").mkdir()
    (tmp_path / "reducers" / "link.py").symlink_to(tmp_path / "nowhere")
    items = registry.items("reducer")
    for name in ("nested", "nulls", "folder", "link"):
        assert items[name].unavailable, name
        with pytest.raises(UnavailableError, match=name):
            items[name].load()
    assert items["pca"].unavailable is None


def test_error_names_file_and_line(tmp_path):
    """An import that fails is told with the line of the plugin's file."""
    item = plugin(tmp_path, "odd", "x = 1\n\nx.no\n").find("reducer", "odd")
    with pytest.raises(UnavailableError, match=r"odd\.py, line 3\): AttributeError"):
        item.load()


@pytest.mark.parametrize("text", ["def metric(c):\n    return 0.5", "metric = 3"])
def test_metric_without_a_row(tmp_path, text):
    """A metric that is not a `Metric`, with its range and direction, is unavailable."""
    item = plugin(tmp_path, "odd", text, "metrics").find("metric", "odd")
    with pytest.raises(UnavailableError, match="not a Metric, which has a range"):
        item.load()
