"""Tables and figures of the user's own data."""

import numpy as np
import pytest

from bench import Job, Record, Store
from bench.job import DatasetConfig, ReducerConfig
from bench.record import Circumstances, DatasetFacts, Score, Status
from bench.report.figures import gallery
from bench.report.frame import load_results
from bench.report.tables import score_table, tidy

N = 40
WHERE = Circumstances({"numpy": "2"}, "processor", 2, 2**30, "Linux", 1, "2026-01-02T00:00:00")
OWN, OTHER = "the user's own: a.csv", "made"


@pytest.fixture
def found(tmp_path):
    """Return what is read of a store with one value of PCA and three of t-SNE."""

    def read(source=OWN, n=None, tsne=(0.6, 0.3, 0.3), once="pca"):
        store = Store(tmp_path)
        for seed, value in enumerate(tsne):
            config = DatasetConfig("a.csv-0123", {"n": n, "labels": "price"}, seed)
            facts = DatasetFacts(config, N, 3, "graph", {}, False, {}, 0.5, source, "licence")
            store.save_dataset(facts, {"color": np.arange(N)})
            for name, score in [("tsne", value)] + [(once, 0.5)] * (seed == 0):
                job = Job(config, ReducerConfig(name, {}))
                scores = (Score("auc", "geodesic", score),)
                record = Record(job, Status.OK, WHERE, scores=scores)
                store.save(record, {"embedding": np.eye(N, 2)})
        return load_results(store)[0]

    return read


def marked(results):
    """Return the marks of the AUC, as tables and the CSV file have them."""
    table = score_table(results, "auc", "geodesic").frame["a.csv-0123"]
    in_table = {name: cell.mark for name, cell in table.items() if cell.mark}
    rows = tidy(results).query("mark != ''")
    assert dict(zip(rows["reducer"], rows["mark"], strict=True)) == in_table
    return in_table


def test_one_value_for_every_seed(found):
    """A deterministic reducer that ran once is compared on every seed of the others."""
    assert marked(found()) == {"pca": "best", "tsne": "tied"}
    assert marked(found(tsne=(0.3, 0.31, 0.3))) == {"pca": "best"}


@pytest.mark.parametrize("other", [{"source": OTHER}, {"n": 20}, {"once": "umap"}])
def test_one_value_of_one_seed(found, other):
    """Where a seed changes points or embedding, only seeds that all have are compared."""
    (best,) = marked(found(**other))
    assert best == "tsne"


def test_colours(found):
    """Own data are coloured by a column, by its name, and not by a true coordinate."""
    assert "coloured by price;" in gallery(found(), "a.csv-0123").get_suptitle()
    assert "coloured by a true coordinate;" in gallery(found(OTHER), "a.csv-0123").get_suptitle()
