"""Errors of graph geodesics: by hand, and where it is known what must come out."""

import numpy as np
import pytest

from bench.datasets.broken_swiss_roll import dataset as broken_swiss_roll
from bench.datasets.swiss_roll import dataset as swiss_roll
from bench.manifolds.geodesics import FlatGeodesics
from bench.manifolds.graph import graph_geodesics, neighbor_graphs
from bench.manifolds.graph_error import graph_errors
from bench.manifolds.pieces import PiecewiseGeodesics


def measured(truth, X, *ks, rows=None):
    rows = np.arange(len(X)) if rows is None else rows
    return graph_errors(truth, neighbor_graphs(X, ks), rows)


def test_a_bent_line_whose_ends_meet_by_hand():
    # The ends are 3 apart along the line, and 1 apart on the graph: one pair of six, one edge of 4.
    X, line = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]), np.arange(4.0)[:, None]
    [error] = measured(FlatGeodesics(line), X, 2)
    assert (error.bias, error.median_error) == (0, 0)
    assert error.p95_error == pytest.approx(2 / 3)
    assert error.spearman == pytest.approx(6 / np.sqrt(15 * 12))
    assert (error.edges, error.short_circuits) == (4, 1)
    assert (error.pairs, error.infinite, error.components, error.bridges) == (12, 0, 1, 0)


def test_an_edge_between_two_points_that_are_looked_at_counts_once():
    X, line = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]), np.arange(4.0)[:, None]
    [ends] = measured(FlatGeodesics(line), X, 2, rows=np.array([0, 3]))
    assert (ends.edges, ends.short_circuits) == (3, 1)
    [middle] = measured(FlatGeodesics(line), X, 2, rows=np.array([2, 1]))
    assert (middle.edges, middle.short_circuits) == (3, 0)


def test_pairs_that_no_path_joins_are_left_out_and_a_bridge_is_a_short_circuit():
    X = np.array([[0.0], [1], [10], [12]])
    truth = PiecewiseGeodesics(FlatGeodesics(X), np.array([0, 0, 1, 1]))
    [error] = measured(truth, X, 1)
    assert (error.pairs, error.infinite) == (12, 8)
    assert (error.components, error.bridges) == (2, 1)
    assert (error.edges, error.short_circuits) == (3, 1)
    assert (error.bias, error.p95_error, error.spearman) == (0, 0, pytest.approx(1))


def test_where_nothing_can_be_compared_it_says_so():
    X = np.array([[0.0], [1], [10]])
    truth = PiecewiseGeodesics(FlatGeodesics(X), np.arange(3))
    with pytest.raises(ValueError, match="none of the pairs of 3 points"):
        measured(truth, X, 1)


def test_on_a_flat_sheet_paths_are_never_too_short_and_the_error_shrinks_with_n_and_k():
    errors = []
    for n, k in ((200, 8), (800, 20), (3200, 50)):
        X = np.random.default_rng(0).uniform(size=(n, 2))
        truth, rows = FlatGeodesics(X), np.arange(100)
        graph = graph_geodesics(X, n_neighbors=k)
        assert (graph.distances(rows) >= truth.distances(rows) * (1 - 1e-12)).all()
        [error] = graph_errors(truth, {k: graph}, rows)
        assert error.bias == error.median_error
        assert error.short_circuits == 0
        errors.append([error.median_error, error.p95_error, 1 - error.spearman])
    assert (np.diff(errors, axis=0) < 0).all(), errors


def test_a_roll_with_k_too_large_has_short_circuits_and_loses_the_order():
    dataset = swiss_roll(n=1000, seed=0)
    few, many = measured(dataset.geodesics, dataset.X, 8, 40, rows=np.arange(200))
    assert few.short_circuits == 0
    assert few.spearman > 0.99
    assert many.short_circuits > 0
    assert many.spearman < 0.8
    assert many.bias < 0 < few.bias


def test_the_pieces_of_a_broken_roll_are_found_and_its_infinite_pairs_counted():
    dataset = broken_swiss_roll(n=1000, seed=0)
    rows = np.arange(50)
    [error] = measured(dataset.geodesics, dataset.X, 8, rows=rows)
    assert (error.components, error.bridges) == (2, 1)
    assert error.infinite == (dataset.labels[rows, None] != dataset.labels).sum()
    assert error.spearman > 0.99


def test_graphs_of_several_k_are_those_of_each_k_alone():
    X = np.random.default_rng(0).normal(size=(80, 3)) + 8 * (np.arange(80) % 3)[:, None]
    together = neighbor_graphs(X, [9, 2, 5])
    for k in (2, 5, 9):
        alone = graph_geodesics(X, n_neighbors=k)
        assert alone.notes == together[k].notes
        assert (alone.graph != together[k].graph).nnz == 0
    assert together[2].components > together[9].components
