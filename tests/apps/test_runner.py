"""The runner: in which surroundings an app runs. Real processes, with a framework that loads nothing heavy."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from vitrina.apps import AppError, State, SubprocessLauncher, UnixAddress

OF_ITS_OWN = {"VITRINA_SERVED", "VITRINA_FEEDBACK"}
"""Its version's files, and the number of its own channel."""

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.fixture
async def told(stand: Any, spec_of: Any, stories: Path, tmp_path: Path) -> dict[str, Any]:
    served = tmp_path / "served"
    served.mkdir()
    instance = await stand.start(spec_of(stories / "plain_facts.py", framework="plain", served=served))
    assert instance.state is State.READY, instance.reason
    facts = json.loads(await stand.get(instance))
    return facts | {"instance": instance, "served": served, "stand": stand}


async def test_the_steps_of_a_start_are_told(told: dict[str, Any]) -> None:
    moves = [move.reason for move in told["stand"].moves]
    before = "Putting its files in place."
    assert moves[-3:] == ["Running its file.", "Waiting for the first answer of its server.", ""]
    # A nursery loads the framework before there are files, a plain start after that.
    assert {moves.index(before) - moves.index("Loading its framework.")} <= {1, -1}


async def test_nothing_of_the_hubs_environment_reaches_the_app(told: dict[str, Any]) -> None:
    given = told["environment"]
    assert not [name for name in given if name.startswith("VITRINA_") and name not in OF_ITS_OWN]
    assert "AWS_SECRET_ACCESS_KEY" not in given
    assert given["VITRINA_SERVED"] == str(told["served"])
    assert given["LANG"] == "C.UTF-8"
    assert given["PLAIN_ORIGIN"] == "http://plain-facts.localhost:8401"
    assert {given[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")} == {"1"}


async def test_home_and_temporary_folders_are_the_apps_own(told: dict[str, Any]) -> None:
    private = told["stand"].folder / "running"
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        assert Path(told["environment"][name]).is_relative_to(private), name
    [folder] = private.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_it_runs_like_a_script_in_its_own_folder(told: dict[str, Any]) -> None:
    folder = Path(told["cwd"])
    assert folder.is_relative_to(told["stand"].folder / "running")
    assert told["argv"] == [str(folder / "plain_facts.py")] == [told["main_file"]]
    assert told["first_on_path"] == str(folder)
    assert told["from_helper"] == "from beside"
    assert (folder / "written-beside-the-script.txt").exists()


async def test_the_process_is_closed_off(told: dict[str, Any]) -> None:
    assert told["umask"] == 0o077
    assert told["stdin"] == "/dev/null"
    assert told["session"] == told["pid"] == told["instance"].pid
    assert told["no_new_privileges"]


async def test_sockets_are_only_for_the_hub(told: dict[str, Any]) -> None:
    address = told["instance"].address
    assert isinstance(address, UnixAddress)
    assert address.path.parent.stat().st_mode & 0o777 == 0o700
    assert len(os.fsencode(address.path)) < 108
    assert "plain" not in address.path.name


async def test_what_it_prints_is_in_its_log(told: dict[str, Any]) -> None:
    assert "ready to tell" in await told["stand"].supervisor.log_tail("plain-facts")
    assert told["instance"].log == told["stand"].folder / "logs" / "plain-facts.log"


async def test_after_the_stop_only_the_log_is_left(told: dict[str, Any], has_ended: Any) -> None:
    stand, instance = told["stand"], told["instance"]
    stopped = await stand.supervisor.stop(instance.key, reason="Done.")
    assert (stopped.state, stopped.pid, stopped.address) == (State.STOPPED, None, None)
    assert has_ended(told["pid"])
    assert not instance.address.path.exists()
    assert list((stand.folder / "running").iterdir()) == []
    assert "ready to tell" in await stand.supervisor.log_tail("plain-facts")


async def test_each_start_gets_a_fresh_copy_of_its_files(stand: Any, spec_of: Any, stories: Path) -> None:
    spec = spec_of(stories / "plain_facts.py", framework="plain")
    folders: list[Path] = []
    for _ in range(2):
        folder = Path(json.loads(await stand.get(await stand.start(spec)))["cwd"])
        assert files_in(folder) == ["helper_beside.py", "plain_facts.py", "written-beside-the-script.txt"]
        folders.append(folder)
        await stand.supervisor.stop(spec.key, reason="Again.")
    assert folders[0] != folders[1]


async def test_cwd_may_be_another_folder_than_the_scripts(stand: Any, spec_of: Any, tmp_path: Path) -> None:
    app = tmp_path / "project"
    (app / "source").mkdir(parents=True)
    (app / "names.txt").write_text("Ada")
    (app / "source" / "app.py").write_text("def answer(path): return open('names.txt', 'rb').read()")
    spec = spec_of(app, framework="plain", entry="source/app.py", cwd=".")
    assert await stand.get(await stand.start(spec)) == b"Ada"


async def test_a_path_too_long_for_a_socket_is_no_obstacle(
    tmp_path: Path, plain: dict[str, str], spec_of: Any, stories: Path, stand_in: Any
) -> None:
    folder = tmp_path / ("long-name-" * 9)
    async with stand_in(folder, environment=plain) as stand:
        instance = await stand.start(spec_of(stories / "plain_hello.py", framework="plain"))
        assert await stand.get(instance, "/there") == b"hello from /there"
        assert not instance.address.path.is_relative_to(folder)
        sockets = instance.address.path.parent
    assert list(sockets.iterdir()) == []
    sockets.rmdir()


async def test_two_hubs_do_not_share_a_folder(stand: Any) -> None:
    with pytest.raises(AppError, match=r"Another hub runs apps in .*Stop it first"):
        SubprocessLauncher(stand.folder)


async def test_what_an_earlier_hub_left_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "apps"
    for stale in ("running/abc/bundle/app.py", "s/0123", "logs/what-if.log"):
        (folder / stale).parent.mkdir(parents=True)
        (folder / stale).write_text("old")
    launcher = SubprocessLauncher(folder)
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) == [
        "lock",
        "logs/what-if.log",
    ]
    await launcher.close()


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())
