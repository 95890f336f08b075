"""Autoencoder reducers as rows of one factory."""

import pytest

from bench import Registry
from bench.autoencoders.factory import autoencoder
from bench.suite import Choice, Suite, plan

# Of the job on the Swiss roll of 1,500 points, seed 0; they follow from all parameters.
IDS = {
    "autoencoder": "badecc609ab4d14b",
    "autoencoder_bernoulli": "f77ebdba88dd5080",
    "contractive_autoencoder": "c8211889d5ab5dde",
    "convolutional_autoencoder": "935fbb5114164f3b",
    "denoising_autoencoder": "770919945a147731",
    "variational_autoencoder": "6ed230a0b702b707",
}


@pytest.mark.parametrize("name", IDS)
def test_ids(name):
    """The parameters of each autoencoder and their defaults are those of its records."""
    suite = Suite((Choice("swiss_roll"),), (Choice(name),), (0,), n=1500)
    assert plan(suite, Registry())[0].id == IDS[name]


def reducer(**changed):
    parameters = {"contraction": 0.5, "hidden": (8,)}
    names = {"contraction": "code_weight"}
    given = {"parameters": parameters, "names": names, "fixed": {"code": "contractive"}}
    return autoencoder(reference="here", grid={}, **(given | changed))


def test_parameters():
    """Own parameters come with those that all autoencoders share, and take their place."""
    shared = {"epochs": None, "batch_size": 50, "learning_rate": 3e-3}
    assert reducer().parameters == {"contraction": 0.5, "hidden": (8,)} | shared


def test_names_and_fixed():
    """The estimator gets what is fixed, and each parameter by the name that it has there."""
    made = reducer().build({"contraction": 0.25}, n_components=3, seed=9).get_params()
    chosen = {"code": "contractive", "code_weight": 0.25, "hidden": (8,)}
    assert chosen.items() <= made.items()
    assert (made["n_components"], made["random_state"]) == (3, 9)


def test_closed():
    """A parameter of the estimator that the reducer does not expose is refused."""
    with pytest.raises(TypeError, match="activation"):
        reducer().make(n_components=2, random_state=0, activation="relu")
