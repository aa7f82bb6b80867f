"""A store with one public and one private project, and the portal over it. A visitor must never see the second.

And `vitrina`: commands in this process, and what they said.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from vitrina.hub import keyfile, sessions
from vitrina.hub.cli import main
from vitrina.hub.portal import create_portal
from vitrina.hub.settings import Settings
from vitrina.store.apps import AppDraft
from vitrina.store.opening import Store, open_store
from vitrina.store.records import App, Project, Run, Version, Visibility
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.runs import Io
from vitrina.tracking.connections import CONNECTIONS

PORTAL = "http://localhost:8400"


@dataclass(frozen=True)
class Furnished:
    """A project with one of everything."""

    project: Project
    run: Run
    version: Version
    app: App


def furnish(store: Store, owner: str, name: str, *, folder: Path, visibility: Visibility) -> Furnished:
    project = store.projects.describe(store.projects.ensure(owner, name), visibility=visibility)
    run = store.runs.create(project, name="first", tags=["baseline"])
    store.runs.set_params(run, Io.INPUT, {"lr": 0.1, "deep": {"er": "yes"}})
    model, bundle = folder / "model.txt", folder / "bundle.tar"
    model.write_text(f"weights of {name}")
    bundle.write_bytes(b"bundle")
    version = store.registry.log(project, Noun.MODEL, "classifier", Draft([("model.txt", model)]), run=run).version
    app = store.apps.log(version, "what-if", AppDraft(bundle, "a" * 64, "gradio", "what_if.py", ".", title="What if"))
    return Furnished(project, run, version, app)


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    with open_store() as opened:
        yield opened


@pytest.fixture
def shown(store: Store, tmp_path: Path) -> Furnished:
    """demo/tumours, public."""
    return furnish(store, "demo", "tumours", folder=tmp_path, visibility=Visibility.PUBLIC)


@pytest.fixture
def hidden(store: Store, tmp_path: Path) -> Furnished:
    """acme/secret, private."""
    return furnish(store, "acme", "secret", folder=tmp_path, visibility=Visibility.PRIVATE)


@pytest.fixture
def settings(store: Store) -> Settings:
    return Settings(place=store.place)


@pytest.fixture
def visitor(settings: Settings, store: Store) -> Iterator[TestClient]:
    """A browser without a session."""
    with TestClient(create_portal(settings, store), base_url=PORTAL, follow_redirects=False) as client:
        yield client


@pytest.fixture
def token(visitor: TestClient, home: Path) -> str:
    found = keyfile.read(home / keyfile.TOKEN)
    assert found is not None
    return found


@pytest.fixture
def program(visitor: TestClient, settings: Settings, store: Store, token: str) -> Iterator[TestClient]:
    """A program that shows the hub's token."""
    headers = {"authorization": f"Bearer {token}"}
    with TestClient(create_portal(settings, store), base_url=PORTAL, headers=headers, follow_redirects=False) as client:
        yield client


@pytest.fixture
def resident(settings: Settings, store: Store) -> Iterator[TestClient]:
    """A browser with the local user's session (given as a header: httpx sends no Secure cookie over plain http)."""
    session = store.people.use_link(store.people.make_link(store.user))
    headers = {"cookie": f"{sessions.COOKIE}={session}"}
    with TestClient(create_portal(settings, store), base_url=PORTAL, headers=headers, follow_redirects=False) as client:
        yield client


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def vitrina(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Said]]:
    """Runs `vitrina` with these words."""

    def run(*words: object) -> Said:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    yield run
    CONNECTIONS.close()
