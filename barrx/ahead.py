"""What a user is likely to ask for next: the slider positions beside those on screen."""

from collections.abc import Iterator
from dataclasses import replace

from barrx import projection
from barrx.pipeline import MapRequest
from barrx.projection import ProjectionParams

MIN_DIST_STEP = 0.05
N_NEIGHBORS_STEP = 1


def beside(request: MapRequest, before: MapRequest | None, n_images: int) -> list[MapRequest]:
    """Return the maps one step of a slider away, those in the direction of the last step first.

    Parameters
    ----------
    request : the map on screen
    before : the map that was on screen before it, if it is known

    ``min_cluster_size`` is not among them: it is cut from the tree of the map in no time.
    """
    if n_images < projection.MIN_IMAGES:
        return []
    now = request.projection
    moved = _direction(now, before.projection) if before is not None else (0, 0)
    found = list(_steps(now, n_images))
    found.sort(key=lambda other: _direction(other, now) != moved)
    return [replace(request, projection=other) for other in found]


def _steps(now: ProjectionParams, n_images: int) -> Iterator[ProjectionParams]:
    largest = min(projection.MAX_SLIDER_NEIGHBORS, n_images - 1)
    for step in (1, -1):
        n_neighbors = now.n_neighbors + step * N_NEIGHBORS_STEP
        if 2 <= n_neighbors <= largest:
            yield replace(now, n_neighbors=n_neighbors)
    for step in (1, -1):
        # As the slider rounds it, since a map is stored under the very number.
        min_dist = round(now.min_dist + step * MIN_DIST_STEP, 2)
        if 0 <= min_dist <= 1:
            yield replace(now, min_dist=min_dist)


def _direction(new: ProjectionParams, old: ProjectionParams) -> tuple[int, int]:
    def sign(number: float) -> int:
        return (number > 0) - (number < 0)

    return sign(new.n_neighbors - old.n_neighbors), sign(new.min_dist - old.min_dist)
