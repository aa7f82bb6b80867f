"""`vitrina app environments …`, and a check of an app that needs one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from vitrina.apps.environments.environments import Environments
from vitrina.hub.proxy.libraries import FOLDER

pytestmark = pytest.mark.slow

PLUGIN = Path(__file__).parents[2] / "apps" / "stories" / "plugin"


@pytest.fixture
def built(home: Path, shop, monkeypatch: pytest.MonkeyPatch) -> str:
    """The key of an environment that some hub built here."""
    monkeypatch.setenv("VITRINA_INDEX_URL", shop.index.url)
    environments = Environments(home / "apps" / FOLDER, index=shop.index)
    made = asyncio.run(environments.prepare("greeting", framework="none"))
    environments.close()
    assert made.environment
    return made.environment


def test_it_lists_environments_with_their_libraries(vitrina, built: str) -> None:
    [told] = vitrina("app", "environments", "list", "--json").json
    assert (told["key"], told["libraries"]) == (built, ["greeting==2.0", "politeness==1.5"])
    assert told["size_bytes"] > 0
    assert built in vitrina("app", "environments", "list").out


def test_it_collects_what_nobody_uses(vitrina, built: str) -> None:
    assert vitrina("app", "environments", "collect").out == "There is nothing to remove.\n"
    assert f"Removed {built}" in vitrina("app", "environments", "collect", "--unused-days", "0").out
    assert vitrina("app", "environments", "list").out == "No app has an environment of its own here.\n"


def test_what_a_hub_holds_is_not_collected(vitrina, built: str, home: Path, shop) -> None:
    hub = Environments(home / "apps" / FOLDER, index=shop.index)
    asyncio.run(hub.prepare("greeting", framework="none"))
    assert vitrina("app", "environments", "collect", "--unused-days", "0").out == "There is nothing to remove.\n"
    hub.close()


def test_a_check_builds_what_an_app_needs(vitrina, built: str, shop, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(PLUGIN))
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    entry = "[vitrina.frameworks]\nplain = vitrina_plain:Plain\n"
    shop.put(
        "vitrina-plain", "1.0", {"vitrina_plain.py": (PLUGIN / "vitrina_plain.py").read_text()}, entry_points=entry
    )
    script = tmp_path / "greeter.py"
    script.write_text(
        '# /// script\n# dependencies = ["greeting==1.0"]\n# ///\n'
        "import greeting\nassert greeting.VERSION == '1.0'\ndef answer(path):\n    return b'hello'\n"
    )
    said = vitrina("app", "check", script, "--framework", "plain", "--no-browser")
    assert said.code == 0, said.err
    assert "Finding out which libraries it needs." in said.out
    assert "It runs in an environment of its own" in said.out
    script.write_text(script.read_text().replace("greeting==1.0", "no-such-library"))
    said = vitrina("app", "check", script, "--framework", "plain", "--no-browser")
    assert said.code == 1
    assert "no-such-library was not found in the package registry" in said.err
