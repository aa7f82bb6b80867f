"""Files to import that nobody exported: each is refused with a clear error, and nothing of it is kept."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitrina.store.care.archive import BadExportError, NewerExportError
from vitrina.store.care.exporting import export
from vitrina.store.care.importing import import_
from vitrina.store.errors import VitrinaError
from vitrina.store.opening import Store, open_store

Entries = dict[str, bytes]


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Store]:
    with open_store(home=tmp_path / "target") as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """SQLite alone: what a file may hold is decided before any database is asked."""
    with open_store(home=tmp_path / "from", blobs=str(tmp_path / "blobs")) as opened:
        yield opened


@pytest.fixture
def entries(store: Store, furnished, tmp_path: Path) -> Entries:
    """What a good file holds."""
    export(store, furnished.project, tmp_path / "good")
    with zipfile.ZipFile(tmp_path / "good") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _edited(table: str, **values: Any) -> Callable[[Entries], None]:
    def edit(entries: Entries) -> None:
        name = f"rows/{table}.jsonl"
        rows = [json.loads(line) for line in entries[name].splitlines()]
        entries[name] = "\n".join(json.dumps(row | values) for row in rows).encode()

    return edit


def _named(name: str, data: bytes = b"x") -> Callable[[Entries], None]:
    return lambda entries: entries.update({name: data})


def _other_bytes(entries: Entries) -> None:
    name = next(name for name in entries if name.startswith("blobs/"))
    entries[name] = b"y" * len(entries[name])


def _without_a_blob(entries: Entries) -> None:
    del entries[next(name for name in entries if name.startswith("blobs/"))]


HOSTILE: dict[str, tuple[Callable[[Entries], None], type[VitrinaError], str]] = {
    "a path that climbs": (_named("../../etc/passwd"), BadExportError, "which no exported project does"),
    "an absolute path": (_named("/etc/passwd"), BadExportError, "which no exported project does"),
    "a name that hides": (_named("blobs/../../x"), BadExportError, "which no exported project does"),
    "a bomb": (_named("rows/runs.jsonl", b"\0" * 8_000_000), BadExportError, "would grow from"),
    "other bytes": (_other_bytes, BadExportError, "has other bytes than its name says"),
    "a blob too many": (_named(f"blobs/{hashlib.sha256(b'x').hexdigest()}"), BadExportError, "its list of blobs"),
    "a blob too few": (_without_a_blob, BadExportError, "its list of blobs"),
    "no JSON": (_named("rows/runs.jsonl", b"{"), BadExportError, "what is no JSON"),
    "deep JSON": (_named("rows/runs.jsonl", b"[" * 100_000), BadExportError, "no JSON"),
    "no object": (_named("rows/runs.jsonl", b"[1]"), BadExportError, "what is no object"),
    "a later format": (
        _named("vitrina.json", b'{"format": "vitrina project", "version": 2}'), NewerExportError, "its format is 2",
    ),
    "another format": (_named("vitrina.json", b'{"format": "x", "version": 1}'), BadExportError, "no exported project"),
    "a table of tomorrow": (_named("rows/wishes.jsonl"), NewerExportError, "rows of 'wishes'"),
    "a table of people": (_named("rows/users.jsonl"), NewerExportError, "rows of 'users'"),
    "a column of tomorrow": (_edited("runs", wish=1), NewerExportError, "rows of runs have 'wish'"),
    "a path of a file": (_edited("version_files", path="../../x"), BadExportError, "version_files.path"),
    "a name with a slash": (_edited("collections", name="a/b"), BadExportError, "collections.name"),
    "a run's id with a slash": (_edited("runs", uuid="../x"), BadExportError, "runs.uuid"),
    "a state of its own": (_edited("runs", status="glad"), BadExportError, "runs.status"),
    "text for a number": (_edited("runs", id="1"), BadExportError, "runs.id"),
    "a number too large": (_edited("versions", size=2**70), BadExportError, "versions.size"),
    "a time without a zone": (_edited("runs", created_at="2026-01-01"), BadExportError, "runs.created_at"),
    "another content": (_edited("versions", content="0" * 64), BadExportError, "are not its content"),
    "another bundle": (_edited("app_revisions", bundle="0" * 64), BadExportError, "an app's bundle is not the blob"),
    "another snapshot": (_edited("snapshots", content="0" * 64), BadExportError, "a snapshot is not the blob"),
    "a key to nothing": (_edited("params", run_id=77), BadExportError, "row 77 of runs, which it does not hold"),
    "an end of no kind": (_edited("edges", source_kind="user"), BadExportError, "edges.source_kind"),
    "a reserved owner": (
        _named("vitrina.json", b'{"format": "vitrina project", "version": 1, "project": "api/x"}'),
        BadExportError, "called 'api'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_and_leaves_nothing(name: str, entries: Entries, target: Store, tmp_path) -> None:
    spoil, error, says = HOSTILE[name]
    spoil(entries)
    with pytest.raises(error, match=says):
        import_(target, _packed(entries, tmp_path / "bad"))
    assert target.projects.list() == []
    assert not (tmp_path / "etc").exists()


def test_a_file_that_is_cut_off_is_refused(entries: Entries, target: Store, tmp_path: Path) -> None:
    whole = _packed(entries, tmp_path / "whole").read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadExportError, match="or not all of one"):
        import_(target, tmp_path / "half")


def test_entries_that_lie_over_each_other_are_refused(entries: Entries, target: Store, tmp_path: Path) -> None:
    """The bomb that needs no compression: many names for the same bytes."""
    with zipfile.ZipFile(tmp_path / "bad", "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
        first = next(entry for entry in archive.infolist() if entry.filename.startswith("blobs/"))
        first.file_size = first.compress_size = 1_000_000
        for number in range(100):
            again = zipfile.ZipInfo(f"blobs/{number:064x}")
            again.header_offset, again.CRC = first.header_offset, first.CRC
            again.file_size = again.compress_size = first.file_size
            archive.filelist.append(again)
    with pytest.raises(BadExportError, match="over each other"):
        import_(target, tmp_path / "bad")


def test_the_label_of_an_apps_origin_is_never_taken_from_a_file(entries, target: Store, furnished, tmp_path) -> None:
    _edited("app_revisions", label="www")(entries)
    import_(target, _packed(entries, tmp_path / "bad"))
    version = target.find(furnished.version.ref).version
    assert version is not None
    assert target.apps.get(version, "what-if").label == furnished.app.label


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_row_with_any_value_is_taken_whole_or_refused(entries, target: Store, tmp_path, data: st.DataObject) -> None:
    spoiled = dict(entries)
    tables = [name for name in spoiled if name.startswith("rows/") and spoiled[name]]
    table = data.draw(st.sampled_from(tables)).removeprefix("rows/").removesuffix(".jsonl")
    column = data.draw(st.sampled_from(sorted(json.loads(spoiled[f"rows/{table}.jsonl"].splitlines()[0]))))
    value = data.draw(st.none() | st.integers() | st.floats(allow_nan=False) | st.text() | st.lists(st.integers()))
    _edited(table, **{column: value})(spoiled)
    before = [project.ref for project in target.projects.list()]
    try:
        import_(target, _packed(spoiled, tmp_path / "bad"))
    except VitrinaError:
        assert [project.ref for project in target.projects.list()] == before


def _packed(entries: Entries, file: Path) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file
