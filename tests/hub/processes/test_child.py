"""What a child is told."""

from __future__ import annotations

from pathlib import Path

from vitrina.hub.processes.child import settings_as_text, settings_from_text
from vitrina.hub.settings import Settings
from vitrina.store.home import place


def test_settings_survive_the_way_to_a_child(home: Path) -> None:
    url = "postgresql+psycopg://me:secret@db/vitrina"
    for where in (place(home=home), place(home=home, url=url, blobs="/mnt/blobs")):
        given = Settings(where, "::1", 9000, 9100, idle_s=60.0, start_timeout_s=5.5)
        assert settings_from_text(settings_as_text(given)) == given
