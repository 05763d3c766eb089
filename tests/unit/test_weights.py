"""Weights from a file: both layouts of Keras, foreign and damaged files, what unverified ones are called."""

import dataclasses
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from barrx import encoders, settings
from barrx.encoders import Encoder, WeightsStatus
from barrx.errors import EncoderError

INCEPTION = encoders.get("inception-v3")


class Made(NamedTuple):
    """Inception with random weights, as files, and the vectors Keras itself computes with them."""

    files: dict[str, Path]
    batch: np.ndarray
    expected: np.ndarray


def write_older_layout(network: Any, path: Path) -> None:
    """Write weights as Keras did before version 3; Keras 3 only keeps the reader public."""
    import h5py
    from keras.src.legacy.saving import legacy_h5_format

    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, network)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    from barrx.encoders import engine

    engine.start()
    import keras

    keras.utils.set_random_seed(1)
    network = keras.applications.InceptionV3(include_top=False, pooling="avg", weights=None)
    folder = tmp_path_factory.mktemp("weights")
    # the names say nothing about the layout: it is told from the content
    files = {
        "keras 3": folder / "new.weights.h5",
        "older": folder / "old.h5",
        "renamed": folder / "inception",
    }
    network.save_weights(files["keras 3"])
    write_older_layout(network, files["older"])
    files["renamed"].write_bytes(files["keras 3"].read_bytes())
    batch = np.random.default_rng(0).integers(0, 256, (2, 299, 299, 3), dtype=np.uint8)
    scaled = keras.applications.inception_v3.preprocess_input(batch.astype(np.float32))
    return Made(files, batch, network.predict(scaled, verbose=0))


def put(file: Path) -> WeightsStatus:
    """Lay a file down where an installation with ``unverified`` would."""
    folder = settings.current().weights_dir
    folder.mkdir(parents=True)
    (folder / "inception-v3.unverified.h5").write_bytes(file.read_bytes())
    return encoders.status(INCEPTION)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of another network, in Keras 3's layout."""
    from barrx.encoders import engine

    engine.start()
    path = tmp_path_factory.mktemp("foreign") / "mobilenet.weights.h5"
    encoders.get("mobilenet-v3-large").build().save_weights(path)
    return path


@pytest.mark.parametrize(
    ("file", "suffix"), [("keras 3", ".weights.h5"), ("older", ".h5"), ("renamed", ".weights.h5")]
)
def test_inception_with_weights_from_a_file_computes_what_keras_computes(
    made: Made, home: Path, file: str, suffix: str
) -> None:
    installed = encoders.install(INCEPTION, made.files[file], unverified=True)
    assert (installed.state, installed.verified) == ("ready", False)
    assert installed.path == home / "weights" / f"inception-v3.unverified{suffix}"
    vectors = encoders.load(INCEPTION).embed(made.batch)
    assert vectors.shape == (2, 2048)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, made.expected, rtol=1e-3, atol=1e-5 * np.abs(made.expected).max())
    assert np.abs(vectors[0] - vectors[1]).max() > 0


def test_unverified_weights_are_another_encoder_in_key_and_label(made: Made, home: Path) -> None:
    status = encoders.install(INCEPTION, made.files["older"], unverified=True)
    assert status.sha256 is not None
    assert encoders.encoder_key(INCEPTION) == f"inception-v3:{status.sha256}:1:tensorflow"
    assert encoders.label(INCEPTION) == f"Inception V3 (unverified weights {status.sha256[:8]})"
    assert encoders.default() == "inception-v3"


def test_installing_again_replaces_what_was_there(made: Made, home: Path) -> None:
    first = encoders.install(INCEPTION, made.files["keras 3"], unverified=True)
    second = encoders.install(INCEPTION, made.files["older"], unverified=True)
    assert first.sha256 != second.sha256
    assert encoders.status(INCEPTION) == second
    assert sorted(path.name for path in (home / "weights").iterdir()) == [
        "inception-v3.json",
        "inception-v3.unverified.h5",
    ]


def test_install_refuses_an_unpublished_file_without_unverified(made: Made, home: Path) -> None:
    with pytest.raises(
        EncoderError,
        match=r"is not the published file: its md5 is [0-9a-f]{32}, "
        r"expected bcbd6486424b2319ff4ef7d526e38f63\. .*add --unverified",
    ):
        encoders.install(INCEPTION, made.files["older"])
    assert encoders.status(INCEPTION).state == "missing"


def _missing(folder: Path, made: Made) -> Path:
    return folder / "nowhere.h5"


def _a_folder(folder: Path, made: Made) -> Path:
    return folder


def _text(folder: Path, made: Made) -> Path:
    path = folder / "text.h5"
    path.write_text("not weights")
    return path


def _truncated(folder: Path, made: Made) -> Path:
    path = folder / "cut.h5"
    path.write_bytes(made.files["older"].read_bytes()[:1_000_000])
    return path


def _other_hdf5(folder: Path, made: Made) -> Path:
    import h5py

    path = folder / "table.h5"
    with h5py.File(path, "w") as file:
        file["measurements"] = np.arange(3)
    return path


def _not_numbers(folder: Path, made: Made) -> Path:
    import h5py

    path = folder / "nan.h5"
    path.write_bytes(made.files["older"].read_bytes())
    with h5py.File(path, "r+") as file:
        kernels: list[Any] = []
        file.visititems(lambda name, item: kernels.append(item) if "kernel" in name else None)
        kernel = next(item for item in kernels if isinstance(item, h5py.Dataset))
        kernel[0] = np.nan
    return path


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_missing, r"There is no file .*nowhere\.h5\."),
        (_a_folder, r"is a folder, not a weights file\."),
        (
            _text,
            r"text\.h5 is not a weights file, or it is cut off: .*signature not found.* Fetch it again\.",
        ),
        (_truncated, r"cut\.h5 is not a weights file, or it is cut off: .*truncated file"),
        (_other_hdf5, r"table\.h5 is an HDF5 file, but not one of Keras weights"),
        (
            _not_numbers,
            r"nan\.h5 does not hold weights of Inception V3: “.*kernel” is left out or not a number",
        ),
    ],
)
def test_install_says_what_is_wrong_with_a_file_and_keeps_what_was_there(
    make: Any, message: str, made: Made, home: Path, tmp_path: Path
) -> None:
    before = put(made.files["older"])
    with pytest.raises(EncoderError, match=message):
        encoders.install(INCEPTION, make(tmp_path, made), unverified=True)
    assert encoders.status(INCEPTION) == before
    assert not list((home / "weights").glob("*incoming*"))


@pytest.mark.parametrize(
    "slug", ["mobilenet-v3-large", "resnet-50-v2", "efficientnet-v2-b0", "convnext-tiny"]
)
@pytest.mark.parametrize("older", [False, True], ids=["keras 3", "older"])
def test_other_networks_read_both_layouts(slug: str, older: bool, tmp_path: Path) -> None:
    from barrx.encoders import engine

    engine.start()
    network = encoders.get(slug).build()
    path = tmp_path / ("old.h5" if older else "new.weights.h5")
    write_older_layout(network, path) if older else network.save_weights(path)
    again = engine.filled(encoders.get(slug), path)
    for expected, got in zip(network.weights, again.weights, strict=True):
        np.testing.assert_array_equal(got.numpy(), expected.numpy(), err_msg=got.path)


def test_file_that_leaves_weights_out_is_refused(made: Made, home: Path, tmp_path: Path) -> None:
    import h5py

    path = tmp_path / "gap.weights.h5"
    path.write_bytes(made.files["keras 3"].read_bytes())
    with h5py.File(path, "r+") as file:
        del file["layers/conv2d_7"]
    with pytest.raises(
        EncoderError, match=r"gap\.weights\.h5 does not hold weights of Inception V3: .*expected 1 variables"
    ):
        encoders.install(INCEPTION, path, unverified=True)


@pytest.mark.parametrize("older", [False, True], ids=["keras 3", "older"])
def test_install_refuses_the_weights_of_another_network(
    older: bool, foreign: Path, home: Path, tmp_path: Path
) -> None:
    file = foreign
    if older:
        network = encoders.get("mobilenet-v3-large").build()
        file = tmp_path / "mobilenet.h5"
        write_older_layout(network, file)
    message = rf"{re.escape(str(file))} does not hold weights of Inception V3: .+"
    with pytest.raises(EncoderError, match=message):
        encoders.install(INCEPTION, file, unverified=True)
    assert encoders.status(INCEPTION).state == "missing"


def test_install_refuses_the_bundled_encoder(made: Made, home: Path) -> None:
    with pytest.raises(
        EncoderError, match=r"EfficientNet-Lite0 are part of the program: there is nothing to"
    ):
        encoders.install(encoders.get("efficientnet-lite0"), made.files["older"])


def test_install_says_where_there_is_no_room(made: Made, home: Path) -> None:
    home.mkdir()
    (home / "weights").write_text("a file where the folder should be")
    with pytest.raises(
        EncoderError, match=r"cannot be stored in .*weights: .*Free 84 MB there, or set BARRX_HOME"
    ):
        encoders.install(INCEPTION, made.files["older"], unverified=True)


# --- missing, and no longer what was installed ------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoder", "text"),
    [
        (
            INCEPTION,
            "The weights of Inception V3 (84 MB) are not on this machine. Fetch them with: "
            "python -m barrx weights inception-v3. The encoder efficientnet-lite0 works without a download.",
        ),
        (
            encoders.get("convnext-tiny"),
            "The weights of ConvNeXt Tiny (106 MB) are not on this machine. Fetch them with: "
            "python -m barrx weights convnext-tiny. The encoder efficientnet-lite0 works without a download.",
        ),
    ],
)
@pytest.mark.parametrize("ask", [encoders.load, encoders.encoder_key])
def test_missing_weights_say_how_to_get_them(ask: Any, encoder: Encoder, text: str, home: Path) -> None:
    with pytest.raises(EncoderError, match=f"^{re.escape(text)}$"):
        ask(encoder)
    assert encoders.missing_message(encoder) == text
    assert encoders.label(encoder) == encoder.title


def test_file_put_there_by_hand_is_not_used_when_it_is_not_the_published_one(made: Made, home: Path) -> None:
    path = home / "weights" / "inception-v3.h5"
    path.parent.mkdir(parents=True)
    path.write_bytes(made.files["older"].read_bytes())
    status = encoders.status(INCEPTION)
    assert (status.state, status.path) == ("missing", None)
    with pytest.raises(
        EncoderError, match=r"inception-v3\.h5 is not the published file and is not used\. The wei"
    ):
        encoders.load(INCEPTION)
    assert encoders.default() == "efficientnet-lite0"


def test_changed_weights_have_another_key(made: Made, home: Path) -> None:
    installed = put(made.files["older"])
    before = encoders.encoder_key(INCEPTION)
    assert installed.path is not None
    installed.path.write_bytes(made.files["keras 3"].read_bytes())
    assert encoders.encoder_key(INCEPTION) != before


def test_load_sees_a_change_that_left_size_and_time_as_they_were(made: Made, home: Path) -> None:
    installed = put(made.files["older"])
    before = encoders.encoder_key(INCEPTION)
    assert installed.path is not None
    stat = installed.path.stat()
    content = bytearray(installed.path.read_bytes())
    content[len(content) // 2] ^= 1
    installed.path.write_bytes(content)
    os.utime(installed.path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert encoders.encoder_key(INCEPTION) == before
    assert encoders.load(INCEPTION).key != before


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"file": 1}', "\x00", '{"digests": null}'])
def test_damaged_note_of_the_hash_is_written_again(note: str, made: Made, home: Path) -> None:
    installed = put(made.files["older"])
    path = home / "weights" / "inception-v3.json"
    good = path.read_text()
    path.write_text(note)
    assert encoders.status(INCEPTION) == installed
    assert path.read_text() == good


def test_damaged_bundled_weights_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    bundled = encoders.get("efficientnet-lite0")
    path = tmp_path / "efficientnet_lite0.npz"
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1")
    broken = dataclasses.replace(bundled, weights=encoders.Bundled(path=path))
    with pytest.raises(EncoderError, match=r"lite0\.npz does not hold weights of EfficientNet-Lite0: "):
        encoders.load(broken)
    path.unlink()
    with pytest.raises(EncoderError, match=r"cannot be read from .*lite0\.npz: No such file or directory"):
        encoders.load(broken)
