"""A trial of an app puts up the walls that a hub on this machine would: what fails there is found here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vitrina.apps import trial
from vitrina.apps.levels import Level
from vitrina.hub.trial import try_app
from vitrina.store import bundles

PLUGIN = Path(__file__).parents[1] / "apps" / "stories" / "plugin"


@pytest.mark.slow
def test_an_app_is_tried_within_the_walls_that_a_hub_would_put_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if (strongest := trial.available().strongest) is Level.PROCESS:
        pytest.skip(f"THIS MACHINE HAS NO WALLS BUT {strongest.value}")
    monkeypatch.syspath_prepend(str(PLUGIN))
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    elsewhere, app = tmp_path / "elsewhere.txt", tmp_path / "app" / "app.py"
    elsewhere.write_text("of somebody else")
    app.parent.mkdir()
    app.write_text(f"TEXT = open({str(elsewhere)!r}).read()\n\ndef answer(path):\n    return b''\n")
    tried = try_app(bundles.pack(app, framework="plain"), served=None, timeout_s=60, on_step=lambda _: None)
    assert not tried.works
    assert re.match(r"The app file failed: (PermissionError|FileNotFoundError): ", tried.reason), tried.reason
