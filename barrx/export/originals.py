"""The pictures of a collection as they are now, against those that a recipe names."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from barrx import images
from barrx.datasets import Dataset
from barrx.errors import ImageDecodeError

_PIECE = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What became of the pictures of a recipe, by filename.

    Attributes
    ----------
    missing, changed : list of str
        not in the collection any more; in it with another content
    added : list of str
        in the collection, not in the recipe
    without_file, replaced : list of str
        in the collection as they were, but their original file is gone, or is another one than was added
    """

    missing: list[str]
    changed: list[str]
    added: list[str]
    without_file: list[str]
    replaced: list[str]

    @property
    def are_none(self) -> bool:
        """Tell whether every picture is as it was, and there are no others."""
        return not (self.missing or self.changed or self.added or self.without_file or self.replaced)


def changes(files: Mapping[str, str], dataset: Dataset) -> Changes:
    """Compare a recipe's pictures with a collection and with its original files, each of which is read.

    Parameters
    ----------
    files : filename -> sha256
    """
    present = dict(zip(dataset.filenames, dataset.sha256, strict=True))
    without_file, replaced = [], []
    for index, name in enumerate(dataset.filenames):
        if files.get(name) == present[name]:
            digest = _digest(dataset, index)
            if digest is None:
                without_file.append(name)
            elif digest != present[name]:
                replaced.append(name)
    return Changes(
        missing=[name for name in files if name not in present],
        changed=[name for name, sha in files.items() if present.get(name, sha) != sha],
        added=[name for name in present if name not in files],
        without_file=without_file,
        replaced=replaced,
    )


def _digest(dataset: Dataset, index: int) -> str | None:
    found = hashlib.sha256()
    try:
        with images.open_file(dataset.path(index)) as file:
            while piece := file.read(_PIECE):
                found.update(piece)
    except (ImageDecodeError, OSError):
        return None
    return found.hexdigest()
