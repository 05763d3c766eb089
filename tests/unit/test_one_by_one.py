"""What is asked for waits until what was asked for before has been heard; what comes by itself, until that is over."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from barrx.ui import one_by_one
from barrx.ui.one_by_one import OneByOne, RunOnItsWay


def apart(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: in this one a browser's loop may be running."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


def begins(run: str, *fragments: str) -> ForwardMsg:
    message = ForwardMsg()
    message.new_session.page_script_hash = "page"
    message.metadata.run.script_run_id = run
    message.metadata.run.fragment_ids.extend(fragments)
    return message


def ends(run: str, status: int = ForwardMsg.FINISHED_SUCCESSFULLY) -> ForwardMsg:
    message = ForwardMsg()
    message.script_finished = status  # type: ignore[assignment]
    message.metadata.run.script_run_id = run
    return message


def leads_to(page: str) -> ForwardMsg:
    message = ForwardMsg()
    message.navigation.page_script_hash = page
    return message


def shows() -> ForwardMsg:
    message = ForwardMsg()
    message.delta.new_element.text.body = "x"
    return message


def asks(fragment: str = "", page: str = "", *, by_itself: bool = False) -> bytes:
    message = BackMsg()
    message.rerun_script.page_script_hash = page
    message.rerun_script.fragment_id = fragment
    message.rerun_script.is_auto_rerun = by_itself
    return message.SerializeToString()


def test_a_run_is_over_when_what_was_asked_for_has_begun_and_ended() -> None:
    run = RunOnItsWay()
    assert not run.is_on_its_way()
    run.asked_for("")
    run.told(begins("0", "chart"))  # had begun by itself before
    run.told(ends("0", ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY))
    assert run.is_on_its_way()
    run.told(begins("1"))
    run.told(ends("0"))
    assert run.is_on_its_way()
    run.told(ends("1"))
    assert not run.is_on_its_way()


def test_another_page_goes_on_with_the_run_of_the_button() -> None:
    run = RunOnItsWay()
    run.asked_for("button")
    run.told(begins("1", "chart", "button"))
    run.told(ends("1", ForwardMsg.FINISHED_EARLY_FOR_RERUN))
    assert run.is_on_its_way()
    run.told(begins("2"))
    assert run.is_on_its_way()
    run.told(ends("2", ForwardMsg.FINISHED_WITH_COMPILE_ERROR))
    assert not run.is_on_its_way()


def test_what_is_asked_for_while_another_run_is_on_its_way_is_waited_for() -> None:
    run = RunOnItsWay()
    run.asked_for("")
    run.told(begins("1"))
    run.asked_for("")
    run.told(ends("1"))
    assert run.is_on_its_way()
    run.told(begins("2"))
    run.told(ends("2"))
    assert not run.is_on_its_way()


def test_what_is_never_answered_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    run = RunOnItsWay()
    run.asked_for("gone")
    assert run.is_on_its_way()
    monkeypatch.setattr(one_by_one, "_AT_MOST", 0)
    assert not run.is_on_its_way()


def test_a_request_waits_until_the_one_before_it_has_shown_something() -> None:
    async def waits() -> None:
        run = RunOnItsWay()
        await run.wait_until_heard()  # nothing was asked for
        run.asked_for("")
        waiting = asyncio.create_task(run.wait_until_heard())
        for message in (begins("0", "chart"), shows(), begins("1")):  # the first by itself
            run.told(message)
            await asyncio.sleep(0)
            assert not waiting.done()
        run.told(shows())
        await waiting

    apart(waits())


def test_a_request_that_is_never_heard_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_by_one, "_HEARD_AT_MOST", 0.01)

    async def waits() -> None:
        run = RunOnItsWay()
        run.asked_for("gone")
        await run.wait_until_heard()

    apart(waits())


def test_only_requests_by_themselves_are_left_out_of_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_by_one, "_HEARD_AT_MOST", 0.01)
    sent = [
        asks("chart", by_itself=True),
        asks(),
        asks("chart", by_itself=True),
        b"\xff",  # no message: Streamlit's to answer
        asks("chart"),
        BackMsg(load_git_info=True).SerializeToString(),
    ]
    messages: list[Message] = [
        {"type": "websocket.connect"},
        *({"type": "websocket.receive", "bytes": data} for data in sent),
        {"type": "websocket.receive", "text": "x"},
        {"type": "websocket.disconnect"},
    ]
    heard: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while not heard or heard[-1]["type"] != "websocket.disconnect":
            heard.append(await receive())

    waiting = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    async def send(message: Message) -> None:
        raise AssertionError(message)

    apart(OneByOne(app)({"type": "websocket"}, receive, send))
    assert heard == [
        message for message in messages if message.get("bytes") != sent[2] or message is messages[1]
    ]


async def never() -> Message:
    return await asyncio.get_running_loop().create_future()


async def passes_on(app: ASGIApp, sent: list[bytes], said: list[Message] | None = None) -> None:
    """Connect a browser that has sent all this at once, and sends nothing more; `said` takes what it is told."""
    messages = iter([{"type": "websocket.receive", "bytes": data} for data in sent])

    async def receive() -> Message:
        message = next(messages, None)
        return await never() if message is None else message

    async def send(message: Message) -> None:
        if said is not None:
            said.append(message)

    await asyncio.wait_for(OneByOne(app)({"type": "websocket"}, receive, send), 60)


async def tell(send: Send, *messages: ForwardMsg) -> None:
    for message in messages:
        await send({"type": "websocket.send", "bytes": message.SerializeToString()})


def test_what_is_asked_for_by_itself_is_heard_once_the_run_has_ended() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["bytes"] == asks()
        waiting = asyncio.create_task(receive())
        await tell(send, begins("1"))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await tell(send, ends("1"))
        assert (await waiting)["bytes"] == asks("chart", by_itself=True)

    said: list[Message] = []
    apart(passes_on(app, [asks(), asks("chart", by_itself=True)], said))
    assert len(said) == 2


def test_what_a_busy_server_reads_late_ends_no_run_that_it_has_not_sent_yet() -> None:
    """Seven looks at a job come at once; the first has the page run, and nothing else is heard until that is sent."""
    heard: list[bytes] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append((await receive())["bytes"])
        waiting = asyncio.create_task(receive())
        early = ends("1", ForwardMsg.FINISHED_EARLY_FOR_RERUN)
        for message in (begins("1", "line"), shows(), early, begins("2"), shows()):
            await tell(send, message)
            await asyncio.sleep(0.01)
            assert not waiting.done()
        await tell(send, ends("2"))
        heard.append((await waiting)["bytes"])
        await tell(send, begins("3", "line"), ends("3"))
        heard.append((await receive())["bytes"])
        await tell(send, begins("4", "chart"), ends("4"))
        waiting = asyncio.create_task(receive())
        await asyncio.sleep(0.05)
        assert not waiting.done()
        waiting.cancel()

    looks = (
        [asks("line", by_itself=True)] * 4
        + [asks("chart", by_itself=True)]
        + [asks("line", by_itself=True)] * 2
    )
    apart(passes_on(app, looks))
    assert heard == [looks[0], looks[0], looks[4]]


def test_part_of_a_page_that_somebody_asks_for_waits_until_the_page_is_over() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        waiting = asyncio.create_task(receive())
        await tell(send, begins("1"), shows())
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await tell(send, ends("1"))
        assert (await waiting)["bytes"] == asks("map")
        waiting = asyncio.create_task(receive())
        await tell(send, begins("2", "map"), shows())
        assert (await waiting)["bytes"] == asks(), "a whole page ends what is on its way"

    apart(passes_on(app, [asks(), asks("map"), asks()]))


def test_the_page_is_the_one_asked_for_until_the_run_has_led_elsewhere() -> None:
    run = RunOnItsWay()
    assert run.page() == ""
    run.asked_for("", "")
    run.told(leads_to("explore"))
    assert run.page() == "explore"
    run.asked_for("", "clusters")
    assert run.page() == "clusters"
    run.told(leads_to("explore"))  # of a run before
    assert run.page() == "clusters"
    for message in (begins("1"), leads_to("clusters"), begins("2"), leads_to("tune")):
        run.told(message)
    assert run.page() == "tune"
    run.told(ends("2"))
    assert run.page() == "tune"
    run.asked_for("chart", "tune")
    assert run.page() == "tune"
    run.asked_for("", "gone")
    for message in (begins("3"), leads_to("explore"), ends("3")):
        run.told(message)
    assert run.page() == "explore"


def test_what_a_page_asks_for_as_it_is_left_is_a_request_of_the_next_page() -> None:
    sent = [
        asks("", "explore"),
        asks("", "clusters"),
        asks("map", "explore"),
        asks("chart", "explore", by_itself=True),
        asks("table", "clusters"),
        asks("chart", "clusters", by_itself=True),
    ]
    heard: list[bytes] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for i in range(5):
            heard.append((await receive())["bytes"])
            run = str(i)
            await tell(send, begins(run), leads_to("explore" if i == 0 else "clusters"), shows(), ends(run))

    apart(passes_on(app, sent))
    assert heard == [sent[0], sent[1], asks("map", "clusters"), sent[4], sent[5]]
