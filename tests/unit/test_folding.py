"""Normalisations folded into convolutions: a small network of every kind there is, with trained-looking numbers."""

import numpy as np
import pytest

from barrx.encoders import engine


@pytest.fixture(scope="module")
def keras():  # type: ignore[no-untyped-def]
    engine.start()
    import keras

    return keras


def _network(keras):  # type: ignore[no-untyped-def]
    layers = keras.layers
    pixels = layers.Input((12, 12, 3))
    x = layers.Conv2D(8, 3, use_bias=False, name="plain")(pixels)
    x = layers.BatchNormalization(scale=False, name="folded_1")(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(8, 1, name="with_bias")(x)
    x = layers.BatchNormalization(name="folded_2")(x)
    x = layers.DepthwiseConv2D(3, depth_multiplier=2, use_bias=False, name="depthwise")(x)
    x = layers.BatchNormalization(center=False, name="folded_3")(x)
    x = layers.Conv2D(16, 1, groups=4, use_bias=False, name="grouped")(x)
    x = layers.BatchNormalization(epsilon=0.1, name="folded_4")(x)
    x = layers.Conv2D(16, 1, activation="relu", name="active")(x)
    x = layers.BatchNormalization(name="after_an_activation")(x)
    branch = layers.Conv2D(16, 1, name="used_twice")(x)
    normalised = layers.BatchNormalization(name="of_one_use")(branch)
    x = layers.Add()([branch, normalised])
    x = layers.BatchNormalization(name="after_a_sum")(x)
    x = layers.Conv2D(16, 1, name="before_rows")(x)
    x = layers.BatchNormalization(axis=1, name="of_rows")(x)
    x = layers.SeparableConv2D(4, 3, use_bias=False)(x)
    x = layers.BatchNormalization(name="after_a_separable_one")(x)
    network = keras.Model(pixels, layers.GlobalAveragePooling2D()(x))
    rng = np.random.default_rng(0)
    for layer in network.layers:
        layer.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in layer.get_weights()])
    return network


def test_a_folded_network_gives_the_same_numbers_with_fewer_normalisations(keras) -> None:  # type: ignore[no-untyped-def]
    from barrx.encoders.folding import folded

    network = _network(keras)
    found = folded(network)
    pictures = np.random.default_rng(1).normal(size=(3, 12, 12, 3)).astype(np.float32)
    expected = network.predict(pictures, verbose=0)
    np.testing.assert_allclose(found.predict(pictures, verbose=0), expected, rtol=1e-4)
    kept = [layer.name for layer in found.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert kept == ["after_an_activation", "of_one_use", "after_a_sum", "of_rows", "after_a_separable_one"]


def test_a_network_without_such_normalisations_stays_itself(keras) -> None:  # type: ignore[no-untyped-def]
    from barrx.encoders.folding import folded

    pixels = keras.layers.Input((4, 4, 3))
    network = keras.Model(pixels, keras.layers.Conv2D(2, 1)(pixels))
    assert folded(network) is network
