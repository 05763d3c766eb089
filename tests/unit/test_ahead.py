"""What is computed ahead of the user."""

from dataclasses import replace

import pytest

from barrx import ahead
from barrx.pipeline import MapRequest
from barrx.projection import ProjectionParams

BASE = MapRequest(slug="demo", encoder="efficientnet-lite0")


def settings(found: list[MapRequest]) -> list[tuple[int, float]]:
    return [(one.projection.n_neighbors, one.projection.min_dist) for one in found]


def test_both_sliders_are_followed_one_step_either_way() -> None:
    assert settings(ahead.beside(BASE, None, 800)) == [(16, 0.1), (14, 0.1), (15, 0.15), (15, 0.05)]


@pytest.mark.parametrize(
    ("before", "first"), [((17, 0.1), (14, 0.1)), ((12, 0.1), (16, 0.1)), ((15, 0.2), (15, 0.05))]
)
def test_the_way_the_slider_goes_comes_first(before: tuple[int, float], first: tuple[int, float]) -> None:
    last = replace(BASE, projection=ProjectionParams(n_neighbors=before[0], min_dist=before[1]))
    assert settings(ahead.beside(BASE, last, 800))[0] == first


@pytest.mark.parametrize(
    ("n_neighbors", "min_dist", "n_images", "expected"),
    [
        (2, 0.0, 800, [(3, 0.0), (2, 0.05)]),
        (100, 1.0, 800, [(99, 1.0), (100, 0.95)]),
        (9, 0.5, 10, [(8, 0.5), (9, 0.55), (9, 0.45)]),
        (2, 0.1, 4, []),
    ],
)
def test_nothing_beyond_the_ends_of_the_sliders(
    n_neighbors: int, min_dist: float, n_images: int, expected: list[tuple[int, float]]
) -> None:
    request = replace(BASE, projection=ProjectionParams(n_neighbors=n_neighbors, min_dist=min_dist))
    assert settings(ahead.beside(request, None, n_images)) == expected
