"""The built-in controls, as functions: embeddings of points, decoders of training points."""

from functools import partial

from bench import Registry


def made(name, n_components=2, seed=0):
    """Return a new estimator of a control."""
    reducer, _ = Registry().find("reducer", name).load()
    return reducer.build({}, n_components=n_components, seed=seed)


def embedding(name, X, chart, n_components, seed):
    return made(name, n_components, seed).fit_transform(X, chart)


oracle, random, shuffled = (partial(embedding, name) for name in ("oracle", "random", "shuffled"))


def coder(name, training):
    """Return the encoder and the decoder of a control that has seen these points."""
    estimator = made(name)
    estimator.fit_transform(training)
    return estimator.transform, estimator.inverse_transform


DECODERS = ("identity", "mean_point", "nearest_training_point")
