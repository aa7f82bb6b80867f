"""What pages of apps do by a clock is told from what people do, by what the frameworks themselves say."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

import pytest
from aiohttp import web

from vitrina.hub.proxy.timers import GradioEvent, gradio_event, gradio_timers, is_callback_by_clock, is_message_by_clock
from vitrina.store.apps import AppDraft


def callback(*changed: str) -> bytes:
    body = {"output": "out.children", "inputs": [{"id": "tick", "value": 3}], "changedPropIds": list(changed)}
    return json.dumps(body, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("changed", "is_by_clock"),
    [
        (["tick.n_intervals"], True),
        (["tick.n_intervals", "tock.n_intervals"], True),
        (["button.n_clicks"], False),
        (["tick.n_intervals", "button.n_clicks"], False),
        ([], False),
    ],
)
def test_a_dash_callback_names_what_changed(changed: list[str], is_by_clock: bool) -> None:
    assert is_callback_by_clock(callback(*changed)) is is_by_clock


def test_a_body_that_says_nothing_is_a_persons() -> None:
    assert not is_callback_by_clock(b"")
    assert not is_callback_by_clock(callback("tick.n_intervals")[:40])


def test_streamlits_own_messages_are_read_as_streamlit_writes_them() -> None:
    back = pytest.importorskip("streamlit.proto.BackMsg_pb2").BackMsg
    pressed, by_clock, heartbeat = back(), back(), back()
    pressed.rerun_script.query_string = "a=1"
    pressed.rerun_script.fragment_id = "part"
    by_clock.rerun_script.CopyFrom(pressed.rerun_script)
    by_clock.rerun_script.is_auto_rerun = True
    heartbeat.app_heartbeat = True
    said = {
        name: is_message_by_clock("streamlit", message.SerializeToString())
        for name, message in {"pressed": pressed, "clock": by_clock, "heartbeat": heartbeat}.items()
    }
    assert said == {"pressed": False, "clock": True, "heartbeat": True}
    assert not is_message_by_clock("panel", heartbeat.SerializeToString())


@pytest.mark.parametrize("message", [b"", b"\xff" * 30, b"\x5a\xff", b"\x07", b"a text"])
def test_what_is_no_message_of_streamlits_is_a_persons(message: bytes) -> None:
    assert not is_message_by_clock("streamlit", message)


def event(component: int, *, page: str = "tab") -> bytes:
    """What Gradio's page says that something happened, as its newest release writes it."""
    return json.dumps(
        {"data": [1], "event_data": None, "fn_index": 2, "trigger_id": component, "session_hash": page}
    ).encode()


def test_gradios_event_names_its_cause() -> None:
    assert gradio_event(event(3)) == GradioEvent("tab", 3)
    assert gradio_event(event(3)[:-1]) is None
    assert gradio_event(b'{"data": [1], "session_hash": "a program"}') is None
    assert gradio_event(b"[" * 60_000) is None


GRADIO = """
import json
import gradio as gr
with gr.Blocks() as demo:
    number, button, timer, every = gr.Number(), gr.Button(), gr.Timer(1), gr.Textbox(value=str, every=2)
    gr.on([timer.tick, button.click], str, number, number)
print(json.dumps([demo.get_config_file(), timer._id, [number._id, button._id, every._id]]))
"""


@pytest.mark.slow
def test_gradio_itself_says_what_its_timers_are() -> None:
    environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}
    told = subprocess.run([sys.executable, "-c", GRADIO], env=environment, check=True, capture_output=True).stdout
    config, timer, others = json.loads(told.splitlines()[-1])
    found = gradio_timers(json.dumps(config).encode())
    assert timer in found
    assert len(found) == 2, f"that of `every`, too: {found}"
    assert not found & set(others)


@pytest.mark.parametrize(
    "config", [b"", b"[]", b"nonsense", b'{"dependencies": [1, {"targets": [[1], ["a", "tick"]]}]}']
)
def test_what_says_no_timers_has_none(config: bytes) -> None:
    assert gradio_timers(config) == frozenset()


def of_a_page(house, app) -> dict[str, str]:
    origin = house.url(app, "")
    return {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Origin": origin, "Content-Type": "application/json"}


@pytest.mark.anyio
async def test_an_interval_in_a_tab_keeps_no_app_awake_and_wakes_none(house, store, shown, tmp_path, clock) -> None:
    archive = tmp_path / "dash.tar"
    archive.write_bytes(b"bundle")
    app = store.apps.log(shown.version, "ticking", AppDraft(archive, "d" * 64, "dash", "app.py", "."))
    got: list[bytes] = []

    async def answer(request: web.Request) -> web.Response:
        got.append(await request.read())
        return web.Response(text="answered")

    cookie = await house.running(app, answer)
    headers = cookie | of_a_page(house, app)
    address = house.url(app, "/_dash-update-component")

    async def post(body: bytes) -> int:
        async with house.client.post(address, data=body, headers=headers) as told:
            await told.read()
            return told.status

    clock.forward(899)
    assert await post(callback("tick.n_intervals")) == 200
    assert got[-1] == callback("tick.n_intervals"), "the body comes whole"
    clock.forward(1)
    assert [one.state.value for one in await house.supervisor.sweep()] == ["stopped"]
    assert await post(callback("tick.n_intervals")) == 503
    assert len(house.launcher.launched) == 1
    pressing = asyncio.ensure_future(post(callback("button.n_clicks")))
    await house.started(answer)
    assert await pressing == 200
    assert got[-1] == callback("button.n_clicks")


@pytest.mark.anyio
async def test_a_timer_of_gradio_keeps_no_app_awake_and_wakes_none(house, shown, clock) -> None:
    app, got = shown.app, list[bytes]()
    timer, button = 3, 2
    config = {"dependencies": [{"targets": [[timer, "tick"], [button, "click"]]}, {"targets": [[timer, "tick"]]}]}
    asked, may_end = list[str](), asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        got.append(await request.read())
        if request.path == "/config":
            return web.json_response(config)
        if request.path.endswith("/queue/data"):
            response = web.StreamResponse()
            await response.prepare(request)
            await may_end.wait()
            return response
        return web.Response(text="answered")

    cookie = await house.running(app, answer)
    headers = cookie | of_a_page(house, app)

    async def post(body: bytes) -> int:
        async with house.client.post(house.url(app, "/gradio_api/queue/join"), data=body, headers=headers) as told:
            await told.read()
            return told.status

    def stream(page: str):
        return house.client.get(house.url(app, f"/gradio_api/queue/data?session_hash={page}"), headers=headers)

    def uses() -> int:
        return house.supervisor.get(app.label).uses

    clock.forward(899)
    for _ in range(2):
        assert await post(event(timer)) == 200
        assert got[-1] == event(timer), "the body comes whole"
    assert asked.count("/config") == 1
    async with stream("tab"), stream("another"):
        assert uses() == 1, "the answers of the page that only ticks are nobody's"
        assert await post(event(button, page="tab")) == 200
        assert uses() == 2, "somebody pressed something, and waits for the answer on the stream that is open"
        assert await post(event(timer)) == 200
        assert uses() == 2
        may_end.set()
    while uses():
        assert await post(event(timer)) == 200, "meanwhile the front hears that the streams have ended"
    clock.forward(1)
    assert await house.supervisor.sweep() == []
    clock.forward(899)
    assert await post(event(timer)) == 200
    clock.forward(1)
    assert [one.state.value for one in await house.supervisor.sweep()] == ["stopped"]
    assert await post(event(timer)) == 503
    assert len(house.launcher.launched) == 1
    pressing = asyncio.ensure_future(post(event(button)))
    await house.started(answer)
    assert await pressing == 200
    assert asked.count("/config") == 1, "it is not known yet what is asked of the next instance"
    assert await post(event(timer)) == 200
    assert asked.count("/config") == 2
