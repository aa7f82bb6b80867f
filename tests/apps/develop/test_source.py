"""What belongs to an app that is being written, and what changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.apps.develop.source import Source
from vitrina.store.bundles import BundleError


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text("import streamlit\nimport words\n")
    (tmp_path / "words.py").write_text("HELLO = 1\n")
    (tmp_path / "notes.txt").write_text("not of the app")
    return tmp_path / "app.py"


def test_modules_that_a_file_imports_belong_to_it_and_its_neighbours_do_not(app: Path) -> None:
    before = Source(app).look()
    assert [path.name for path in before.files] == ["app.py", "words.py"]
    (app.parent / "words.py").write_text("HELLO = 2\n")
    (app.parent / "notes.txt").write_text("other")
    assert before.changed(Source(app).look(before)) == (app.parent / "words.py",)


def test_data_belongs_to_a_folder_or_where_it_is_named(app: Path) -> None:
    (app.parent / "data").mkdir()
    rows = app.parent / "data" / "rows.csv"
    rows.write_text("1")
    for source in (Source(app.parent), Source(app, include=["data/*.csv"])):
        before = source.look()
        rows.write_text(rows.read_text() + "1")
        assert before.changed(source.look(before)) == (rows,)
        assert app.parent / "data" in before.folders


def test_what_is_written_with_the_same_content_did_not_change(app: Path) -> None:
    before = Source(app).look()
    app.write_bytes(app.read_bytes())
    assert before.changed(Source(app).look(before)) == ()


def test_files_come_and_go(app: Path) -> None:
    source = Source(app.parent)
    before = source.look()
    (app.parent / "new.csv").write_text("1")
    (app.parent / "notes.txt").unlink()
    assert before.changed(source.look(before)) == (app.parent / "new.csv", app.parent / "notes.txt")


def test_what_the_rules_leave_out_is_not_watched(app: Path) -> None:
    (app.parent / ".vitrinaignore").write_text("*.db\n")
    source = Source(app.parent)
    before = source.look()
    (app.parent / "feedback.db").write_text("written by the app")
    assert before.changed(source.look(before)) == ()


def test_a_half_written_line_loses_nothing(app: Path) -> None:
    source = Source(app)
    before = source.look()
    app.write_text("import streamlit\nimport wor(")
    broken = source.look(before)
    assert before.changed(broken) == (app,)
    (app.parent / "words.py").write_text("HELLO = 3\n")
    assert broken.changed(source.look(broken)) == (app.parent / "words.py",)


def test_an_app_that_is_not_there_is_said_when_it_is_begun(tmp_path: Path) -> None:
    assert not Source(tmp_path / "none.py").look().files
    with pytest.raises(BundleError, match="There is no file or folder"):
        Source(tmp_path / "none.py").meant()


def test_a_program_is_found_by_its_command(tmp_path: Path) -> None:
    source = Source(tmp_path, command="serve --port {port}")
    assert source.kind() == "command"
    assert source.meant().made == b"serve --port {port}\n"
