"""What bubblewrap is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.apps import sandbox, visible
from vitrina.apps.levels import Network
from vitrina.apps.sandbox import FIRST_UID, UIDS, Machine, Plan

PYTHON = Path("/opt/python")
MACHINE = Machine(
    (PYTHON,),
    links={Path("/lib"): "usr/lib"},
    sources={PYTHON: Path("/tmp/0"), Path("/hub/running"): Path("/tmp/1")},
    files={Path("/etc/passwd"): 7},
)


def plan(network: Network = Network.NONE) -> Plan:
    return Plan(network, (Path("/hub/bundles"),), (Path("/hub/running"),), uid=1_879_048_200)


def triples(arguments: list[str]) -> set[tuple[str, str, str]]:
    return set(zip(arguments, arguments[1:], arguments[2:], strict=False))


def test_only_what_is_named_is_bound_and_only_apps_folders_can_be_written() -> None:
    found = triples(sandbox.arguments(plan(), MACHINE))
    assert {one for one in found if one[0] in {"--bind", "--dev-bind"}} == {("--bind", "/tmp/1", "/hub/running")}
    assert ("--ro-bind", "/hub/bundles", "/hub/bundles") in found
    assert ("--ro-bind", "/tmp/0", "/opt/python") in found
    assert ("--ro-bind-data", "7", "/etc/passwd") in found
    assert ("--symlink", "usr/lib", "/lib") in found
    bound = {target for option, _, target in found if option.endswith(("bind", "bind-try"))}
    assert not bound & {"/", "/root", "/home", "/etc", "/var", "/run", "/hub", "/tmp", "/sys"}


def test_the_root_is_made_read_only_when_all_is_in_it() -> None:
    assert sandbox.arguments(plan(), MACHINE)[-2:] == ["--remount-ro", "/"]


@pytest.mark.parametrize(
    ("network", "is_parted"), [(Network.NONE, True), (Network.LOOPBACK, True), (Network.FULL, False)]
)
def test_only_the_full_network_is_shared(network: Network, is_parted: bool) -> None:
    assert ("--unshare-net" in sandbox.arguments(plan(network), MACHINE)) is is_parted


@pytest.mark.parametrize("kind", ["user", "pid", "ipc", "uts"])
def test_all_else_is_never_shared(kind: str) -> None:
    assert f"--unshare-{kind}" in sandbox.arguments(plan(Network.FULL), MACHINE)


def test_a_plan_passes_as_text() -> None:
    assert Plan.parse(plan().text()) == plan()
    assert sandbox.argv_prefix(plan())[-2:] == (plan().text(), "--")


def test_each_hub_of_root_has_a_user_of_its_own_for_apps(tmp_path: Path) -> None:
    one, other = (sandbox.uid_for(tmp_path / name, hub_uid=0) for name in ("one", "other"))
    assert one is not None
    assert other is not None
    assert one != other
    assert one == sandbox.uid_for(tmp_path / "one", hub_uid=0)
    assert FIRST_UID <= one < FIRST_UID + UIDS
    assert sandbox.uid_for(tmp_path, hub_uid=1000) is None


def test_folders_within_others_are_not_named_twice() -> None:
    paths = [Path("/a/b"), Path("/a"), Path("/ab"), Path("/c/d"), Path("/a")]
    assert visible.outermost(paths) == (Path("/a"), Path("/ab"), Path("/c/d"))
