"""How far a map that was made again is from the one its recipe records, and why."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from barrx import anchoring, embedding, encoders, identity, provenance
from barrx.datasets import Dataset
from barrx.errors import ParameterError
from barrx.export import recipe
from barrx.export.originals import Changes
from barrx.export.recipe import Recipe
from barrx.i18n import _
from barrx.projection import Coordinates

_PACKAGES: Final = ("umap-learn", "pynndescent", "hdbscan", "numba", "numpy", "scipy", "scikit-learn")
_ONE_BIT = 2.0**-20  # of the map's width: what rounding in an alignment leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How far two maps of the same pictures are from each other, the one laid over the other.

    Attributes
    ----------
    images : int
        pictures that both have
    rms, largest : float
        distances between the two places of a picture, as shares of the width of the recorded map
    moved : float
        share of pictures that are more than a hundredth of that width from their recorded place
    same_cluster : float
        share of pictures in the same cluster, after numbering alike
    """

    images: int
    rms: float
    largest: float
    moved: float
    same_cluster: float

    @property
    def is_none(self) -> bool:
        """Tell whether it is the same map, but for rounding."""
        return self.largest <= _ONE_BIT and self.same_cluster == 1


def difference(
    recorded: tuple[Coordinates, NDArray[np.int32]], found: tuple[Coordinates, NDArray[np.int32]]
) -> Difference:
    """Compare two maps, each as (n, 2) coordinates and (n,) labels, after Procrustes alignment.

    Raises
    ------
    ParameterError
        if they have no picture in common
    """
    before, after = recorded[0].astype(np.float64), found[0]
    if not len(before):
        raise ParameterError(_("The recorded map and the collection have no image in common."))
    # Laid over a single place every map would be that place.
    if not np.array_equal(recorded[0], after) and np.ptp(before, axis=0).any():
        after = anchoring.aligned(after, recorded[0])
    width = float(np.ptp(before, axis=0).max()) or float(np.ptp(after, axis=0).max()) or 1.0
    away = np.linalg.norm(after.astype(np.float64) - before, axis=1) / width
    labels = identity.matched(found[1], recorded[1])
    return Difference(
        images=len(before),
        rms=math.sqrt(float((away**2).mean())),
        largest=float(away.max()),
        moved=float((away > 0.01).mean()),
        same_cluster=float((labels == recorded[1]).mean()),
    )


def reasons(known: Recipe, dataset: Dataset, found: Changes) -> list[str]:
    """Return what is other here than where the map was made; empty if nothing is known to be.

    Parameters
    ----------
    found : what became of the recipe's pictures
    """
    return [
        *_of_pictures(known, dataset, found),
        *(
            _("the recipe was changed: its {name} are not those of its fingerprint").format(name=name)
            for name in altered(known)
        ),
        *_of_vectors(known, dataset, found),
        *_of_versions(known),
        *_of_processor(known),
    ]


def notes(known: Recipe, dataset: Dataset, found: Changes) -> list[str]:
    """Return what is other here and makes no difference to the map."""
    is_same = found.are_none and list(known.files) == dataset.filenames
    if not is_same or known.fingerprints.get("collection") in (None, "", dataset.fingerprint):
        return []
    return [_("The metadata of the collection have changed since; the map does not depend on them.")]


def _of_pictures(known: Recipe, dataset: Dataset, found: Changes) -> list[str]:
    said = [
        text.format(names=_listed(names))
        for names, text in (
            (found.missing, _("images are missing: {names}")),
            (found.changed, _("images have changed: {names}")),
            (found.added, _("images were added: {names}")),
            (found.without_file, _("the files of images are missing or cannot be read: {names}")),
            (found.replaced, _("the files of images have changed since they were added: {names}")),
        )
        if names
    ]
    is_same = not (found.missing or found.changed or found.added)
    if is_same and list(known.files) != dataset.filenames:
        said.append(_("the images are in another order"))
    return said


def _of_vectors(known: Recipe, dataset: Dataset, found: Changes) -> list[str]:
    encoder = known.request.encoder
    key, is_known = provenance.key_here(encoder), known.encoder_key != encoder
    if key is not None and is_known and key != known.encoder_key:
        return [_("the encoder has other weights or is run in another way")]
    if key is None or found.missing or found.changed or found.added:
        return []
    before, now = (
        known.fingerprints.get("embedding"),
        embedding.fingerprint_of(dataset, encoders.get(encoder)),
    )
    if not before or now is None or before == now:
        return []
    return [
        _(
            "the vectors of the images are not those the map was made from, though images and encoder are the same: "
            "on another machine the last digits differ"
        )
    ]


def _of_versions(known: Recipe) -> list[str]:
    if not known.versions:
        return [_("by which versions the recorded map was made is not known")]
    here, there = provenance.versions_here(), known.versions
    return [
        _("{package} is {here} here, was {there}").format(
            package=package,
            here=here.get(package) or _("not there"),
            there=recipe.printable(there.get(package) or _("unknown")),
        )
        for package in _PACKAGES
        if here.get(package) != there.get(package)
    ]


def _of_processor(known: Recipe) -> list[str]:
    if known.processor is None:
        return [_("the recorded map is the one shipped with Barr X, made on another processor")]
    if not known.processor:
        return [_("on which processor the recorded map was made is not known")]
    if known.processor == provenance.processor():
        return []
    text = _("the processor is {here} here, was {there}")
    return [text.format(here=provenance.processor(), there=recipe.printable(known.processor))]


def altered(known: Recipe) -> list[str]:
    """Return what of a recipe is not what its own fingerprints say."""
    found = recipe.contents(known.coordinates, known.clustering)
    return [name for name, digest in found.items() if known.fingerprints.get(name, digest) != digest]


def _listed(names: list[str], most: int = 20) -> str:
    shown = ", ".join(map(recipe.printable, names[:most]))
    return shown if len(names) <= most else _("{names} and {n} more").format(names=shown, n=len(names) - most)
