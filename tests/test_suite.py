"""From a suite to jobs, and the identity of a job."""

import msgspec
import pytest
from controls import DECODERS

from bench import Job, Registry
from bench.engine.sources import downloads_of
from bench.errors import BenchError
from bench.job import DatasetConfig, ReducerConfig
from bench.suite import Choice, Suite, load_suite, plan


def small(reducers=("pca",), datasets=("swiss_roll",), **more):
    return Suite(tuple(map(Choice, datasets)), tuple(map(Choice, reducers)), **more)


def test_the_full_suite_has_every_dataset_that_takes_no_download_and_no_extra():
    datasets = Registry().items("dataset").items()
    at_hand = {name for name, item in datasets if not downloads_of(item)}
    full = load_suite("full")
    assert {dataset.name for dataset in full.datasets} == at_hand - {"mnist"}
    assert full.reducers == load_suite("all").reducers
    assert {d.name for d in load_suite("all").datasets} < {d.name for d in full.datasets}


def test_the_default_suite_has_every_reducer():
    jobs = plan(load_suite("all"), Registry())
    assert {job.reducer.name for job in jobs} == set(Registry().items("reducer")) - set(DECODERS)
    assert {job.dataset.parameters["n"] for job in jobs} == {1500}
    assert len({job.seed for job in jobs}) == 3
    methods = {j.reducer.parameters["method"] for j in jobs if j.reducer.name == "lle"}
    assert methods == {"standard", "modified", "hessian", "ltsa"}
    assert len({job.id for job in jobs}) == len(jobs) == 7 * 19 * 3


def test_the_held_out_suite_has_every_reducer_of_the_default_one_and_the_controls_of_decoders():
    suite = load_suite("held_out")
    assert suite.held_out == 0.2
    assert {choice.name for choice in suite.reducers} == set(Registry().items("reducer"))
    everything = load_suite("all")
    assert {d.name for d in suite.datasets} < {d.name for d in everything.datasets}
    assert set(map(str, everything.reducers)) < set(map(str, suite.reducers))


def test_a_control_of_decoders_is_refused_where_nothing_is_held_out():
    for name in ("mean_point", "nearest_training_point"):
        with pytest.raises(BenchError, match=rf"{name} is judged .* --held-out 0\.2"):
            plan(small(reducers=[name]), Registry(), {})


def test_the_identity_runs_when_named():
    """The control ``identity`` runs where it is named; held out, it is the job that it was."""
    jobs = plan(small(["identity"], seeds=(0,)), Registry())
    assert [job.reducer.name for job in jobs] == ["identity"]
    gabor = small(["identity"], ["translated_gabor"], n=1500, held_out=0.2)
    assert plan(gabor, Registry())[0].id == "3f31de34af0bb5c4"


MINE = "from bench import Reducer\n\n\ndef make(n_components=2): ...\n\n\n"


@pytest.mark.parametrize(
    ("declared", "unstated"),
    [
        ("FAMILY = 'control'\nreducer = Reducer(make, family=FAMILY)", "family='control'"),
        ("WIDE = True\nreducer = Reducer(make, own_dimensions=WIDE)", "own_dimensions=True"),
    ],
)
def test_what_reports_read_is_written_out(tmp_path, declared, unstated):
    """A declaration that cannot be read without an import is refused, with the words to write."""
    registry = plugin(tmp_path, MINE + declared)
    with pytest.raises(BenchError, match=f"mine must say {unstated}"):
        plan(small(["mine"]), registry)


def test_a_plugin_may_be_a_control(tmp_path):
    """A plugin's control is known by what its file states, and is planned like any reducer."""
    registry = plugin(tmp_path, MINE + "reducer = Reducer(make, family='control')")
    assert plan(small(["mine"]), registry)[0].reducer.name == "mine"
    found = [registry.is_control(name) for name in ("mine", "oracle", "pca", "gone")]
    assert found == [True, True, False, False]


def plugin(folder, text):
    (folder / "reducers").mkdir()
    (folder / "reducers" / "mine.py").write_text(text)
    return Registry((folder,))


def test_defaults_are_filled_in_and_what_differs_shows_in_the_label():
    job = plan(small(n=300), Registry(), {"pca": {"whiten": True}})[0]
    filled = {"n": 300, "density": "angle", "dimensions": None, "noise": 0.0}
    assert job.dataset.parameters == filled
    assert job.label == "pca(whiten=True) on swiss_roll(n=300), seed 0"


def test_the_suites_number_of_points_is_all_that_a_smaller_dataset_has():
    jobs = plan(small(datasets=["digits", "swiss_roll"], n=1800), Registry(), {})
    assert {j.dataset.name: j.dataset.parameters["n"] for j in jobs} == {
        "digits": 1797,
        "swiss_roll": 1800,
    }
    view = plan(small(datasets=["coil20"], n=1500), Registry(), {"coil20": {"object": 3}})
    assert view[0].dataset.label == "coil20(n=72, object=3)"


def test_saying_a_default_aloud_is_the_same_job():
    spoken = plan(small(), Registry(), {"pca": {"whiten": False}, "swiss_roll": {"noise": 0.0}})
    assert [j.id for j in spoken] == [j.id for j in plan(small(), Registry())]


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": DatasetConfig("swiss_roll", {"n": 1500, "noise": 0.1}, 0)},
        {"dataset": DatasetConfig("swiss_roll", {"n": 1500, "noise": 0.0}, 1)},
        {"dataset": DatasetConfig("swiss_roll", {"n": 1500, "noise": 0.0}, 0, (), 2)},
        {"reducer": ReducerConfig("pca", {"whiten": True})},
        {"reducer": ReducerConfig("pca", {"whiten": False}, (), 2)},
        {"n_components": 3},
        {"protocol": 0},
    ],
)
def test_whatever_can_change_the_outcome_makes_another_job(change):
    job = Job(
        DatasetConfig("swiss_roll", {"n": 1500, "noise": 0.0}, 0),
        ReducerConfig("pca", {"whiten": False}),
    )
    assert msgspec.structs.replace(job, **change).id != job.id


def test_the_order_of_parameters_does_not_matter_to_the_identity():
    one = ReducerConfig("x", {"a": 1, "b": 2})
    other = ReducerConfig("x", {"b": 2, "a": 1})
    data = DatasetConfig("d", {}, 0)
    assert Job(data, one).id == Job(data, other).id


def test_any_scikit_learn_class_is_completed_from_its_signature():
    jobs = plan(
        small(["sklearn.decomposition:KernelPCA"]), Registry(), {"KernelPCA": {"kernel": "rbf"}}
    )
    assert jobs[0].reducer.parameters["kernel"] == "rbf"
    assert jobs[0].reducer.parameters["degree"] == 3
    assert jobs[0].reducer.label == "sklearn.decomposition:KernelPCA(kernel=rbf)"


def test_a_reducer_that_is_unavailable_is_still_planned_so_that_it_becomes_a_row():
    jobs = plan(small(["no_such_module:Thing"]), Registry())
    assert [job.reducer.name for job in jobs] == ["no_such_module:Thing"] * 3


def test_a_default_that_is_a_tuple_is_part_of_the_identity():
    first, *_ = plan(small(["autoencoder"]), Registry())
    assert first.reducer.parameters["hidden"] == [128, 64]
    same, *_ = plan(small(["autoencoder"]), Registry(), {"autoencoder": {"hidden": [128, 64]}})
    other, *_ = plan(small(["autoencoder"]), Registry(), {"autoencoder": {"hidden": [64]}})
    assert same == first
    assert other.id != first.id
    assert other.reducer.label == "autoencoder(hidden=[64])"


def test_a_value_that_a_record_cannot_hold_is_refused():
    with pytest.raises(BenchError, match=r"whiten = nan cannot be recorded"):
        plan(small(), Registry(), {"pca": {"whiten": float("nan")}})


@pytest.mark.parametrize("name", ["math:pi", "builtins:dict"])
def test_what_is_no_dataset_is_refused_in_one_line(name):
    with pytest.raises(BenchError, match="is no dataset: a dataset is a function"):
        plan(small(datasets=[name]), Registry())


def test_classes_of_one_name_from_different_modules_stay_apart():
    jobs = plan(small(["sklearn.decomposition:PCA", "sklearn.manifold:Isomap", "pca"]), Registry())
    assert len({job.reducer.label for job in jobs}) == 3


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"pca": {"whitten": True}}, r"parameter of pca 'whitten'\. Did you mean 'whiten'"),
        ({"swiss_roll": {"nois": 1}}, r"parameter of swiss_roll 'nois'\. Did you mean 'noise'"),
        ({"swis_roll": {"noise": 1}}, r"'swis_roll'\. Did you mean 'swiss_roll'"),
    ],
)
def test_an_override_of_nothing_is_refused_with_the_closest_match(overrides, message):
    with pytest.raises(BenchError, match=message):
        plan(small(), Registry(), overrides)


def test_a_control_has_no_parameters():
    with pytest.raises(BenchError, match="parameter of oracle 'cheat'"):
        plan(small(["oracle"]), Registry(), {"oracle": {"cheat": 1}})


@pytest.mark.parametrize(
    ("suite", "message"),
    [
        (small(["pca", "pca"]), "The reducer pca is chosen twice"),
        (small(datasets=["digits", "digits"]), "The dataset digits is chosen twice"),
        (small(seeds=(1, 1)), "The seed 1 is chosen twice"),
        (small([]), "No reducer chosen"),
        (small(seeds=()), "No seed chosen"),
    ],
)
def test_a_plan_without_a_choice_or_with_one_made_twice_is_refused(suite, message):
    with pytest.raises(BenchError, match=message):
        plan(suite, Registry())


def test_a_suite_can_be_a_toml_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('seeds = [5]\n[[datasets]]\nname = "digits"\n[[reducers]]\nname = "pca"\n')
    assert [job.label for job in plan(load_suite(str(path)), Registry())] == [
        "pca on digits, seed 5"
    ]


def test_a_suite_extends_another(tmp_path):
    """What a suite leaves out is that of the one it extends, over any number of steps."""
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    first.write_text('seeds = [5]\nn = 50\ndatasets = ["digits"]\nreducers = ["pca"]\n')
    second.write_text(f'extends = "{first}"\nreducers = ["tsne"]\n')
    third = tmp_path / "third.toml"
    third.write_text(f'extends = "{second}"\nseeds = [7]\n')
    assert load_suite(str(third)) == small(["tsne"], ["digits"], seeds=(7,), n=50)


def test_all_stands_for_what_is_registered(tmp_path):
    """A plugin is part of "all" without an edit of any suite."""
    (tmp_path / "reducers").mkdir()
    (tmp_path / "reducers" / "mine.py").write_text("def reducer(n_components=2): ...\n")
    (tmp_path / "reducers" / "helper.py").write_text("VALUE = 1\n")
    registry = Registry((tmp_path,))
    names = [choice.name for choice in load_suite("all", registry).reducers]
    assert {"mine", "pca", "oracle"} < set(names)
    assert not {"helper", *DECODERS} & set(names)
    assert set(DECODERS) < {choice.name for choice in load_suite("held_out", registry).reducers}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seeds = [", "is not valid"),
        ('extends = "al"', "Did you mean 'all'"),
        ('extends = "FILE"', "extends itself"),
        ("datasets = [3]", r"Expected `str \| object`"),
        ("sedes = [1]\ndatasets = []\nreducers = []", "unknown field `sedes`"),
        ("seeds = [-1]\ndatasets = []\nreducers = []", "Expected `int` >= 0"),
    ],
)
def test_a_suite_file_that_says_nonsense_is_refused(tmp_path, text, message):
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("FILE", str(path)))
    with pytest.raises(BenchError, match=message):
        load_suite(str(path))


def test_a_suite_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BenchError, match="not a text in UTF-8"):
        load_suite(str(path))


def test_an_unknown_suite_offers_the_closest_match(tmp_path):
    with pytest.raises(BenchError, match="Did you mean 'smoke'"):
        load_suite("smok")
    with pytest.raises(BenchError, match="Cannot read suite"):
        load_suite(str(tmp_path / "missing.toml"))


@pytest.mark.parametrize(
    ("dataset", "parameter", "value", "message"),
    [
        ("swiss_roll", "n", "abc", r"swiss_roll\.n must be int, got 'abc', str"),
        ("swiss_roll", "noise", True, r"swiss_roll\.noise must be float, got True, bool"),
        ("swiss_roll", "noise", [1], r"swiss_roll\.noise must be float, got \[1\], array"),
        ("swiss_roll", "dimensions", 3.5, r"dimensions must be int \| null, got 3\.5, float"),
        ("translated_glyph", "glyph", 3, r"translated_glyph\.glyph must be str, got 3, int"),
        ("swiss_roll", "n", -5, "swiss_roll: n must be 10 or more, got -5"),
        ("digits", "n", 5000, "digits: n must be 10 to 1797, got 5000"),
    ],
)
def test_values_that_a_dataset_cannot_take_are_refused_before_anything_runs(
    dataset, parameter, value, message
):
    suite = Suite((Choice(dataset),), (Choice("random"),), (0,))
    with pytest.raises(BenchError, match=message):
        plan(suite, Registry(), {dataset: {parameter: value}})


def test_an_integer_is_a_number_too_and_none_is_allowed_where_it_says_so():
    suite = Suite((Choice("swiss_roll"),), (Choice("random"),), (0,))
    given = {"noise": 1, "dimensions": None}
    job = plan(suite, Registry(), {"swiss_roll": given})[0]
    assert job.dataset.parameters["noise"] == 1


def test_a_parameter_without_an_annotation_or_with_its_text_takes_any_value(tmp_path):
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "free.py").write_text(
        "def dataset(*, n=50, seed=0, of: 'int' = 1, on=2): ..."
    )
    suite = Suite((Choice("free"),), (Choice("random"),), (0,))
    given = {"n": 20, "of": "a", "on": [1]}
    job = plan(suite, Registry((tmp_path,)), {"free": given})[0]
    assert job.dataset.parameters == given
