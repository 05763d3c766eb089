"""Importing libraries that would bring more with them than they are asked for."""

import sys
import warnings
from contextlib import suppress
from functools import partial
from types import ModuleType
from typing import Any


def import_umap() -> ModuleType:
    """Import umap without TensorFlow, which it would load if it could (5 to 30 s, 500 MB), with a seeded start."""
    _seed_restarts()
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
    _keep_umap_compiled()
    module: ModuleType = umap
    return module


def _keep_umap_compiled() -> None:
    """Have numba keep what it compiles of umap, as it does of pynndescent: 6 of the 9 seconds before a first map.

    It lies where numba puts it, beside the library's own code or in ``NUMBA_CACHE_DIR``, and belongs to that version
    of the library, of numba, and to this processor.
    """
    from umap import layouts, umap_

    keep_compiled(
        umap_.smooth_knn_dist,
        umap_.compute_membership_strengths,
        layouts._nb_optimize_layout_euclidean_single_epoch,
        layouts._nb_optimize_layout_euclidean_single_epoch_parallel,
    )


def keep_compiled(*functions: Any) -> None:
    """Have numba keep what it compiles of these for the next process."""
    for compiled in functions:
        with suppress(RuntimeError):  # no folder that it may write to: compiled each time
            compiled.enable_caching()


def _seed_restarts() -> None:
    """Have eigenvectors be looked for from the same vectors each time.

    Where a graph has no single answer, as that of many copies of an image, scipy goes on from a vector by chance, and
    umap, which starts from what is found, has no argument for it: such a map would be another one each time.
    """
    from scipy.sparse import linalg

    if not isinstance(linalg.eigsh, partial):
        linalg.eigsh = partial(linalg.eigsh, rng=0)
