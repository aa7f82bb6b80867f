"""What pages of apps do by a clock is told from what people do, by what the frameworks themselves say."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import web

from vitrina.hub.proxy.timers import is_callback_by_clock, is_message_by_clock
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
