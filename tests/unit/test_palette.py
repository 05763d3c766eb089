"""The palette holds what it promises: colours told apart by everybody, on both grounds."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from barrx.errors import ParameterError
from barrx.ui import palette

# Machado, Oliveira & Fernandes 2009, severity 1.0, for linear RGB
VISION = {
    "normal": np.eye(3),
    "protanope": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranope": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
# Ottosson 2020
TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(color: str) -> NDArray[np.float64]:
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(color: str) -> float:
    return float(linear(color) @ [0.2126, 0.7152, 0.0722])


def oklab(color: str, vision: str) -> NDArray[np.float64]:
    seen = np.clip(VISION[vision] @ linear(color), 0, 1)
    return TO_LAB @ np.cbrt(TO_LMS @ seen)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(("count", "bound"), [(10, 0.068), (20, 0.054)])
def test_palette_colours_are_told_apart_by(vision: str, count: int, bound: float) -> None:
    seen = [oklab(color, vision) for color in palette.CATEGORICAL[:count]]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > bound


@pytest.mark.parametrize("color", [*palette.CATEGORICAL, palette.NOISE, *palette.sequential(7)])
def test_palette_colours_stand_out_on_light_and_dark(color: str) -> None:
    assert 1.05 / (luminance(color) + 0.05) > 1.9
    assert (luminance(color) + 0.05) / (luminance("#15171b") + 0.05) > 1.9


def test_sequential_grows_lighter() -> None:
    steps = [luminance(color) for color in palette.sequential(9)]
    assert steps == sorted(steps)


@pytest.mark.parametrize(("n", "expected"), [(1, ["#4b3a8c"]), (2, ["#4b3a8c", "#c9bc35"])])
def test_sequential_keeps_its_ends(n: int, expected: list[str]) -> None:
    assert palette.sequential(n) == expected


def test_sequential_refuses_no_colours() -> None:
    with pytest.raises(ParameterError, match="at least 1, got 0"):
        palette.sequential(0)
