"""A map computed again from its recipe."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from barrx import clustering, embedding, encoders, pipeline, projection
from barrx.clustering import Clustering
from barrx.datasets import Dataset
from barrx.errors import BarrxError
from barrx.export import differences, files, originals
from barrx.export.differences import Difference
from barrx.export.originals import Changes
from barrx.export.recipe import Recipe
from barrx.i18n import _
from barrx.projection import Coordinates


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Remade:
    """What came of it.

    Attributes
    ----------
    difference : Difference or None
        None where the map could not be computed here
    changes : Changes
        what became of the recipe's pictures
    is_whole : bool
        the collection has the pictures of the recipe, and no others; the recipe is as it was written
    reasons : list of str
        why it differs, for people; empty where it does not
    notes : list of str
        what is other here and makes no difference to the map
    coordinates, clustering
        the map that counts: the recorded one, which the one computed is equal to where ``is_same``
    """

    difference: Difference | None
    changes: Changes
    is_whole: bool
    reasons: list[str]
    notes: list[str]
    coordinates: Coordinates
    clustering: Clustering

    @property
    def is_same(self) -> bool:
        """Tell whether the recorded map came out again."""
        return self.is_whole and self.difference is not None and self.difference.is_none

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as JSON values, for the command line."""
        return {
            "same": self.is_same,
            "kept": "computed" if self.is_same else "recorded",
            "difference": None if self.difference is None else asdict(self.difference),
            "reasons": self.reasons,
            "notes": self.notes,
            "images_changed": asdict(self.changes),
        }


def remake(known: Recipe, dataset: Dataset) -> Remade:
    """Compute a map again, whatever is stored, and compare it with the recorded one."""
    changes = originals.changes(known.files, dataset)
    reasons = differences.reasons(known, dataset, changes)
    difference, is_whole = None, changes.are_none and not differences.altered(known)
    try:
        difference = _difference(known, dataset, *_computed(known, dataset))
    except BarrxError as error:
        reasons.append(_("it cannot be computed here: {error}").format(error=error))
    if difference is not None and difference.is_none and is_whole:
        reasons = []
    elif not reasons:
        reasons = [_("nothing is known to be other here: the cause is unknown")]
    return Remade(
        difference=difference,
        changes=changes,
        is_whole=is_whole,
        reasons=reasons,
        notes=differences.notes(known, dataset, changes),
        coordinates=known.coordinates,
        clustering=known.clustering,
    )


def _difference(known: Recipe, dataset: Dataset, coordinates: Coordinates, found: Clustering) -> Difference:
    """Compare the recorded map with one that was computed, by the pictures that both have."""
    place = {name: i for i, name in enumerate(dataset.filenames)}
    common = [(i, place[name]) for i, name in enumerate(known.files) if name in place]
    there, here = np.array(common, np.int64).reshape(-1, 2).T
    return differences.difference(
        (known.coordinates[there], known.clustering.labels[there]), (coordinates[here], found.labels[here])
    )


def _computed(known: Recipe, dataset: Dataset) -> tuple[Coordinates, Clustering]:
    request, n = known.request, len(dataset.filenames)
    pipeline.check(dataset, request)
    vectors = embedding.require(dataset, encoders.get(request.encoder))
    coordinates = projection.recomputed(vectors, request.projection)
    params = request.clustering
    linkage = clustering.tree(coordinates, params.min_samples) if n > 2 else np.empty((0, 4))
    return coordinates, clustering.cut(linkage, n, params)


def table(known: Recipe, dataset: Dataset, remade: Remade) -> pd.DataFrame:
    """Return the map that counts as a table: the columns of :func:`barrx.export.table`, a row a picture of the recipe.

    The metadata of pictures that are not there is empty.
    """
    rows = pd.Index(dataset.filenames).get_indexer(pd.Index(list(known.files)))
    metadata = dataset.metadata.reset_index(drop=True).reindex(rows).reset_index(drop=True)
    own = pd.DataFrame(
        {
            "filename": list(known.files),
            "x": remade.coordinates[:, 0].astype(np.float64),
            "y": remade.coordinates[:, 1].astype(np.float64),
            "label": remade.clustering.labels,
            "strength": remade.clustering.strength.astype(np.float64),
        }
    )
    return pd.concat([own, files.renamed(metadata)], axis=1)
