"""How pictures are drawn, as the text that an address carries."""

import pytest

from barrx.errors import ParameterError
from barrx.views import Style


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (Style(), "both.40"),
        (Style(mode="dots", size=96), "dots.96"),
        (Style(mode="pictures", size=20, without=("noise", "names")), "pictures.20.names.noise"),
    ],
)
def test_style_comes_back_from_its_text(style: Style, text: str) -> None:
    assert style.to_text() == text
    assert Style.from_text(text) == style


@pytest.mark.parametrize(
    "text",
    [
        "",
        "both",
        "both.",
        "both.19",
        "both.97",
        "both.4e1",
        "both.-40",
        "both.٤٠",
        "x.40",
        "both.40.x",
        "both.40.",
    ],
)
def test_what_is_no_style_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="cannot be drawn") as caught:
        Style.from_text(text)
    assert str(caught.value) == f"The map cannot be drawn as “{text}”."
