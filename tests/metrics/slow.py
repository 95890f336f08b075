"""The rank scores written down from their definitions: slow, plain, and sharing no code."""

import numpy as np


def rank_matrix(distances):
    """Return the rank of each other point by distance from each, 1 for the nearest; no ties."""
    n = len(distances)
    ranks = np.zeros((n, n), dtype=int)
    for i in range(n):
        others = sorted((j for j in range(n) if j != i), key=lambda j, i=i: distances[i][j])
        for position, j in enumerate(others):
            ranks[i, j] = position + 1
    return ranks


def q_nx(reference, embedded, k):
    """Return the share of the k nearest that are kept (Lee & Verleysen 2009)."""
    kept = 0
    for i, j in _pairs(len(reference)):
        if reference[i, j] <= k and embedded[i, j] <= k:
            kept += 1
    return kept / (len(reference) * k)


def r_nx(reference, embedded, k):
    """Return Q_NX as a share of the way from chance to perfect (Lee et al. 2013)."""
    chance = k / (len(reference) - 1)
    return (q_nx(reference, embedded, k) - chance) / (1 - chance)


def auc(reference, embedded):
    """Return the mean of R_NX weighted by 1 / k (Lee et al. 2015)."""
    total = weights = 0.0
    for k in range(1, len(reference) - 1):
        total += r_nx(reference, embedded, k) / k
        weights += 1 / k
    return total / weights


def trustworthiness(reference, embedded, k):
    """Return 1 minus the scaled excess rank of the intruders (Venna & Kaski 2001)."""
    n = len(reference)
    excess = 0
    for i, j in _pairs(n):
        if embedded[i, j] <= k < reference[i, j]:
            excess += reference[i, j] - k
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * excess


def continuity(reference, embedded, k):
    """Return trustworthiness with the two sides exchanged."""
    return trustworthiness(embedded, reference, k)


def mrre_false(reference, embedded, k):
    """Return the mean relative rank error of the embedding's k nearest (Lee & Verleysen 2009)."""
    n = len(reference)
    error = sum(
        abs(embedded[i, j] - reference[i, j]) / embedded[i, j]
        for i, j in _pairs(n)
        if embedded[i, j] <= k
    )
    return error / (n * sum(abs(n - 2 * place + 1) / place for place in range(1, k + 1)))


def k_max(reference, embedded):
    """Return the k that keeps most beyond chance (Lee & Verleysen 2009)."""
    n = len(reference)
    return max(range(1, n), key=lambda k: q_nx(reference, embedded, k) - k / (n - 1))


def _pairs(n):
    return ((i, j) for i in range(n) for j in range(n) if i != j)
