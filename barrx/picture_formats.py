"""Which files are pictures: by the name, and by the first and last bytes."""

import re
from pathlib import PurePosixPath

from barrx.i18n import _

# What Pillow decodes and may be asked to. Left out on purpose: EPS (runs Ghostscript), WMF (Windows only),
# and formats that are no pictures, or only named by Pillow (PDF, HDF5, GRIB, MPEG, game textures).
DECODED = (
    *("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "JPEG2000", "BMP", "DIB", "PPM", "PSD", "QOI"),
    *("ICO", "CUR", "ICNS", "PCX", "DCX", "PCD", "SGI", "SUN", "DDS", "MSP", "XBM", "XPM", "TGA"),
)


def _suffixes(words: str) -> frozenset[str]:
    return frozenset(f".{word}" for word in words.split())


_DECODED_SUFFIXES = _suffixes(
    "jpg jpeg jpe jfif mpo png apng gif webp avif avifs tif tiff jp2 j2k jpc jpf jpx j2c bmp dib pbm pgm ppm "
    "pnm pfm psd qoi ico cur icns pcx dcx pcd sgi bw rgb rgba ras dds msp xbm xpm tga icb vda vst"
)
# A camera's raw file is a TIFF whose first page is a tiny preview: its suffix counts, not its content.
_RAW_SUFFIXES = _suffixes(
    "3fr arw cr2 cr3 crw dcr dng erf iiq k25 kdc mef mos mrw nef nrw orf pef raf rw2 rwl sr2 srf srw x3f"
)
_OTHER_SUFFIXES = _suffixes(
    "svg svgz eps ai wmf emf heic heif hif jxl jxr wdp hdp exr hdr psb xcf kra ora djvu djv pct pict bpg "
    "flif fits fit iff ilbm lbm"
)
SUFFIXES = _DECODED_SUFFIXES | _RAW_SUFFIXES | _OTHER_SUFFIXES
"""Every suffix that names a picture format; a file with one of them is tried."""

_NOT_DECODED = (
    (re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE svg|<svg[\s>])", re.DOTALL), "SVG"),
    (re.compile(rb"%!PS|\xc5\xd0\xd3\xc6"), "PostScript"),
    (re.compile(rb"%PDF-"), "PDF"),
    (re.compile(rb"....ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)", re.DOTALL), "HEIC"),
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n"), "JPEG XL"),
    (re.compile(rb"v/1\x01"), "OpenEXR"),
    (re.compile(rb"gimp xcf"), "GIMP"),
    (re.compile(rb"AT&TFORM"), "DjVu"),
    (re.compile(rb"II\xbc\x01"), "JPEG XR"),
    (re.compile(rb"8BPS\0\x02"), "PSB"),
)
_BEGINNINGS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"RIFF", "WebP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"BM", "BMP"),
    (b"8BPS", "PSD"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xffO\xffQ", "JPEG 2000"),
)


def suffix_of(filename: str) -> str:
    """Return the suffix in lower case, ``.jpg``, or ``""``."""
    return PurePosixPath(filename).suffix.lower().strip()


def names_a_picture(filename: str) -> bool:
    """Return whether the suffix names a picture format."""
    return suffix_of(filename) in SUFFIXES


def is_hidden(filename: str) -> bool:
    """Return whether a file, or a folder around it, is a system's own: ``.git``, ``Thumbs.db``."""
    parts = PurePosixPath(filename).parts
    return any(p.startswith(".") and p not in {".", ".."} for p in parts) or any(
        part.lower() in {"__macosx", "thumbs.db", "desktop.ini", "@eadir", "$recycle.bin"} for part in parts
    )


def is_raw(filename: str) -> bool:
    """Return whether the suffix is that of a camera's raw file."""
    return suffix_of(filename) in _RAW_SUFFIXES


def not_decoded(head: bytes, filename: str) -> str | None:
    """Return the name of the format if it is one of pictures that Barr X does not decode.

    Parameters
    ----------
    head : bytes
        the first 1,024 bytes or more
    filename : str
        its suffix counts where the content says nothing; ``""`` if there is none
    """
    for pattern, name in _NOT_DECODED:
        if pattern.match(head):
            return name
    suffix = suffix_of(filename)
    return suffix[1:].upper() if suffix in _OTHER_SUFFIXES | _RAW_SUFFIXES else None


def begins_like(head: bytes) -> str | None:
    """Return the name of the decodable format whose signature a file begins with."""
    return next((name for beginning, name in _BEGINNINGS if head.startswith(beginning)), None)


def is_cut(head: bytes, tail: bytes, size: int) -> bool:
    """Return whether a file ends before its own format says it should.

    Parameters
    ----------
    head, tail : bytes
        the first and the last 1,024 bytes or more
    size : int
        bytes in the file
    """
    name = begins_like(head)
    if name == "JPEG":
        return b"\xff\xd9" not in tail
    if name == "PNG":
        return b"IEND" not in tail
    if name == "GIF":
        return not tail.rstrip(b"\0").endswith(b";")
    if name == "WebP":
        return size < int.from_bytes(head[4:8], "little") + 8
    if name == "BMP":
        return size < int.from_bytes(head[2:6], "little")
    if name == "TIFF":
        offset = int.from_bytes(head[4:8], "little" if head.startswith(b"II") else "big")
        return size < offset + 2
    return False


def described(head: bytes) -> str:
    """Say in a few words what a file that is no picture holds instead."""
    if re.match(rb"\s*(<!doctype html|<html)", head, re.IGNORECASE):
        return _("it holds a web page")
    if head.startswith(b"PK"):
        return _("it holds a zip archive")
    if not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head):
        return _("it holds text")
    return _("its content is of no known picture format")
