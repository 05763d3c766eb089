"""Pictures of a map, drawn without a browser: small ones for lists, larger ones for texts."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from barrx.datasets import Dataset
from barrx.export import pens

SIZE: Final = (320, 200)
CROP: Final = (960, 600)
_CELL = 72  # pixels, by side, of the places for pictures
_MARGIN = 10
_OVER = 2  # drawn larger by this, then reduced: the points are round
_GREY = "#8b8e94"
_INK = "#22252a"
_NAME = 1.5  # height of a name, and the most room it has, in the millimetres of a print
_NAME_ROOM = 24
_Box = tuple[float, float, float, float]  # left, top, right, bottom


def thumbnail(coordinates: NDArray[np.floating], colors: Sequence[str] = ()) -> bytes:
    """Draw the points of a map.

    Parameters
    ----------
    coordinates : (n, 2) float, finite
    colors : (n,) "#rrggbb" or, for faint points, "#rrggbbaa"; none for grey points

    Returns
    -------
    bytes
        WebP of 320 x 200 pixels, see-through where no point is
    """
    frame = _Frame.of_all(np.asarray(coordinates, np.float64), SIZE)
    return _webp(_drawn(frame, coordinates, colors))


def crop(
    dataset: Dataset,
    coordinates: NDArray[np.floating],
    colors: Sequence[str],
    camera: tuple[float, float, float] | None,
    names: Sequence[tuple[float, float, str]] = (),
) -> bytes:
    """Draw the part of a map where one looks, with pictures where there is room for them.

    Parameters
    ----------
    coordinates : (n, 2) float, finite, of the pictures of ``dataset``
    colors : (n,) "#rrggbb" or, for faint points without pictures, "#rrggbbaa"
    camera : middle and zoom; None for all of it
    names : (x, y, text) in the coordinates of the map, the most important first: those that have room are written

    Returns
    -------
    bytes
        WebP of 960 x 600 pixels
    """
    frame = _Frame.of_all(np.asarray(coordinates, np.float64), CROP)
    if camera is not None:
        frame = frame.at(camera)
    picture = _drawn(frame, coordinates, colors, larger=1.5)
    ground = Image.new("RGB", CROP, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    columns, rows = frame.pixels(coordinates)
    is_plain = _rgba(colors, len(coordinates))[:, 3] == 255
    inside = np.flatnonzero(is_plain & (columns >= 0) & (columns < CROP[0]) & (rows >= 0) & (rows < CROP[1]))
    cells = rows[inside].astype(int) // _CELL * CROP[0] + columns[inside].astype(int) // _CELL
    shown = _apart(inside[np.unique(cells, return_index=True)[1]], columns, rows)
    pictures: list[_Box] = []
    for i, data in zip(shown, dataset.thumbnails(shown, 96), strict=True):
        small = _opened(data)
        small.thumbnail((_CELL - 6, _CELL - 6))
        place = (round(columns[i] - small.width / 2), round(rows[i] - small.height / 2))
        ground.paste(small, place)
        pictures.append((*place, place[0] + small.width, place[1] + small.height))
    _write(ground, frame, names, pictures)
    return _webp(ground)


def _write(
    ground: Image.Image,
    frame: "_Frame",
    names: Sequence[tuple[float, float, str]],
    pictures: Sequence[_Box],
) -> None:
    """Write names on white plates: none over another one, and over a picture only where there is no room beside it."""
    draw, font, taken = ImageDraw.Draw(ground), pens.font(_NAME, True), list[_Box]()
    places = frame.pixels(np.array([[x, y] for x, y, _text in names], np.float64).reshape(-1, 2))
    for x, y, (_x, _y, text) in zip(*places, names, strict=True):
        if not (0 <= x < CROP[0] and 0 <= y < CROP[1]):
            continue
        name = pens.shortened(text, _NAME, _NAME_ROOM, True)
        _left, top, _right, bottom = draw.textbbox((0, 0), "Äg" + name, font=font)
        width, height = draw.textlength(name, font=font) + 12, bottom - top + 8
        # One below the other: in the middle of the cluster, under a picture there, over it.
        boxes = [_plate(x, y + step, width, height) for step in (0, 0.62 * _CELL, -0.62 * _CELL)]
        boxes = [box for box in boxes if not _is_over(box, taken)]
        if boxes:
            box = next((box for box in boxes if not _is_over(box, pictures)), boxes[0])
            taken.append(box)
            draw.rounded_rectangle(box, 4, fill="white")
            middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
            draw.text(middle, name, fill=_INK, font=font, anchor="mm")


def _plate(x: float, y: float, width: float, height: float) -> _Box:
    """Return a box about a place, moved inwards at an edge."""
    x = min(max(x, width / 2), CROP[0] - width / 2)
    y = min(max(y, height / 2), CROP[1] - height / 2)
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _is_over(box: _Box, others: Sequence[_Box]) -> bool:
    left, top, right, bottom = box
    return any(left < b[2] and b[0] < right and top < b[3] and b[1] < bottom for b in others)


def in_view(coordinates: NDArray[np.floating], camera: tuple[float, float, float]) -> NDArray[np.bool_]:
    """Tell which points of a map the picture of a place holds, (n,); ``camera`` is its middle and zoom."""
    frame = _Frame.of_all(np.asarray(coordinates, np.float64), CROP).at(camera)
    columns, rows = frame.pixels(coordinates)
    return (columns >= 0) & (columns < CROP[0]) & (rows >= 0) & (rows < CROP[1])


def sheet(dataset: Dataset, indexes: Sequence[int]) -> bytes:
    """Draw pictures side by side, the first 24 of them; WebP, 972 pixels wide."""
    side, across = 162, 6
    shown = list(indexes)[: across * 4]
    ground = Image.new("RGB", (across * side, max(1, -(-len(shown) // across)) * side), "white")
    for place, data in enumerate(dataset.thumbnails(shown, 320)):
        picture = _opened(data)
        picture.thumbnail((side - 12, side - 12))
        row, column = divmod(place, across)
        left = column * side + (side - picture.width) // 2
        ground.paste(picture, (left, row * side + (side - picture.height) // 2))
    return _webp(ground)


def _apart(some: NDArray[np.intp], columns: NDArray[np.float64], rows: NDArray[np.float64]) -> list[int]:
    """Return those points whose pictures do not lie over one another."""
    kept: list[int] = []
    for i in some.tolist():
        near = (abs(columns[i] - columns[kept]) < _CELL) & (abs(rows[i] - rows[kept]) < _CELL)
        if not near.any():
            kept.append(i)
    return kept


def _opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.convert("RGB")


@dataclass(frozen=True, slots=True)
class _Frame:
    """What part of a map a picture shows: size in pixels, middle in the map's coordinates, pixels a unit."""

    size: tuple[int, int]
    middle: tuple[float, float]
    scale: float

    @classmethod
    def of_all(cls, coordinates: NDArray[np.float64], size: tuple[int, int]) -> "_Frame":
        if not len(coordinates):
            return cls(size, (0.0, 0.0), 1.0)
        low, high = coordinates.min(0), coordinates.max(0)
        spread = np.maximum(high - low, 1e-9)
        scale = min((side - 2 * _MARGIN) / extent for side, extent in zip(size, spread, strict=True))
        middle = (low + high) / 2
        return cls(size, (float(middle[0]), float(middle[1])), float(scale))

    def at(self, camera: tuple[float, float, float]) -> "_Frame":
        """Return the part that a camera shows, where this one shows all."""
        x, y, zoom = camera
        return _Frame(self.size, (x, y), self.scale * zoom)

    def pixels(self, coordinates: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the column and the row of each point; upwards is up."""
        x, y = np.asarray(coordinates, np.float64).T
        return (
            self.size[0] / 2 + (x - self.middle[0]) * self.scale,
            self.size[1] / 2 - (y - self.middle[1]) * self.scale,
        )


def _drawn(
    frame: _Frame, coordinates: NDArray[np.floating], colors: Sequence[str], *, larger: float = 1
) -> Image.Image:
    width, height = (side * _OVER for side in frame.size)
    canvas = np.zeros((height, width, 4), np.uint8)
    columns, rows = (np.round(place * _OVER).astype(np.intp) for place in frame.pixels(coordinates))
    radius = max(1, round(_radius(len(coordinates)) * larger))
    inside = (columns >= radius) & (columns < width - radius) & (rows >= radius) & (rows < height - radius)
    columns, rows, ink = columns[inside], rows[inside], _rgba(colors, len(coordinates))[inside]
    faint_first = np.argsort(ink[:, 3], kind="stable")
    columns, rows, ink = columns[faint_first], rows[faint_first], ink[faint_first]
    offsets = np.arange(-radius, radius + 1)
    for dx, dy in ((x, y) for x in offsets for y in offsets if x * x + y * y <= radius * radius + 1):
        canvas[rows + dy, columns + dx] = ink
    return Image.fromarray(canvas).resize(frame.size, Image.Resampling.BOX)


def _webp(picture: Image.Image) -> bytes:
    with io.BytesIO() as file:
        picture.save(file, "WEBP", quality=80, method=4)
        return file.getvalue()


def _radius(n: int) -> int:
    return 4 if n < 2_000 else 2 if n < 20_000 else 1


def _rgba(colors: Sequence[str], n: int) -> NDArray[np.uint8]:
    if not n:
        return np.empty((0, 4), np.uint8)
    names, codes = np.unique(np.array(colors if len(colors) == n else [_GREY] * n), return_inverse=True)
    table = np.array([list(bytes.fromhex(f"{name}ff"[1:9])) for name in names], np.uint8)
    inked: NDArray[np.uint8] = table[codes]
    return inked
