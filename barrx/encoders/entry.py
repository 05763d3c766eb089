"""What the registry says about an encoder: plain data, and functions that import Keras only when called."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Resample = Literal["bilinear", "bicubic"]
ENGINE = "tensorflow"
MEGABYTE = 2**20  # as Keras's own tables of weights count


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """Weights that are part of the program.

    Attributes
    ----------
    path : Path
        the file
    """

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Weights that are fetched on request, or installed from a file.

    Attributes
    ----------
    url : str
        where their publisher keeps them
    digest : str
        the publisher's hash, in hexadecimal: md5 (32 digits) or sha256 (64 digits)
    size : int
        bytes
    """

    url: str
    digest: str
    size: int

    @property
    def algorithm(self) -> str:
        """Return the name of the hash, as ``hashlib`` knows it."""
        return {32: "md5", 64: "sha256"}[len(self.digest)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """A network that turns a picture into numbers, as the registry lists it.

    Attributes
    ----------
    slug : str
        its name on the command line and in links
    title : str
        its name for people
    n_features : int
        length of one vector
    input_size : int
        side of the square it sees, in pixels
    resample : "bilinear" or "bicubic"
        how a picture is brought to that square
    recipe : int
        raised whenever the same file and weights would give another vector
    weights : Bundled or Published
        where its weights come from
    build : callable
        makes the Keras network, weights still random: (n, s, s, 3) float32 -> (n, n_features) float32
    preprocess : callable
        what the network expects done to pixel values 0 to 255, on a float32 tensor
    load_weights : callable
        fills the network from a file; raises what it likes when the file does not fit
    """

    slug: str
    title: str
    n_features: int
    input_size: int
    resample: Resample
    recipe: int
    weights: Bundled | Published
    build: Callable[[], Any]
    preprocess: Callable[[Any], Any]
    load_weights: Callable[[Any, Path], None]

    @property
    def bundled(self) -> bool:
        """Tell whether the weights are part of the program."""
        return isinstance(self.weights, Bundled)

    @property
    def size_mb(self) -> float:
        """Return the size of the weights file, in MB."""
        size = self.weights.size if isinstance(self.weights, Published) else self.weights.path.stat().st_size
        return size / MEGABYTE
