"""Importing libraries that would bring more with them than they are asked for."""

import sys
import warnings
from types import ModuleType


def import_umap() -> ModuleType:
    """Import umap without TensorFlow, which it would load if it could (5 to 30 s, 500 MB)."""
    if "umap" in sys.modules:
        return sys.modules["umap"]
    blocked = "tensorflow" not in sys.modules
    if blocked:
        sys.modules["tensorflow"] = None  # type: ignore[assignment]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import umap
    finally:
        if blocked:
            del sys.modules["tensorflow"]
    module: ModuleType = umap
    return module
