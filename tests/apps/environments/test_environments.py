"""Environments built by the real uv from tiny wheels: found, built once, shared, damaged, full disks, collected."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vitrina.apps.environments.environments import Environments, PythonError
from vitrina.apps.environments.uv import BuildError
from vitrina.store.requirements import RequirementsError

pytestmark = [pytest.mark.slow, pytest.mark.anyio]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def environments(environments_in, tmp_path: Path):
    made = environments_in(tmp_path / "environments")
    yield made
    made.close()


def run_in(python: Path, code: str) -> str:
    return subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


async def prepare(environments: Environments, requirements: str, steps: list[str] | None = None):
    return await environments.prepare(requirements, framework="none", on_step=(steps or []).append)


async def test_what_the_hub_has_is_used_as_it_is(environments: Environments) -> None:
    found = await prepare(environments, "pytest>=8\npackaging\n")
    assert (found.python, found.environment) == (Path(sys.executable), None)
    assert not environments.shelf.folder.exists()


async def test_what_the_hub_lacks_is_built_from_the_index(environments: Environments) -> None:
    steps: list[str] = []
    found = await environments.prepare("greeting<2\n", framework="none", on_step=steps.append)
    assert run_in(found.python, "import greeting; print(greeting.VERSION)") == "1.0"
    assert steps == ["Finding out which libraries it needs.", "Installing 1 libraries: the first time only."]
    second: list[str] = []
    again = await environments.prepare("greeting <2", framework="none", on_step=second.append)
    assert (again, second) == (found, [])


async def test_it_has_nothing_of_the_hub(environments: Environments) -> None:
    found = await prepare(environments, "greeting==1.0")
    code = "import importlib.util as u; print([n for n in ('sqlalchemy', 'aiohttp', 'vitrina') if u.find_spec(n)])"
    assert run_in(found.python, code) == "[]"


async def test_what_is_needed_in_turn_comes_along_and_stays_what_it_was(environments: Environments, shop) -> None:
    found = await prepare(environments, "greeting")
    assert environments.list()[0].libraries == ["greeting==2.0", "politeness==1.5"]
    shop.put("politeness", "3.0")
    again = await prepare(environments, "greeting")
    assert again == found
    assert run_in(found.python, "import politeness; print(politeness.VERSION)") == "1.5"


async def test_two_wishes_with_one_lock_share_one_environment(environments: Environments) -> None:
    one, other = await asyncio.gather(prepare(environments, "greeting==1.0"), prepare(environments, "greeting<2"))
    assert one == other
    assert len(environments.list()) == 1


async def test_ten_apps_that_want_the_same_at_once_build_it_once(environments_in, tmp_path: Path) -> None:
    """Five in this hub, five in another one with the same folder."""
    hubs = [environments_in(tmp_path / "shared") for _ in range(2)]
    steps: list[str] = []
    prepared = [hub.prepare("greeting", framework="none", on_step=steps.append) for hub in hubs for _ in range(5)]
    found = await asyncio.gather(*prepared)
    assert len(set(found)) == 1
    assert [step for step in steps if step.startswith("Installing")] == ["Installing 2 libraries: the first time only."]
    for hub in hubs:
        hub.close()


async def test_what_takes_time_is_told_as_it_begins_and_ends(environments_in, tmp_path: Path) -> None:
    told: list[str] = []

    @contextmanager
    def timing(step: str) -> Iterator[None]:
        told.append(f"{step} begins")
        try:
            yield
        finally:
            told.append(f"{step} ends")

    timed = environments_in(tmp_path / "environments", timing=timing)
    for _ in range(2):
        await prepare(timed, "greeting==1.0")
    with pytest.raises(BuildError):
        await prepare(timed, "no-such-library")
    timed.close()
    resolved = ["resolve begins", "resolve ends"]
    assert told == [*resolved, "install begins", "install ends", *resolved]


async def test_only_a_few_are_built_at_a_time(environments: Environments, shop) -> None:
    names = [f"library-{number}" for number in range(5)]
    for name in names:
        shop.put(name, "1.0")
    steps: list[str] = []
    found = await asyncio.gather(*(environments.prepare(n, framework="none", on_step=steps.append) for n in names))
    assert len({one.environment for one in found}) == 5
    assert "Waiting until environments of other apps are built." in steps


async def test_what_made_builds_faster_goes_when_environments_are_collected(environments: Environments) -> None:
    found = await prepare(environments, "greeting==1.0")
    work = environments.shelf.folder / "work"
    assert list(work.glob("cache-*"))
    with environments.shelf.workplace():
        await environments.collect()
        assert list(work.glob("cache-*")), "somebody may be using them"
    await environments.collect()
    assert list(work.glob("cache-*")) == []
    assert (await prepare(environments, "greeting==1.0")) == found


async def test_nobody_can_write_in_it(environments: Environments) -> None:
    found = await prepare(environments, "greeting==1.0")
    assert found.environment
    place = environments.shelf.environment(found.environment)
    writable = [path for path in (place, *place.rglob("*")) if not path.is_symlink() and path.stat().st_mode & 0o222]
    assert writable == []
    readable = [path for path in place.rglob("*") if not path.is_symlink() and not path.stat().st_mode & stat.S_IROTH]
    assert readable == [], "apps may run as another user"


async def test_building_runs_no_code_of_a_library(environments: Environments, shop, tmp_path: Path) -> None:
    spy = f"import pathlib; pathlib.Path({str(tmp_path / 'seen')!r}).touch()\n"
    shop.put("sly", "1.0", {"sly.pth": "import sly_spy\n", "sly_spy.py": spy, "sly_old.py": "print 'no Python 3'\n"})
    found = await prepare(environments, "sly==1.0")
    assert not (tmp_path / "seen").exists()
    compiled = {path.name.partition(".")[0] for path in found.python.parent.parent.rglob("__pycache__/*.pyc")}
    assert {"sly_spy"} == compiled & {"sly_spy", "sly_old"}, "a file that is no Python spoils nothing"


async def test_no_library_replaces_the_python_of_its_environment(environments: Environments, shop) -> None:
    shop.put("sly", "1.0", {"sly.py": "", "sly-1.0.data/data/pyvenv.cfg": "home = /tmp\n"})
    with pytest.raises(BuildError, match="a library would replace its Python"):
        await prepare(environments, "sly==1.0")
    assert environments.list() == []


async def test_no_file_is_shared_with_another_environment_or_the_cache(environments: Environments) -> None:
    found = await prepare(environments, "greeting==1.0")
    assert found.environment
    files = [path for path in environments.shelf.environment(found.environment).rglob("*") if path.is_file()]
    assert {path.stat().st_nlink for path in files if not path.is_symlink()} == {1}


BAD = {
    "a library that does not exist": ("no-such-library==1", "Because no-such-library was not found in the package"),
    "a version that does not exist": ("greeting==9", r"there is no version of greeting==9"),
    "versions that exclude each other": ("greeting==2.0\npoliteness<1", "greeting>=2.0 depends on politeness>=1"),
}


@pytest.mark.parametrize("case", BAD)
async def test_what_cannot_be_had_says_why_and_keeps_the_log(case: str, environments: Environments) -> None:
    requirements, says = BAD[case]
    with pytest.raises(BuildError, match=r"Its libraries cannot be found: .*Correct its requirements") as failed:
        await prepare(environments, requirements)
    assert says.replace("\\", "") in " ".join(str(failed.value).split())
    assert "No solution found" in failed.value.log.read_text()
    assert environments.list() == []
    assert list((environments.shelf.folder / "work").glob("build-*")) == []


async def test_a_library_without_a_wheel_is_not_built(environments: Environments, shop) -> None:
    folder = shop.folder / "sourceful"
    folder.mkdir()
    (folder / "sourceful-1.0.tar.gz").write_bytes(b"never unpacked")
    (folder / "index.html").write_text('<a href="sourceful-1.0.tar.gz">sourceful-1.0.tar.gz</a>')
    with pytest.raises(BuildError, match=r"(?i)sourceful.*(wheel|build)"):
        await prepare(environments, "sourceful")


async def test_a_changed_wheel_is_not_installed(environments: Environments, shop) -> None:
    """The lock holds digests: an index that gives another file under the same name is not believed."""
    found = await prepare(environments, "greeting==1.0")
    assert found.environment
    environments.close()
    assert await environments.collect(unused_for_s=0)
    shop.put("greeting", "1.0", {"greeting.py": "VERSION = 'evil'\n"})
    await asyncio.to_thread(
        subprocess.run, ["rm", "-rf", environments.shelf.folder / "work" / "cache-process"], check=True
    )
    with pytest.raises(BuildError, match=r"(?i)hash"):
        await prepare(environments, "greeting==1.0")


async def test_the_app_may_not_choose_where_from(environments: Environments) -> None:
    with pytest.raises(RequirementsError, match="--extra-index-url"):
        await prepare(environments, "greeting\n--extra-index-url https://evil.example.org\n")


async def test_another_python_is_not_fetched(environments: Environments) -> None:
    with pytest.raises(PythonError, match=r"The app needs Python <3, and the hub has 3\."):
        await prepare(environments, "# requires-python: <3\ngreeting\n")


def damage(environments: Environments, key: str, how: str) -> None:
    place = environments.shelf.environment(key)
    [module] = place.rglob("greeting.py")
    for folder in (module.parent, place, place / "bin"):
        folder.chmod(0o755)
    times = (module.stat().st_atime_ns, module.stat().st_mtime_ns)
    match how:
        case "a file is gone":
            module.unlink()
        case "a file is cut":
            module.chmod(0o644)
            module.write_text("")
        case "its Python is gone":
            (place / "bin" / "python").unlink()
        case "a file more":
            (module.parent / "sitecustomize.py").write_text("raise SystemExit")
        case "a byte is another":
            module.chmod(0o644)
            module.write_text(module.read_text().replace("1.0", "6.6"))
            os.utime(module, ns=times)


@pytest.mark.parametrize("how", ["a file is gone", "a file is cut", "its Python is gone", "a file more"])
async def test_damage_is_noticed_by_the_next_hub_and_mended(how: str, environments_in, tmp_path: Path) -> None:
    first = environments_in(tmp_path / "kept")
    found = await prepare(first, "greeting==1.0")
    first.close()
    damage(first, found.environment, how)
    second = environments_in(tmp_path / "kept")
    steps: list[str] = []
    mended = await second.prepare("greeting==1.0", framework="none", on_step=steps.append)
    assert mended == found
    assert steps == ["Installing 1 libraries: the first time only."]
    assert run_in(mended.python, "import greeting; print(greeting.VERSION)") == "1.0"
    second.close()


async def test_doubt_looks_at_every_byte(environments: Environments) -> None:
    found = await prepare(environments, "greeting==1.0")
    assert found.environment
    damage(environments, found.environment, "a byte is another")
    await prepare(environments, "greeting==1.0")
    [module] = environments.shelf.environment(found.environment).rglob("greeting.py")
    assert "6.6" in module.read_text()
    environments.doubt(found.environment)
    await prepare(environments, "greeting==1.0")
    assert "1.0" in module.read_text()


async def test_what_nobody_uses_is_collected_and_what_a_hub_holds_is_not(environments_in, tmp_path: Path) -> None:
    now = [0.0]
    folder = tmp_path / "kept"
    hub, other = environments_in(folder), environments_in(folder, clock=lambda: now[0])
    found = await prepare(hub, "greeting==1.0")
    now[0] = environments_in(folder).list()[0].used_at + 100
    assert await other.collect(unused_for_s=101) == []
    assert await other.collect(unused_for_s=99) == [], "the hub holds it"
    hub.close()
    assert [kept.key for kept in await other.collect(unused_for_s=99)] == [found.environment]
    assert other.list() == []
    assert not found.python.exists()
    assert await prepare(hub, "greeting==1.0") == found, "and is built again from the lock that is kept"
    hub.close()


async def test_an_environment_in_which_something_runs_is_not_collected(environments: Environments) -> None:
    """As an app does that outlives the front which started it."""
    found = await prepare(environments, "greeting==1.0")
    command = [str(found.python), "-c", "print(flush=True); input()"]
    running = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert running.stdin
    assert running.stdout
    await running.stdout.readline()
    assert await environments.collect(unused_for_s=0) == []
    running.stdin.close()
    await running.wait()
    assert [kept.key for kept in await environments.collect(unused_for_s=0)] == [found.environment]


async def test_a_hub_that_was_killed_leaves_nothing_that_stays(environments_in, tmp_path: Path) -> None:
    left = environments_in(tmp_path / "kept")
    left.shelf.prepare()
    place = left.shelf.folder / "work" / "build-left"
    (place / "made").mkdir(parents=True)
    (place / "made").chmod(0o555)
    found = await prepare(left, "greeting==1.0")
    assert found.python.exists()
    assert not place.exists()
    left.close()


async def test_a_build_that_is_given_up_ends_and_can_be_begun_again(environments: Environments) -> None:
    begun = asyncio.Event()
    task = asyncio.create_task(environments.prepare("greeting==1.0", framework="none", on_step=lambda _: begun.set()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list((environments.shelf.folder / "work").glob("build-*")) == []
    assert (await prepare(environments, "greeting==1.0")).environment
