"""`vitrina hub` as people start and end it, and as machines kill it."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sqlite3
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from vitrina.hub import running
from vitrina.hub.running import NoHubError

pytestmark = pytest.mark.slow


def test_it_prints_where_it_is_and_how_to_come_in(start_hub, home: Path) -> None:
    hub = start_hub()
    assert len(hub.lines) == 3
    assert hub.lines[0].startswith(f"Vitrina is at {hub.url} ")
    assert hub.lines[1].startswith("Apps are isolated by")
    link = hub.lines[2].split()[-1]
    assert link.startswith(f"{hub.url}/-/enter?key=")
    assert hub.get(link.removeprefix(hub.url)).status_code == 303
    assert hub.get(link.removeprefix(hub.url)).status_code == 410


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_when_it_is_asked_and_leaves_nothing(hub, watch, home: Path, number: signal.Signals) -> None:
    assert hub.get("/readyz").status_code == 200
    ends = watch(*hub.children.values())
    assert hub.end(number) == 0
    ends.wait()
    with pytest.raises(NoHubError):
        running.find(home)


def test_an_app_that_runs_ends_with_it(hub, watch, telling: str, open_app) -> None:
    app = open_app(hub, telling)
    ends = watch(app.pid, app.guard, *hub.children.values())
    assert hub.end() == 0
    ends.wait()


def test_when_it_is_killed_all_is_gone(hub, watch, telling: str, open_app) -> None:
    app = open_app(hub, telling)
    ends = watch(app.pid, app.guard, *hub.children.values())
    hub.process.kill()
    ends.wait()


def test_a_portal_that_is_killed_comes_back_and_apps_stay(hub, watch, telling: str, open_app) -> None:
    app, children = open_app(hub, telling), hub.children
    ends = watch(children["portal"])
    os.kill(children["portal"], signal.SIGKILL)
    ends.wait()
    hub.read_until("The portal was killed (perhaps out of memory); it starts again in 0.5 s.")
    assert hub.get("/readyz").status_code == 200  # the connection waits in the socket that the parent holds
    assert hub.children["front"] == children["front"]
    assert hub.children["portal"] != children["portal"]
    os.kill(app.pid, 0)


def test_a_front_that_is_killed_comes_back_and_takes_its_apps_over(hub, watch, telling: str, open_app) -> None:
    app, children = open_app(hub, telling), hub.children
    ends = watch(children["front"])
    os.kill(children["front"], signal.SIGKILL)
    ends.wait()
    hub.read_until("The front was killed")
    assert app.ask() == "Hello", "it answers, and nobody started it anew"
    os.kill(app.pid, 0)
    assert hub.children["portal"] == children["portal"]
    left = watch(app.pid, app.guard)
    assert hub.end() == 0
    left.wait()


def test_apps_outlive_a_restart_and_end_with_the_hub(hub, watch, telling: str, open_app, vitrina) -> None:
    app = open_app(hub, telling)
    for _ in range(2):
        assert vitrina("hub", "restart").code == 0
        assert app.ask() == "Hello"
    os.kill(app.pid, 0)
    assert vitrina("app", "list", "demo/tumours", "--json").json[0]["state"] == "ready"
    ends = watch(app.pid)
    assert vitrina("app", "stop", telling).out == f"The hub stops {telling}.\n"
    ends.wait()
    second = open_app(hub, telling)
    ends = watch(second.pid, second.guard)
    hub.process.kill()
    ends.wait()


def test_a_restart_keeps_process_address_and_home_and_replaces_the_rest(hub, watch, vitrina, home: Path) -> None:
    before, children = running.find(home), hub.children
    ends = watch(*children.values())
    with socket.create_connection(("127.0.0.1", urlsplit(hub.url).port)) as waiting:
        assert vitrina("hub", "restart").out == f"The hub at {before.url} has begun anew.\n"
        ends.wait()
        waiting.close()
    hub.read_until(f"Vitrina is at {before.url} again")
    assert (running.find(home).url, running.find(home).pid) == (before.url, hub.process.pid)
    assert not set(hub.children.values()) & set(children.values())
    assert hub.get("/readyz").status_code == 200
    assert sum("signs you in" in line for line in hub.lines) == 1
    assert vitrina("hub", "restart").code == 0, "again and again"
    assert hub.end() == 0


def test_a_restart_leaves_no_file_open_and_no_trace_in_the_environment(hub, vitrina) -> None:
    def opened() -> int:
        return len(list(Path(f"/proc/{hub.process.pid}/fd").iterdir()))

    assert vitrina("hub", "restart").code == 0
    before = opened()
    assert vitrina("hub", "restart").code == 0
    assert opened() == before
    portal = hub.children["portal"]
    assert b"VITRINA_SUCCESSION" not in Path(f"/proc/{portal}/environ").read_bytes()


def test_a_damaged_bundle_is_fetched_again(hub, watch, telling: str, open_app, vitrina, home: Path) -> None:
    app = open_app(hub, telling)
    ends = watch(app.pid)
    assert vitrina("app", "stop", telling).code == 0
    ends.wait()
    [bundle] = (home / "apps" / "bundles").iterdir()
    bundle.write_bytes(b"rotten")
    assert open_app(hub, telling).ask() == "Hello"
    hub.read_until("is damaged on disk, and fetched again")


def test_an_end_that_is_asked_for_during_a_restart_ends_it(hub, watch, telling: str, open_app) -> None:
    app = open_app(hub, telling)
    ends = watch(app.pid, *hub.children.values())
    hub.process.send_signal(signal.SIGUSR2)
    assert hub.end() == 0
    ends.wait()


def test_a_program_that_does_not_work_replaces_none(hub, telling: str, open_app, vitrina, home: Path) -> None:
    app, children = open_app(hub, telling), hub.children
    with sqlite3.connect(home / "store.db") as database:
        [(revision,)] = database.execute("SELECT version_num FROM alembic_version").fetchall()
        database.execute("UPDATE alembic_version SET version_num = 'from the future'")
    said = vitrina("hub", "restart")
    assert said.code == 1
    assert "The hub goes on as it is: the program that would take its place does not work here." in said.err
    assert "newer" in said.err
    assert "newer" in hub.read_until("Vitrina does not restart, and goes on as it is.")
    assert hub.children == children
    assert app.ask() == "Hello"
    with sqlite3.connect(home / "store.db") as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    assert vitrina("hub", "restart").code == 0
    assert app.ask() == "Hello"


def test_apps_outlive_a_front_that_dies_while_the_store_is_away(hub, watch, telling: str, open_app, home: Path) -> None:
    app, children = open_app(hub, telling), hub.children
    place = home / "store.db"
    place.rename(home / "aside")
    place.mkdir()  # no database can be opened there
    ends = watch(children["front"])
    os.kill(children["front"], signal.SIGKILL)
    ends.wait()
    for _ in range(2):
        hub.read_until("The front cannot serve now; it tries again every 2 s.")
    place.rmdir()
    (home / "aside").rename(place)
    assert app.ask() == "Hello", "nobody started it anew"
    os.kill(app.pid, 0)
    assert hub.end() == 0


def test_a_front_that_hangs_is_ended_and_starts_again(start_hub, watch, telling: str, open_app, home: Path) -> None:
    hub = start_hub(program=[sys.executable, str(Path(__file__).parent / "impatient.py")])
    app, front = open_app(hub, telling), hub.children["front"]
    os.kill(front, signal.SIGSTOP)
    hub.read_until("The front has not answered for 10 s: it is ended.")
    hub.read_until("The front was ended, since it did not answer; it starts again")
    assert app.ask() == "Hello"
    os.kill(app.pid, 0)
    assert hub.end() == 0


def test_a_hub_that_does_not_serve_yet_is_not_restarted(home: Path, vitrina) -> None:
    with running.claim(home) as claim:
        claim.tell("http://localhost:8400", starts=0)
        said = vitrina("hub", "restart")
    assert said.code == 1
    assert "does not serve yet. Try again in a moment." in said.err


def test_without_a_hub_there_is_nothing_to_restart(vitrina) -> None:
    said = vitrina("hub", "restart")
    assert said.code == 1
    assert "vitrina hub" in said.err


def test_a_port_in_use_is_one_line(start_hub) -> None:
    for option in ("--port", "--apps-port"):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            hub = start_hub(option, port, is_awaited=False)
            out, _ = hub.process.communicate()
        assert hub.process.returncode == 1
        assert out == f"vitrina: Port {port} of 127.0.0.1 is in use. Choose another: {option} N\n"


def test_a_home_has_one_hub(hub, start_hub, home: Path) -> None:
    second = start_hub(is_awaited=False)
    out, _ = second.process.communicate()
    assert second.process.returncode == 1
    assert f"A hub runs already with the home {home} at {hub.url}" in out
    assert out.count("\n") == 1
    assert hub.get("/healthz").status_code == 200


def test_a_child_that_cannot_start_ends_the_hub_with_its_own_line(start_hub, home: Path) -> None:
    apps = home / "apps"
    apps.mkdir(parents=True)
    with (apps / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        hub = start_hub(is_awaited=False)
        out, _ = hub.process.communicate()
    assert hub.process.returncode == 1
    assert out.startswith(f"vitrina: Another hub runs apps in {apps}.")
    assert "signs you in" not in out


def test_the_command_line_asks_the_hub_that_runs(hub, telling: str, open_app, watch, vitrina) -> None:
    app = open_app(hub, telling)
    assert vitrina("app", "open", telling).out == f"{hub.url}/{telling}\n"
    ends = watch(app.pid)
    assert vitrina("app", "stop", telling).out == f"The hub stops {telling}.\n"
    ends.wait()
    link = vitrina("hub", "link").out.strip()
    assert hub.get(link.removeprefix(hub.url)).status_code == 303


def test_a_hub_of_an_address_that_was_given_answers_there(start_hub) -> None:
    hub = start_hub("--host", "127.0.0.2")
    assert hub.url.startswith("http://127.0.0.2:")
    assert hub.get("/healthz").status_code == 200
