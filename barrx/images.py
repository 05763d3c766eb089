"""Any file to safe pixels: upright, opaque, 8-bit sRGB.

The file's header decides before anything is decoded; whatever is wrong with a file ends in an
:class:`~barrx.errors.ImageDecodeError` that says why. Original files are only ever read.
"""

import io
import logging
import os
import re
import stat
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from barrx import colours, picture_formats, settings
from barrx.errors import ImageDecodeError
from barrx.i18n import _

log = logging.getLogger(__name__)

Source = Path | bytes

# Pillow's own bound is 1 MB, which scans with long XMP notes exceed; the sum stays at Pillow's 64 MB.
PngImagePlugin.MAX_TEXT_CHUNK = 16 * 2**20
# What Pillow warns of (a strange tag, a size it finds large) is either harmless or raised as an error here.
warnings.filterwarnings("ignore", module=r"PIL\..*")

_PEEK = 4096
_RESAMPLING = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = {5, 6, 7, 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file says of itself: width and height as stored (not yet upright), in pixels, and its format."""

    width: int
    height: int
    format: str

    @property
    def pixels(self) -> int:
        return self.width * self.height


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A decoded picture.

    Attributes
    ----------
    rgb : PIL.Image.Image
        upright, mode RGB, 8-bit sRGB; smaller than the file's pixels where a reduced scale was enough
    width, height : int
        of the file's picture, upright, in pixels
    format : str
        Pillow's name: ``JPEG``, ``PNG`` ...
    """

    rgb: Image.Image
    width: int
    height: int
    format: str


def probe(source: Source, filename: str = "") -> Header:
    """Read the header of a picture, and decode nothing.

    Parameters
    ----------
    source : path, or the bytes of a file
    filename : str
        its suffix tells formats apart that the content does not; default: the path's own name

    Raises
    ------
    ImageDecodeError
        if it is no picture, or has more pixels than ``BARRX_MAX_PIXELS``
    """
    with _opened(source, filename) as (image, _stream):
        return Header(width=image.width, height=image.height, format=image.format or "")


def read(source: Source, *, filename: str = "", at_least: int | None = None, factor: int = 1) -> Picture:
    """Decode a picture: its first frame, upright, on white, as 8-bit sRGB.

    Parameters
    ----------
    source : path, or the bytes of a file
    filename : str
        as for :func:`probe`
    at_least : int, optional
        pixels wanted on each side: a JPEG is decoded at a reduced scale that leaves at least twice that
    factor : int
        reduce both sides by it while converting, strip by strip, so that a large picture is in memory
        once only

    Raises
    ------
    ImageDecodeError
        with the reason for which the file is put in quarantine
    """
    with _opened(source, filename) as (image, stream):
        size = image.size
        if at_least is not None:
            image.draft(None, (2 * at_least, 2 * at_least))
        _shrink_jpeg2000(image, stream, factor)
        with _third_party(stream):
            image.load()
            orientation = _orientation(image)
            left = factor * image.width // size[0]  # what the decoder has not reduced already
            rgb = colours.to_srgb(image, max(1, left))
            if orientation in _UPRIGHT:
                rgb = rgb.transpose(_UPRIGHT[orientation])
        width, height = size[::-1] if orientation in _LYING else size
        return Picture(rgb=rgb, width=width, height=height, format=image.format or "")


def open_rgb(source: Source, *, at_least: int | None = None) -> Image.Image:
    """Return the safe pixels of a picture; see :func:`read`."""
    return read(source, at_least=at_least).rgb


def encoder_input(source: Source, size: int, resample: Literal["bilinear", "bicubic"]) -> NDArray[np.uint8]:
    """Return a picture as an encoder sees it: squeezed into a square, the aspect ratio not kept.

    Returns
    -------
    (size, size, 3) uint8, sRGB

    Raises
    ------
    ImageDecodeError
        if the file cannot be decoded
    """
    rgb = open_rgb(source, at_least=size)
    return np.asarray(rgb.resize((size, size), _RESAMPLING[resample]), np.uint8)


def pixels_in_memory(source: Source, size: int) -> int:
    """Return how many pixels are decoded for an encoder's input; 0 where the file says nothing of itself.

    Parameters
    ----------
    size : of the encoder's input, in pixels by side
    """
    try:
        with _opened(source, "") as (image, _stream):
            image.draft(None, (2 * size, 2 * size))
            return image.width * image.height
    except ImageDecodeError:
        return 0


def thumbnail(rgb: Image.Image, longest_side: int) -> bytes:
    """Return a picture as WebP of at most ``longest_side`` pixels a side, never enlarged."""
    return _webp(_shrunk(rgb, longest_side))


def thumbnails(rgb: Image.Image, sides: Sequence[int]) -> dict[int, bytes]:
    """Return a picture as WebP for each longest side, the smaller ones made from the largest."""
    made: dict[int, bytes] = {}
    for side in sorted(sides, reverse=True):
        rgb = _shrunk(rgb, side)
        made[side] = _webp(rgb)
    return made


def _shrunk(rgb: Image.Image, longest_side: int) -> Image.Image:
    scale = min(1.0, longest_side / max(rgb.size))
    size = (max(1, round(rgb.width * scale)), max(1, round(rgb.height * scale)))
    return rgb if size == rgb.size else rgb.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _webp(rgb: Image.Image) -> bytes:
    buffer = io.BytesIO()
    rgb.save(buffer, "WEBP", quality=80, method=2)
    return buffer.getvalue()


# --- opening ----------------------------------------------------------------------------------------------


@contextmanager
def _opened(source: Source, filename: str) -> Iterator[tuple[Image.Image, BinaryIO]]:
    name = filename or (source.name if isinstance(source, Path) else "")
    with open_file(source) as stream, _identified(stream, name) as image:
        yield image, stream


def open_file(source: Source) -> BinaryIO:
    """Open an ordinary file for reading; a pipe, a device or a missing file is an ImageDecodeError."""
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        # a named pipe would wait for ever without O_NONBLOCK
        handle = os.open(source, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise ImageDecodeError("unreadable", error.strerror or str(error)) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ImageDecodeError("unreadable", _("it is no ordinary file"))
    return os.fdopen(handle, "rb")


def _identified(stream: BinaryIO, name: str) -> Image.Image:
    limit = settings.current().max_pixels
    Image.MAX_IMAGE_PIXELS = (limit + 1) // 2  # Pillow raises above twice this, also for pictures in pictures
    if picture_formats.is_raw(name):
        raise _not_taken(stream, name)
    try:
        with _third_party(stream):
            image = Image.open(stream, formats=picture_formats.DECODED)
    except UnidentifiedImageError as error:
        raise _not_taken(stream, name) from error
    if image.width * image.height > limit:
        raise _too_large(image.width * image.height)
    if image.width < 1 or image.height < 1:
        raise ImageDecodeError("unreadable", _("its width or height is 0"))
    return image


def _not_taken(stream: BinaryIO, name: str) -> ImageDecodeError:
    """Say why a file that Pillow does not identify is not taken."""
    head, tail, size = _ends(stream)
    if size == 0:
        return ImageDecodeError("empty", _("the file has 0 bytes"))
    if other := picture_formats.not_decoded(head, name):
        return ImageDecodeError(
            "unsupported_format", _("{format} is not decoded; convert it to PNG or JPEG").format(format=other)
        )
    begun = picture_formats.begins_like(head)
    if begun is None:
        return ImageDecodeError("not_an_image", picture_formats.described(head))
    if picture_formats.is_cut(head, tail, size):
        return ImageDecodeError("truncated", _("the {format} ends in its header").format(format=begun))
    return ImageDecodeError(
        "unsupported_format", _("a {format} of a kind that is not decoded").format(format=begun)
    )


def _ends(stream: BinaryIO) -> tuple[bytes, bytes, int]:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _PEEK))
    tail = stream.read()
    stream.seek(0)
    return stream.read(_PEEK), tail, size


def _too_large(pixels: int) -> ImageDecodeError:
    return ImageDecodeError(
        "too_large",
        _("{pixels:,} pixels; the limit is {limit:,} (BARRX_MAX_PIXELS)").format(
            pixels=pixels, limit=settings.current().max_pixels
        ),
    )


# --- decoding ---------------------------------------------------------------------------------------------


@contextmanager
def _third_party(stream: BinaryIO) -> Iterator[None]:
    """Turn whatever a decoder raises on a hostile file into an ImageDecodeError."""
    try:
        yield
    except (ImageDecodeError, UnidentifiedImageError):
        raise
    except Image.DecompressionBombError as error:
        found = re.search(r"\d+", str(error))
        raise _too_large(int(found.group()) if found else 0) from error
    except MemoryError as error:
        raise ImageDecodeError("unreadable", _("there is not enough memory to decode it")) from error
    except Exception as error:  # the decoders raise nearly every built-in type on damaged data
        detail = " ".join(str(error).split()) or type(error).__name__
        raise ImageDecodeError(
            "truncated" if _ended_early(stream, error) else "unreadable", detail
        ) from error


def _ended_early(stream: BinaryIO, error: Exception) -> bool:
    if stream.closed:
        return isinstance(error, EOFError)
    # Pillow has no error type of its own for a file that stops: where the format itself does not tell,
    # its message has to
    says_so = "truncated" in str(error).lower()
    return says_so or isinstance(error, EOFError) or picture_formats.is_cut(*_ends(stream))


def _shrink_jpeg2000(image: Image.Image, stream: BinaryIO, factor: int) -> None:
    """Let JPEG 2000 decode at a half, a quarter ... of its size, as far as ``factor`` allows."""
    if image.format != "JPEG2000" or factor < 2:
        return
    stream.seek(0)
    style = stream.read(2**16).partition(b"\xff\x52")[2]  # the marker that holds the number of halvings
    power = min(factor.bit_length() - 1, style[7] if len(style) > 7 and style[7] <= 32 else 0)
    image.reduce = power  # type: ignore[method-assign,assignment]  # the plugin's own switch of that name


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(_ORIENTATION_TAG)
    except Exception as error:  # a damaged EXIF block raises nearly every built-in type
        log.info("EXIF ignored: %s", error)
        return 1
    return value if isinstance(value, int) else 1
