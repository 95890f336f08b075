"""Convolutional autoencoder: for images, strided convolutions and their transposes (Keras).

Without ``image_shape`` (height, width) images are taken to be square; points that are no images
end the job as unsupported.
"""

from bench.autoencoders.factory import autoencoder

REVISION = 2

reducer = autoencoder(
    fixed={"network": "convolutional"},
    parameters={
        "image_shape": None,
        "filters": (16, 32),
        "hidden": (64,),
        "likelihood": "gaussian",
    },
    images=True,
    grid={"filters": [(16, 32), (32, 64)], "learning_rate": [1e-3, 3e-3]},
    reference="Masci, Meier, Ciresan & Schmidhuber, ICANN 2011",
)
