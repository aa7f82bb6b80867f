"""A hub that begins anew keeps the level of its apps: it does not try again what it has, on a busy machine."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from vitrina.apps import trial
from vitrina.apps.levels import Level
from vitrina.hub import running, serving
from vitrina.hub.processes import parent, succession
from vitrina.hub.processes.succession import Estate
from vitrina.hub.settings import Settings


def test_a_restart_keeps_the_level(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = running.claim(tmp_path)
    portal, front = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    left = Estate(os.getpid(), portal.detach(), front.detach(), os.dup(claim.file.fileno()), 1, Level.LANDLOCK.value)
    seen: list[Settings] = []

    class Parent:
        def __init__(self, settings: Settings, **_: Any) -> None:
            seen.append(settings)

        def run(self) -> int:
            return 0

    def nothing_can_be_had() -> trial.Found:
        return trial.Found({Level.LANDLOCK: "it took too long.", Level.SANDBOX: "it took too long."})

    monkeypatch.setattr(succession, "inherit", lambda: left)
    monkeypatch.setattr(trial, "available", nothing_can_be_had)
    monkeypatch.setattr(parent, "Parent", Parent)
    serving.serve(serving.Wanted(home=tmp_path), say=print, prepare=lambda _: None)
    claim.file.close()
    assert [settings.isolation for settings in seen] == [Level.LANDLOCK]
