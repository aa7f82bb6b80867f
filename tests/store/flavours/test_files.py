"""Plain files."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.store import flavours
from vitrina.store.flavours import FlavourError


def test_a_folder_is_kept_without_what_tools_left(tmp_path: Path) -> None:
    source = tmp_path / "model"
    (source / "__pycache__").mkdir(parents=True)
    (source / "__pycache__" / "a.pyc").write_bytes(b"")
    (source / "weights.bin").write_bytes(b"1")
    flavours.save(source, tmp_path / "saved")
    assert [path.name for path in (tmp_path / "saved").rglob("*")] == ["weights.bin"]


def test_a_link_inside_is_followed_and_one_to_the_outside_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "model"
    source.mkdir()
    (source / "weights.bin").write_bytes(b"1")
    (source / "latest.bin").symlink_to("weights.bin")
    flavours.save(source, tmp_path / "saved")
    assert (tmp_path / "saved" / "latest.bin").read_bytes() == b"1"
    (tmp_path / "secret.txt").write_text("secret")
    (source / "outside.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(FlavourError, match=r"outside\.txt links to something outside"):
        flavours.save(source, tmp_path / "again")


@pytest.mark.parametrize(("name", "message"), [("nowhere", "There is no file or folder"), ("empty", "holds no file")])
def test_nothing_is_refused(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FlavourError, match=message):
        flavours.save(tmp_path / name, tmp_path / "saved")


def test_files_cannot_be_asked(tmp_path: Path) -> None:
    with pytest.raises(FlavourError, match="there is no model to ask"):
        flavours.predict("files", tmp_path, [1])
