"""Figures of decoders: that they draw the arrays that were kept."""

from types import SimpleNamespace

import numpy as np

from bench.report.pictures import lines_in_space, picture_figures


def test_lines_in_space_are_those_that_were_kept_and_a_missing_one_is_left_out():
    rng = np.random.default_rng(0)
    names = ("code_line", "input_line", "points")
    arrays = {f"pictures/{name}": rng.uniform(size=(8, 3)) for name in names}
    job = SimpleNamespace(
        dataset=SimpleNamespace(label="roll"),
        reducer=SimpleNamespace(label="pca"),
        n_components=2,
        seed=0,
        id="a",
    )
    placed = SimpleNamespace(
        records=[SimpleNamespace(job=job)],
        arrays={"a": arrays},
        pictures={},
        facts={("roll", 0): SimpleNamespace(dimensions=3)},
        reducers=["pca"],
        datasets=["roll"],
    )
    found = [drawing.name for drawing in picture_figures(SimpleNamespace(held_out=placed))]
    assert found == ["lines_roll"]
    (ax,) = lines_in_space(placed, "roll").axes
    drawn = {line.get_label(): np.array(line.get_data_3d()).T for line in ax.lines}
    assert set(drawn) == {"line in input space", "line in the code"}
    np.testing.assert_array_equal(drawn["line in the code"], arrays["pictures/code_line"])
    np.testing.assert_array_equal(drawn["line in input space"], arrays["pictures/input_line"])


def test_pictures_of_other_dimensions_than_the_datasets_are_left_out():
    job = SimpleNamespace(dataset=SimpleNamespace(label="roll"), seed=0, id="a")
    placed = SimpleNamespace(
        records=[SimpleNamespace(job=job)],
        arrays={"a": {"pictures/code_line": np.zeros((8, 4)), "pictures/grid": np.full((7, 3), 1)}},
        pictures={},
        facts={("roll", 0): SimpleNamespace(dimensions=3)},
        datasets=["roll"],
    )
    found = [drawing.name for drawing in picture_figures(SimpleNamespace(held_out=placed))]
    assert found == ["decoded_roll"]
