"""What training an autoencoder costs: against `keras.Model.fit`, which trains the same one.

Both start from the same weights and train the same layers, for the same epochs, in batches of the
same size, by Adam along the same cosine, with the same points held out and looked at after every
epoch. The CPU seconds are medians of interleaved repeats in this one process on one thread, graph
tracing included, after a warm-up of the imports,
each repeat with another seed; the losses are the medians at the end, on the
held-out points, in squared error per input. To run it, and to make its page again::

    python benchmarks/autoencoder.py --out benchmarks/autoencoder.md

The larger the layers, the more of the cost is arithmetic that both must do, and the ratio rises.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from bench.autoencoders.estimator import Autoencoder
from bench.console import console
from bench.datasets import digits, swiss_roll, translated_bump
from bench.engine.circumstances import circumstances
from bench.seeds import stream

HEADER = ["points", "epochs", "ours, CPU s", "Keras, CPU s", "ratio", "wanted", "loss", "Keras'"]
WANTED = 0.4
BATCH, RATE, HELD_OUT = 50, 3e-3, 150
Trainer = Callable[[NDArray[np.float32], int, int], float]


@dataclass(frozen=True)
class Case:
    """A dataset, and for how many epochs to train on it."""

    name: str
    points: NDArray[np.float32]
    epochs: int


def estimator(epochs: int, seed: int) -> Autoencoder:
    """Return the default autoencoder, made to train through."""
    return Autoencoder(
        epochs=epochs,
        batch_size=BATCH,
        learning_rate=RATE,
        held_out=HELD_OUT / 1500,
        patience=1.0,
        random_state=seed,
    )


def ours(X: NDArray[np.float32], epochs: int, seed: int) -> float:
    """Train by one compiled epoch a call; return the held-out squared error per input."""
    model = estimator(epochs, seed).fit(X)
    return 2 * model.history_["held_out_loss"][-1] - float(np.log(2 * np.pi))


def by_keras(X: NDArray[np.float32], epochs: int, seed: int) -> float:
    """Train by `keras.Model.fit`; return the held-out squared error per input."""
    import keras

    model = estimator(epochs, seed)
    model.prepare(X)
    points, apart = model.split(X)
    both = keras.Sequential([model.encoder_, model.decoder_])
    rate = keras.optimizers.schedules.CosineDecay(RATE, -(-len(points) // BATCH) * epochs)
    both.compile(keras.optimizers.Adam(rate), loss="mse")
    keras.utils.set_random_seed(seed)  # the order of the batches
    data = {"batch_size": BATCH, "validation_data": (apart, apart)}
    history = both.fit(points, points, epochs=epochs, verbose=0, **data)
    return float(history.history["val_loss"][-1])


def measured(train: Trainer, case: Case, seed: int) -> tuple[float, float]:
    """Return the CPU seconds of one training, and its loss."""
    start = time.process_time()
    loss = train(case.points, case.epochs, seed)
    return time.process_time() - start, loss


def main(
    repeats: Annotated[int, typer.Option(help="Trainings of each kind, one for each seed.")] = 3,
    out: Annotated[Path | None, typer.Option(help="Write the page there.")] = None,
) -> None:
    """Measure, and print a table."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf
    from tabulate import tabulate

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    cases = [
        Case("swiss_roll", swiss_roll.dataset(n=1500).X, 200),
        Case("digits", digits.dataset(n=1500).X, 200),
        Case("translated_bump", translated_bump.dataset(n=1500).X, 50),
    ]
    warm = stream(0, "benchmark:warm-up").normal(size=(1500, 3)).astype(np.float32)
    ours(warm, 2, 0)
    by_keras(warm, 2, 0)
    lines = []
    for case in cases:
        pairs = [
            (measured(ours, case, seed), measured(by_keras, case, seed)) for seed in range(repeats)
        ]
        lines.append(_line(case, pairs))
        console.print("  ".join(lines[-1]), highlight=False, soft_wrap=True)
    if out is not None:
        table = tabulate(lines, HEADER, tablefmt="pipe", disable_numparse=True)
        out.write_text(f"# Cost of training an autoencoder\n\n{__doc__}\n{table}\n\n{_machine()}\n")


def _line(case: Case, pairs: list[Any]) -> list[str]:
    (mine, loss), (theirs, other) = (
        (median(run[side][0] for run in pairs), median(run[side][1] for run in pairs))
        for side in (0, 1)
    )
    ratio = mine / theirs
    met = "yes" if ratio <= WANTED else "**no**"
    return [
        f"{case.name}, 1500 × {case.points.shape[1]}",
        str(case.epochs),
        f"{mine:.2f}",
        f"{theirs:.2f}",
        f"{ratio:.2f}",
        f"≤ {WANTED:g}: {met}",
        f"{loss:.4f}",
        f"{other:.4f}",
    ]


def _machine() -> str:
    found = circumstances(1)
    versions = ", ".join(f"{name} {version}" for name, version in found.versions.items())
    return f"On {found.processor}, {found.cores} cores, {found.started[:10]}: {versions}."


if __name__ == "__main__":
    typer.run(main)
