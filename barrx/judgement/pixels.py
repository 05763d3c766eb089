"""What can be measured of a picture's pixels without knowing what it shows: from its thumbnail, once."""

import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from barrx import cache
from barrx.datasets import Dataset
from barrx.errors import Cancelled
from barrx.i18n import _
from barrx.thumbnails import Side

SIDE: Side = 96  # of the thumbnails measured
_RECIPE = 1
_AT_ONCE = 500
_GREY = 12  # mean difference of a pixel's largest and smallest channel, of 255
_RING = 0.03  # of the shorter side: the outermost ring of pixels
_PLAIN = 14  # a ring whose channels spread less is of one colour
_WHITE, _BLACK = 232, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """Measures of one picture.

    Attributes
    ----------
    chroma : float
        mean difference of the largest and smallest channel, 0 to 255; 0 is greyscale
    red, green, blue : float
        mean colour, 0 to 255
    border : str
        ``white``, ``black``, ``plain`` (another single colour) or ``none``
    """

    chroma: float
    red: float
    green: float
    blue: float
    border: str

    @property
    def is_grey(self) -> bool:
        """Whether the picture has no colour that one would see."""
        return self.chroma < _GREY

    @property
    def lightness(self) -> float:
        """Mean lightness, 0 to 255 (ITU-R BT.601)."""
        return 0.299 * self.red + 0.587 * self.green + 0.114 * self.blue

    @property
    def hue(self) -> str:
        """The name of the mean colour: a hue in sixths of the circle, or a grey."""
        low, high = min(self.red, self.green, self.blue), max(self.red, self.green, self.blue)
        if high - low < _GREY:
            return _("dark") if high < 85 else _("grey") if high < 170 else _("light")
        return _hue(self.red, self.green, self.blue)


def _hue(red: float, green: float, blue: float) -> str:
    import colorsys

    angle = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)[0] * 6
    return (_("red"), _("yellow"), _("green"), _("cyan"), _("blue"), _("magenta"))[round(angle) % 6]


def measure(rgb: NDArray[np.uint8]) -> Pixels:
    """Measure a picture.

    Parameters
    ----------
    rgb : (height, width, 3) uint8
    """
    pixels = rgb.astype(np.float64)
    red, green, blue = pixels.mean(axis=(0, 1))
    return Pixels(
        chroma=float((pixels.max(axis=2) - pixels.min(axis=2)).mean()),
        red=float(red),
        green=float(green),
        blue=float(blue),
        border=_border(pixels),
    )


def of_dataset(
    dataset: Dataset,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Pixels]:
    """Return the measures of every picture, in dataset order; each is measured once and kept by its hash.

    Raises
    ------
    Cancelled
        if ``cancelled()`` was true; what is measured is kept
    DatasetError
        if the thumbnails cannot be read
    """
    known: dict[str, Pixels] = {}
    distinct = {sha: i for i, sha in enumerate(dataset.sha256)}
    wanted = list(distinct)
    for start in range(0, len(wanted), _AT_ONCE):
        if cancelled():
            raise Cancelled(_("Stopped. What is measured is kept."))
        known |= _some(dataset, wanted[start : start + _AT_ONCE], distinct)
        progress(len(known), len(wanted))
    return [known[sha] for sha in dataset.sha256]


def _some(dataset: Dataset, wanted: Sequence[str], index: dict[str, int]) -> dict[str, Pixels]:
    stored = cache.get_many("projections", [_key(sha) for sha in wanted])
    known = {sha: Pixels(**stored[_key(sha)]) for sha in wanted if _key(sha) in stored}
    missing = [sha for sha in wanted if sha not in known]
    if missing:
        webp = dataset.thumbnails([index[sha] for sha in missing], SIDE)
        fresh = {sha: measure(_decoded(data)) for sha, data in zip(missing, webp, strict=True)}
        cache.put_many("projections", {_key(sha): asdict(found) for sha, found in fresh.items()})
        known |= fresh
    return known


def _decoded(webp: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(webp), formats=("WEBP",)) as image:  # we wrote it ourselves
        return np.asarray(image.convert("RGB"), np.uint8)


def _key(sha256: str) -> str:
    return f"pixels:{_RECIPE}:{sha256}"


def _border(pixels: NDArray[np.float64]) -> str:
    height, width = pixels.shape[:2]
    depth = max(1, round(_RING * min(height, width)))
    if min(height, width) < 4 * depth:
        return "none"
    inside = np.zeros((height, width), bool)
    inside[depth:-depth, depth:-depth] = True
    ring = pixels[~inside]
    if ring.std(axis=0).max() > _PLAIN:
        return "none"
    if ring.mean(axis=0).min() >= _WHITE:
        return "white"
    return "black" if ring.mean(axis=0).max() <= _BLACK else "plain"
