"""Which files come along: what the app imports, wherever it lies, and what was asked for by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.store.bundles import BundleError, pack
from vitrina.store.sources import SourceError

DASH = "from dash import Dash\napp = Dash(__name__)\n"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def files(path: Path, **options: object) -> list[str]:
    """The names of the files in the bundle of `path`."""
    import io
    import tarfile

    with tarfile.open(fileobj=io.BytesIO(pack(path, **options).data)) as tar:  # type: ignore[arg-type]
        return [member.name for member in tar if member.isfile()]


IMPORTS: dict[str, tuple[str, dict[str, str], set[str]]] = {
    "a module": ("import helper", {"helper.py": ""}, {"helper.py"}),
    "a module of a module": (
        "import one",
        {"one.py": "from two import x", "two.py": "", "three.py": ""},
        {"one.py", "two.py"},
    ),
    "a package with its data": (
        "from parts import look",
        {"parts/__init__.py": "", "parts/look.py": "", "parts/logo.svg": "", "parts/words/en.json": ""},
        {"parts/__init__.py", "parts/look.py", "parts/logo.svg", "parts/words/en.json"},
    ),
    "a package that imports another": (
        "import parts",
        {"parts/__init__.py": "", "parts/deep/__init__.py": "import other", "other.py": ""},
        {"parts/__init__.py", "parts/deep/__init__.py", "other.py"},
    ),
    "a package without __init__": ("from a.b import c", {"a/b/c.py": "", "a/x.csv": ""}, {"a/b/c.py", "a/x.csv"}),
    "no folder without modules": ("import data", {"data/x.csv": ""}, set()),
    "in a function": ("def f():\n    import helper", {"helper.py": ""}, {"helper.py"}),
    "where it is tried": ("try:\n    import helper\nexcept ImportError: pass", {"helper.py": ""}, {"helper.py"}),
    "no caches and environments": (
        "import parts",
        {
            "parts/__init__.py": "",
            "parts/__pycache__/x.pyc": "",
            "parts/env/pyvenv.cfg": "",
            "parts/env/x.py": "import u",
            "u.py": "",
        },
        {"parts/__init__.py"},
    ),
    "what git leaves out": (
        "import generated",
        {"generated/__init__.py": "", "generated/x.json": "", ".gitignore": "generated/\n"},
        {"generated/__init__.py", "generated/x.json"},
    ),
    "a module that is broken": ("import broken", {"broken.py": "no python ("}, {"broken.py"}),
}


@pytest.mark.parametrize("case", IMPORTS)
def test_a_file_alone_brings_what_it_imports(case: str, tmp_path: Path) -> None:
    source, beside, comes = IMPORTS[case]
    write(tmp_path, {"what_if.py": f"{source}\n{DASH}", "unrelated.py": "", **beside})
    assert set(files(tmp_path / "what_if.py")) == {"what_if.py", *comes}


def test_a_folder_brings_what_its_entry_imports_although_git_leaves_it_out(tmp_path: Path) -> None:
    write(
        tmp_path, {"app.py": f"import made\n{DASH}", "made.py": "", "other.py": "", ".gitignore": "made.py\nother.py\n"}
    )
    assert files(tmp_path) == [".gitignore", "app.py", "made.py"]


REPOSITORY = {
    "apps/what_if.py": f"from library import x\nimport beside\n{DASH}",
    "apps/beside.py": "",
    "apps/unrelated.py": "",
    "library/__init__.py": "from . import x",
    "library/x.py": "import top",
    "top.py": "",
    "data.csv": "",
}


def test_a_file_that_runs_above_brings_what_it_imports_from_there(tmp_path: Path) -> None:
    write(tmp_path, REPOSITORY)
    bundle = pack(tmp_path / "apps" / "what_if.py", cwd="..", framework="dash")
    assert (bundle.entry, bundle.cwd) == ("apps/what_if.py", ".")
    assert files(tmp_path / "apps" / "what_if.py", cwd="..") == [
        *("apps/beside.py", "apps/what_if.py", "library/__init__.py", "library/x.py", "top.py")
    ]


def test_a_file_that_runs_in_another_folder_has_that_folder(tmp_path: Path) -> None:
    write(tmp_path, REPOSITORY | {"work/x.csv": ""})
    bundle = pack(tmp_path / "apps" / "what_if.py", cwd="../work", include=["work/*.csv"])
    assert (bundle.entry, bundle.cwd) == ("apps/what_if.py", "work")
    assert "work/x.csv" in files(tmp_path / "apps" / "what_if.py", cwd="../work", include=["work/*.csv"])


def test_a_module_in_the_working_directory_is_not_forgotten_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, REPOSITORY)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BundleError, match=r"what_if\.py imports library, which lies in .* --cwd \.\.$"):
        pack("apps/what_if.py")
    assert "library/x.py" in files(Path("apps/what_if.py"), cwd="..")
    with pytest.raises(BundleError, match=r"Give a folder that holds both, and say its entry: --entry what_if\.py"):
        pack("apps", entry="what_if.py")
    assert "library/x.py" in files(tmp_path, entry="apps/what_if.py", cwd=".")


def test_a_library_that_is_installed_is_not_taken_for_a_folder_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"apps/app.py": f"import json\n{DASH}", "dash/__init__.py": "", "json.py": ""})
    monkeypatch.chdir(tmp_path)
    assert files(Path("apps/app.py")) == ["app.py"]


def test_what_is_only_known_when_it_runs_is_named(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "app.py": DASH,
            "plugins/one.py": "import deeper",
            "plugins/notes.txt": "",
            "deeper.py": "",
            "data/a.csv": "",
            "data/deep/b.csv": "",
            "other.csv": "",
            ".gitignore": "*.csv\n",
        },
    )
    assert files(tmp_path / "app.py", include=["plugins/*.py"]) == ["app.py", "deeper.py", "plugins/one.py"]
    assert files(tmp_path / "app.py", include=["data"]) == ["app.py", "data/a.csv", "data/deep/b.csv"]
    assert files(tmp_path / "app.py", include=["data/**/*.csv"]) == ["app.py", "data/a.csv", "data/deep/b.csv"]
    assert "data/a.csv" in files(tmp_path, include=["data/a.csv"])
    assert "data/a.csv" not in files(tmp_path)


@pytest.mark.parametrize("pattern", ["nothing/*.csv", "../*", "/etc/*", "", ".git/*", "pycache/__pycache__/*"])
def test_an_include_that_names_nothing_is_said(pattern: str, tmp_path: Path) -> None:
    write(tmp_path, {"app.py": DASH, ".git/config": "", "pycache/__pycache__/x": ""})
    with pytest.raises(BundleError, match=r"names nothing in .*\. Give a glob relative to it, such as data/\*\.csv\."):
        pack(tmp_path / "app.py", include=[pattern])


def test_an_include_that_is_no_python_says_its_line(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": DASH, "plugin.py": "x = ("})
    with pytest.raises(SourceError, match=r"plugin\.py is no valid Python"):
        pack(tmp_path / "app.py", include=["plugin.py"])


def test_an_include_that_leads_out_is_refused(tmp_path: Path) -> None:
    app = tmp_path / "app"
    write(app, {"app.py": DASH})
    write(tmp_path, {"outside.csv": ""})
    (app / "link.csv").symlink_to("../outside.csv")
    with pytest.raises(BundleError, match=r"The link link\.csv points outside the folder"):
        pack(app / "app.py", include=["*.csv"])


@pytest.mark.parametrize("cwd", ["/tmp", "../missing", "app.py"])
def test_a_file_runs_in_a_folder_that_is_there(cwd: str, tmp_path: Path) -> None:
    write(tmp_path, {"app.py": DASH})
    with pytest.raises(BundleError, match=r"There is no folder .* to run in\. Give it relative to the app's file\."):
        pack(tmp_path / "app.py", cwd=cwd)
