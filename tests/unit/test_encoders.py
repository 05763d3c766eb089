"""The registry, and the EfficientNet-Lite0 port against the published network."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from barrx import encoders
from barrx.encoders import Encoder, Published
from barrx.errors import EncoderError, ParameterError

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "tests" / "data" / "reference_efficientnet_lite0.npz"
BATCH = 30
CONSTRUCTORS = {
    "inception-v3": "InceptionV3",
    "mobilenet-v3-large": "MobileNetV3Large",
    "resnet-50-v2": "ResNet50V2",
    "efficientnet-v2-b0": "EfficientNetV2B0",
    "convnext-tiny": "ConvNeXtTiny",
}


def test_registry_lists_the_reference_first_and_the_bundled_second() -> None:
    slugs = [encoder.slug for encoder in encoders.all_encoders()]
    assert slugs[:2] == ["inception-v3", "efficientnet-lite0"]
    assert set(slugs) == {"efficientnet-lite0", *CONSTRUCTORS}


@pytest.mark.parametrize("encoder", encoders.all_encoders(), ids=lambda encoder: encoder.slug)
def test_registry_gives_each_encoder_by_its_slug(encoder: Encoder) -> None:
    assert encoders.get(encoder.slug) is encoder


def test_registry_names_the_encoders_there_are() -> None:
    with pytest.raises(
        EncoderError, match=r"no encoder “vgg”. Choose one of: inception-v3, efficientnet-lite0"
    ):
        encoders.get("vgg")


def test_default_is_the_bundled_encoder_without_weights(home: Path) -> None:
    assert encoders.default() == "efficientnet-lite0"


@pytest.mark.parametrize(
    ("slug", "features", "side", "resample", "megabytes"),
    [
        ("inception-v3", 2048, 299, "bilinear", "84"),
        ("efficientnet-lite0", 1280, 224, "bicubic", "6"),
        ("mobilenet-v3-large", 960, 224, "bilinear", "12"),
        ("resnet-50-v2", 2048, 224, "bilinear", "90"),
        ("efficientnet-v2-b0", 1280, 224, "bilinear", "23"),
        ("convnext-tiny", 768, 224, "bilinear", "106"),
    ],
)
def test_registry_states_what_each_network_is(
    slug: str, features: int, side: int, resample: str, megabytes: str
) -> None:
    encoder = encoders.get(slug)
    assert (encoder.n_features, encoder.input_size, encoder.resample) == (features, side, resample)
    assert f"{encoder.size_mb:.0f}" == megabytes


def test_listing_encoders_and_asking_for_weights_imports_no_keras(home: Path) -> None:
    code = (
        "import sys; from barrx import encoders; encoders.default()\n"
        "[encoders.status(encoder) for encoder in encoders.all_encoders()]\n"
        "print([name for name in ('keras', 'tensorflow', 'h5py', 'requests') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_starting_tensorflow_says_nothing_but_lets_others_speak() -> None:
    code = (
        "import os; from barrx.encoders import engine\n"
        "engine.start()\n"
        "with engine._without_notices():\n"
        "    os.write(2, b'oneDNN custom operations are on.\\nsomething real\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == "something real\n"


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_starting_tensorflow_overrides_another_keras_backend(backend: str) -> None:
    code = "from barrx.encoders import engine; engine.start(); import keras; print(keras.backend.backend())"
    environment = {"KERAS_BACKEND": backend, "PATH": "", "HOME": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "tensorflow"


def test_missing_tensorflow_says_how_to_install_it() -> None:
    code = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "from barrx import encoders\n"
        "from barrx.errors import EncoderError\n"
        "try: encoders.load(encoders.get('efficientnet-lite0'))\n"
        "except EncoderError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("TensorFlow cannot be imported: ")
    assert "pip install -r requirements.txt" in done.stdout


# --- what Keras itself would do ---------------------------------------------------------------------------


class _Asked(Exception):
    """Raised where Keras would fetch a file."""


@pytest.mark.parametrize("slug", CONSTRUCTORS)
def test_keras_entry_names_the_file_and_the_hash_keras_fetches(
    slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from barrx.encoders import engine

    engine.start()
    import keras
    from keras.src.utils import file_utils

    def get_file(name: str, origin: str, file_hash: str, **_: Any) -> None:
        raise _Asked(origin, file_hash)

    monkeypatch.setattr(file_utils, "get_file", get_file)
    constructor = getattr(keras.applications, CONSTRUCTORS[slug])
    side = encoders.get(slug).input_size
    shape = (side, side, 3)
    with pytest.raises(_Asked, match="keras-applications") as asked:
        constructor(include_top=False, weights="imagenet", pooling="avg", input_shape=shape)
    published = encoders.get(slug).weights
    assert isinstance(published, Published)
    assert asked.value.args == (published.url, published.digest)


@pytest.mark.parametrize("slug", CONSTRUCTORS)
def test_keras_entry_builds_the_network_it_states(slug: str) -> None:
    from barrx.encoders import engine

    engine.start()
    encoder = encoders.get(slug)
    network = encoder.build()
    assert network.input_shape == (None, encoder.input_size, encoder.input_size, 3)
    assert network.output_shape == (None, encoder.n_features)


@pytest.mark.parametrize(
    ("slug", "black", "white"),
    [
        ("inception-v3", -1, 1),
        ("resnet-50-v2", -1, 1),
        ("mobilenet-v3-large", 0, 255),
        ("efficientnet-v2-b0", 0, 255),
        ("convnext-tiny", 0, 255),
        ("efficientnet-lite0", -127 / 128, 1),
    ],
)
def test_preprocess_scales_as_the_network_was_trained(slug: str, black: float, white: float) -> None:
    import tensorflow as tf

    scaled = encoders.get(slug).preprocess(tf.constant([0.0, 255.0])).numpy()
    assert scaled.tolist() == [pytest.approx(black), pytest.approx(white)]


# --- EfficientNet-Lite0 -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lite0() -> encoders.Network:
    return encoders.load(encoders.get("efficientnet-lite0"))


def _pixels(names: np.ndarray) -> np.ndarray:
    folder = ROOT / "barrx" / "demo" / "images"
    size = (224, 224)
    pictures = [
        Image.open(folder / name).convert("RGB").resize(size, Image.Resampling.BICUBIC) for name in names
    ]
    return np.stack([np.asarray(picture) for picture in pictures])


def test_lite0_gives_the_vectors_of_the_published_network_for_every_picture(lite0: encoders.Network) -> None:
    with np.load(REFERENCE, allow_pickle=False) as reference:
        names, expected = reference["filename"], reference["embedding"].astype(np.float64)
    starts = range(0, len(names), BATCH)
    got = np.concatenate([lite0.embed(_pixels(names[start : start + BATCH])) for start in starts])
    lengths = np.linalg.norm(expected, axis=1) * np.linalg.norm(got, axis=1)
    cosine = (expected * got).sum(axis=1) / lengths
    assert len(cosine) == 810
    assert cosine.min() >= 0.9999, names[cosine.argmin()]
    np.testing.assert_allclose(np.linalg.norm(got, axis=1), np.linalg.norm(expected, axis=1), rtol=0.01)


def test_embed_gives_a_picture_the_same_vector_in_any_place_of_the_batch(lite0: encoders.Network) -> None:
    batch = np.random.default_rng(0).integers(0, 256, (4, 224, 224, 3), dtype=np.uint8)
    forward, backward = lite0.embed(batch), lite0.embed(batch[::-1].copy())
    assert forward.dtype == np.float32
    # Not to the last bit: on some processors the kernels sum in an order that depends on the place.
    np.testing.assert_allclose(forward, backward[::-1], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "batch",
    [
        np.zeros((1, 299, 299, 3), np.uint8),
        np.zeros((224, 224, 3), np.uint8),
        np.zeros((1, 224, 224, 3), np.float32),
    ],
    ids=["size", "dimensions", "type"],
)
def test_embed_refuses_a_batch_of_another_shape_or_type(lite0: encoders.Network, batch: np.ndarray) -> None:
    with pytest.raises(ParameterError, match=r"takes batches of shape \(n, 224, 224, 3\), uint8; got"):
        lite0.embed(batch)


def test_bundled_weights_are_verified_and_make_the_key() -> None:
    encoder = encoders.get("efficientnet-lite0")
    status = encoders.status(encoder)
    assert (status.state, status.verified, status.problem) == ("bundled", True, None)
    assert encoders.encoder_key(encoder) == f"efficientnet-lite0:{status.sha256}:1:tensorflow"
    assert encoders.label(encoder) == "EfficientNet-Lite0"


def test_loaded_network_carries_the_key_of_its_weights(lite0: encoders.Network) -> None:
    assert lite0.key == encoders.encoder_key(lite0.encoder)
