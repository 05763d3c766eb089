"""Sign-in with a small provider of this machine: visitors stay out, viewers look, curators write."""

from collections.abc import Iterator

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Page, expect

from barrx.ui import keys
from tests.browser import conftest
from tests.browser.app_steps import button, open_app, widget
from tests.browser.conftest import Complaints, OpenPage, Server
from tests.browser.steps import the_map, wait_until_idle

CURATOR, VIEWER, STRANGER = "ana@museum.example", "luis@museum.example", "eve@elsewhere.example"
SECRETS = """
[auth]
redirect_uri = "{url}/oauth2callback"
cookie_secret = "only for this test"
client_id = "barrx"
client_secret = "also only for this test"
server_metadata_url = "http://localhost:{port}/.well-known/openid-configuration"

[barrx]
curators = ["ana@museum.example"]
viewers = ["@museum.example"]
"""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server where people sign in."""
    folder, port = tmp_path_factory.mktemp("guarded"), conftest.free_port()
    people = [
        User(sub=one, claims={"email": one, "email_verified": True}) for one in (CURATOR, VIEWER, STRANGER)
    ]
    with run_server_in_thread(user_claims=people) as provider:
        secrets = folder / ".streamlit" / "secrets.toml"
        secrets.parent.mkdir()
        url = f"http://127.0.0.1:{port}"
        secrets.write_text(SECRETS.format(url=url, port=provider.server_port), encoding="utf-8")
        server = conftest.start(folder, port=port)
        yield server
        server.stop()


def sign_in(page: Page, server: Server, who: str) -> None:
    open_app(page, server)
    expect(button(page, keys.SIGN_IN)).to_be_visible(timeout=150_000)
    expect(page.locator("canvas")).to_have_count(0)
    button(page, keys.SIGN_IN).click()
    page.get_by_role("button", name=who, exact=True).click()
    page.wait_for_url(f"{server.url}/**")
    wait_until_idle(page)


def address_of_thumbnails(page: Page) -> str:
    """Return an address that the map has fetched thumbnails from."""
    found = page.evaluate(
        """() => performance.getEntriesByType("resource").map((one) => one.name)
          .find((name) => name.includes("/barrx/thumbnails/")) ?? null"""
    )
    return str(found) if found else ""


def test_curators_write_viewers_look_and_others_stay_out(
    guarded: Server, open_page: OpenPage, complaints: Complaints
) -> None:
    curator = open_page()
    sign_in(curator, guarded, CURATOR)
    the_map(curator)
    curator.wait_for_function(
        "performance.getEntriesByType('resource').some((r) => r.name.includes('/thumbnails/'))"
    )
    address = address_of_thumbnails(curator)
    assert curator.request.get(address).status == 200
    open_app(curator, guarded, "/datasets")
    expect(button(curator, keys.ADD_SUBMIT)).to_be_visible()

    viewer = open_page(width=390, height=844)
    sign_in(viewer, guarded, VIEWER)
    the_map(viewer)
    assert viewer.request.get(address).status == 200
    upload = f"{guarded.url}/_stcore/upload_file/session/file"
    assert viewer.request.put(upload, multipart={"file": "x"}).status == 403
    open_app(viewer, guarded, "/datasets")
    expect(viewer.get_by_text("Only curators may change something here.")).to_be_visible()
    expect(widget(viewer, keys.ADD_SUBMIT)).to_have_count(0)
    button(viewer, keys.SIGN_OUT).click()
    viewer.get_by_role("button", name="End session").click()  # the provider asks too
    expect(button(viewer, keys.SIGN_IN)).to_be_visible()
    assert viewer.request.get(address).status == 403

    stranger = open_page(width=1000)  # another size, another profile: no cookie of the curator
    sign_in(stranger, guarded, STRANGER)
    expect(stranger.get_by_text(f"{STRANGER} may not look at this dashboard.")).to_be_visible()
    expect(stranger.locator("canvas")).to_have_count(0)
    assert stranger.request.get(address).status == 403
    # The provider's own page wants a style sheet from the network.
    complaints.lines[:] = [
        one for one in complaints.lines if one.startswith("uncaught") or guarded.url in one
    ]
