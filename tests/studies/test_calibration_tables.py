"""Tables of a calibration, on rows made by hand."""

import numpy as np
import pandas as pd

from bench.studies.calibration.tables import (
    CONNECTED,
    MOST_OF_MEANS,
    MOST_OF_RUNS,
    by_dataset,
    by_k,
    by_reducer,
    with_changes,
    without_truth,
)


def scores(*rows, dataset="roll"):
    columns = ["reducer", "control", "seed", "true_auc", "auc"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(dataset=dataset, n=100, k=10, status="closed-form")


def errors(k, components, bias, seed=0, spearman=1.0):
    common = {"dataset": "roll", "n": 100, "status": "closed-form", "dimension": 2, "pieces": 1}
    measured = {"median_error": abs(bias), "p95_error": 2 * abs(bias), "spearman": spearman}
    counted = {"infinite": 0, "pairs": 1000, "edges": 200, "short_circuits": 1}
    own = {"k": k, "components": components, "bridges": components - 1, "bias": bias, "seed": seed}
    return common | measured | counted | own


MOVED = scores(
    ("a", False, 0, 0.9, 0.65),
    ("a", False, 1, 0.9, 0.79),
    ("b", False, 0, 0.8, 0.80),
    ("b", False, 1, 0.8, 0.82),
    ("c", False, 0, 0.3001, 0.2),
    ("d", False, 0, 0.2999, 0.1),
    ("oracle", True, 0, 1.0, 0.95),
)


def test_changes_are_of_means_over_seeds_and_ranks_are_without_controls():
    found = with_changes(MOVED).set_index("reducer")
    changes = {"a": -0.18, "b": 0.01, "c": -0.1001, "d": -0.1999, "oracle": -0.05}
    assert found["change"].round(6).to_dict() == changes
    # c and d are equal to three decimals and share the third place, until the estimate parts them.
    assert found["true_rank"].drop("oracle").to_dict() == {"a": 1, "b": 2, "c": 3, "d": 3}
    assert found["rank"].drop("oracle").to_dict() == {"a": 2, "b": 1, "c": 3, "d": 4}
    assert np.isnan(found.loc["oracle", "rank"])


def test_the_table_of_reducers_says_both_ranks():
    table = by_reducer(MOVED, 10).set_index("reducer")
    assert list(table.index) == ["a", "b", "c", "d", "oracle (control)"]
    assert list(table.loc["a"]) == ["roll", "100", "0.900", "0.720", "-0.180", "1", "2"]
    assert list(table.loc["oracle (control)"])[-2:] == ["", ""]


def test_by_k_sums_up_moves_and_takes_the_smallest_connected_graph():
    rows = [errors(5, 3, 0.4), errors(10, 1, 0.2), errors(20, 1, -0.1)]
    rows += [errors(5, 1, 0.6, seed=1), errors(10, 1, 0.2, seed=1), errors(20, 1, -0.1, seed=1)]
    table = by_k(pd.DataFrame(rows), MOVED).set_index("k")
    assert table["bias"].to_dict() == {
        "5": "50.0 %", "10": "20.0 %", "20": "-10.0 %", CONNECTED: "40.0 %",
    }  # fmt: skip
    assert table["torn"].to_dict() == {"5": "1", "10": "0", "20": "0", CONNECTED: "0"}
    assert table.loc["10", "AUC moves by (mean)"] == "0.122"
    assert table.loc["10", MOST_OF_MEANS] == "0.200"
    assert table.loc["10", MOST_OF_RUNS] == "0.250"
    assert table.loc["10", "ranks that change"] == "3 of 4, by 1 at most"
    assert table.loc["5", MOST_OF_RUNS] == ""


def test_where_no_graph_is_connected_the_largest_k_is_taken():
    table = by_k(pd.DataFrame([errors(5, 3, 0.4), errors(10, 2, 0.2)]), pd.DataFrame())
    assert table.set_index("k").loc[CONNECTED, "bias"] == "20.0 %"


def test_failed_estimates_are_counted_and_the_worst_is_named():
    rows = [errors(10, 1, 0.1, spearman=0.9), errors(10, 1, 0.1) | {"dataset": "sheet"}]
    table = by_k(pd.DataFrame(rows), pd.DataFrame()).iloc[0]
    assert table["below 0.95"] == "1 of 2"
    assert table["Spearman, worst"] == "0.900 (roll)"
    assert table["Spearman, mean"] == "0.950"


def test_by_dataset_tells_shares():
    [row] = by_dataset(pd.DataFrame([errors(10, 2, 0.1)]), 10).to_dict("records")
    assert row["short circuits"] == "0.50 %"
    assert row["pieces"] == "2.0 of 1"
    assert row["95th percentile"] == "20.0 %"


def test_without_a_truth_there_is_no_change_but_a_range_over_k():
    real = MOVED.assign(true_auc=np.nan)
    both = pd.concat([real, real.assign(k=20, auc=real["auc"] + 0.1)])
    assert with_changes(both).empty
    table = without_truth(both).set_index("reducer")
    assert list(table.loc["b"]) == ["roll", 100, "0.810", "0.910", "0.100"]
    assert "oracle" not in table.index
    assert without_truth(MOVED).empty
