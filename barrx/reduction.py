"""Large pictures, one at a time, in a process of their own that leaves a reduced RGB copy.

``python -m barrx.reduction PICTURE COPY PARENT`` decodes a picture and writes the copy; it answers with one line of
JSON on standard output. Decoding 250 megapixels takes up to 3 GB for a moment: in a process of its own that
memory is given back, and whatever a decoder does there ends that process only.
"""

import hashlib
import json
import logging
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from barrx import images
from barrx.errors import Cancelled, ImageDecodeError
from barrx.i18n import _
from barrx.parent import end_with_parent

log = logging.getLogger(__name__)

LARGE_PIXELS = 25_000_000
LARGE_BYTES = 64 * 2**20
_LONGER_SIDE = 2048
_SHORTER_SIDE = 640  # twice what the encoders take: a long strip keeps its detail
_MOST_PIXELS = 16_000_000
_SECONDS = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What is known of an original: upright size in pixels, bytes, format, hash of its content."""

    width: int
    height: int
    bytes: int
    format: str
    sha256: str


def is_large(header: images.Header, size: int) -> bool:
    """Return whether a picture of so many bytes is to be decoded in a process of its own."""
    return header.pixels > LARGE_PIXELS or size > LARGE_BYTES


def reduce_apart(picture: Path, copy: Path, cancelled: Callable[[], bool] = lambda: False) -> FileFacts:
    """Write a reduced copy of a picture, working in another process.

    Parameters
    ----------
    picture : Path
        the original, only read
    copy : Path
        the PNG to be written
    cancelled : callable
        asked twice a second

    Raises
    ------
    ImageDecodeError
        if the picture cannot be decoded, or the process ends without an answer
    Cancelled
        if ``cancelled()`` was true
    """
    here = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join(p for p in (here, os.environ.get("PYTHONPATH", "")) if p)
    command = [sys.executable, "-m", "barrx.reduction", os.fspath(picture), os.fspath(copy), str(os.getpid())]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": path}
    ) as process:
        try:
            answer = _wait(process, cancelled)
        finally:
            process.kill()
    if process.returncode != 0 or not answer:
        raise ImageDecodeError(
            "unreadable",
            _("its process ended while decoding it ({cause}); there may not be enough memory").format(
                cause=_cause(process.returncode)
            ),
        )
    facts = json.loads(answer)
    if "reason" in facts:
        raise ImageDecodeError(facts["reason"], facts["detail"])
    return FileFacts(**facts)


def _wait(process: subprocess.Popen[bytes], cancelled: Callable[[], bool]) -> bytes:
    end = time.monotonic() + _SECONDS
    while True:
        try:
            return process.communicate(timeout=0.5)[0]
        except subprocess.TimeoutExpired:
            if cancelled():
                raise Cancelled(_("Stopped. Nothing was added.")) from None
            if time.monotonic() > end:
                detail = _("not decoded after {n} seconds").format(n=_SECONDS)
                raise ImageDecodeError("unreadable", detail) from None


def _cause(status: int) -> str:
    return _("signal {n}").format(n=-status) if status < 0 else _("status {n}").format(n=status)


# --- in the process of its own ----------------------------------------------------------------------------


def reduce(picture: Path, copy: Path) -> FileFacts:
    """Decode a picture, strip by strip where that is possible, and write the reduced copy as PNG."""
    header = images.probe(picture)
    scale = _scale(header)
    width, height = (max(1, round(side * scale)) for side in (header.width, header.height))
    decoded = images.read(picture, at_least=max(width, height), factor=max(1, int(1 / scale)))
    rgb = decoded.rgb
    if decoded.width != header.width:
        width, height = height, width
    if rgb.width > width or rgb.height > height:
        rgb = rgb.resize((width, height), Image.Resampling.LANCZOS)
    rgb.save(copy, "PNG", compress_level=3)
    with picture.open("rb") as original:
        digest = hashlib.file_digest(original, "sha256").hexdigest()
        size = original.tell()
    return FileFacts(
        width=decoded.width, height=decoded.height, bytes=size, format=decoded.format, sha256=digest
    )


def _scale(header: images.Header) -> float:
    longer, shorter = max(header.width, header.height), min(header.width, header.height)
    wanted = max(_LONGER_SIDE / longer, _SHORTER_SIDE / shorter)
    return min(1.0, wanted, math.sqrt(_MOST_PIXELS / header.pixels))


def main() -> None:
    """Answer for the one picture named on the command line."""
    picture, copy, parent = sys.argv[1:]
    end_with_parent(int(parent))
    try:
        answer = asdict(reduce(Path(picture), Path(copy)))
    except ImageDecodeError as error:
        answer = {"reason": error.reason, "detail": error.detail}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
