"""Fitted autoencoders on disk: Keras' own format for the networks, JSON and arrays for the rest."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from bench.autoencoders.codes import CODES
from bench.autoencoders.likelihoods import LIKELIHOODS
from bench.autoencoders.settings import default_keras


class _Saved(msgspec.Struct, forbid_unknown_fields=True):
    """All that is plain of a fitted model."""

    parameters: dict[str, Any]
    scale: float
    likelihood_variables: list[float]
    history: dict[str, list[float]]


def save(model: Any, folder: Path) -> None:  # noqa: ANN401 - an Autoencoder, which imports this
    """Write a fitted `bench.autoencoders.estimator.Autoencoder`.

    Parameters
    ----------
    model : Autoencoder
    folder : Path
        Made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model.encoder_.save(folder / "encoder.keras")
    model.decoder_.save(folder / "decoder.keras")
    np.save(folder / "mean.npy", model.mean_)
    variables = [float(variable) for variable in model._likelihood.variables]  # noqa: SLF001 - its friend
    saved = _Saved(model.get_params(), model.scale_, variables, model.history_)
    (folder / "model.json").write_bytes(msgspec.json.encode(saved))


def load(kind: Any, folder: Path) -> Any:  # noqa: ANN401 - Autoencoder, which imports this
    """Read what `save` wrote.

    Keras' safe mode refuses layers that hold code, numpy refuses pickled arrays, and the JSON is
    checked against the fields above.

    Parameters
    ----------
    kind : type
        The class to make.
    folder : Path

    Returns
    -------
    Autoencoder

    Raises
    ------
    ValueError
        If the folder holds no such model.
    """
    if not (folder / "model.json").is_file():
        raise ValueError(f"{folder} holds no saved autoencoder: there is no model.json in it.")
    saved = msgspec.json.decode((folder / "model.json").read_bytes(), type=_Saved)
    model = kind(**saved.parameters)
    with default_keras():
        from keras.models import load_model

        model.encoder_, model.decoder_ = (
            load_model(folder / f"{name}.keras", compile=False, safe_mode=True)
            for name in ("encoder", "decoder")
        )
    model.mean_ = np.load(folder / "mean.npy", allow_pickle=False)
    model.scale_, model.history_ = saved.scale, saved.history
    model.n_features_in_ = len(model.mean_)
    model._code, model._likelihood = CODES[model.code](), LIKELIHOODS[model.likelihood]()  # noqa: SLF001 - its friend
    for variable, value in zip(
        model._likelihood.variables,  # noqa: SLF001 - its friend
        saved.likelihood_variables,
        strict=True,
    ):
        variable.assign(value)
    return model
