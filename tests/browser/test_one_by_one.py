"""Another page is begun while something of the page that is left still runs by itself: nobody sees an empty page."""

from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from barrx.ui import keys
from tests.browser.app_steps import button, open_app, to_page, wait_for_map
from tests.browser.conftest import Server
from tests.browser.steps import PATIENCE, wait_until_idle


class Impatient:
    """A connection on which something of the page asks to run by itself right behind every other request.

    Behind the request for another page, something of the page that is left asks too, as a map does that tells what it
    shows.
    """

    def __init__(self, page: Page) -> None:
        self.fragment_id = ""
        self.page = ""
        self.asked = self.late = 0
        page.route_web_socket("**/_stcore/stream", self._route)

    def _route(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def asked(data: str | bytes) -> None:
            server.send(data)
            message = BackMsg.FromString(data) if isinstance(data, bytes) else BackMsg()
            if message.WhichOneof("type") == "rerun_script" and self.fragment_id:
                message.rerun_script.fragment_id = self.fragment_id
                message.rerun_script.is_auto_rerun = True
                message.rerun_script.ClearField("widget_states")
                server.send(message.SerializeToString())
                self.asked += 1
                before, self.page = self.page, message.rerun_script.page_script_hash
                if before and before != self.page:
                    message.rerun_script.page_script_hash = before
                    message.rerun_script.is_auto_rerun = False
                    server.send(message.SerializeToString())
                    self.late += 1

        def said(data: str | bytes) -> None:
            message = ForwardMsg.FromString(data) if isinstance(data, bytes) else ForwardMsg()
            if message.WhichOneof("type") == "delta" and message.delta.fragment_id:
                self.fragment_id = message.delta.fragment_id
            browser.send(data)

        browser.on_message(asked)
        server.on_message(said)


def test_the_next_page_is_drawn_whatever_still_runs_of_the_last(page: Page, server: Server) -> None:
    impatient = Impatient(page)
    open_app(page, server, "/categories")
    to_map = button(page, f"{keys.TO_MAP}:{keys.CELL_WALL}")
    expect(to_map).to_be_visible(timeout=PATIENCE)
    wait_until_idle(page)
    to_map.click()
    expect(page.get_by_role("heading", name="images selected")).to_be_visible()
    wait_for_map(page)
    assert impatient.asked > 0


def test_the_next_page_stays_whatever_is_still_asked_for_by_the_last(page: Page, server: Server) -> None:
    impatient = Impatient(page)
    open_app(page, server, "/")
    wait_for_map(page)
    to_page(page, "Clusters")
    to_page(page, "Explore")
    wait_for_map(page)
    to_page(page, "Categories")
    expect(button(page, f"{keys.TO_MAP}:{keys.CELL_WALL}")).to_be_visible(timeout=PATIENCE)
    wait_until_idle(page)
    assert impatient.late > 0
    expect(button(page, f"{keys.TO_MAP}:{keys.CELL_WALL}")).to_be_visible()
