"""Any pixel mode to opaque 8-bit sRGB, strip by strip."""

import io
import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms

log = logging.getLogger(__name__)

_STRIP_PIXELS = 1_000_000
_MAX_PROFILE_BYTES = 16 * 2**20
_WHITE = (255, 255, 255)
_DEEP = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
_GREYS = ("1", "L", "LA", "La")
_PROFILE_SPACES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}


@dataclass(frozen=True, slots=True)
class _Profile:
    """An embedded ICC profile, ready to be applied to pixels of one mode."""

    mode: str
    transform: ImageCms.ImageCmsTransform

    def apply(self, pixels: Image.Image) -> Image.Image:
        changed = ImageCms.applyTransform(pixels, self.transform)
        return pixels if changed is None else changed


def to_srgb(image: Image.Image, factor: int = 1) -> Image.Image:
    """Convert a loaded picture to opaque 8-bit sRGB.

    Transparency is put on white. 16-bit grey is scaled by its whole range, 0..65,535. 32-bit integers and
    floats have no agreed range: 0..1, 0..255 and 0..65,535 are taken as those where all values fit,
    anything else is stretched from its darkest to its lightest value. An embedded ICC profile is honoured;
    a damaged one is ignored, and logged.

    Parameters
    ----------
    image : PIL.Image.Image
        loaded, any mode
    factor : int
        reduce both sides by it

    Returns
    -------
    PIL.Image.Image
        mode RGB, sides divided by ``factor`` and rounded up
    """
    profile = _profile(image)
    if image.mode == "RGB" and profile is None and "transparency" not in image.info:
        return _reduced(image, factor)
    flatten = _flattener(image)
    result = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
    rows = max(1, _STRIP_PIXELS // (image.width * factor)) * factor
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(image.height, top + rows)))
        opaque = _opaque(flatten(strip), profile)
        result.paste(_reduced(opaque, factor), (0, top // factor))
    return result


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    # Pillow's JPEG 2000 class hides the method behind a number of the same name
    return Image.Image.reduce(image, factor) if factor > 1 else image


def _opaque(strip: Image.Image, profile: _Profile | None) -> Image.Image:
    if not _has_alpha(strip):
        return _coloured(strip, profile)
    rgba = (strip.convert("LA") if strip.mode == "La" else strip).convert("RGBA")
    grey = profile is not None and profile.mode == "L"
    colour = _coloured(rgba.convert("RGB").convert("L") if grey else rgba.convert("RGB"), profile)
    ground = Image.new("RGB", strip.size, _WHITE)
    ground.paste(colour, mask=rgba.getchannel("A"))
    return ground


def _has_alpha(strip: Image.Image) -> bool:
    return strip.mode in {"LA", "La", "PA", "RGBA", "RGBa"} or "transparency" in strip.info


def _coloured(strip: Image.Image, profile: _Profile | None) -> Image.Image:
    if profile is None:
        return strip.convert("RGB")
    # a profile made for other pixels than these (grey on RGB) says nothing about them
    if profile.mode == "RGB" and strip.mode != "CMYK":
        return profile.apply(strip.convert("RGB"))
    if profile.mode == strip.mode or (profile.mode == "L" and strip.mode == "1"):
        return profile.apply(strip.convert(profile.mode))
    return strip.convert("RGB")


def _profile(image: Image.Image) -> _Profile | None:
    data = image.info.get("icc_profile")
    if not isinstance(data, bytes) or not data:
        return None
    mode = _PROFILE_SPACES.get(data[16:20])
    if mode is None or len(data) > _MAX_PROFILE_BYTES or not _fits(mode, image.mode):
        log.info("ICC profile ignored: %d bytes for %r pixels", len(data), image.mode)
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(data))
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        log.warning("ICC profile ignored: %s", error)
        return None
    return _Profile(mode, transform)


def _fits(profile_mode: str, image_mode: str) -> bool:
    if profile_mode == "CMYK":
        return image_mode == "CMYK"
    if profile_mode == "L":
        return image_mode in _GREYS + _DEEP
    return image_mode not in {"CMYK", "LAB"}


# --- more than 8 bits -------------------------------------------------------------------------------------


def _flattener(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """Return what brings a strip of this picture to 8 bits a channel."""
    if image.mode not in _DEEP:
        return lambda strip: strip
    low, high = (0.0, 65535.0) if image.mode.startswith("I;16") else _range(image)
    see_through = image.info.get("transparency")

    def flatten(strip: Image.Image) -> Image.Image:
        values = np.asarray(strip).astype(np.float32)
        scaled = (np.nan_to_num(values, nan=low, posinf=high, neginf=low) - low) * (255.0 / (high - low))
        pixels = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
        if isinstance(see_through, int):
            pixels[values == see_through] = 255
        return Image.fromarray(pixels)

    return flatten


def _range(image: Image.Image) -> tuple[float, float]:
    lows, highs = [], []
    rows = max(1, _STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        values = np.asarray(image.crop((0, top, image.width, min(image.height, top + rows))))
        finite = values[np.isfinite(values)]
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    low, high = min(lows, default=0.0), max(highs, default=1.0)
    if low >= 0:
        limits = (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0)
        for limit in limits:
            if high <= limit:
                return 0.0, limit
    return (low, high) if high > low else (low, low + 1.0)
