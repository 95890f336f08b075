"""The same scores by other libraries, each under the name and at the k that it gives them itself.

Every function takes points X, an embedding Y and k, and returns the library's numbers as they
come, by the name of our score. What a library raises instead of a number is left to the caller.
"""

import contextlib
import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Scores = dict[str, float]


def bench(X: Points, Y: Points, k: int) -> Scores:
    """Score by this package."""
    from bench import score

    found = score(X, Y, k=k)["euclidean"]
    return {
        name: float(value[k] if isinstance(value, dict) else value) for name, value in found.items()
    }


def scikit_learn(X: Points, Y: Points, k: int) -> Scores:
    """Score by scikit-learn; continuity is its trustworthiness of the data by the embedding."""
    from sklearn.manifold import trustworthiness

    return {
        "trustworthiness": float(trustworthiness(X, Y, n_neighbors=k)),
        "continuity": float(trustworthiness(Y, X, n_neighbors=k)),
    }


def zadu(X: Points, Y: Points, k: int) -> Scores:
    """Score by ZADU's measures, one call each."""
    from zadu.measures import local_continuity_meta_criteria as lcmc
    from zadu.measures import mean_relative_rank_error as mrre
    from zadu.measures import non_metric_stress, pearson_r, scale_normalized_stress, spearman_rho
    from zadu.measures import trustworthiness_continuity as tnc

    ranks, errors = tnc.measure(X, Y, k=k), mrre.measure(X, Y, k=k)
    found = {
        "trustworthiness": ranks["trustworthiness"],
        "continuity": ranks["continuity"],
        "mrre_false": errors["mrre_false"],
        "mrre_missing": errors["mrre_missing"],
        "lcmc": lcmc.measure(X, Y, k=k)["lcmc"],
    }
    with contextlib.suppress(ValueError):  # of distances that are all equal
        found["spearman"] = spearman_rho.measure(X, Y)["spearman_rho"]
        found["pearson"] = pearson_r.measure(X, Y)["pearson_r"]
        scaled = scale_normalized_stress.measure(X, Y)["scale_normalized_stress"]
        found["stress_scale_normalised"] = scaled
        found["stress_nonmetric"] = non_metric_stress.measure(X, Y)["non_metric_stress"]
    return found


def pydrmetrics(X: Points, Y: Points, k: int) -> Scores:
    """Score by pyDRMetrics; its plots put the first entry of every curve at k = 1."""
    with contextlib.redirect_stdout(io.StringIO()):
        from pyDRMetrics.pyDRMetrics import DRMetrics

        found = DRMetrics(X, Y)
    return {
        "trustworthiness": float(found.T[k - 1]),
        "continuity": float(found.C[k - 1]),
        "q_nx": float(found.QNN[k - 1]),
        "lcmc": float(found.LCMC[k - 1]),
        "auc": float(found.AUC),
        "k_max": float(found.kmax),
        "q_local": float(found.Qlocal),
        "q_global": float(found.Qglobal),
        "residual_variance": float(found.Vr),
    }


def nxcurve(X: Points, Y: Points, k: int) -> Scores:
    """Score by nxcurve, which takes the areas under its curves over log K."""
    from nxcurve import quality_curve

    return {
        "q_nx": float(quality_curve(X, Y, k, "q")[0][k - 1]),
        "auc": float(quality_curve(X, Y, k, "r")[1]),
    }


def dr_diagnostics(X: Points, Y: Points, k: int) -> Scores:
    """Score by dr-diagnostics."""
    from dr_diagnostics import euclidean_distances, rank_matrix
    from dr_diagnostics.rank import continuity_score, trustworthiness_score

    ranks = rank_matrix(euclidean_distances(X)), rank_matrix(euclidean_distances(Y))
    return {
        "trustworthiness": float(trustworthiness_score(*ranks, k)),
        "continuity": float(continuity_score(*ranks, k)),
    }


def tensorflow_projection_qm(X: Points, Y: Points, k: int) -> Scores:
    """Score by tensorflow-projection-qm."""
    import tensorflow_projection_qm.metrics as measures
    from tensorflow_projection_qm.metrics.mean_rel_rank_error import mrre_data, mrre_proj
    from tensorflow_projection_qm.metrics.pearson_correlation import pearson_correlation
    from tensorflow_projection_qm.metrics.shepard_goodness import shepard_goodness
    from tensorflow_projection_qm.metrics.stress import scale_normalized_stress

    found = {
        "trustworthiness": measures.trustworthiness.trustworthiness(X, Y, k),
        "continuity": measures.continuity.continuity(X, Y, k),
        "mrre_false": mrre_data(X, Y, k),
        "mrre_missing": mrre_proj(X, Y, k),
        "spearman": shepard_goodness(X, Y),
        "pearson": pearson_correlation(X, Y),
        "stress_scale_normalised": scale_normalized_stress(X, Y),
    }
    return {name: float(value) for name, value in found.items()}


PEERS: dict[str, Callable[[Points, Points, int], Scores]] = {
    "scikit-learn": scikit_learn,
    "zadu": zadu,
    "pyDRMetrics": pydrmetrics,
    "nxcurve": nxcurve,
    "dr-diagnostics": dr_diagnostics,
    "tensorflow-projection-qm": tensorflow_projection_qm,
}
