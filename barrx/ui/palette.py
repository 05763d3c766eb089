"""The colours of the map: told apart without red and green, and on a light ground as on a dark one."""

from collections.abc import Sequence

from barrx.errors import ParameterError
from barrx.i18n import _

# Chosen by farthest-point search in OKLab over normal, deuteranope and protanope vision (Machado et al.
# 2009), among colours with a contrast of about 2:1 at least on white and on near-black, and in the order that
# keeps the first ones farthest apart. The blue it starts from lies near Okabe and Ito's.
CATEGORICAL: tuple[str, ...] = (
    *("#5165d3", "#d9aa1b", "#a11d05", "#cda5fe", "#1f9c53"),
    *("#972e84", "#cb6ac9", "#efa49e", "#4695fb", "#c56600"),
    *("#1c45ab", "#05cbc6", "#885e40", "#377667", "#9461b1"),
    *("#97a766", "#4b5527", "#65cc66", "#654263", "#c14685"),
)
NOISE = "#8b8e94"
FLAGGED = "#d55e00"  # beside the scale: Okabe and Ito's vermilion
N_SHAPES = 4  # the colours come again in another shape: circle, square, diamond, triangle
# Indexes with each colour once, in one shape after the other: where no name stands on the map, such as that of a
# cluster, who cannot tell two colours goes by the shape.
APART: tuple[int, ...] = tuple(i + len(CATEGORICAL) * (i % N_SHAPES) for i in range(len(CATEGORICAL)))

# From dark violet to yellow, lighter at each step for every kind of colour vision, without
# the two ends of the usual scales that vanish on a dark or a light page.
_SCALE = ("#4b3a8c", "#3b63a8", "#2a86a5", "#2ba38a", "#74bb58", "#c9bc35")


def sequential(n: int) -> list[str]:
    """Return the colours of a scale from low to high.

    Parameters
    ----------
    n : number of steps, at least 1

    Returns
    -------
    n colours as "#rrggbb"

    Raises
    ------
    ParameterError
        if ``n`` is below 1
    """
    if n < 1:
        raise ParameterError(_("The number of colours must be at least 1, got {n}.").format(n=n))
    places = [i * (len(_SCALE) - 1) / max(n - 1, 1) for i in range(n)]
    return [_between(_SCALE, place) for place in places]


def _between(scale: Sequence[str], place: float) -> str:
    low = min(int(place), len(scale) - 2)
    share = place - low
    mixed = (round(a + (b - a) * share) for a, b in zip(_rgb(scale[low]), _rgb(scale[low + 1]), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
