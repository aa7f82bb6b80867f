"""One real start of each framework: it gets ready, a person uses the app over its socket, it ends.

"Use" is what a browser does: the page, then the WebSocket, event stream or callback by which the answer changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from vitrina.apps import State

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

Browser = aiohttp.ClientSession
Ask = Callable[[Browser, float], Awaitable[str]]


async def ask_gradio(browser: Browser, number: float) -> str:
    async with browser.get("/") as page:
        assert "body { background: ivory }" in await page.text(), "what only launch() was given is kept"
    return await ask_interface(browser, number)


async def ask_interface(browser: Browser, number: float) -> str:
    async with browser.post("/gradio_api/call/square", json={"data": [number]}) as called:
        event = (await called.json())["event_id"]
    async with browser.get(f"/gradio_api/call/square/{event}") as stream:
        assert stream.content_type == "text/event-stream"
        return str(json.loads((await stream.text()).partition("data: ")[2].partition("\n")[0])[0])


async def ask_dash(browser: Browser, number: float) -> str:
    async with browser.get("/") as page:
        assert page.url.path == "/squares/", "the root leads to where its author put it"
        assert "_dash-renderer" in await page.text()
    return await _call_back(browser, "/squares/_dash-update-component", {"property": "value", "value": number})


async def ask_unrun_dash(browser: Browser, number: float) -> str:
    return await _call_back(browser, "/_dash-update-component", {"property": "children", "value": number})


async def _call_back(browser: Browser, path: str, changed: dict[str, Any]) -> str:
    change = {
        "output": "answer.children",
        "outputs": {"id": "answer", "property": "children"},
        "inputs": [{"id": "number"} | changed],
        "changedPropIds": [f"number.{changed['property']}"],
    }
    async with browser.post(path, json=change) as answer:
        return str((await answer.json())["response"]["answer"]["children"])


async def ask_streamlit(browser: Browser, number: float) -> str:
    from streamlit.proto.BackMsg_pb2 import BackMsg

    async with browser.get("/") as page:
        assert "<title>Streamlit</title>" in await page.text()
    origin = str(browser._base_url).rstrip("/")
    async with browser.ws_connect("/_stcore/stream", protocols=["streamlit"], origin=origin) as socket:
        first = BackMsg()
        first.rerun_script.query_string = ""
        await socket.send_bytes(first.SerializeToString())
        widget, text = await _streamlit_run(socket)
        assert text == "The square is 9."
        change = BackMsg()
        state = change.rerun_script.widget_states.widgets.add()
        state.id, state.double_value = widget, number
        await socket.send_bytes(change.SerializeToString())
        _, text = await _streamlit_run(socket)
        return text


async def _streamlit_run(socket: aiohttp.ClientWebSocketResponse) -> tuple[str, str]:
    """The input's id and the text, when the script has run to its end."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    widget = text = ""
    while True:
        message = ForwardMsg()
        message.ParseFromString(await socket.receive_bytes())
        element = message.delta.new_element
        match element.WhichOneof("type"):
            case "number_input":
                widget = element.number_input.id
            case "markdown":
                text = element.markdown.body
            case _:
                pass
        if message.WhichOneof("type") == "script_finished":
            return widget, text


async def ask_panel(browser: Browser, number: float) -> str:
    async with browser.get("/") as page:
        text = await page.text()
        assert "<title>Squares</title>" in text
        assert not re.search(r'src="https?://', text), "its JavaScript comes from its own server"
        found = re.search(r'"token":\s*"([^"]+)"', text)
        assert found
    async with _panel_socket(browser, found[1]) as socket:
        await _panel_send(socket, "PULL-DOC-REQ", {})
        document = await _panel_receive(socket, "PULL-DOC-REPLY")
        assert "The square is 9." in json.dumps(document)
        [field] = [model for model in _models(document) if model["name"].endswith(("Spinner", "NumericInput"))]
        change = {"kind": "ModelChanged", "model": {"id": field["id"]}, "attr": "value", "new": number}
        await _panel_send(socket, "PATCH-DOC", {"events": [change]})
        while True:  # a template patches its page for other reasons too
            changed = json.dumps(await _panel_receive(socket, "PATCH-DOC"))
            if answer := re.search(r"The square is \d+\.", changed):
                return answer[0]


@asynccontextmanager
async def _panel_socket(browser: Browser, token: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    origin = str(browser._base_url).rstrip("/")
    async with browser.ws_connect("/ws", protocols=["bokeh", token], origin=origin) as socket:
        assert socket.protocol == "bokeh"
        await _panel_receive(socket, "ACK")
        yield socket


def _models(part: Any) -> Iterator[dict[str, Any]]:
    """The models of a document as Bokeh writes them in JSON."""
    if isinstance(part, dict) and part.get("type") == "object":
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _models(inner)


async def _panel_send(socket: aiohttp.ClientWebSocketResponse, kind: str, content: dict[str, Any]) -> None:
    for part in ({"msgid": kind, "msgtype": kind}, {}, content):
        await socket.send_str(json.dumps(part))


async def _panel_receive(socket: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """The content of the next message of a kind."""
    while True:
        header = json.loads(await socket.receive_str())
        await socket.receive_str()
        content = json.loads(await socket.receive_str())
        for _ in range(header.get("num_buffers", 0)):
            await socket.receive_str()
            await socket.receive_bytes()
        if header["msgtype"] == kind:
            return content


USES: dict[str, Ask] = {
    "gradio_square": ask_gradio,
    "streamlit_square": ask_streamlit,
    "dash_square": ask_dash,
    "panel_square": ask_panel,
    "panel_served": ask_panel,
    "panel_shown": ask_panel,
    "panel_threaded": ask_panel,
    "dash_unrun": ask_unrun_dash,
    "gradio_in_a_loop": ask_interface,
}


@pytest.fixture
def way() -> str:
    """Forked from a nursery, where most can go wrong; each framework's first story also begins plainly."""
    return "nursery"


PLAINLY = ("gradio_square", "streamlit_square", "dash_square", "panel_square")


@pytest.mark.parametrize(
    ("story", "way"), [(story, "nursery") for story in USES] + [(story, "plain") for story in PLAINLY]
)
async def test_an_unchanged_app_answers_and_its_answer_changes(
    story: str, stand: Any, spec_of: Any, stories: Path, has_ended: Any
) -> None:
    spec = spec_of(stories / f"{story}.py")
    assert spec.framework == story.partition("_")[0]
    ready = await stand.start(spec)
    assert ready.state is State.READY, (ready.reason, await stand.supervisor.log_tail(spec.key))
    async with stand.visit(ready) as browser:
        assert await USES[story](browser, 5) == "The square is 25."
    await stand.supervisor.stop(spec.key, reason="Seen.")
    assert has_ended(ready.pid)
    log = await stand.supervisor.log_tail(spec.key)
    assert not any("Traceback" in line for line in log), log


@pytest.mark.parametrize("story", ["dash_older", "dash_asynchronous"])
async def test_a_page_is_served(story: str, stand: Any, spec_of: Any, stories: Path) -> None:
    ready = await stand.start(spec_of(stories / f"{story}.py"))
    assert ready.state is State.READY, (ready.reason, await stand.supervisor.log_tail(ready.key))
    assert b"_dash-config" in await stand.get(ready)


async def test_a_streamlit_app_with_a_search_path_of_its_own_is_not_refused(
    stand: Any, spec_of: Any, stories: Path
) -> None:
    ready = await stand.start(spec_of(stories / "streamlit_late.py"))
    assert ready.state is State.READY, ready.reason


NOTHING_MADE = {
    "gradio": ("import gradio\n", "The app made no Gradio interface. End the file with: demo.launch()"),
    "dash": ("import dash\n", "The app made no Dash object. Make one at the top of the file: app = Dash(__name__)"),
    "panel": ("import panel\n", "The app made nothing servable with Panel. Mark what it shows: view.servable()"),
}


@pytest.mark.parametrize("framework", NOTHING_MADE)
async def test_a_file_that_makes_no_app_says_so(framework: str, stand: Any, spec_of: Any, tmp_path: Path) -> None:
    source, reason = NOTHING_MADE[framework]
    (tmp_path / "app.py").write_text(source)
    crashed = await stand.start(spec_of(tmp_path / "app.py"))
    assert (crashed.state, crashed.reason) == (State.CRASHED, reason)


@pytest.mark.parametrize("framework", ["gradio", "streamlit", "dash", "panel"])
async def test_a_file_that_does_not_import_says_where(framework: str, stand: Any, spec_of: Any, tmp_path: Path) -> None:
    (tmp_path / "what_if.py").write_text(f"import {framework}\n\nimport not_installed_anywhere\n")
    crashed = await stand.start(spec_of(tmp_path / "what_if.py"))
    assert (crashed.state, crashed.reason) == (
        State.CRASHED,
        "The app file does not import: ModuleNotFoundError: No module named 'not_installed_anywhere' "
        "(what_if.py line 3). Install not_installed_anywhere where the hub runs, or log the folder that holds it.",
    )
