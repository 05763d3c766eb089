"""Builds the files that collections really hold, and the ones that try to break a program."""

import io
import json
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageCms

from barrx import cache, collection_files, datasets, embedding, encoders, projection, settings
from barrx.datasets import AddReport, AddRequest
from barrx.demo import shipped
from barrx.projection import ProjectionParams

RED, GREEN, BLUE, WHITE = (200, 30, 30), (20, 160, 40), (30, 40, 190), (255, 255, 255)
ORIENTATION = 0x0112
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>\n'


def quarters(width: int = 60, height: int = 40) -> Image.Image:
    """A picture that shows which way up it is: red, green / blue, white."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2], pixels[: height // 2, width // 2 :] = RED, GREEN
    pixels[height // 2 :, : width // 2], pixels[height // 2 :, width // 2 :] = BLUE, WHITE
    return Image.fromarray(pixels)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def picture(path: Path, seed: int = 0, size: tuple[int, int] = (24, 16)) -> Path:
    """Write a small picture of its own for each seed; the suffix gives the format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), np.uint8)
    Image.fromarray(noise).save(path)
    return path


def png(width: int, height: int, *, colour: int, depth: int, row: bytes, before: bytes = b"") -> bytes:
    """A PNG of one row repeated, written without the picture ever being in memory."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(b"\0" + row) for _number in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + before + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def large_png(side: int) -> bytes:
    """A black-and-white PNG of ``side`` x ``side`` pixels in a few kilobytes, its left half black."""
    row = b"\x00" * (side // 16) + b"\xff" * (side // 8 - side // 16)
    return png(side, side, colour=0, depth=1, row=row)


def cmyk_jpeg() -> bytes:
    """Pure cyan, as Photoshop writes it: all four inks inverted, with an Adobe marker."""
    return encoded(Image.new("CMYK", (32, 32), (255, 0, 0, 0)), "JPEG", quality=95)


def grey16_png() -> bytes:
    """A ramp over the whole 16-bit range, left to right."""
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (8, 1))
    return encoded(Image.fromarray(ramp), "PNG")


def palette_png() -> bytes:
    """Left half see-through, right half red."""
    image = Image.new("P", (20, 10), 0)
    image.putpalette([0, 0, 0, *RED])
    image.paste(1, (10, 0, 20, 10))
    return encoded(image, "PNG", transparency=0)


def rotated_jpeg(orientation: int = 6) -> bytes:
    """:func:`quarters` as a camera on its side stores it: upright again when the EXIF note is followed."""
    turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encoded(quarters().transpose(turn[orientation]), "JPEG", quality=95, exif=exif)


def animation(kind: str) -> bytes:
    """Three frames; the first is red."""
    frames = [Image.new("RGB", (30, 20), colour) for colour in (RED, GREEN, BLUE)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def swapped_profile() -> bytes:
    """An ICC profile of a made-up screen whose red and green are exchanged."""
    srgb = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = srgb.index(b"rXYZ"), srgb.index(b"gXYZ")
    srgb[red : red + 4], srgb[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(srgb)


def hostile_folder(root: Path, *, large: bool = True) -> dict[str, str]:
    """Write the folder that every import has to survive.

    Returns
    -------
    dict
        filename -> reason of what belongs in quarantine; everything else is to be taken
    """
    root.mkdir(parents=True)
    photo = encoded(quarters(400, 300).effect_spread(40), "JPEG", quality=90)
    contents = {
        "empty.jpg": b"",
        "notes.jpg": b"This is a text file with the wrong name.\n",
        "cut.jpg": photo[: len(photo) // 2],
        "drawing.svg": SVG,
        "cmyk.jpg": cmyk_jpeg(),
        "deep.png": grey16_png(),
        "palette.png": palette_png(),
        "rotated.jpg": rotated_jpeg(),
        "moving.gif": animation("GIF"),
        "moving.webp": animation("WEBP"),
        "pixel.png": encoded(Image.new("RGB", (1, 1), RED), "PNG"),
        "strip.png": encoded(quarters(5000, 2), "PNG"),
        "smile \N{GRINNING FACE}.jpg": photo,
        "two\nlines.png": encoded(quarters(), "PNG"),
        "deep/er/same bytes.jpg": photo,
        "below.png": large_png(15_000) if large else large_png(160),
        "above.png": large_png(20_000),
    }
    for name, data in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (root / "deep" / "loop").symlink_to(root, target_is_directory=True)
    return {
        "empty.jpg": "empty",
        "notes.jpg": "not_an_image",
        "cut.jpg": "truncated",
        "drawing.svg": "unsupported_format",
        "above.png": "too_large",
    }


def taken(root: Path, quarantined: Mapping[str, str]) -> list[str]:
    """Return the filenames of a folder's pictures that belong in its collection, in order."""
    found = (p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file() and not p.is_symlink())
    return sorted(set(found) - set(quarantined))


def archive(path: Path, entries: Mapping[str, bytes]) -> Path:
    """Write a zip; names go in as they are, however unsafe."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries.items():
            packed.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path


def unnameable(folder: Path) -> Path:
    """Write a picture whose name is not UTF-8."""
    path = folder / os.fsdecode(b"caf\xe9.png")
    path.write_bytes(encoded(quarters(24, 16), "PNG"))
    return path


# --- collections ------------------------------------------------------------------------------------------


def source_folder(tmp_path: Path, names: Sequence[str] = ("a.png", "b/c.png")) -> Path:
    """Write small pictures, each another one, into a folder."""
    for seed, name in enumerate(names):
        picture(tmp_path / "source" / name, seed)
    return tmp_path / "source"


def add(source: Path, slug: str = "mine", **more: Any) -> AddReport:
    """Add a collection."""
    return datasets.add(AddRequest(slug=slug, source=source, **more))


def many(copies: int = 10) -> str:
    """Write a collection of the demo's pictures ``copies`` times, its map stored, and return its slug.

    Written to disk by hand: importing 8,000 files would take a minute, and a map of them another.
    """
    demo, encoder = datasets.load("demo"), encoders.get("efficientnet-lite0")
    folder = settings.current().datasets_dir / "many"
    folder.mkdir(parents=True)
    pictures = pd.concat([demo.pictures] * copies, ignore_index=True)
    numbers = np.repeat(np.arange(copies), len(demo.filenames))
    pictures["filename"] = [f"{n:03d}/{name}" for n, name in zip(numbers, pictures["filename"], strict=True)]
    pictures.to_parquet(folder / collection_files.PICTURES, index=False)
    pd.concat([demo.metadata] * copies, ignore_index=True).to_parquet(
        folder / collection_files.METADATA, index=False
    )
    for name in (collection_files.REPORT, collection_files.THUMBNAILS):
        shutil.copy(demo.folder / name, folder / name)
    facts = json.loads((demo.folder / collection_files.FACTS).read_text())
    facts |= {"slug": "many", "title": "Many", "images": len(pictures), "fingerprint": f"{copies:064d}"}
    facts["root"] = str(demo.root.resolve())
    (folder / collection_files.FACTS).write_text(json.dumps(facts))

    embedding.compute(datasets.load("many"), encoder)
    made_from = embedding.fingerprint_of(datasets.load("many"), encoder)
    ready = shipped.default_map()
    assert made_from
    assert ready
    spread = np.random.default_rng(0).normal(scale=0.08, size=(len(pictures), 2))
    places = (np.tile(ready.coordinates, (copies, 1)) + spread).astype(np.float32)
    params = ProjectionParams()
    cache.put("projections", projection._key(made_from, params, len(pictures), None), places)
    return "many"
