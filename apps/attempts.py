"""What a hostile app may try, and the level of isolation from which on it fails: one table, shown on the status page.

It is measured: an app that tries all of it runs at every level, and what it reports has to be this table
(tests/apps/test_attacks.py). Network is `none`, as it is unless somebody sets it, and the hub is not root's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vitrina.apps.levels import Level

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Attempt:
    """Something that a hostile app may try, told all that an insider could tell it: paths, names, process ids."""

    name: str
    what: str
    fails_from: Level

    def fails_at(self, level: Level) -> bool:
        """Whether it fails at this level."""
        return level.has(self.fails_from)


ATTEMPTS: Sequence[Attempt] = (
    Attempt("inherit_a_file", "Find files or folders that the hub left open in its process", Level.PROCESS),
    Attempt("raise_its_limits", "Raise its own limits", Level.PROCESS),
    Attempt("become_root", "Gain rights by a set-user-ID program or a capability", Level.PROCESS),
    Attempt("write_a_huge_file", "Write a file without end", Level.PROCESS),
    Attempt("fill_the_disk", "Fill the disk by many files", Level.PROCESS),
    Attempt("take_all_memory", "Take all of the memory", Level.PROCESS),
    Attempt("dump_core", "Leave core dumps", Level.PROCESS),
    Attempt("read_the_hubs_files", "Read the hub's files: keys, store, sessions", Level.LANDLOCK),
    Attempt("read_an_environment", "Read the environment of the hub, a nursery or another app", Level.LANDLOCK),
    Attempt("read_another_apps_files", "Read another app's private folder or its log", Level.LANDLOCK),
    Attempt("write_outside", "Write outside of its folder: the hub's home, /tmp, its own log", Level.LANDLOCK),
    Attempt(
        "alter_what_it_is_made_of", "Alter its bundle in the cache, its version's files, its libraries", Level.LANDLOCK
    ),
    Attempt("see_processes", "See which processes run, and their command lines", Level.LANDLOCK),
    Attempt("signal_others", "Signal the hub, a nursery, another app or its own guard", Level.LANDLOCK),
    Attempt("trace_others", "Trace the hub or another app, or read its memory", Level.LANDLOCK),
    Attempt("call_the_hub", "Call the hub's API from its process", Level.LANDLOCK),
    Attempt("reach_hosts", "Reach other hosts by TCP", Level.LANDLOCK),
    Attempt("listen", "Listen on a TCP port that others reach", Level.LANDLOCK),
    Attempt("find_sockets", "Find the Unix sockets of the hub and of other apps", Level.LANDLOCK),
    Attempt("use_an_abstract_socket", "Connect to an abstract Unix socket of the hub or another app", Level.LANDLOCK),
    Attempt("find_shared_memory", "Find shared memory of others", Level.LANDLOCK),
    Attempt("mount", "Mount file systems", Level.LANDLOCK),
    Attempt("learn_what_exists", "Learn whether a file of a known name exists", Level.SANDBOX),
    Attempt("change_modes", "Change modes and times of files that belong to the hub's user", Level.SANDBOX),
    Attempt("use_a_known_socket", "Connect to a Unix socket whose path it was told", Level.SANDBOX),
    Attempt("use_known_shared_memory", "Use shared memory whose name it was told", Level.SANDBOX),
    Attempt("send_datagrams", "Reach other hosts by UDP, such as DNS", Level.SANDBOX),
    Attempt("make_namespaces", "Make user namespaces, or change its root folder", Level.SANDBOX),
    Attempt("fork_without_end", "Make processes without end", Level.SANDBOX),
)
