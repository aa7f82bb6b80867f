"""The nursery: what its forks have of it and what not, when it gives way, and what is left when it is killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from vitrina.apps import NurseryLauncher, State, control
from vitrina.apps import nursery as nursery_module
from vitrina.apps.control import Load
from vitrina.apps.interpreter import OWN
from vitrina.apps.launchers.nurseries import end
from vitrina.apps.launchers.renewal import Grown, Renewal, is_due, spares
from vitrina.apps.pressure import Memory

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

WITH_NURSERY = (
    "The process in which its framework was loaded (its nursery) ended, and the app with it. "
    "The app itself did nothing wrong, and starts again when it is opened."
)


@pytest.fixture
def way() -> str:
    return "nursery"


@pytest.fixture
def module_of(tmp_path: Path, plain: dict[str, str]) -> Callable[[str, str], None]:
    """Installs a module where the nursery finds it."""
    folder = tmp_path / "installed"
    folder.mkdir()
    plain["PYTHONPATH"] += f":{folder}"

    def install(name: str, source: str) -> None:
        (folder / f"{name}.py").write_text(source)

    return install


@pytest.fixture
def app_of(tmp_path: Path, spec_of: Any) -> Callable[..., Any]:
    """The spec of an app of one file."""

    def make(source: str, *, name: str = "app") -> Any:
        path = tmp_path / f"{name}.py"
        path.write_text(source)
        return spec_of(path, framework="plain")

    return make


@pytest.fixture
async def launcher(tmp_path: Path, plain: dict[str, str], module_of: object) -> AsyncIterator[NurseryLauncher]:
    """Looks after its nurseries only when a test says so."""
    made = NurseryLauncher(tmp_path / "apps", hub_environment=plain, bounds=Renewal(quiet_s=3600))
    yield made
    await made.close()


async def answer(launcher: NurseryLauncher, spec: Any, *, number: int = 1) -> Any:
    """Start an app, ask it, and stop it."""
    app = await launcher.launch(spec, number=number)
    try:
        await app.ready(lambda _: None)
        reader, writer = await asyncio.open_unix_connection(app.address.path)
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        told = (await reader.read()).partition(b"\r\n\r\n")[2]
        writer.close()
        return json.loads(told)
    finally:
        await app.stop(grace_s=1)


LOADED = """
import json, sys, learned
def answer(path):
    return json.dumps([learned.pid, __import__("os").getppid(), sorted(m for m in sys.modules if m == "own")]).encode()
"""


async def test_what_apps_import_is_imported_before_the_fork(
    launcher: NurseryLauncher, app_of: Any, module_of: Callable[[str, str], None]
) -> None:
    module_of("learned", "import os\npid = os.getpid()\n")
    first, second = [await answer(launcher, app_of(LOADED), number=number) for number in (1, 2)]
    assert first[0] == second[0], "the nursery imported it, once"
    assert first[1] != second[1]


async def test_a_module_of_the_bundle_is_never_imported_by_the_nursery(
    launcher: NurseryLauncher, spec_of: Any, tmp_path: Path, module_of: Callable[[str, str], None]
) -> None:
    module_of("helper", "raise SystemExit('the installed one, which the app does not mean')")
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "helper.py").write_text("import os\npid = os.getpid()\n")
    (folder / "app.py").write_text(
        "import json, os, helper\ndef answer(path): return json.dumps([helper.pid, os.getpid()]).encode()\n"
    )
    of_helper, of_app = await answer(launcher, spec_of(folder, framework="plain"))
    assert of_helper == of_app


@pytest.mark.parametrize(
    "source",
    [
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n",
        "import socket\nkept = socket.socketpair()\n",
        "import os\nos._exit(9)\n",
    ],
    ids=["thread", "socket", "ends the process"],
)
async def test_an_import_that_forbids_a_fork_is_left_to_the_app(
    source: str, launcher: NurseryLauncher, app_of: Any, module_of: Callable[[str, str], None], caplog: Any
) -> None:
    module_of("unfit", source)
    spec = app_of("import os\nif os.environ.get('NEVER'): import unfit\ndef answer(path): return b'[1]'\n")
    assert await answer(launcher, spec) == [1]
    assert "unfit is not imported beforehand" in caplog.text
    assert "begins without a nursery" not in caplog.text


RANDOM = """
import json, random, tempfile, uuid
import numpy as np
def answer(path):
    drawn = [random.random(), float(np.random.random()), uuid.uuid4().hex, tempfile.mktemp()]
    return json.dumps(drawn).encode()
"""


async def test_each_fork_draws_its_own_random_numbers(launcher: NurseryLauncher, app_of: Any) -> None:
    first, second = [await answer(launcher, app_of(RANDOM), number=number) for number in (1, 2)]
    assert not set(first) & set(second)


FILES = """
import json, os
def answer(path):
    told = {}
    for name in os.listdir("/proc/self/fd"):
        try: told[name] = os.readlink(f"/proc/self/fd/{name}")
        except OSError: pass
    return json.dumps(told).encode()
"""


async def test_a_fork_has_nothing_open_but_its_own(launcher: NurseryLauncher, app_of: Any) -> None:
    others = [await launcher.launch(app_of(FILES, name=f"other-{n}"), number=1) for n in range(2)]
    try:
        for app in others:
            await app.ready(lambda _: None)
        told = await answer(launcher, app_of(FILES))
    finally:
        for app in others:
            await app.stop(grace_s=1)
    kinds = sorted(name.partition(":")[0] for name in told.values() if not name.startswith(("/proc", "/dev")))
    # Its output (twice), its channel, its listening socket, and the request's.
    assert kinds == ["pipe", "pipe", "socket", "socket", "socket"], told


async def test_a_spare_serves_the_next_app(launcher: NurseryLauncher, app_of: Any) -> None:
    spec = app_of("import json, os\ndef answer(path): return json.dumps(os.getpid()).encode()\n")
    await answer(launcher, spec)
    await launcher.tend()
    [ward] = launcher._wards.values()
    [spare] = ward._spares
    guard = spare.seedling.guard.pid
    app = await launcher.launch(spec, number=1)
    await app.ready(lambda _: None)
    assert _parent(app.pid) == guard
    assert ward.spares == 0
    await app.stop(grace_s=1)


async def test_a_spare_is_made_when_no_start_is_under_way(
    tmp_path: Path, plain: dict[str, str], app_of: Any, module_of: object
) -> None:
    bounds = Renewal(quiet_s=0, spares=2, free_share=0)
    launcher = NurseryLauncher(tmp_path / "apps", hub_environment=plain, bounds=bounds)
    app = await launcher.launch(app_of("def answer(path): return b'[1]'\n"), number=1)
    assert launcher._tending is None
    await app.ready(lambda _: None)
    [ward] = launcher._wards.values()
    assert launcher._tending is not None
    await launcher._tending
    assert ward.spares == 2
    await app.stop(grace_s=1)
    await launcher.close()


async def test_a_nursery_that_has_to_learn_gives_way_and_ends_after_its_last_app(
    launcher: NurseryLauncher, app_of: Any, module_of: Callable[[str, str], None], has_ended: Any
) -> None:
    module_of("learned", "import os\npid = os.getpid()\n")
    spec = app_of("import json\ndef answer(path): return b'[1]'\n")
    inside = await launcher.launch(spec, number=1)
    await inside.ready(lambda _: None)
    [ward] = launcher._wards.values()
    [before] = ward.nurseries
    ward.learn({"learned"})
    await launcher.tend()
    after, retired = ward.nurseries
    assert retired is before
    assert (await answer(launcher, app_of(LOADED, name="later")))[0] == after.pid
    assert not retired.gone.is_set(), "its app is still there"
    await inside.stop(grace_s=1)
    await retired.gone.wait()
    assert has_ended(before.pid)


async def test_a_killed_nursery_leaves_no_process_and_a_clear_reason(
    stand: Any, spec_of: Any, stories: Path, has_ended: Any
) -> None:
    spec = spec_of(stories / "rogues" / "has_children.py", framework="plain")
    ready = await stand.start(spec)
    pids = [ready.pid, _parent(ready.pid), *json.loads(await stand.get(ready))]
    [ward] = stand.launcher._wards.values()
    [nursery] = ward.nurseries
    os.kill(nursery.pid, signal.SIGKILL)
    ended = await stand.until(ready.key, State.STOPPED)
    assert ended.reason == WITH_NURSERY
    assert all(has_ended(pid) for pid in [*pids, nursery.pid])
    assert (await stand.start(spec)).state is State.READY, "at the next request, without a pause"


async def test_a_nursery_that_was_killed_is_made_anew(launcher: NurseryLauncher, app_of: Any) -> None:
    spec = app_of("def answer(path): return b'[1]'\n")
    await answer(launcher, spec)
    [ward] = launcher._wards.values()
    [nursery] = ward.nurseries
    os.kill(nursery.pid, signal.SIGKILL)
    await nursery.gone.wait()
    assert await answer(launcher, spec) == [1]
    assert [other.pid for other in ward.nurseries] != [nursery.pid]


async def test_a_framework_that_is_not_fit_to_be_forked_begins_plainly(
    launcher: NurseryLauncher, app_of: Any, module_of: Callable[[str, str], None], caplog: Any
) -> None:
    module_of(
        "sitecustomize",
        "import threading, sys\nif 'vitrina.apps.nursery' in sys.orig_argv:\n"
        "    threading.Thread(target=threading.Event().wait, daemon=True).start()\n",
    )
    assert await answer(launcher, app_of("def answer(path): return b'[1]'\n")) == [1]
    assert "begins without a nursery" in caplog.text


async def test_a_start_that_is_stopped_while_it_waits_for_its_nursery_leaves_nothing(
    launcher: NurseryLauncher, app_of: Any, tmp_path: Path
) -> None:
    app = await launcher.launch(app_of("def answer(path): return b'[1]'\n"), number=1)
    await app.stop(grace_s=1)
    assert not app.address.path.exists()
    assert list((tmp_path / "apps" / "running").iterdir()) == []
    assert await answer(launcher, app_of("def answer(path): return b'[1]'\n")) == [1]


async def test_a_nursery_that_nobody_needs_any_more_ends(
    tmp_path: Path, plain: dict[str, str], app_of: Any, module_of: object, clock: Any, has_ended: Any
) -> None:
    bounds = Renewal(quiet_s=3600, unused_s=600, nursery_age_s=DAY_S)
    launcher = NurseryLauncher(tmp_path / "apps", hub_environment=plain, bounds=bounds, clock=clock.seconds)
    spec = app_of("def answer(path): return b'[1]'\n")
    await answer(launcher, spec)
    [ward] = launcher._wards.values()
    [nursery] = ward.nurseries
    clock.pass_s(599)
    await launcher.tend()
    assert ward.is_open
    clock.pass_s(2)
    await launcher.tend()
    async with asyncio.timeout(60):  # its end takes the loop, so nothing may hold that meanwhile
        await nursery.gone.wait()
    assert has_ended(nursery.pid)
    assert await answer(launcher, spec) == [1], "and a new one is made when it is needed"
    await launcher.close()


async def test_forks_that_are_unwanted_at_once_end_though_the_hub_was_begun_in_the_background(
    tmp_path: Path, plain: dict[str, str], app_of: Any, module_of: object, has_ended: Any
) -> None:
    """A shell has what it begins with `&` ignore SIGQUIT, by which a guard is ended before it is ready to hear."""
    before = signal.signal(signal.SIGQUIT, signal.SIG_IGN)
    try:
        launcher = NurseryLauncher(tmp_path / "apps", hub_environment=plain, bounds=Renewal(quiet_s=3600))
        await answer(launcher, app_of("def answer(path): return b'[1]'\n"))
    finally:
        signal.signal(signal.SIGQUIT, before)
    [ward] = launcher._wards.values()
    [nursery] = ward.nurseries
    for _ in range(10):
        end(await nursery.fork(is_spare=False))
    nursery.retire()
    async with asyncio.timeout(60):
        await nursery.gone.wait()
    assert has_ended(nursery.pid)
    await launcher.close()


DAY_S = 24 * 3600.0


@pytest.mark.parametrize(
    ("nursery", "due"),
    [
        (Grown(age_s=60, bytes_at_first=100, bytes_now=100, has_to_learn=False), False),
        (Grown(age_s=DAY_S, bytes_at_first=100, bytes_now=100, has_to_learn=False), True),
        (Grown(age_s=60, bytes_at_first=100, bytes_now=2**30, has_to_learn=False), True),
        (Grown(age_s=60, bytes_at_first=100, bytes_now=100, has_to_learn=True), True),
    ],
)
def test_when_a_nursery_gives_way(nursery: Grown, due: bool) -> None:
    assert is_due(nursery, Renewal()) is due


@pytest.mark.parametrize(("free", "count"), [(0.5, 2), (0.21, 2), (0.19, 0)])
def test_no_spare_is_kept_where_memory_is_short(free: float, count: int) -> None:
    memory = Memory(all_bytes=1000, free_bytes=int(1000 * free))
    assert spares(memory, Renewal(spares=2)) == count


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def test_an_app_does_not_wait_long_for_a_library_that_hangs(
    tmp_path: Path,
    plain: dict[str, str],
    app_of: Any,
    module_of: Callable[[str, str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    module_of("slow", "import signal\nsignal.pause()\n")
    source = "if False:\n    import slow\n\ndef answer(path):\n    return b'7'\n"
    launcher = NurseryLauncher(
        tmp_path / "apps", hub_environment=plain, bounds=Renewal(quiet_s=3600, wait_s=1.0, load_within_s=3600)
    )
    assert await answer(launcher, app_of(source)) == 7
    assert "begins without a nursery: it is not ready after 1 s" in caplog.text
    await launcher.close()


def test_a_descriptor_that_a_library_has_given_back_is_kept_for_no_app() -> None:
    here, launcher = control.pair()
    of_library, of_another_app = socket.socketpair()
    guard = os.pidfd_open(os.getpid())
    with here, launcher, of_library, of_another_app:
        nursery = nursery_module.Nursery(here, Load("plain", (), "process", "none", OWN.told()))
        nursery._kept = frozenset({of_library.fileno(), of_another_app.fileno(), guard, 4000})
        nursery._children["key"] = nursery_module._Child("key", os.getpid(), guard, of_another_app)
        assert nursery._kept_still() == {of_library.fileno()}
    os.close(guard)
