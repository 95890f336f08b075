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
    with pytest.raises(BenchError, match=rf"'{name}' is defined twice: by built-in .* and by .*{name}"):
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
