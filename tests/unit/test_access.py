"""Who may look and who may write, by the secrets."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from streamlit import config
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from barrx import datasets, rights, settings, views
from barrx.errors import DatasetError, ParameterError, ViewsError
from barrx.ui import access
from barrx.ui.access import Roles

ROLES = Roles(curators=("ana@museum.example", "@curators.example"), viewers=("@museum.example",))
SECRET = "of the cookie"
AUTH = f'[auth]\nredirect_uri = "http://127.0.0.1/oauth2callback"\ncookie_secret = "{SECRET}"\n'
Secrets = Callable[[str], None]


@pytest.fixture
def secrets(home: Path, tmp_path: Path) -> Iterator[Secrets]:
    """Give a function that writes the secrets."""
    path, before = tmp_path / "secrets.toml", config.get_option("secrets.files")
    config.set_option("secrets.files", [str(path)])
    st.secrets._reset()

    def write(text: str) -> None:
        path.write_text(text, encoding="utf-8")
        st.secrets._reset()

    yield write
    config.set_option("secrets.files", before)
    st.secrets._reset()


def cookie(**claims: Any) -> dict[str, str]:
    """Return the cookie that Streamlit gives to whoever has signed in."""
    text = json.dumps({"origin": "http://127.0.0.1", "is_logged_in": True, **claims})
    return {"_streamlit_user": create_signed_value(SECRET, "_streamlit_user", text).decode()}


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"email": "ana@museum.example"}, "curator"),
        ({"email": " Ana@Museum.Example "}, "curator"),
        ({"email": "eva@curators.example"}, "curator"),
        ({"email": "luis@museum.example", "email_verified": True}, "viewer"),
        ({"email": "ana@museum.example", "email_verified": False}, "nobody"),
        ({"email": "ana@museum.example.evil.example"}, "nobody"),
        ({"email": "museum.example"}, "nobody"),
        ({"email": None}, "nobody"),
        ({}, "nobody"),
    ],
)
def test_role_follows_the_verified_address(claims: dict[str, Any], role: str) -> None:
    assert ROLES.of(claims) == role


@pytest.mark.parametrize(
    ("roles", "claims", "role"),
    [
        (Roles(viewers=("*",)), {"email": "who@ever.example"}, "viewer"),
        (Roles(viewers=("*",)), {}, "nobody"),
        (Roles(public=True), {}, "viewer"),
        (Roles(), {"email": "who@ever.example"}, "nobody"),
    ],
)
def test_others_look_only_where_that_is_said(roles: Roles, claims: dict[str, Any], role: str) -> None:
    assert roles.of(claims) == role


def test_without_sign_in_everybody_may_write(secrets: Secrets) -> None:
    assert not access.is_on()
    assert access.may_write()
    assert access.may_look({})
    secrets('[other]\nkey = "value"\n')
    assert access.may_write()


def test_secrets_that_cannot_be_read_open_no_door(secrets: Secrets) -> None:
    secrets("[auth\n")
    with pytest.raises(ParameterError, match=r"secrets\.toml cannot be read as TOML\. Mend it"):
        access.is_on()
    guarded = access.for_those_who_may_look(_answer)
    assert _answered(guarded(_request({}))).status_code == 403


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ('curators = "ana@museum.example"', r"curators must be a list of e-mail addresses"),
        ("viewers = [1]", r"viewers must be a list"),
        ('curators = ["*"]', r"curators must be a list"),
        ('public = "no"', r"public must be true or false in the secrets, got “no”"),
    ],
)
def test_slips_in_the_secrets_are_said(secrets: Secrets, section: str, message: str) -> None:
    secrets(f"{AUTH}[barrx]\n{section}\n")
    with pytest.raises(ParameterError, match=message):
        access.configured()


def test_routes_answer_only_to_who_may_look(secrets: Secrets) -> None:
    secrets(AUTH + '[barrx]\nviewers = ["@museum.example"]\n')
    assert access.may_look(cookie(email="luis@museum.example"))
    assert not access.may_look({})
    assert not access.may_look(cookie(email="eve@elsewhere.example"))
    assert not access.may_look(cookie(email="luis@museum.example", is_logged_in=False))
    assert not access.may_send(cookie(email="luis@museum.example"))
    secrets(AUTH + '[barrx]\ncurators = ["ana@museum.example"]\n')
    assert access.may_send(cookie(email="ana@museum.example"))
    assert not access.may_send({})
    secrets(AUTH + '[barrx]\nviewers = ["@museum.example"]\n')
    forged = create_signed_value("another secret", "_streamlit_user", '{"email": "luis@museum.example"}')
    assert not access.may_look({"_streamlit_user": forged.decode()})
    answers = [
        _answered(access.for_those_who_may_look(_answer)(_request(cookies)))
        for cookies in ({}, cookie(email="luis@museum.example"))
    ]
    assert [answer.status_code for answer in answers] == [403, 200]
    assert answers[1].headers["Cache-Control"] == "private, no-cache"


def test_nobody_writes_without_a_session_where_people_sign_in(secrets: Secrets) -> None:
    secrets(AUTH + '[barrx]\ncurators = ["ana@museum.example"]\n')
    assert not rights.may_write()
    dataset = datasets.load(datasets.DEMO_SLUG)
    with pytest.raises(ViewsError, match=r"Only curators may change something here\. Sign in as one\."):
        views.add_group(dataset, "owls", [1, 2])
    with pytest.raises(DatasetError, match="Only curators may change something here"):
        datasets.remove("anything")


def test_share_page_says_what_is_on(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no sign-in here" in access.explanation()
    secrets(AUTH + "[barrx]\npublic = true\n")
    assert "Everybody may browse" in access.explanation()
    secrets(AUTH + '[barrx]\nviewers = ["*"]\n')
    assert "People who have signed in" in access.explanation()
    monkeypatch.setenv("BARRX_READ_ONLY", "1")
    settings.current.cache_clear()
    assert "read-only" in access.explanation()
    assert not rights.may_write()


def _answered(coming: Coroutine[Any, Any, Response]) -> Response:
    # In a thread of its own: tests of the browser before this one have left a loop running in the main one.
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, coming).result()


async def _answer(request: Request) -> Response:
    return Response("here", headers={"Cache-Control": "private, max-age=86400, immutable"})


def _request(cookies: dict[str, str]) -> Request:
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return Request({"type": "http", "headers": [(b"cookie", sent.encode())] if sent else []})


# --- work that is on its way --------------------------------------------------------------------------------


def _progress_of_a_job() -> None:
    import streamlit as st

    from barrx.ui import jobs, state
    from barrx.workers import Job

    owner = {"me": state.session_id(), "other": "other", "nobody": ""}[st.session_state["owner"]]
    job = Job(task="embed", arguments={}, lane="long", owners={owner})
    if st.session_state["is_cancelled"]:
        job.cancel()
    jobs.panel(job, title="Embedding", unit="images")
    st.text(f"stopped: {job.is_stopped}")


@pytest.mark.parametrize(
    ("may_write", "owner", "offered"),
    [(True, "nobody", 1), (False, "nobody", 0), (False, "other", 0), (False, "me", 1)],
)
def test_only_who_may_write_stops_the_work_of_others(
    home: Path, monkeypatch: pytest.MonkeyPatch, may_write: bool, owner: str, offered: int
) -> None:
    monkeypatch.setattr(rights, "_may_asker_write", lambda: may_write)
    test = AppTest.from_function(_progress_of_a_job)
    test.session_state["owner"] = owner
    test.session_state["is_cancelled"] = False
    test.run()
    assert not test.exception
    assert len(test.button) == offered
    assert "Embedding" in str(test.get("progress")[0].proto)


def test_work_that_is_asked_to_stop_says_so_until_it_has(home: Path) -> None:
    test = AppTest.from_function(_progress_of_a_job)
    test.session_state["owner"], test.session_state["is_cancelled"] = "me", True
    test.run()
    assert not test.exception
    assert test.button[0].disabled
    assert "Embedding · stopping…" in str(test.get("progress")[0].proto.text)
