"""The language of a session: the address first, each session its own, the page files without a word of English."""

from pathlib import Path

from barrx import i18n
from tests.app.test_pages import page, texts


def test_address_chooses_the_language_of_one_session_only(home: Path) -> None:
    spanish, english = page("main", lang="es"), page("main")
    for test, labels in ((spanish, ["Colección", "Codificador"]), (english, ["Collection", "Encoder"])):
        assert not test.exception
        assert [box.label for box in test.selectbox][:2] == labels
    assert "Este mapa está hecho con" in texts(spanish)
    assert i18n.language() == "en"


def test_unknown_language_in_the_address_is_english(home: Path) -> None:
    test = page("main", lang="xx")
    assert not test.exception
    assert test.selectbox[0].label == "Collection"
