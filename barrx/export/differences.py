"""How far a map that was made again is from the one its recipe records, and why."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from barrx import anchoring, identity
from barrx.datasets import Dataset
from barrx.errors import ParameterError
from barrx.export import recipe
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


def reasons(known: Recipe, dataset: Dataset) -> list[str]:
    """Return what is other here than where the map was made; empty if nothing is known to be."""
    found = []
    present = dict(zip(dataset.filenames, dataset.sha256, strict=True))
    lost = [name for name in known.files if name not in present]
    changed = [name for name, sha in known.files.items() if present.get(name, sha) != sha]
    new = [name for name in present if name not in known.files]
    for names, text in (
        (lost, _("images are missing: {names}")),
        (changed, _("images have changed: {names}")),
        (new, _("images were added: {names}")),
    ):
        if names:
            found.append(text.format(names=_listed(names)))
    found += [
        _("the recipe was changed: its {name} are not those of its fingerprint").format(name=name)
        for name in altered(known)
    ]
    key = recipe.key_here(known.request.encoder)
    is_key_known = known.encoder_key != known.request.encoder
    if key is not None and is_key_known and key != known.encoder_key:
        found.append(_("the encoder has other weights or is run in another way"))
    if not known.versions:
        found.append(_("by which versions the recorded map was made is not known"))
    for package in _PACKAGES if known.versions else ():
        here, there = recipe.versions_here().get(package), known.versions.get(package)
        if here != there:
            found.append(
                _("{package} is {here} here, was {there}").format(
                    package=package,
                    here=here or _("not there"),
                    there=recipe.printable(there or _("unknown")),
                )
            )
    if known.processor is None:
        found.append(_("the recorded map is the one shipped with Barr X, made on another processor"))
    elif not known.processor:
        found.append(_("on which processor the recorded map was made is not known"))
    elif known.processor != recipe.processor():
        found.append(
            _("the processor is {here} here, was {there}").format(
                here=recipe.processor(), there=recipe.printable(known.processor)
            )
        )
    return found


def altered(known: Recipe) -> list[str]:
    """Return what of a recipe is not what its own fingerprints say."""
    found = recipe.contents(known.coordinates, known.clustering)
    return [name for name, digest in found.items() if known.fingerprints.get(name, digest) != digest]


def _listed(names: list[str], most: int = 20) -> str:
    shown = ", ".join(map(recipe.printable, names[:most]))
    return shown if len(names) <= most else _("{names} and {n} more").format(names=shown, n=len(names) - most)
