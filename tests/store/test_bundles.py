"""Bundles: what is kept, always the same bytes, and nothing ever written outside."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.store import bundles, gathering
from vitrina.store.bundles import BundleError, SecretError, pack, unpack
from vitrina.store.frameworks import DetectionError, UnknownFrameworkError
from vitrina.store.ignoring import Rules, is_never
from vitrina.store.sources import SourceError

DASH = "from dash import Dash\napp = Dash(__name__)\n"
TOKEN_LINE = f"import os\ntoken = 'ghp_{'a1B2' * 9}'\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "what-if"
    write(folder, {"app.py": DASH, "assets/look.css": "p {}", "notes.txt": "ü"})
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def members(data: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return tar.getmembers()


def names(data: bytes) -> list[str]:
    return [member.name for member in members(data)]


def unpacked(data: bytes, tmp_path: Path) -> dict[str, str]:
    archive, into = tmp_path / "archive.tar", tmp_path / "unpacked"
    archive.write_bytes(data)
    unpack(archive, into)
    return {str(path.relative_to(into)): path.read_text() for path in sorted(into.rglob("*")) if path.is_file()}


def test_a_folder_comes_back_as_it_was(app: Path, tmp_path: Path) -> None:
    bundle = pack(app)
    assert (bundle.entry, bundle.cwd, bundle.framework, bundle.requirements) == ("app.py", ".", "dash", "")
    assert unpacked(bundle.data, tmp_path) == {"app.py": DASH, "assets/look.css": "p {}", "notes.txt": "ü"}


def test_its_digest_is_that_of_its_bytes(app: Path) -> None:
    bundle = pack(app)
    assert bundle.digest == hashlib.sha256(bundle.data).hexdigest()
    assert bundle.size_bytes == len(bundle.data)


def test_equal_files_make_equal_bytes_wherever_and_whenever(app: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "copied"
    for path in sorted(app.rglob("*"), reverse=True):
        target = copy / path.relative_to(app)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            shutil.copyfile(path, target)
            target.chmod(0o600)
            os.utime(target, (1, 1))
    assert pack(copy).digest == pack(app).digest


def test_another_process_with_other_settings_makes_the_same_bytes(app: Path) -> None:
    code = "import sys; from vitrina.store.bundles import pack; print(pack(sys.argv[1]).digest)"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    command = ["sh", "-c", 'umask 077; exec "$@"', "sh", sys.executable, "-c", code, str(app)]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == pack(app).digest


def test_times_owners_and_modes_are_fixed_but_programs_stay_programs(app: Path) -> None:
    (app / "run.sh").write_text("echo")
    (app / "run.sh").chmod(0o700)
    found = {member.name: member for member in members(pack(app).data)}
    assert {(m.mtime, m.uid, m.gid, m.uname, m.gname) for m in found.values()} == {(bundles.TIME, 0, 0, "", "")}
    assert {name: oct(member.mode) for name, member in found.items()} == {
        "app.py": "0o644",
        "assets": "0o755",
        "assets/look.css": "0o644",
        "notes.txt": "0o644",
        "run.sh": "0o755",
    }


@pytest.mark.parametrize("change", [{"cwd": "assets"}, {"framework": "panel"}, {"requirements": "numpy"}])
def test_what_starts_differently_is_another_bundle(app: Path, change: dict[str, str]) -> None:
    assert pack(app, **change).digest != pack(app).digest


def test_what_nobody_wants_is_left_out(app: Path) -> None:
    before = pack(app).digest
    unwanted = [
        *(".git/config", ".venv/bin/python", "__pycache__/app.pyc", "old.pyc", ".DS_Store", ".pytest_cache/x"),
        *("node_modules/x/y.js", "assets/.ipynb_checkpoints/x.py", "a.egg-info/x", "conda/conda-meta/x"),
        *("my-env/pyvenv.cfg", "my-env/lib/x.py"),
    ]
    write(app, dict.fromkeys(unwanted, "x"))
    assert pack(app).digest == before


def test_a_secret_stops_it_and_says_how_to_go_on(app: Path) -> None:
    write(app, {".streamlit/secrets.toml": "key", ".streamlit/config.toml": "look", "notes.py": TOKEN_LINE})
    with pytest.raises(SecretError) as stopped:
        pack(app)
    said = str(stopped.value)
    assert ".streamlit/secrets.toml (Streamlit's secrets), notes.py line 2 (a GitHub token)" in said
    assert "--allow-secret .streamlit/secrets.toml" in said
    assert "ghp_" not in said
    assert stopped.value.files == (".streamlit/secrets.toml", "notes.py")


def test_a_secret_that_is_ignored_or_allowed_does_not_stop_it(app: Path) -> None:
    write(app, {".env": "KEY=1", "notes.py": TOKEN_LINE, ".gitignore": ".env\n"})
    bundle = pack(app, allow_secrets=["notes.py"])
    assert "notes.py" in names(bundle.data)
    assert ".env" not in names(bundle.data)


def test_an_error_names_only_a_few_of_many_secrets(app: Path) -> None:
    write(app, {f"{number}.py": TOKEN_LINE for number in range(9)})
    with pytest.raises(SecretError, match=r"4\.py line 2 \(a GitHub token\) and 4 more\. Nothing was kept\."):
        pack(app)


def test_empty_folders_are_kept_since_apps_write_into_them(app: Path, tmp_path: Path) -> None:
    (app / "cache").mkdir()
    archive = tmp_path / "archive.tar"
    archive.write_bytes(pack(app).data)
    unpack(archive, tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "cache").is_dir()


def test_a_file_alone_brings_the_modules_beside_it_that_it_imports(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "what_if.py": f"import numpy, helper\nfrom parts.look import css\n{DASH}",
            "helper.py": "import deeper",
            "deeper.py": "import helper",
            "parts/look.py": "from . import words",
            "parts/words.py": "",
            "parts/logo.svg": "<svg/>",
            "unrelated.py": "",
            "data.csv": "1,2",
        },
    )
    bundle = pack(tmp_path / "what_if.py")
    assert (bundle.entry, bundle.cwd) == ("what_if.py", ".")
    assert sorted(names(bundle.data)) == [
        *("deeper.py", "helper.py", "parts", "parts/logo.svg", "parts/look.py", "parts/words.py", "what_if.py")
    ]


def test_a_file_alone_does_not_drag_along_a_folder_that_only_has_the_name_of_a_library(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": DASH, "dash/readme.md": "no module"})
    assert names(pack(tmp_path / "app.py").data) == ["app.py"]


def test_the_entry_is_found_by_its_usual_names(tmp_path: Path) -> None:
    for name in reversed(bundles.ENTRY_NAMES):
        write(tmp_path, {name: DASH})
        assert pack(tmp_path).entry == name


def test_the_only_file_is_the_entry(tmp_path: Path) -> None:
    write(tmp_path, {"explorer.py": DASH, "data/x.csv": ""})
    assert pack(tmp_path).entry == "explorer.py"


def test_an_entry_in_a_folder_runs_there_unless_told_otherwise(tmp_path: Path) -> None:
    write(tmp_path, {"source/app.py": DASH, "data.csv": ""})
    assert pack(tmp_path, entry="source/app.py").cwd == "source"
    assert pack(tmp_path, entry="source/app.py", cwd=".").cwd == "."


def test_requirements_of_a_folder_are_kept_as_text(app: Path) -> None:
    (app / "requirements.txt").write_text("numpy>=2\n")
    assert pack(app).requirements == "numpy>=2\n"
    assert pack(app, requirements="pandas").requirements == "pandas"


BAD_INPUT = {
    "nothing there": ("missing.py", {}, r"There is no file or folder .*missing\.py\. Give the path"),
    "no such entry": ("", {"entry": "other.py"}, r"There is no file other\.py in .*\. Give the entry relative"),
    "an entry outside": ("", {"entry": "../x.py"}, r"There is no file \.\./x\.py in "),
    "a cwd outside": ("", {"cwd": ".."}, r"The folder to run in, \.\., is not in "),
    "a cwd from the root": ("", {"cwd": "/tmp"}, r"The folder to run in, /tmp, is not in "),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_says_what_to_do(case: str, app: Path) -> None:
    path, arguments, message = BAD_INPUT[case]
    with pytest.raises(BundleError, match=message):
        pack(app / path, **arguments)


def test_an_unknown_framework_lists_those_that_are_known(app: Path) -> None:
    with pytest.raises(
        UnknownFrameworkError,
        match=r"'django'\. Known are: streamlit, gradio, dash, panel, shiny, marimo, asgi, wsgi, static, command\.",
    ):
        pack(app, framework="django")


def test_an_entry_that_cannot_be_told_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {"one.py": "", "two.py": ""})
    with pytest.raises(BundleError, match=r"There is one\.py, two\.py\. Say it: --entry FILE"):
        pack(tmp_path)


def test_a_folder_without_python_says_so(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"There is no Python file\. Say it: --entry FILE"):
        pack(tmp_path)


def test_a_file_that_is_no_python_says_its_line(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": "x = 1\ndef broken(:\n"})
    with pytest.raises(SourceError, match=r"app\.py is no valid Python: .* \(line 2\)\."):
        pack(tmp_path / "app.py")


def test_an_app_without_a_framework_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": "print('hello')"})
    with pytest.raises(DetectionError):
        pack(tmp_path / "app.py")


def test_links_inside_are_stored_as_what_they_point_to(app: Path, tmp_path: Path) -> None:
    (app / "alias.txt").symlink_to("notes.txt")
    (app / "more").symlink_to("assets")
    bundle = pack(app)
    assert all(member.isfile() or member.isdir() for member in members(bundle.data))
    files = unpacked(bundle.data, tmp_path)
    assert (files["alias.txt"], files["more/look.css"]) == ("ü", "p {}")


@pytest.mark.parametrize(
    ("link", "target", "message"),
    [
        ("secret", "/etc/passwd", r"The link secret points outside the folder, to /etc/passwd\."),
        ("up", "..", r"The link up points outside the folder"),
        ("broken", "not-there", r"The link broken points outside the folder"),
        ("assets/round", "..", r"The link assets/round goes round in a circle\. Remove it\."),
        ("self", "self", r"The link self points outside the folder"),
    ],
)
def test_links_that_lead_out_or_round_are_refused(app: Path, link: str, target: str, message: str) -> None:
    (app / link).symlink_to(target)
    with pytest.raises(BundleError, match=message):
        pack(app)


def test_a_socket_or_pipe_in_the_folder_is_no_part_of_it(app: Path) -> None:
    before = pack(app).digest
    os.mkfifo(app / "pipe")
    assert pack(app).digest == before


def test_what_is_too_large_names_the_largest_files_and_what_to_do(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MAX_BYTES", 2**20)
    for name, size in {"model.bin": 2**21, "assets/film.mp4": 2**20, **{f"{n}.csv": n for n in range(6)}}.items():
        (app / name).write_bytes(bytes(size))
    with pytest.raises(BundleError) as refused:
        pack(app)
    said = str(refused.value)
    assert (
        "too large: 3.0 MB, and a bundle holds 1.0 MB. The largest files: model.bin (2.0 MB), assets/film.mp4" in said
    )
    assert "0.csv" not in said
    assert ".vitrinaignore" in said
    write(app, {".vitrinaignore": "*.bin\n*.mp4\n"})
    assert pack(app).size_bytes < 2**20


def test_too_many_files_name_the_folder_that_holds_most(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MAX_FILES", 12)
    write(app, {f"frames/{number}.txt": "" for number in range(12)})
    with pytest.raises(BundleError, match=r"more than 12 files, most of them in frames/ \(\d+\)\. .*\.vitrinaignore"):
        pack(app)


def test_a_file_that_may_not_be_read_is_named(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(BundleError, match=r"app\.py cannot be read: Permission denied\."):
        pack(app, framework="dash")


def test_hard_links_and_links_make_the_bytes_that_copies_make(app: Path, tmp_path: Path) -> None:
    copies, links = tmp_path / "copies", tmp_path / "links"
    for folder in (copies, links):
        shutil.copytree(app, folder)
    for name in ("again.txt", "assets/more.txt"):
        (copies / name).write_text("ü")
    os.link(links / "notes.txt", links / "again.txt")
    (links / "assets" / "more.txt").symlink_to("../notes.txt")
    assert pack(links).digest == pack(copies).digest
    assert all(member.isfile() or member.isdir() for member in members(pack(links).data))


def test_a_name_that_is_no_text_survives(app: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    (app / name).write_text("x")
    assert name in unpacked(pack(app).data, tmp_path)


def archive_of(tmp_path: Path, *infos: tuple[str, bytes, bytes]) -> Path:
    """A tar of (name, type, link or content), as nobody honest makes it."""
    path = tmp_path / "evil.tar"
    with tarfile.open(path, "w") as tar:
        for name, kind, content in infos:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind in {tarfile.SYMTYPE, tarfile.LNKTYPE}:
                info.linkname = content.decode()
                tar.addfile(info)
            else:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return path


EVIL = {
    "a path from the root": ("/tmp/x", tarfile.REGTYPE, b"x"),
    "a path that climbs": ("a/../../x", tarfile.REGTYPE, b"x"),
    "a link": ("link", tarfile.SYMTYPE, b"/etc"),
    "a link that stays inside": ("link", tarfile.SYMTYPE, b"app.py"),
    "a hard link": ("link", tarfile.LNKTYPE, b"/etc/passwd"),
    "a device": ("null", tarfile.CHRTYPE, b""),
    "a pipe": ("pipe", tarfile.FIFOTYPE, b""),
}


@pytest.mark.parametrize("case", EVIL)
def test_an_archive_with_anything_else_is_refused_whole(case: str, tmp_path: Path) -> None:
    archive = archive_of(tmp_path, ("app.py", tarfile.REGTYPE, b"x"), EVIL[case])
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BundleError, match="holds what no bundle may hold"):
        unpack(archive, tmp_path / "into")
    assert sorted(tmp_path.rglob("*")) == before


def test_an_archive_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MAX_BYTES", 10)
    archive = archive_of(tmp_path, ("app.py", tarfile.REGTYPE, b"x" * 11))
    with pytest.raises(BundleError, match="too large"):
        unpack(archive, tmp_path / "into")
    assert not (tmp_path / "into").exists()


def test_a_second_file_of_the_same_name_does_not_replace_the_first(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, ("app.py", tarfile.REGTYPE, b"x"), ("app.py", tarfile.REGTYPE, b"y"))
    with pytest.raises(BundleError, match="cannot be read"):
        unpack(archive, tmp_path / "into")


def test_a_damaged_archive_is_not_unpacked(app: Path, tmp_path: Path) -> None:
    bundle = pack(app)
    archive = tmp_path / "archive.tar"
    archive.write_bytes(bundle.data.replace(b"Dash(__name__)", b"Dash('other')x"))
    with pytest.raises(BundleError, match=r"damaged on disk: archive\.tar\. Log the app again\."):
        unpack(archive, tmp_path / "into", digest=bundle.digest)
    assert not (tmp_path / "into").exists()


def test_half_an_archive_is_refused(app: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive.tar"
    data = pack(app).data
    archive.write_bytes(data[: data.index(b"Dash(__name__)")])
    with pytest.raises(BundleError, match="cannot be read"):
        unpack(archive, tmp_path / "into")
    assert not (tmp_path / "into").exists()


@pytest.mark.parametrize("data", [b"", b"no tar at all", b"\0" * 512])
def test_what_is_no_archive_is_refused(data: bytes, tmp_path: Path) -> None:
    archive = tmp_path / "archive.tar"
    archive.write_bytes(data)
    with pytest.raises(BundleError):
        unpack(archive, tmp_path / "into")
    assert not (tmp_path / "into").exists()


FILE_NAMES = st.text(st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",)), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None)
@given(
    files=st.dictionaries(
        FILE_NAMES.filter(
            lambda name: name not in {".", ".."} and len(name.encode()) < 200 and not name.endswith(".py")
        ),
        st.text(max_size=50),
        max_size=5,
    )
)
def test_any_name_survives_the_way_there_and_back(
    files: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    app = folder / "app"
    write(app, {"app.py": DASH})
    for name, text in files.items():
        (app / name).write_bytes(text.encode())
    archive = folder / "archive.tar"
    archive.write_bytes(pack(app, allow_secrets=list(files)).data)
    unpack(archive, folder / "into")
    kept = {path.name: path.read_bytes() for path in (folder / "into").iterdir()}
    wanted = {name: text.encode() for name, text in files.items()} | {"app.py": DASH.encode()}
    rules = Rules.of(app)
    left_out = {name for name in files if is_never(app / name) or rules.leave_out(app / name, is_folder=False)}
    assert kept == {name: content for name, content in wanted.items() if name not in left_out}


def test_a_folder_that_is_there_is_neither_filled_nor_removed(app: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive.tar"
    archive.write_bytes(pack(app).data)
    before = sorted(app.rglob("*"))
    with pytest.raises(FileExistsError):
        unpack(archive, app)
    assert sorted(app.rglob("*")) == before


def test_a_folder_of_pages_is_an_app_whose_entry_is_its_index(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>Pages</h1>")
    (tmp_path / "make.py").write_text("print('not the app')")
    bundle = pack(tmp_path)
    assert (bundle.framework, bundle.entry, bundle.requirements) == ("static", "index.html", "")


def test_a_command_is_kept_as_the_entry_of_the_files_that_it_runs_among(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "events").write_text("events")
    bundle = pack(tmp_path, command="tensorboard --logdir logs --port {port}")
    assert (bundle.framework, bundle.entry) == ("command", "vitrina.command")
    archive = tmp_path / "app.tar"
    archive.write_bytes(bundle.data)
    unpack(archive, tmp_path / "unpacked", digest=bundle.digest)
    assert (tmp_path / "unpacked" / "vitrina.command").read_text() == "tensorboard --logdir logs --port {port}\n"
    assert (tmp_path / "unpacked" / "logs" / "events").read_text() == "events"
    assert pack(tmp_path / "logs", command="tensorboard --port {port}").digest != bundle.digest


def test_a_program_needs_what_its_folder_says(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("tensorboard==2.20.0\n")
    (tmp_path / "notes.txt").write_text("")
    assert pack(tmp_path, command="tensorboard --port {port}").requirements == "tensorboard==2.20.0\n"
    assert pack(tmp_path / "notes.txt", command="tensorboard --port {port}").requirements == "", "of a file: nothing"
    asked = pack(tmp_path, command="tensorboard --port {port}", requirements="tensorboard<3\n")
    assert asked.requirements == "tensorboard<3\n"


@pytest.mark.parametrize("command", ["", "one\ntwo"])
def test_a_command_is_one_line(command: str, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="The command is not one line"):
        pack(tmp_path, command=command)
