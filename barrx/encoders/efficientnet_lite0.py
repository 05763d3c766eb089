"""EfficientNet-Lite0 in Keras layers, with the published ImageNet weights shipped beside this file.

The network is EfficientNet-B0 without squeeze-and-excitation and with ReLU6. The checkpoint was trained with
TensorFlow's "same" padding, which gives a strided convolution one row and column more at the bottom and the
right than at the top and the left. Padding evenly, as is usual in PyTorch, gives vectors whose cosine with
the published network's is 0.91. Batch normalisation is folded into the convolutions
(``docs/efficientnet_lite0_weights.py`` made the file), so none is left here.

References
----------
Tan & Le 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", arXiv:1905.11946
"""

from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from barrx.encoders.entry import Bundled, Encoder

WEIGHTS = Path(__file__).with_name("efficientnet_lite0.npz")
INPUT_SIZE = 224
STEM_CHANNELS = 32
N_FEATURES = 1280


class Stage(NamedTuple):
    """A run of inverted bottlenecks; only the first of them strides."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


def build() -> Any:
    """Return the Keras network, its weights random: (n, 224, 224, 3) float32 -> (n, 1280) float32."""
    from keras import Input, Model, layers

    pixels = Input((INPUT_SIZE, INPUT_SIZE, 3))
    x = layers.Conv2D(STEM_CHANNELS, 3, strides=2, padding="same", activation="relu6", name="stem")(pixels)
    number = count()
    for stage in STAGES:
        for repeat in range(stage.repeats):
            x = _bottleneck(x, stage, stage.stride if repeat == 0 else 1, f"block{next(number)}")
    x = layers.Conv2D(N_FEATURES, 1, activation="relu6", name="head")(x)
    return Model(pixels, layers.GlobalAveragePooling2D()(x), name="efficientnet_lite0")


def _bottleneck(x: Any, stage: Stage, stride: int, name: str) -> Any:
    from keras import layers

    entrance, channels = x, x.shape[-1]
    if stage.expansion > 1:
        x = layers.Conv2D(channels * stage.expansion, 1, activation="relu6", name=f"{name}_expand")(x)
    depthwise = layers.DepthwiseConv2D(
        stage.kernel, strides=stride, padding="same", activation="relu6", name=f"{name}_depthwise"
    )
    x = depthwise(x)
    x = layers.Conv2D(stage.channels, 1, name=f"{name}_project")(x)
    return layers.add([x, entrance]) if stride == 1 and channels == stage.channels else x


def preprocess(pixels: Any) -> Any:
    """Bring pixel values from 0..255 to the range the network was trained on, -0.99..1."""
    return (pixels - 127.0) / 128.0


def load_weights(network: Any, path: Path) -> None:
    """Fill the network from the arrays ``<layer>_kernel`` and ``<layer>_bias`` of a ``.npz`` file."""
    with np.load(path, allow_pickle=False) as arrays:
        for layer in network.layers:
            if layer.weights:
                names = (f"{layer.name}_kernel", f"{layer.name}_bias")
                layer.set_weights([arrays[name].astype(np.float32) for name in names])


ENTRY = Encoder(
    slug="efficientnet-lite0",
    title="EfficientNet-Lite0",
    n_features=N_FEATURES,
    input_size=INPUT_SIZE,
    resample="bicubic",
    recipe=1,
    weights=Bundled(path=WEIGHTS),
    build=build,
    preprocess=preprocess,
    load_weights=load_weights,
)
