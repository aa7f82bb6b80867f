"""What an app may see of the machine it runs on: the system's programs and libraries, and its Python environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
"""Programs and libraries. Where they are links to folders of /usr, they stay links."""

OF_ETC = (
    *("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "os-release", "debian_version"),
    *("nsswitch.conf", "hosts", "host.conf", "resolv.conf", "gai.conf", "services", "protocols"),
    *("localtime", "timezone", "locale.alias", "locale.conf", "mime.types", "magic", "papersize"),
    *("fonts", "ssl/certs", "ssl/openssl.cnf", "ca-certificates", "pki/tls/certs", "pki/ca-trust", "crypto-policies"),
    *("OpenCL", "vulkan", "glvnd", "python3", "R"),
)
"""Below /etc: nothing that is secret on any system, and nothing that names people or the machine."""

PEOPLE = ("passwd", "group")
"""Below /etc: names of users, made up for a sandbox."""

OF_MACHINE = ("/etc/machine-id", "/var/lib/dbus/machine-id")
"""Which machine it is. A sandbox lacks them; elsewhere Streamlit fails where they are and cannot be read."""

OF_PROC = (
    *("cpuinfo", "meminfo", "stat", "loadavg", "uptime", "version", "filesystems", "cmdline", "vmstat", "diskstats"),
    *("sys/kernel", "sys/vm", "sys/fs"),
)
"""Below /proc, where it is not the app's own: figures of the whole machine, and no process."""

OF_OWN_PROCESS = (
    *("maps", "smaps", "smaps_rollup", "status", "stat", "statm", "cgroup", "limits", "mountinfo", "mounts"),
    *("environ", "cmdline", "comm", "io", "oom_score", "oom_score_adj", "auxv"),
)
"""Below /proc/self, of the app's first process only. Not `net`, which names all sockets of the hub's network."""

OF_SYS = ("devices/system", "fs/cgroup")
"""Below /sys: how many processors there are, and how much of them may be used."""

DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts")
ACCELERATORS = ("nvidia*", "kfd", "dri")
"""Below /dev, where they are there."""


def beneath(root: str, names: tuple[str, ...]) -> tuple[Path, ...]:
    """These names as paths."""
    return tuple(Path(root) / name for name in names)


def accelerators() -> tuple[Path, ...]:
    """The devices of this machine for which models are made."""
    return tuple(found for pattern in ACCELERATORS for found in sorted(Path("/dev").glob(pattern)))


def of_python() -> tuple[Path, ...]:
    """The folders of this interpreter: its own, its libraries', and Vitrina's where that is installed from a clone."""
    import vitrina

    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    rooms = {str(folder.resolve()) for folder in Path(vitrina.__path__[0]).iterdir() if folder.is_dir()}
    paths = {entry for entry in sys.path if entry and Path(entry).exists()}
    searched = {entry for entry in os.environ.get("LD_LIBRARY_PATH", "").split(":") if entry.startswith("/")}
    environment = Path(sys.executable).parent.parent
    if (environment / "pyvenv.cfg").exists():  # whose prefix is not known yet where it was started without `site`
        prefixes.add(str(environment))
    return outermost(Path(path) for path in prefixes | rooms | paths | searched | {vitrina.__path__[0]})


def outermost(paths: Iterable[Path]) -> tuple[Path, ...]:
    """These paths without those that lie in another one of them, in alphabetical order."""
    kept: list[Path] = []
    for path in sorted(set(paths)):
        if not any(path.is_relative_to(outer) for outer in kept):
            kept.append(path)
    return tuple(kept)
