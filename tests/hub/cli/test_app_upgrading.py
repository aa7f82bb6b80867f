"""`vitrina app upgrade` and the way back, with a real index, real environments and a real start."""

from __future__ import annotations

from pathlib import Path

import pytest

REF = "demo/tumours/models/classifier@1.0.0"
APP = f"{REF}/apps/greeter"
PLUGIN = Path(__file__).parents[2] / "apps" / "stories" / "plugin"

SOURCE = """
import greeting
assert greeting.VERSION != "3.0", "this release took something away"
def answer(path):
    return greeting.VERSION.encode()
"""


@pytest.fixture
def greeter(vitrina, shown, shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An app that needs `greeting==1.0`, of a framework that a library brings along."""
    monkeypatch.syspath_prepend(str(PLUGIN))
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    monkeypatch.setenv("VITRINA_INDEX_URL", shop.index.url)
    entry = "[vitrina.frameworks]\nplain = vitrina_plain:Plain\n"
    files = {"vitrina_plain.py": (PLUGIN / "vitrina_plain.py").read_text()}
    shop.put("vitrina-plain", "1.0", files, entry_points=entry)
    shop.put("greeting", "3.0")
    (tmp_path / "greeter.py").write_text(SOURCE)
    (tmp_path / "needs.txt").write_text("greeting==1.0\n")
    words = ("app", "log", tmp_path / "greeter.py", "--model", REF, "--framework", "plain")
    assert vitrina(*words, "--requirements", tmp_path / "needs.txt").code == 0
    return APP


@pytest.mark.slow
def test_it_becomes_a_revision_when_its_check_passes_and_there_is_a_way_back(vitrina, store, greeter: str) -> None:
    said = vitrina("app", "upgrade", greeter, "--to", "greeting==2.0", "--no-browser")
    assert said.code == 0, said.err
    assert said.out.splitlines()[-2:] == [
        f"{APP}: revision 2 (greeting==2.0; before: greeting==1.0).",
        f"Revision 1 is kept: {APP}@1. To go back to it: vitrina app restore {APP}@1",
    ]
    first, second = (store.find(f"{APP}@{number}").app for number in (1, 2))
    assert (first.requirements, second.requirements) == ("greeting==1.0\n", "greeting==2.0\n")
    assert first.bundle != second.bundle

    made = vitrina("app", "restore", f"{APP}@1", "--json").json
    assert (made["revision"], made["requirements"], made["former"]) == (3, "greeting==1.0\n", f"{APP}@2")
    assert store.find(APP).app.bundle == first.bundle
    again = vitrina("app", "restore", f"{APP}@3")
    assert (again.code, again.err) == (1, f"vitrina: {APP}@3 is the newest revision. Name an earlier one: REF@N\n")


@pytest.mark.slow
def test_what_does_not_work_with_the_release_is_not_kept(vitrina, store, greeter: str) -> None:
    said = vitrina("app", "upgrade", greeter, "--to", "greeting==3.0", "--no-browser", "--json")
    assert (said.code, said.out) == (1, "")
    last = said.err.splitlines()[-1]
    assert last.startswith(f"vitrina: {APP} with greeting==3.0 does not work.")
    assert "this release took something away" in last
    assert vitrina("app", "upgrade", greeter, "--to", "greeting==4.0", "--no-browser").code == 1
    assert store.find(APP).app.revisions == 1


def test_what_it_has_already_is_said(vitrina, greeter: str) -> None:
    said = vitrina("app", "upgrade", greeter, "--to", "greeting==1.0")
    assert (said.code, said.err) == (1, f"vitrina: {APP} needs greeting==1.0 already.\n")
    assert "Say which: --to NAME==VERSION" in vitrina("app", "upgrade", greeter).err


def test_an_app_on_the_hubs_own_libraries_follows_them_anyway(vitrina, shown) -> None:
    said = vitrina("app", "upgrade", shown.app.ref)
    assert said.code == 1
    assert said.err.startswith(f"vitrina: {shown.app.ref} asks for no release of gradio: it runs with the hub's own")
    assert said.err.endswith("To give it one of its own: --to gradio==VERSION\n")
    assert said.err.count("\n") == 1
