"""A hostile app. GET /NAME?TOLD tries the attempt NAME (see vitrina.apps.attempts), TOLD being JSON that an insider
could have given it: paths, ports, names and process ids. It answers `{"evidence": ...}`: null when the attempt failed.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

from vitrina.apps.limits import Limits

LIBC = ctypes.CDLL(None, use_errno=True)
NEW_USER, NEW_MOUNTS = 0x10000000, 0x00020000
WAIT_S = 5.0


def first(tries: Iterable[Callable[[], object]]) -> str | None:
    """What the first try that works brings."""
    for attempt in tries:
        try:
            brought = attempt()
        except (OSError, ValueError):
            continue
        if brought:
            return str(brought)[:200]
    return None


def each(paths: Iterable[str], act: Callable[[Path], object]) -> str | None:
    return first((lambda path=path: act(Path(path))) for path in paths)


def check(result: int) -> str:
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return f"it returned {result}"


# --- its own process ---


def inherit_a_file(told: SimpleNamespace) -> str | None:
    def left_open(link: Path) -> str | None:
        target = str(link.readlink())
        is_known = target.startswith(("/dev/null", "/proc", told.own_folder)) or not target.startswith("/")
        return None if is_known else target

    return each(map(str, list(Path("/proc/self/fd").iterdir())), left_open)


def raise_its_limits(told: SimpleNamespace) -> str | None:
    def lift(what: int) -> str:
        resource.setrlimit(what, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        return "lifted"

    return first([lambda: lift(resource.RLIMIT_FSIZE), lambda: lift(resource.RLIMIT_CORE), lambda: os.nice(-1) < 0])


def become_root(told: SimpleNamespace) -> str | None:
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    if int(status["CapEff"], 16):
        return f"capabilities {status['CapEff']}"
    return None if status["NoNewPrivs"] == "1" else "set-user-ID programs count"


def write_a_huge_file(told: SimpleNamespace) -> str | None:
    with Path("huge").open("wb") as file:
        os.truncate(file.fileno(), Limits().file_bytes + 1)
    return "written"


def fill_the_disk(told: SimpleNamespace) -> str | None:
    limits, filled = Limits(), 0
    while filled <= limits.folder_bytes:
        with Path(f"filling-{filled}").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, limits.file_bytes // 2)
        filled += limits.file_bytes // 2
    time.sleep(60)  # nobody is to be here any more
    return "filled"


def take_all_memory(told: SimpleNamespace) -> str | None:
    taken, part = list[bytes](), 2**28
    while len(taken) * part <= Limits().memory_bytes:
        taken.append(b"x" * part)
    time.sleep(60)  # nobody is to be here any more
    return "taken"


def dump_core(told: SimpleNamespace) -> str | None:
    return None if resource.getrlimit(resource.RLIMIT_CORE) == (0, 0) else "cores are written"


# --- files ---


def read_the_hubs_files(told: SimpleNamespace) -> str | None:
    return each(told.hub_files, Path.read_bytes)


def read_an_environment(told: SimpleNamespace) -> str | None:
    return each((f"/proc/{pid}/environ" for pid in told.pids), Path.read_bytes)


def read_another_apps_files(told: SimpleNamespace) -> str | None:
    def others(folder: Path) -> list[str]:
        return [path.name for path in folder.iterdir() if path not in Path.home().parents and path.name != "attack"]

    return each(told.neighbours_files, Path.read_bytes) or each(told.shared_folders, others)


def write_outside(told: SimpleNamespace) -> str | None:
    def write(folder: Path) -> str:
        (folder / "left-by-an-app").write_text("it was here")
        return str(folder)

    def append(file: Path) -> str:
        with file.open("a") as opened:
            opened.write("forged\n")
        return str(file)

    return each([*told.foreign_folders, "/var/tmp", "/usr/local", "/etc"], write) or each(told.logs, append)


def alter_what_it_is_made_of(told: SimpleNamespace) -> str | None:
    def append(file: Path) -> str:
        with file.open("ab") as opened:
            opened.write(b"")
        return str(file)

    def make_writable(file: Path) -> str:
        file.chmod(0o644)
        return append(file)

    libraries = [f"{sys.prefix}/pyvenv.cfg", json.__file__]
    files = [*told.made_of, *libraries]
    return each(files, append) or each(files, make_writable)


def learn_what_exists(told: SimpleNamespace) -> str | None:
    return each(told.hub_files, Path.stat)


def change_modes(told: SimpleNamespace) -> str | None:
    def touch(file: Path) -> str:
        os.utime(file)
        file.chmod(file.stat().st_mode)
        return str(file)

    return each([*told.made_of, *told.hub_files], touch)


# --- processes ---


def see_processes(told: SimpleNamespace) -> str | None:
    def strangers(folder: Path) -> list[str]:
        own = {str(os.getpid()), *(path.name for path in Path("/proc/self/task").iterdir())} | {"1"}
        return [entry.name for entry in folder.iterdir() if entry.name.isdigit() and entry.name not in own]

    lines = each((f"/proc/{pid}/cmdline" for pid in told.pids), Path.read_bytes)
    return lines or each(["/proc"], strangers)


def signal_others(told: SimpleNamespace) -> str | None:
    def ping(pid: int) -> str:
        os.kill(pid, signal.SIGURG)  # which is ignored by whoever gets it
        return f"process {pid}"

    def ping_guard() -> str | None:
        return ping(os.getppid()) if os.getppid() else None

    return first([*((lambda pid=pid: ping(pid)) for pid in told.pids), ping_guard])


def trace_others(told: SimpleNamespace) -> str | None:
    class Part(ctypes.Structure):
        _fields_ = (("start", ctypes.c_void_p), ("bytes", ctypes.c_size_t))

    def read(pid: int) -> str:
        kept = ctypes.create_string_buffer(8)
        ours, theirs = Part(ctypes.addressof(kept), 8), Part(told.addresses[str(pid)], 8)
        return check(LIBC.process_vm_readv(pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0))

    def seize(pid: int) -> str:
        seize_request = 0x4206
        return check(LIBC.ptrace(seize_request, pid, None, None))

    def see(pid: int) -> str:
        with Path(f"/proc/{pid}/mem").open("rb"):
            return f"memory of {pid}"

    return first((lambda pid=pid, act=act: act(pid)) for pid in told.pids for act in (read, seize, see))


def fork_without_end(told: SimpleNamespace) -> str | None:
    wanted, made = Limits().processes + 1, list[int]()
    try:
        while len(made) < wanted:
            pid = os.fork()
            if pid == 0:
                signal.pause()
            made.append(pid)
        return f"{len(made)} processes"
    except BlockingIOError:
        return None
    finally:
        for pid in made:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


# --- network and sockets ---


def ask(connection: socket.socket) -> bytes:
    with connection:
        connection.settimeout(WAIT_S)
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return connection.recv(64)


def call_the_hub(told: SimpleNamespace) -> str | None:
    return first([lambda: ask(socket.create_connection(("127.0.0.1", told.port), WAIT_S))])


def reach_hosts(told: SimpleNamespace) -> str | None:
    return first((lambda host=host: ask(socket.create_connection((host, told.port), WAIT_S))) for host in told.hosts)


def listen(told: SimpleNamespace) -> str | None:
    def open_port() -> str:
        with socket.create_server(("0.0.0.0", 0)) as server:
            address = ("127.0.0.1", server.getsockname()[1])
            with socket.create_connection(address, WAIT_S):
                return str(address)

    return first([open_port])


def send_datagrams(told: SimpleNamespace) -> str | None:
    def send(host: str) -> bytes:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.settimeout(WAIT_S)
            sender.sendto(b"anybody there?", (host, told.datagram_port))
            return sender.recv(64)

    return first((lambda host=host: send(host)) for host in ["127.0.0.1", *told.hosts])


def unix(address: str) -> bytes:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    return ask(connection)


def find_sockets(told: SimpleNamespace) -> str | None:
    def named(file: Path) -> list[str]:
        known = file.read_text()
        return [path for path in told.sockets if path in known]

    tables = ["/proc/net/unix", "/proc/self/net/unix", "/proc/thread-self/net/unix", *told.tables]
    return each(tables, named) or each({str(Path(path).parent) for path in told.sockets}, lambda f: list(f.iterdir()))


def use_a_known_socket(told: SimpleNamespace) -> str | None:
    return first((lambda path=path: unix(path)) for path in told.sockets)


def use_an_abstract_socket(told: SimpleNamespace) -> str | None:
    return first([lambda: unix("\0" + told.abstract)])


def find_shared_memory(told: SimpleNamespace) -> str | None:
    return each(["/dev/shm"], lambda folder: [path for path in folder.iterdir() if path.name == told.shared_name])


def use_known_shared_memory(told: SimpleNamespace) -> str | None:
    return each([f"/dev/shm/{told.shared_name}"], Path.read_bytes)


# --- ways out ---


def in_a_child(act: Callable[[], object]) -> str | None:
    """In a process of its own, since what it changes cannot be changed back."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        brought = first([act])
        os.write(theirs, (brought or "").encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as told:
        brought = told.read().decode()
    os.waitpid(pid, 0)
    return brought or None


def mount(told: SimpleNamespace) -> str | None:
    def plain() -> str:
        return check(LIBC.mount(b"tmpfs", b".", b"tmpfs", 0, None))

    def as_user() -> str:
        check(LIBC.unshare(NEW_USER | NEW_MOUNTS))
        return plain()

    return in_a_child(plain) or in_a_child(as_user)


def make_namespaces(told: SimpleNamespace) -> str | None:
    def change_root() -> str:
        os.chroot(".")
        return "another root"

    return in_a_child(lambda: check(LIBC.unshare(NEW_USER))) or in_a_child(change_root)


def answer(path: str) -> bytes:
    name, _, told = path.removeprefix("/").partition("?")
    attempt = globals()[name]
    try:
        evidence = attempt(SimpleNamespace(**json.loads(unquote(told))))
    except OSError:
        evidence = None
    return json.dumps({"evidence": evidence}).encode()
