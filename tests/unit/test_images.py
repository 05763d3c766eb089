"""Safe pixels from every kind of file."""

import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from barrx import images
from barrx.errors import ImageDecodeError
from barrx.settings import current
from tests import files

# Barr X sets these to be ignored, and pytest undoes that.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL", "ignore::RuntimeWarning:PIL")
TOLERANCE = 4  # of 255; what JPEG loses


def colour(rgb: Image.Image, across: float, down: float) -> tuple[int, ...]:
    return rgb.getpixel((int(rgb.width * across), int(rgb.height * down)))


def assert_colour(found: tuple[int, ...], expected: tuple[int, ...], tolerance: int = TOLERANCE) -> None:
    assert np.abs(np.subtract(found, expected)).max() <= tolerance, (found, expected)


def tiff(image: Image.Image, **options: object) -> bytes:
    return files.encoded(image, "TIFF", **options)


def ramp(low: float, high: float, dtype: type) -> Image.Image:
    return Image.fromarray(np.tile(np.linspace(low, high, 256).astype(dtype), (4, 1)))


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_open_rgb_follows_the_exif_orientation(orientation: int) -> None:
    picture = images.read(files.rotated_jpeg(orientation))
    assert picture.rgb.size == (picture.width, picture.height) == (60, 40)
    assert_colour(colour(picture.rgb, 0.2, 0.2), files.RED)
    assert_colour(colour(picture.rgb, 0.8, 0.2), files.GREEN)
    assert_colour(colour(picture.rgb, 0.2, 0.8), files.BLUE)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "AVIF"])
def test_open_rgb_follows_the_orientation_in_every_format(kind: str) -> None:
    exif = Image.Exif()
    exif[files.ORIENTATION] = 6
    turned = files.quarters().transpose(Image.Transpose.ROTATE_90)
    picture = images.read(files.encoded(turned, kind, exif=exif, quality=95))
    assert (picture.rgb.size, picture.width, picture.height) == ((60, 40), 60, 40)
    assert_colour(colour(picture.rgb, 0.2, 0.2), files.RED, 12)
    assert_colour(colour(picture.rgb, 0.2, 0.8), files.BLUE, 12)


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_open_rgb_ignores_an_orientation_that_does_not_exist(value: int) -> None:
    exif = Image.Exif()
    exif[files.ORIENTATION] = value
    assert images.open_rgb(files.encoded(files.quarters(), "PNG", exif=exif)).size == (60, 40)


def test_open_rgb_converts_the_inverted_cmyk_of_photoshop() -> None:
    assert_colour(colour(images.open_rgb(files.cmyk_jpeg()), 0.5, 0.5), (0, 255, 255))


def test_open_rgb_converts_cmyk_tiff() -> None:
    data = tiff(Image.new("CMYK", (8, 8), (0, 255, 0, 0)))
    assert_colour(colour(images.open_rgb(data), 0.5, 0.5), (255, 0, 255))


@pytest.mark.parametrize(
    "data",
    [
        files.grey16_png(),
        tiff(ramp(0, 65535, np.uint16)),
        tiff(ramp(0, 65535, np.uint16), compression="tiff_lzw"),
        tiff(ramp(0, 65535, np.int32)),
        tiff(ramp(0, 1, np.float32)),
        tiff(ramp(0, 255, np.float32)),
        tiff(ramp(-3, 12, np.float32)),
    ],
    ids=["png16", "tiff16", "tiff16-lzw", "int32", "float-1", "float-255", "float-any"],
)
def test_open_rgb_scales_deep_grey_over_its_whole_range(data: bytes) -> None:
    rgb = np.asarray(images.open_rgb(data))
    assert np.abs(rgb[0, :, 0].astype(int) - np.arange(256)).max() <= 1
    assert (rgb[..., 0] == rgb[..., 1]).all()
    assert (rgb[..., 0] == rgb[..., 2]).all()


def test_open_rgb_takes_a_float_picture_with_holes() -> None:
    values = np.full((4, 4), np.nan, np.float32)
    values[0, 0], values[0, 1] = 1.0, 0.5
    rgb = images.open_rgb(tiff(Image.fromarray(values)))
    assert [rgb.getpixel((x, 0))[0] for x in range(3)] == [255, 128, 0]


@pytest.mark.parametrize(
    ("mode", "clear", "red"),
    [("RGBA", (0, 0, 0, 0), (*files.RED, 255)), ("LA", (0, 0), (77, 255))],
)
def test_open_rgb_puts_transparency_on_white(mode: str, clear: tuple[int, ...], red: tuple[int, ...]) -> None:
    image = Image.new(mode, (20, 10), clear)
    image.paste(red, (10, 0, 20, 10))
    rgb = images.open_rgb(files.encoded(image, "PNG"))
    assert colour(rgb, 0.2, 0.5) == files.WHITE
    assert colour(rgb, 0.8, 0.5) == (files.RED if mode == "RGBA" else (77, 77, 77))


def test_open_rgb_blends_half_transparency_with_white() -> None:
    data = files.encoded(Image.new("RGBA", (4, 4), (0, 0, 0, 128)), "PNG")
    assert_colour(colour(images.open_rgb(data), 0.5, 0.5), (127, 127, 127), 1)


def test_open_rgb_puts_a_transparent_palette_entry_on_white() -> None:
    rgb = images.open_rgb(files.palette_png())
    assert (colour(rgb, 0.2, 0.5), colour(rgb, 0.8, 0.5)) == (files.WHITE, files.RED)


@pytest.mark.parametrize(
    ("mode", "see_through", "pixel"),
    [("RGB", files.BLUE, files.BLUE), ("L", 90, 90), ("I;16", 9000, 9000)],
)
def test_open_rgb_puts_a_transparent_colour_on_white(mode: str, see_through: object, pixel: object) -> None:
    data = files.encoded(Image.new(mode, (4, 4), pixel), "PNG", transparency=see_through)
    assert colour(images.open_rgb(data), 0.5, 0.5) == files.WHITE


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_open_rgb_takes_the_first_frame(kind: str) -> None:
    assert_colour(colour(images.open_rgb(files.animation(kind)), 0.5, 0.5), files.RED, 12)


def test_open_rgb_honours_an_icc_profile() -> None:
    data = files.encoded(Image.new("RGB", (4, 4), (255, 0, 0)), "PNG", icc_profile=files.swapped_profile())
    assert_colour(colour(images.open_rgb(data), 0.5, 0.5), (0, 255, 0), 8)


@pytest.mark.parametrize("profile", [b"nonsense", b"\0" * 16 + b"RGB " + b"x" * 200])
def test_open_rgb_ignores_a_damaged_icc_profile(profile: bytes) -> None:
    data = files.encoded(Image.new("RGB", (4, 4), files.RED), "PNG", icc_profile=profile)
    assert colour(images.open_rgb(data), 0.5, 0.5) == files.RED


def test_reading_by_a_factor_gives_what_reducing_afterwards_gives() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (3001, 2003, 4), np.uint8)
    data = files.encoded(Image.fromarray(noise), "PNG", compress_level=1)
    small = images.read(data, factor=4)
    whole = images.open_rgb(data).reduce(4)
    assert small.rgb.size == whole.size == (501, 751)
    assert (small.width, small.height) == (2003, 3001)
    assert np.abs(np.asarray(small.rgb).astype(int) - np.asarray(whole)).max() <= 1


def test_reading_jpeg2000_by_a_factor_keeps_place_and_colour() -> None:
    data = files.encoded(files.quarters(1200, 800), "JPEG2000")
    small = images.read(data, factor=5)
    assert (small.width, small.height) == (1200, 800)
    assert small.rgb.width in range(240, 602)
    assert_colour(colour(small.rgb, 0.2, 0.2), files.RED, 8)
    assert_colour(colour(small.rgb, 0.2, 0.8), files.BLUE, 8)


def test_encoder_input_squeezes_into_a_square() -> None:
    pixels = images.encoder_input(files.encoded(files.quarters(500, 100), "PNG"), 224, "bicubic")
    assert (pixels.shape, pixels.dtype) == ((224, 224, 3), np.uint8)
    assert_colour(tuple(pixels[10, 10]), files.RED)
    assert_colour(tuple(pixels[10, 213]), files.GREEN)


def test_encoder_input_of_a_small_picture_is_pillows_resize() -> None:
    image = files.quarters(100, 80)
    expected = np.asarray(image.resize((224, 224), Image.Resampling.BICUBIC))
    assert (images.encoder_input(files.encoded(image, "PNG"), 224, "bicubic") == expected).all()


def test_draft_leaves_at_least_twice_what_is_wanted() -> None:
    data = files.encoded(files.quarters(3000, 1000), "JPEG")
    assert min(images.open_rgb(data, at_least=224).size) >= 448
    assert max(images.open_rgb(data, at_least=224).size) < 3000
    near = images.encoder_input(data, 224, "bilinear").astype(int)
    exact = images.open_rgb(data).resize((224, 224), Image.Resampling.BILINEAR)
    assert np.abs(near - np.asarray(exact)).mean() < 1.5


def test_thumbnail_keeps_the_aspect_ratio_and_is_never_empty() -> None:
    for size, side, expected in [
        ((600, 400), 96, (96, 64)),
        ((60, 40), 96, (60, 40)),
        ((5000, 2), 320, (320, 1)),
        ((1, 1), 96, (1, 1)),
    ]:
        made = Image.open(io.BytesIO(images.thumbnail(files.quarters(*size), side)))
        assert (made.format, made.size) == ("WEBP", expected)


# --- what is not taken ------------------------------------------------------------------------------------

JPEG = files.encoded(files.quarters(400, 300).effect_spread(40), "JPEG")
PNG = files.encoded(files.quarters(400, 300).effect_spread(40), "PNG")
WEBP = files.encoded(files.quarters(400, 300).effect_spread(40), "WEBP")
GIF = files.encoded(files.quarters(400, 300).effect_spread(40), "GIF")
LZW = tiff(files.quarters(400, 300).effect_spread(40), compression="tiff_lzw")
RAW_TIFF = tiff(files.quarters(400, 300))
J2K = files.encoded(files.quarters(400, 300).effect_spread(40), "JPEG2000")
BMP = files.encoded(files.quarters(400, 300), "BMP")
AVIF = files.encoded(files.quarters(400, 300).effect_spread(40), "AVIF")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.jpg", b"", "empty"),
        ("a.jpg", b"This is text.", "not_an_image"),
        ("a.jpg", b"<!DOCTYPE html><title>404</title>", "not_an_image"),
        ("a.png", bytes(range(256)) * 8, "not_an_image"),
        ("a.jpg", b"PK\x03\x04rest", "not_an_image"),
        ("a.svg", files.SVG, "unsupported_format"),
        ("a.jpg", files.SVG, "unsupported_format"),
        ("a.svg", b"not even svg", "unsupported_format"),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "unsupported_format"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "unsupported_format"),
        ("a.jxl", b"\xff\x0a rest", "unsupported_format"),
        ("a.dng", RAW_TIFF, "unsupported_format"),
        ("a.png", PNG[:20] + b"\xff" * 300, "truncated"),
    ],
)
def test_read_says_why_a_file_is_not_taken(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(ImageDecodeError, match=rf"^{reason}: \w+") as caught:
        images.read(data, filename=name)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "data",
    [JPEG, PNG, WEBP, GIF, LZW, RAW_TIFF, BMP],
    ids=["jpeg", "png", "webp", "gif", "tiff-lzw", "tiff", "bmp"],
)
@pytest.mark.parametrize("share", [0.002, 0.02, 0.1, 0.5, 0.9])
def test_read_finds_a_cut_file_wherever_it_is_cut(data: bytes, share: float) -> None:
    with pytest.raises(ImageDecodeError, match="truncated: "):
        images.read(data[: max(9, int(len(data) * share))])


@pytest.mark.parametrize("data", [J2K, AVIF], ids=["jpeg2000", "avif"])
@pytest.mark.parametrize("share", [0.05, 0.5])
def test_read_refuses_other_cut_files(data: bytes, share: float) -> None:
    with pytest.raises(ImageDecodeError, match=r"truncated|unreadable|not_an_image|unsupported"):
        images.read(data[: int(len(data) * share)])


def test_read_calls_damage_in_the_middle_unreadable() -> None:
    damaged = bytearray(PNG)
    damaged[len(PNG) // 2 : len(PNG) // 2 + 400] = b"\xff" * 400
    with pytest.raises(ImageDecodeError, match="unreadable: "):
        images.read(bytes(damaged))


def test_read_refuses_by_the_header_what_is_over_the_cap(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BARRX_MAX_PIXELS", "2399")
    current.cache_clear()
    with pytest.raises(ImageDecodeError, match=r"too_large: 2,400 pixels; the limit is 2,399 \(BARRX_MAX_P"):
        images.probe(files.encoded(files.quarters(60, 40), "PNG"))
    monkeypatch.setenv("BARRX_MAX_PIXELS", "2400")
    current.cache_clear()
    assert images.probe(files.encoded(files.quarters(60, 40), "PNG")).pixels == 2400


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (2**31 - 1, 2**31 - 1), (70_000, 70_000)])
def test_read_does_not_decode_what_is_over_the_cap(width: int, height: int) -> None:
    lying = files.png(width, 2, colour=0, depth=1, row=b"")
    lying = lying[:20] + height.to_bytes(4, "big") + lying[24:]
    lying = lying[:29] + files.chunk(b"IHDR", lying[16:29])[-4:] + lying[33:]
    with pytest.raises(ImageDecodeError, match=f"too_large: {width * height:,} pixels"):
        images.read(lying)


def test_read_refuses_a_large_picture_inside_an_icon() -> None:
    inner = files.large_png(20_000)
    icon = b"\0\0\1\0\1\0" + struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(inner), 22)
    with pytest.raises(ImageDecodeError, match="too_large: 400,000,000 pixels"):
        images.read(icon + inner)


def test_read_survives_a_text_chunk_that_unpacks_without_end() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("bomb", "a" * 40 * 2**20, zip=True)
    with pytest.raises(ImageDecodeError, match="unreadable: Decompressed data too large"):
        images.read(files.encoded(files.quarters(), "PNG", pnginfo=notes))


def test_read_names_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(ImageDecodeError, match="unreadable: No such file"):
        images.read(tmp_path / "gone.jpg")


def test_read_does_not_wait_for_a_named_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(ImageDecodeError, match="unreadable: it is no ordinary file"):
        images.read(tmp_path / "pipe.jpg")


def test_content_counts_more_than_the_suffix(tmp_path: Path) -> None:
    path = tmp_path / "really a png.jpg"
    path.write_bytes(PNG)
    assert images.read(path).format == "PNG"
