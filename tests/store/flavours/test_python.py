"""Functions and objects of one's own: kept as source with the modules beside it, loaded apart from the program's."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from vitrina.store import flavours
from vitrina.store.flavours import FlavourError

SCORING = """
import json
import numpy
from tables.rates import RATE

def score(rows):
    return numpy.asarray([row["a"] * RATE for row in rows]).tolist()

class Scorer:
    def __init__(self, plus):
        self.plus = plus

    def predict(self, rows):
        return [one + self.plus for one in score(rows)]

def outer():
    def inner(rows):
        return rows
    return inner
"""


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], ModuleType]]:
    """Writes the module `zoo_scoring` with a rate, beside a package that it imports and a file that it does not."""

    def write(rate: int) -> ModuleType:
        folder = tmp_path / f"src-{rate}"
        (folder / "tables").mkdir(parents=True)
        (folder / "zoo_scoring.py").write_text(SCORING)
        (folder / "tables" / "__init__.py").write_text("")
        (folder / "tables" / "rates.py").write_text(f"RATE = {rate}\n")
        (folder / "secret.py").write_text("raise SystemExit\n")
        monkeypatch.syspath_prepend(str(folder))
        forget()
        return importlib.import_module("zoo_scoring")

    yield write
    forget()


def forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in {"zoo_scoring", "tables"}]:
        del sys.modules[name]


def test_a_function_comes_back_with_the_modules_it_imports(
    written: Callable[[int], ModuleType], tmp_path: Path
) -> None:
    score = written(2).score
    assert flavours.detect(score) == "python"
    meta = flavours.save(score, tmp_path / "saved")
    assert set(meta["libraries"]) == {"numpy"}
    kept = sorted(path.relative_to(tmp_path / "saved").as_posix() for path in (tmp_path / "saved").rglob("*.*"))
    assert kept == ["code/tables/__init__.py", "code/tables/rates.py", "code/zoo_scoring.py", "model.json"]
    code = (
        "import sys, json; from pathlib import Path; from vitrina.store import flavours; "
        "model = flavours.load('python', Path(sys.argv[1])); "
        "print(json.dumps([flavours.predict('python', model, [{'a': 3}]), 'tables' in sys.modules]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "saved")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[6], False]
    assert not list((tmp_path / "saved").rglob("__pycache__"))


def test_an_object_keeps_what_it_holds(written: Callable[[int], ModuleType], tmp_path: Path) -> None:
    scorer = written(2).Scorer(plus=1)
    meta = flavours.save(scorer, tmp_path / "saved")
    assert meta["model_class"] == "zoo_scoring.Scorer"
    loaded = flavours.load(meta["flavour"], tmp_path / "saved")
    assert flavours.predict("python", loaded, [{"a": 3}]) == [7]


def test_two_versions_are_asked_side_by_side_and_the_programs_own_stays(
    written: Callable[[int], ModuleType], tmp_path: Path
) -> None:
    flavours.save(written(2).score, tmp_path / "two")
    flavours.save(written(3).score, tmp_path / "three")
    own = written(5)
    two, three = (flavours.load("python", tmp_path / name) for name in ("two", "three"))
    assert [one([{"a": 1}]) for one in (two, three, own.score)] == [[2], [3], [5]]
    assert sys.modules["zoo_scoring"] is own


def test_the_same_source_gives_the_same_bytes(written: Callable[[int], ModuleType], tmp_path: Path) -> None:
    module = written(2)
    for name in ("first", "second"):
        flavours.save(module.Scorer(plus=1), tmp_path / name)
    for file in (tmp_path / "first").rglob("*.*"):
        assert file.read_bytes() == (tmp_path / "second" / file.relative_to(tmp_path / "first")).read_bytes()


def test_what_has_no_source_of_its_own_is_refused(written: Callable[[int], ModuleType], tmp_path: Path) -> None:
    with pytest.raises(FlavourError, match="is made while another function runs"):
        flavours.save(written(2).outer(), tmp_path / "inner")
    with pytest.raises(FlavourError, match=r"json\.dumps is of an installed library"):
        flavours.save(json.dumps, tmp_path / "library")
    code = (
        "import sys; from pathlib import Path; from vitrina.store import flavours\n"
        "def own(x): return x\n"
        "try:\n    flavours.save(own, Path(sys.argv[1]))\n"
        "except flavours.FlavourError as error:\n    print(error)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "main")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "lies in the script itself, and loading it would run that" in done.stdout


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FlavourError, match=r"There is no model\.json"):
        flavours.load("python", tmp_path)
    (tmp_path / "model.json").write_text("[]")
    with pytest.raises(FlavourError, match="cannot be read"):
        flavours.load("python", tmp_path)
