"""`vitrina store …`"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitrina.store.engine import open_database
from vitrina.store.migrations import HEAD, create_at


def test_upgrading_a_store_of_this_release_changes_nothing(vitrina, home: Path, shown) -> None:
    said = vitrina("store", "upgrade")
    assert said.out == f"The store at sqlite:///{home / 'store.db'} is up to date (schema {HEAD}).\n"
    assert vitrina("run", "list", "--json").json


def test_an_empty_place_gets_a_store(vitrina, home: Path) -> None:
    home.mkdir()
    assert f"has schema {HEAD} now (before: none)" in vitrina("store", "upgrade").out
    assert vitrina("project", "list").code == 0


def test_a_store_of_a_newer_release_is_refused_untouched(vitrina, home: Path, shown, store) -> None:
    store.close()
    with closing(sqlite3.connect(home / "store.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    for words in (("upgrade",), ("check",), ("backup", home / "backup")):
        said = vitrina("store", *words)
        assert said.code == 1
        assert "written by a newer Vitrina (schema 9999" in said.err
    with closing(sqlite3.connect(home / "store.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


def test_a_store_of_an_older_release_is_upgraded_and_sound(vitrina, home: Path) -> None:
    database = open_database(f"sqlite:///{home / 'store.db'}", clock=lambda: datetime.now(UTC))
    with database.writing() as transaction:
        create_at(transaction.connection, "0005")
        transaction.connection.exec_driver_sql(
            "INSERT INTO owners (name, kind, title, created_at) VALUES ('acme', 'organization', '', '2026-01-01')"
        )
        transaction.connection.exec_driver_sql(
            "INSERT INTO projects (owner_id, name, title, description, visibility, created_at, updated_at) "
            "VALUES (1, 'churn', '', '', 'private', '2026-01-01', '2026-01-01')"
        )
    database.close()
    refused = vitrina("project", "list")
    assert (refused.code, "run: vitrina store upgrade" in refused.err) == (1, True)
    assert f"has schema {HEAD} now (before: 0005)" in vitrina("store", "upgrade").out
    assert [project["ref"] for project in vitrina("project", "list", "--json").json] == ["acme/churn"]
    assert vitrina("store", "check", "--json").json["sound"]


def test_check_ends_with_1_when_something_is_wrong(vitrina, home: Path, store, hidden) -> None:
    blob = store.registry.files(hidden.version)[0].blob
    damaged = home / "blobs" / blob.digest[:2] / blob.digest[2:4] / blob.digest
    damaged.write_text("nonsense")
    said = vitrina("store", "check")
    assert said.code == 1
    assert f"damaged blob: {blob.digest}" in said.out
    assert "acme/secret/models/classifier@1.0.0 (model.txt)" in said.out
    told = vitrina("store", "check", "--json")
    assert (told.code, told.json["sound"], told.json["findings"][-1]["trouble"]) == (1, False, "damaged blob")


def test_backup_and_restore(vitrina, home: Path, shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = vitrina("store", "backup", tmp_path / "backup", "--json").json
    assert (made["database"], made["schema"], made["blobs"]) == ("sqlite", HEAD, 2)
    again = vitrina("store", "restore", tmp_path / "backup")
    assert (again.code, "nothing was changed" in again.err) == (1, True)
    monkeypatch.setenv("VITRINA_HOME", str(tmp_path / "elsewhere"))
    assert vitrina("store", "restore", tmp_path / "backup").code == 0
    assert [run["ref"] for run in vitrina("run", "list", "--json").json] == [shown.run.ref]


def test_gc_says_what_it_took(vitrina, shown) -> None:
    assert vitrina("store", "gc", "--dry-run").out == "There is nothing to take.\n"
    assert vitrina("store", "gc", "--older-than", "12h", "--json").json["blobs"] == 0
    said = vitrina("store", "gc", "--older-than", "soon")
    assert (said.code, "is no age" in said.err) == (2, True)


def test_export_and_import(vitrina, hidden, store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.database.writing() as transaction:  # the cast's bundle has no digest of its own
        transaction.connection.exec_driver_sql(
            "UPDATE app_revisions SET bundle = (SELECT digest FROM blobs WHERE id = blob_id)"
        )
    file = tmp_path / "secret.vitrina"
    assert "acme/secret with" in vitrina("store", "export", "acme/secret", file).out
    monkeypatch.setenv("VITRINA_HOME", str(tmp_path / "elsewhere"))
    assert vitrina("store", "import", file).out.startswith("acme/secret: added ")
    assert vitrina("store", "import", file).out == "acme/secret: all of it is there already.\n"
    assert vitrina("store", "import", file, "--json").json == {"ref": "acme/secret", "added": {}, "blobs": 2}
    file.write_bytes(b"PK")
    said = vitrina("store", "import", file)
    assert (said.code, "is no exported project" in said.err) == (1, True)
