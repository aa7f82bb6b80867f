"""What an app knows of its version."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sklearn.linear_model import LinearRegression

from vitrina.apps import AppError, NotServedError, Served, remove_served, served, write_served
from vitrina.store import flavours

META: dict[str, Any] = {
    "ref": "acme/churn/models/classifier@1.1.0",
    "name": "classifier",
    "version": "1.1.0",
    "kind": "model",
    "owner": "acme",
    "project": "churn",
    "params": {"depth": 3},
    "metrics": {"accuracy": 0.93},
    "signature": {"inputs": [{"name": "radius", "type": "double"}]},
    "flavour": None,
}


@pytest.fixture
def files(tmp_path: Path) -> list[tuple[str, Path]]:
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / "0a1b").write_text("weights")
    (folder / "2c3d").write_text("words")
    return [("model.bin", folder / "0a1b"), ("tokens/words.txt", folder / "2c3d")]


@pytest.fixture
def folder(tmp_path: Path, files: list[tuple[str, Path]], monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "served" / "0123abcd"
    write_served(made, meta=META, files=files)
    monkeypatch.setenv("VITRINA_SERVED", str(made))
    return made


@pytest.mark.usefixtures("folder")
def test_it_tells_what_the_version_is() -> None:
    version = served()
    assert (version.ref, version.name, version.version, version.kind) == (
        "acme/churn/models/classifier@1.1.0",
        "classifier",
        "1.1.0",
        "model",
    )
    assert (version.owner, version.project, version.flavour) == ("acme", "churn", None)
    assert (version.params, version.metrics) == ({"depth": 3}, {"accuracy": 0.93})
    assert version.signature == META["signature"]


@pytest.mark.usefixtures("folder")
def test_it_leads_to_the_files() -> None:
    assert served().path("tokens/words.txt").read_text() == "words"
    assert served().files_dir / "model.bin" == served().path("model.bin")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("wrong", ["other.bin", "../version.json", "/etc/passwd"])
def test_a_file_that_is_not_there_lists_those_that_are(wrong: str) -> None:
    with pytest.raises(AppError, match=rf"has no file '{wrong}'\. It has: model\.bin, tokens, tokens/words\.txt\."):
        served().path(wrong)


def test_without_a_version_it_says_how_to_get_one() -> None:
    with pytest.raises(
        NotServedError, match=r"runs without one\. Name one: --model REF \(vitrina app run FILE --model REF\)\."
    ):
        served()


@pytest.mark.parametrize("content", [None, "no json", "{}", "[]"])
def test_a_folder_that_holds_no_version_says_so(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        (tmp_path / "version.json").write_text(content)
    monkeypatch.setenv("VITRINA_SERVED", str(tmp_path))
    with pytest.raises(NotServedError, match=rf"VITRINA_SERVED is {tmp_path}, which holds no version"):
        served()


@pytest.mark.usefixtures("folder")
def test_plain_files_are_no_model() -> None:
    with pytest.raises(AppError, match=r"was logged as plain files: there is no model to load\. Read them by"):
        served().model()


def test_the_model_is_loaded_once_by_its_flavour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved, made = tmp_path / "saved", tmp_path / "served"
    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 2.0])
    flavour = flavours.save(model, saved)["flavour"]
    files = [(str(path.relative_to(saved)), path) for path in saved.rglob("*") if path.is_file()]
    write_served(made, meta=META | {"flavour": flavour}, files=files)
    monkeypatch.setenv("VITRINA_SERVED", str(made))
    assert served().predict([[3.0]]).tolist() == pytest.approx([6.0])
    assert served().model() is served().model()


def test_a_folder_is_read_only_and_can_still_be_removed(folder: Path) -> None:
    modes = {path.relative_to(folder).as_posix(): oct(path.stat().st_mode & 0o777) for path in folder.rglob("*")}
    assert modes == {
        "version.json": "0o444",
        "files": "0o555",
        "files/model.bin": "0o444",
        "files/tokens": "0o555",
        "files/tokens/words.txt": "0o444",
    }
    remove_served(folder)
    assert not folder.exists()


def test_the_stores_own_files_are_copied_not_linked(folder: Path, files: list[tuple[str, Path]]) -> None:
    source = files[0][1]
    assert (folder / "files" / "model.bin").stat().st_ino != source.stat().st_ino
    assert source.stat().st_mode & 0o200, "the store's own file keeps its mode"


def test_a_folder_that_is_there_is_left_alone(folder: Path) -> None:
    before = (folder / "version.json").read_text()
    write_served(folder, meta=META | {"version": "9.9.9"}, files=[])
    assert (folder / "version.json").read_text() == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_file_that_is_missing_leaves_nothing_half_made(tmp_path: Path, files: list[tuple[str, Path]]) -> None:
    with pytest.raises(FileNotFoundError):
        write_served(tmp_path / "served" / "x", meta=META, files=[*files, ("late.bin", tmp_path / "not-there")])
    assert list((tmp_path / "served").iterdir()) == []


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x"])
def test_a_path_that_leads_out_is_refused(path: str, tmp_path: Path, files: list[tuple[str, Path]]) -> None:
    with pytest.raises(AppError, match="cannot hold a file of the path"):
        write_served(tmp_path / "served", meta=META, files=[(path, files[0][1])])
    assert not (tmp_path / "served").exists()


def test_what_is_missing_or_unknown_in_meta_shows_at_once(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="version"):
        write_served(tmp_path / "x", meta={key: META[key] for key in META if key != "version"}, files=[])
    with pytest.raises(TypeError, match="colour"):
        write_served(tmp_path / "x", meta=META | {"colour": "red"}, files=[])


def test_importing_it_loads_the_standard_library_only(folder: Path) -> None:
    code = (
        "import sys; from vitrina.apps import served; served();"
        "print(sorted({m.partition('.')[0] for m in sys.modules} - sys.stdlib_module_names - {'__main__'}))"
    )
    answer = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {source()!r}); {code}"],
        env={"VITRINA_SERVED": str(folder)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert answer.stdout.strip() == "['vitrina']"


@pytest.mark.parametrize(
    "first", ["import vitrina.apps.served", "from vitrina.apps.served import write_served", "pass"]
)
def test_the_front_doors_served_is_the_function_whatever_was_imported_before(first: str) -> None:
    code = f"{first}\nfrom vitrina.apps import served\nassert callable(served), served"
    subprocess.run([sys.executable, "-c", code], check=True)


def source() -> str:
    return str(Path(__file__).parents[2] / "src")


def test_meta_is_written_as_json_that_others_can_read(folder: Path) -> None:
    assert json.loads((folder / "version.json").read_text()) == META
    assert isinstance(served(), Served)
