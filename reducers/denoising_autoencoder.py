"""Denoising autoencoder: the input is corrupted, the target is the clean point (Keras).

``corruption`` is ``gaussian`` (``corruption_level`` is the standard deviation, in units of the
points' root mean square about their mean), ``masking`` or ``salt_and_pepper`` (the share of the
values).
"""

from bench.autoencoders.factory import autoencoder

REVISION = 2

reducer = autoencoder(
    parameters={"corruption": "gaussian", "corruption_level": 0.2},
    grid={
        "corruption": ["gaussian", "masking", "salt_and_pepper"],
        "corruption_level": [0.1, 0.2, 0.4],
    },
    reference="Vincent, Larochelle, Bengio & Manzagol, ICML 2008; JMLR 11, 2010",
)
