"""What an app says it needs: every place where people write it down, and all that an app may not ask for."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from vitrina.store import requirements
from vitrina.store.bundles import pack
from vitrina.store.requirements import RequirementsError, parse

DASH = "from dash import Dash\napp = Dash(__name__)\n"

SCRIPT = """# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "dash>=4",
#   "pandas[parquet]",
# ]
# ///
"""

PROJECT = """[project]
name = "x"
requires-python = ">=3.10"
dependencies = ["dash>=4", "numpy; python_version < '4'"]
"""


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


TAKEN = {
    "names": ("numpy\npandas\n", ("numpy", "pandas")),
    "versions": ("numpy >= 2, <3\nPandas==3.0.*", ("numpy<3,>=2", "Pandas==3.0.*")),
    "extras and markers": (
        "uvicorn[standard]>=0.5 ; python_version >= '3.11'",
        ('uvicorn[standard]>=0.5; python_version >= "3.11"',),
    ),
    "comments and empty lines": ("# all\n\nnumpy # arrays\n  \n", ("numpy",)),
    "a line that goes on": ("numpy \\\n  >=2 \\\n\npandas", ("numpy>=2", "pandas")),
    "hashes": (
        "numpy==2.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\npandas --hash=sha256:cc",
        ("numpy==2.0", "pandas"),
    ),
    "said twice": ("numpy\nnumpy\n", ("numpy",)),
    "nothing": ("", ()),
}


@pytest.mark.parametrize("case", TAKEN)
def test_names_versions_extras_and_markers_are_taken(case: str) -> None:
    text, lines = TAKEN[case]
    assert parse(text).lines == lines


REFUSED = {
    "an address": ("numpy\nmine @ https://example.org/mine.whl", "line 2 leads to a file or an address: mine @ https"),
    "git": ("mine @ git+https://example.org/mine.git", "line 1 leads to a file or an address"),
    "git alone": ("git+https://example.org/mine.git@main", "line 1 leads to a file or an address"),
    "a path": ("./mine", "line 1 leads to a file or an address"),
    "a wheel": ("mine-1.0-py3-none-any.whl", "line 1 leads to a file or an address"),
    "editable": ("-e .", r"line 1 is an option \(-e\), which an app may not have"),
    "an index": ("numpy\n--index-url https://example.org", r"line 2 is an option \(--index-url\)"),
    "an index, short": ("-i https://example.org", r"line 1 is an option \(-i\)"),
    "one more index": ("--extra-index-url=https://example.org", r"line 1 is an option \(--extra-index-url\)"),
    "links": ("--find-links /tmp", r"line 1 is an option \(--find-links\)"),
    "constraints": ("-c other.txt", r"line 1 is an option \(-c\)"),
    "source packages": ("--no-binary :all:", r"line 1 is an option \(--no-binary\)"),
    "a variable": ("numpy==${VERSION}", "line 1 asks for a variable"),
    "no name": ("==2.0", "line 1 cannot be read"),
    "no version": ("numpy>=two", "line 1 cannot be read"),
    "two on a line": ("\n\nnumpy pandas", "line 3 cannot be read"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_leads_elsewhere_is_refused_with_its_line(case: str) -> None:
    text, says = REFUSED[case]
    with pytest.raises(RequirementsError, match=rf"requirements\.txt {says}"):
        parse(text)


def test_a_password_in_an_address_is_not_told() -> None:
    with pytest.raises(RequirementsError) as refused:
        parse("mine @ https://alice:secret@example.org/mine.whl")
    assert "secret" not in str(refused.value)
    assert "https://…@example.org" in str(refused.value)


def test_a_script_says_what_it_needs(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": SCRIPT + DASH, "requirements.txt": "numpy\n", "pyproject.toml": PROJECT})
    said = "# requires-python: >=3.11\ndash>=4\npandas[parquet]\n"
    assert pack(tmp_path / "app.py").requirements == said
    assert pack(tmp_path).requirements == said
    assert (parse(said).lines, parse(said).python) == (("dash>=4", "pandas[parquet]"), ">=3.11")


def test_then_a_folders_requirements_then_its_project(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": DASH, "requirements.txt": "numpy\n", "pyproject.toml": PROJECT})
    assert pack(tmp_path).requirements == "numpy\n"
    (tmp_path / "requirements.txt").unlink()
    assert pack(tmp_path).requirements == '# requires-python: >=3.10\ndash>=4\nnumpy; python_version < "4"\n'
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\n")
    assert pack(tmp_path).requirements == ""
    assert pack(tmp_path / "app.py").requirements == ""


def test_files_that_a_requirements_file_includes_come_in_their_places(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": DASH, "requirements.txt": "numpy\n-r more/base.txt # these\nplotly\n"})
    write(tmp_path, {"more/base.txt": "pandas\n--requirement=../last.txt", "last.txt": "dash\n"})
    assert pack(tmp_path).requirements == "numpy\npandas\ndash\nplotly\n"


@pytest.mark.parametrize("included", ["requirements.txt", "../outside.txt", "/etc/passwd", "round.txt"])
def test_an_include_may_not_go_round_or_out(included: str, tmp_path: Path) -> None:
    write(tmp_path, {"outside.txt": "numpy", "app/app.py": DASH, "app/round.txt": "-r requirements.txt"})
    write(tmp_path, {"app/requirements.txt": f"numpy\n-r {included}\n"})
    with pytest.raises(RequirementsError, match=r"line \d includes .*, which it may not\."):
        pack(tmp_path / "app")


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"app.py": "# /// script\n# dependencies = [\n# ///\n" + DASH}, r"app\.py says it needs cannot be read"),
        ({"app.py": SCRIPT + "\n" + SCRIPT + DASH}, r"app\.py has 2 blocks"),
        ({"app.py": SCRIPT.replace("dash>=4", "x @ https://a/b.whl") + DASH}, "leads to a file or an address"),
        (
            {"app.py": SCRIPT.replace(">=3.11", "new") + DASH},
            "versions of Python in app.py's script block cannot be read",
        ),
        ({"app.py": DASH, "pyproject.toml": "[project]\ndependencies = 'dash'\n"}, "are no list of texts"),
        ({"app.py": DASH, "pyproject.toml": "[project\n"}, r"pyproject\.toml says it needs cannot be read"),
        ({"app.py": DASH, "requirements.txt": "-e .\n"}, r"requirements\.txt line 1 is an option"),
    ],
)
def test_what_cannot_be_taken_is_said_before_anything_is_kept(files: dict[str, str], says: str, tmp_path: Path) -> None:
    write(tmp_path, files)
    with pytest.raises(RequirementsError, match=says):
        pack(tmp_path)


def test_auto_is_what_it_imports_at_the_versions_installed_here(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "app.py": f"import json, helper, no_such_library, vitrina.apps\n{DASH}",
            "helper.py": "from PIL import Image\nimport yaml as y",
            "rich.py": "",
            "other.py": "import altair",
        },
    )
    version = importlib.metadata.version
    assert pack(tmp_path / "app.py", requirements="auto").requirements.splitlines() == [
        f"dash=={version('dash')}",
        f"pillow=={version('pillow')}",
        f"PyYAML=={version('PyYAML')}",
    ]
    assert f"altair=={version('altair')}" in pack(tmp_path, requirements="auto").requirements


def test_auto_takes_of_a_shared_name_only_the_library_that_has_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = importlib.metadata.packages_distributions()["_pytest"]
    monkeypatch.setattr(importlib.metadata, "packages_distributions", lambda: {"_pytest": [*shared, "numpy"]})
    assert requirements.observed({"_pytest.config"}, own=frozenset()).startswith("pytest==")
    assert "numpy" not in requirements.observed({"_pytest.config"}, own=frozenset())


def test_auto_refuses_a_library_that_no_index_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"site/mine.py": "", "app/app.py": f"import mine\n{DASH}"})
    write(tmp_path, {"site/mine-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n"})
    write(tmp_path, {"site/mine-1.0.dist-info/RECORD": "mine.py,,\n"})
    write(tmp_path, {"site/mine-1.0.dist-info/direct_url.json": '{"url": "file:///x", "dir_info": {"editable": true}}'})
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    with pytest.raises(RequirementsError, match=r"imports mine of mine, which is installed here from a folder"):
        pack(tmp_path / "app", requirements="auto")
