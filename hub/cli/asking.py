"""Asking the hub that runs with a home to do something, with the token that lies there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from vitrina.hub import keyfile, running
from vitrina.store.errors import VitrinaError

TIMEOUT_S = 30
"""A hub that starts answers when it has started."""


class HubRefusedError(VitrinaError):
    """A hub did not do what it was asked."""


def ask_hub(home: Path, path: str, *, sent: Any = None, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
    """Posts to a path of the hub, and gives what it answers. Raises NoHubError and HubRefusedError.

    `sent` is the body, as JSON takes it; None: there is none.
    """
    hub = running.find(home)
    headers = {"Authorization": f"Bearer {keyfile.read(home / keyfile.TOKEN) or ''}"}
    body = None if sent is None else json.dumps(sent).encode()
    headers |= {} if body is None else {"Content-Type": "application/json"}
    request = Request(hub.url + path, data=body, method="POST", headers=headers)  # noqa: S310  our own hub's address
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=timeout_s) as answer:
            return json.load(answer)
    except HTTPError as error:
        with error:
            raise _refused(error.read(), hub.url) from None
    except (URLError, TimeoutError) as error:
        raise HubRefusedError(
            f"The hub at {hub.url} does not answer: {error}.", hint="Start it again: vitrina hub"
        ) from None


def _refused(body: bytes, url: str) -> HubRefusedError:
    try:
        problem = json.loads(body)
        return HubRefusedError(problem["detail"], hint=problem.get("hint"))
    except (ValueError, KeyError):
        return HubRefusedError(f"The hub at {url} answered with what is no answer.", hint="Is it of another release?")
