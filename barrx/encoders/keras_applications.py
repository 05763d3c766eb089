"""The networks of Keras Applications: the penultimate layer, averaged over the picture, ImageNet weights.

Addresses and hashes are the ones Keras itself fetches from; a test holds them against the installed Keras.
How pixels are scaled differs: Inception and ResNet leave it to ``preprocess_input``; the others do it inside
the network, and their ``preprocess_input`` does nothing. Both kinds take values from 0 to 255 here.
"""

from functools import partial
from pathlib import Path
from typing import Any

from barrx.encoders.entry import Encoder, Published

_ADDRESS = "https://storage.googleapis.com/tensorflow/keras-applications"


def _build(constructor: str, input_size: int) -> Any:
    from keras import applications

    network = getattr(applications, constructor)
    return network(include_top=False, weights=None, pooling="avg", input_shape=(input_size, input_size, 3))


def _preprocess(module: str, pixels: Any) -> Any:
    from keras import applications

    return getattr(applications, module).preprocess_input(pixels)


def _load_weights(network: Any, path: Path) -> None:
    network.load_weights(path)


ENTRIES = (
    Encoder(
        slug="inception-v3",
        title="Inception V3",
        n_features=2048,
        input_size=299,
        resample="bilinear",
        recipe=1,
        weights=Published(
            url=f"{_ADDRESS}/inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
            digest="bcbd6486424b2319ff4ef7d526e38f63",
            size=87_910_968,
        ),
        build=partial(_build, "InceptionV3", 299),
        preprocess=partial(_preprocess, "inception_v3"),
        load_weights=_load_weights,
    ),
    Encoder(
        slug="mobilenet-v3-large",
        title="MobileNetV3 Large",
        n_features=960,
        input_size=224,
        resample="bilinear",
        recipe=1,
        weights=Published(
            url=f"{_ADDRESS}/mobilenet_v3/weights_mobilenet_v3_large_224_1.0_float_no_top_v2.h5",
            digest="07fb09a5933dd0c8eaafa16978110389",
            size=12_683_000,
        ),
        build=partial(_build, "MobileNetV3Large", 224),
        preprocess=partial(_preprocess, "mobilenet_v3"),
        load_weights=_load_weights,
    ),
    Encoder(
        slug="resnet-50-v2",
        title="ResNet50 V2",
        n_features=2048,
        input_size=224,
        resample="bilinear",
        recipe=1,
        weights=Published(
            url=f"{_ADDRESS}/resnet/resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
            digest="fac2f116257151a9d068a22e544a4917",
            size=94_668_760,
        ),
        build=partial(_build, "ResNet50V2", 224),
        preprocess=partial(_preprocess, "resnet_v2"),
        load_weights=_load_weights,
    ),
    Encoder(
        slug="efficientnet-v2-b0",
        title="EfficientNetV2 B0",
        n_features=1280,
        input_size=224,
        resample="bilinear",
        recipe=1,
        weights=Published(
            url=f"{_ADDRESS}/efficientnet_v2/efficientnetv2-b0_notop.h5",
            digest="893217f2bb855e2983157299931e43ff",
            size=24_274_472,
        ),
        build=partial(_build, "EfficientNetV2B0", 224),
        preprocess=partial(_preprocess, "efficientnet_v2"),
        load_weights=_load_weights,
    ),
    Encoder(
        slug="convnext-tiny",
        title="ConvNeXt Tiny",
        n_features=768,
        input_size=224,
        resample="bilinear",
        recipe=1,
        weights=Published(
            url=f"{_ADDRESS}/convnext/convnext_tiny_notop.h5",
            digest="d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
            size=111_650_432,
        ),
        build=partial(_build, "ConvNeXtTiny", 224),
        preprocess=partial(_preprocess, "convnext"),
        load_weights=_load_weights,
    ),
)
