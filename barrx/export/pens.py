"""What a map for print is drawn with: the same strokes as SVG, or as pixels. All lengths are millimetres."""

import base64
import io
import math
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Protocol

from PIL import Image, ImageDraw, ImageFont

DPI = 300
SHAPES = ("circle", "square", "diamond", "triangle")

_PIXELS = DPI / 25.4  # in a millimetre
_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "arial.ttf", "Arial.ttf")
_BOLD = (
    "DejaVuSans-Bold.ttf",
    "NotoSans-Bold.ttf",
    "LiberationSans-Bold.ttf",
    "arialbd.ttf",
    "Arial Bold.ttf",
)
_ROUND = 0.6  # radius of a plate's corners
_OVER = 8  # a mark is drawn larger by this, then reduced: its edge is smooth
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class Pen(Protocol):
    """What draws."""

    def mark(self, x: float, y: float, radius: float, color: str, shape: str) -> None:
        """Draw a point."""

    def line(self, start: tuple[float, float], end: tuple[float, float], color: str) -> None:
        """Draw a thin line."""

    def plate(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a white box to write on; its upper left corner is given."""

    def text(
        self, x: float, y: float, text: str, size: float, color: str, *, bold: bool, middle: bool
    ) -> None:
        """Write a line of text; ``y`` is its foot."""

    def picture(self, x: float, y: float, picture: Image.Image, width: float, height: float) -> None:
        """Lay a picture in a box whose upper left corner is given."""


@cache
def font(size: float, bold: bool = False) -> Font:
    """Return a font of this machine that has most letters, in pixels for print; Pillow's own where there is none."""
    pixels = max(1, round(size * _PIXELS))
    for name in _BOLD if bold else _FONTS:
        try:
            return ImageFont.truetype(name, pixels)
        except OSError:
            continue
    return ImageFont.load_default(pixels)


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Return how wide a line of text is."""
    return float(font(size, bold).getlength(text)) / _PIXELS


def shortened(text: str, size: float, room: float, bold: bool = False) -> str:
    """Return a text on one line that fits in some room, with an ellipsis where it had to end early."""
    text = "".join(c if c.isprintable() else " " for c in text[:400]).strip()
    if width_of(text, size, bold) <= room:
        return text
    while text and width_of(text + "…", size, bold) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, size: float, room: float, most: int) -> list[str]:
    """Return a text as lines that fit in some room, at most so many; the last one ends early where there are more."""
    lines = [""]
    words = "".join(c if c.isprintable() else " " for c in text[:4000]).split()
    for k, word in enumerate(words):
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, size) <= room or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = " ".join([lines[-1], *words[k:]])
            break
    return [shortened(line, size, room) for line in lines if line]


def corners(x: float, y: float, radius: float, shape: str) -> list[tuple[float, float]]:
    """Return the corners of a shape that is no circle."""
    turn, n, reach = {"square": (45, 4, 1.25), "diamond": (0, 4, 1.3), "triangle": (-90, 3, 1.35)}[shape]
    angles = [math.radians(turn + 360 * k / n) for k in range(n)]
    return [(x + radius * reach * math.cos(a), y + radius * reach * math.sin(a)) for a in angles]


class SvgPen:
    """Draws SVG, with every picture inside of it."""

    def __init__(self, width: float, height: float) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
            f'viewBox="0 0 {width} {height}" font-family="DejaVu Sans, Noto Sans, sans-serif">\n'
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n'
        ]

    def mark(self, x: float, y: float, radius: float, color: str, shape: str) -> None:
        """Draw a point."""
        if shape == "circle":
            self._parts.append(f'<circle cx="{x:.3f}" cy="{y:.3f}" r="{radius:.3f}" fill="{color}"/>\n')
        else:
            points = " ".join(f"{a:.3f},{b:.3f}" for a, b in corners(x, y, radius, shape))
            self._parts.append(f'<polygon points="{points}" fill="{color}"/>\n')

    def line(self, start: tuple[float, float], end: tuple[float, float], color: str) -> None:
        """Draw a thin line."""
        (x1, y1), (x2, y2) = start, end
        self._parts.append(
            f'<line x1="{x1:.3f}" y1="{y1:.3f}" x2="{x2:.3f}" y2="{y2:.3f}" stroke="{color}" stroke-width="0.25"/>\n'
        )

    def plate(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a white box to write on; its upper left corner is given."""
        self._parts.append(
            f'<rect x="{x:.3f}" y="{y:.3f}" width="{width:.3f}" height="{height:.3f}" rx="{_ROUND}" fill="#ffffff"/>\n'
        )

    def text(
        self, x: float, y: float, text: str, size: float, color: str, *, bold: bool, middle: bool
    ) -> None:
        """Write a line of text; ``y`` is its foot."""
        anchor = "middle" if middle else "start"
        weight = "bold" if bold else "normal"
        self._parts.append(
            f'<text x="{x:.3f}" y="{y:.3f}" font-size="{size}" fill="{color}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{escape(text)}</text>\n'
        )

    def picture(self, x: float, y: float, picture: Image.Image, width: float, height: float) -> None:
        """Lay a picture in a box whose upper left corner is given."""
        with io.BytesIO() as buffer:
            # Programs for print read no WebP.
            picture.convert("RGB").save(buffer, "JPEG", quality=90)
            data = base64.b64encode(buffer.getvalue()).decode()
        self._parts.append(
            f'<image x="{x:.3f}" y="{y:.3f}" width="{width:.3f}" height="{height:.3f}" '
            f'preserveAspectRatio="none" href="data:image/jpeg;base64,{data}"/>\n'
        )

    def finished(self) -> bytes:
        """Return the file."""
        return "".join([*self._parts, "</svg>\n"]).encode("utf-8", "replace")


class PngPen:
    """Draws pixels, 300 an inch."""

    def __init__(self, width: float, height: float) -> None:
        self._image = Image.new("RGB", (round(width * _PIXELS), round(height * _PIXELS)), "#ffffff")
        self._draw = ImageDraw.Draw(self._image)

    def mark(self, x: float, y: float, radius: float, color: str, shape: str) -> None:
        """Draw a point."""
        stamp = _stamp(round(radius * _PIXELS, 1), shape)
        half = stamp.width // 2
        self._image.paste(color, (round(x * _PIXELS) - half, round(y * _PIXELS) - half), stamp)

    def line(self, start: tuple[float, float], end: tuple[float, float], color: str) -> None:
        """Draw a thin line."""
        places = [round(v * _PIXELS) for v in (*start, *end)]
        self._draw.line(places, fill=color, width=3)

    def plate(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a white box to write on; its upper left corner is given."""
        box = [v * _PIXELS for v in (x, y, x + width, y + height)]
        self._draw.rounded_rectangle(box, _ROUND * _PIXELS, fill="#ffffff")

    def text(
        self, x: float, y: float, text: str, size: float, color: str, *, bold: bool, middle: bool
    ) -> None:
        """Write a line of text; ``y`` is its foot."""
        self._draw.text(
            (x * _PIXELS, y * _PIXELS),
            text,
            fill=color,
            font=font(size, bold),
            anchor="ms" if middle else "ls",
        )

    def picture(self, x: float, y: float, picture: Image.Image, width: float, height: float) -> None:
        """Lay a picture in a box whose upper left corner is given."""
        size = max(1, round(width * _PIXELS)), max(1, round(height * _PIXELS))
        place = round(x * _PIXELS), round(y * _PIXELS)
        self._image.paste(picture.convert("RGB").resize(size, Image.Resampling.LANCZOS), place)

    def finished(self) -> bytes:
        """Return the file."""
        with io.BytesIO() as buffer:
            self._image.save(buffer, "PNG", dpi=(DPI, DPI))
            return buffer.getvalue()


@cache
def _stamp(radius: float, shape: str) -> Image.Image:
    side = 2 * math.ceil(radius * 1.4) + 1
    large = Image.new("L", (side * _OVER, side * _OVER), 0)
    draw, middle = ImageDraw.Draw(large), side * _OVER / 2
    if shape == "circle":
        box: Sequence[float] = [middle - radius * _OVER] * 2 + [middle + radius * _OVER] * 2
        draw.ellipse(tuple(box), fill=255)
    else:
        draw.polygon(corners(middle, middle, radius * _OVER, shape), fill=255)
    return large.resize((side, side), Image.Resampling.BOX)
