"""Tabs of an app that are open while its hub is killed, and that the next hub finds."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest

pytestmark = pytest.mark.slow

BY_ITSELF = {"accept": "application/json", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
RELOADED = {"accept": "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


def test_a_tab_goes_on_with_the_next_hub(start_hub, telling: str, open_app, watch) -> None:
    first = start_hub()
    app = open_app(first, telling)
    port, apps_port = urlsplit(first.url).port, app.host.rpartition(":")[2]
    ends = watch(app.pid, app.guard, *first.children.values())
    first.process.kill()
    ends.wait()
    start_hub("--port", port, "--apps-port", apps_port)
    url, headers = f"http://127.0.0.1:{apps_port}", {"host": app.host, "cookie": app.cookie}
    with httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as tab:
        asked = tab.get("/_dash-layout", headers=BY_ITSELF)
        assert (asked.status_code, asked.headers["x-vitrina-app-state"]) == (503, "cold"), "a page alone wakes nobody"
        waiting = tab.get("/", headers=RELOADED)
        assert (waiting.status_code, "vitrina-waiting" in waiting.text) == (202, True), "who was inside still is"
        while (asked := tab.get("/_dash-layout", headers=BY_ITSELF)).status_code != httpx.codes.OK:
            """Each question is held for a while."""
        assert asked.json()["props"]["children"] == "Hello"
