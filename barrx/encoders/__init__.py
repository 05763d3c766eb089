"""Networks that turn pictures into vectors: which there are, their weights, and how to run one.

Importing this package, listing encoders and looking after weights import neither Keras nor TensorFlow;
``load`` does, and ``install`` when a file's hash is not the published one.
"""

from barrx.encoders.download import download
from barrx.encoders.entry import Bundled, Encoder, Published
from barrx.encoders.network import Network, load
from barrx.encoders.registry import BUNDLED, REFERENCE, all_encoders, default, get
from barrx.encoders.weights import WeightsStatus, encoder_key, install, label, missing_message, status

__all__ = [
    "BUNDLED",
    "REFERENCE",
    "Bundled",
    "Encoder",
    "Network",
    "Published",
    "WeightsStatus",
    "all_encoders",
    "default",
    "download",
    "encoder_key",
    "get",
    "install",
    "label",
    "load",
    "missing_message",
    "status",
]
