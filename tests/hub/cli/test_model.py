"""`vitrina model …`"""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.store.refs import Noun
from vitrina.store.registry import Draft

REF = "demo/tumours/models/classifier"


def test_it_lists_models_and_versions(vitrina, shown, hidden) -> None:
    [model] = vitrina("model", "list", "demo/tumours", "--json").json
    assert (model["ref"], model["kind"], model["url"], model["versions"]) == (REF, "model", f"/{REF}", 1)
    assert len(vitrina("model", "list", "--json").json) == 2
    [version] = vitrina("model", "list", "demo/tumours", "--versions", "--json").json
    assert version["ref"] == f"{REF}@1.0.0"


def test_it_shows_a_version_with_its_files(vitrina, shown) -> None:
    told = vitrina("model", "show", f"{REF}@^1", "--json").json
    assert told["version"] == "1.0.0"
    assert [file["path"] for file in told["files"]] == ["model.txt"]


def test_it_pulls_the_files(vitrina, shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert vitrina("model", "pull", REF).out == f"{REF}@1.0.0: 1 file in classifier-1.0.0\n"
    assert Path("classifier-1.0.0/model.txt").read_text() == "weights of tumours"
    again = vitrina("model", "pull", REF)
    assert again.code == 1
    assert "Pull into an empty folder." in again.err


def test_it_promotes_and_names_versions(vitrina, store, shown) -> None:
    told = vitrina("model", "promote", REF, "production", "--reason", "best", "--json").json
    assert told["stage"] == "production"
    assert vitrina("model", "alias", f"{REF}@production", "champion").out == f"@champion is {REF}@1.0.0.\n"
    assert store.find(f"{REF}@champion").version == store.find(f"{REF}@production").version


def test_an_override_needs_a_reason(vitrina, shown) -> None:
    said = vitrina("model", "promote", REF, "staging", "--override", " ")
    assert (said.code, "An override without a reason says nothing." in said.err) == (1, True)
    assert vitrina("model", "promote", REF, "staging", "--override", "Anna saw it").code == 0


def test_it_writes_and_reads_notes(vitrina, shown, tmp_path: Path) -> None:
    assert vitrina("model", "notes", REF).out == f"{REF}@1.0.0 has no notes.\n"
    assert vitrina("model", "notes", REF, "Better **recall**.").out == f"The notes of {REF}@1.0.0 are written.\n"
    assert vitrina("model", "notes", REF).out == "Better **recall**.\n"
    (tmp_path / "notes.md").write_text("From a file.")
    assert vitrina("model", "notes", REF, "--file", tmp_path / "notes.md").code == 0
    assert "From a file." in vitrina("model", "show", f"{REF}@1.0.0").out
    assert vitrina("model", "notes", REF, "text", "--file", tmp_path / "notes.md").code == 1


def test_it_deletes_an_exact_version_that_nothing_points_to_and_restores_it(vitrina, shown) -> None:
    assert "names no exact version" in vitrina("model", "delete", f"{REF}@latest").err
    vitrina("model", "alias", REF, "champion")
    said = vitrina("model", "delete", f"{REF}@1.0.0")
    assert (said.code, "alias @champion points to it" in said.err) == (1, True)
    assert vitrina("model", "alias", REF, "champion", "--drop").out == "@champion points to nothing now.\n"
    assert vitrina("model", "delete", f"{REF}@1.0.0", "--reason", "leaked").code == 0
    assert vitrina("model", "list", "demo/tumours", "--versions", "--json").json == []
    assert vitrina("model", "restore", f"{REF}@1.0.0").out == f"{REF}@1.0.0 is there again.\n"


@pytest.fixture
def line(store, tmp_path: Path) -> str:
    """A model that answers a + 10 b."""
    import pandas as pd
    from sklearn.linear_model import LinearRegression

    from vitrina import tracking

    table = pd.DataFrame({"a": [0.0, 1.0, 2.0, 5.0], "b": [0.0, 1.0, 0.0, 2.0]})
    model = LinearRegression().fit(table, table["a"] + 10 * table["b"])
    with tracking.run("fit", project="acme/lines"):
        version = tracking.log_model("line", model, example=table)
    return version.ref


ROWS = {
    "rows.json": '[{"b": 1, "a": 2}, {"a": 0, "b": 3}]',
    "rows.csv": "b,a\n1,2\n3,0\n",
}


@pytest.mark.parametrize("name", ROWS)
def test_it_asks_a_model_about_the_rows_of_a_file(vitrina, line: str, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(ROWS[name])
    answers = vitrina("model", "predict", line, "--input", tmp_path / name, "--json").json
    assert answers == pytest.approx([12.0, 30.0])
    printed = vitrina("model", "predict", line, "--input", tmp_path / name).out
    assert [float(one) for one in printed.split()] == pytest.approx([12.0, 30.0])


def test_it_reads_parquet(vitrina, line: str, tmp_path: Path) -> None:
    import pandas as pd

    pd.DataFrame({"a": [2.0], "b": [1.0]}).to_parquet(tmp_path / "rows.parquet")
    assert vitrina("model", "predict", line, "--input", tmp_path / "rows.parquet", "--json").json == pytest.approx([12])


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("rows.json", '[{"a": 1}]', "The field 'b' is missing."),
        ("rows.json", '[{"a": 1, "b": 2, "c": 3}]', "The model knows no field 'c'."),
        ("rows.json", '[{"a": "x", "b": 2}]', "'a'"),
        ("rows.json", "[]", "holds no rows"),
        ("rows.json", "{", "is no JSON"),
        ("rows.json", "3", "holds no list of rows"),
        ("rows.csv", "", "cannot be read"),
        ("rows.csv", "a\n1\n1,2\n", "Is it what its ending says?"),
        ("rows.csv", "a,b\n1,\n", "The model gives no answer to this: ValueError: Input X contains NaN."),
        ("rows.parquet", "no parquet", "cannot be read"),
        ("rows.txt", "1", ".csv, .json and .parquet"),
    ],
)
def test_rows_that_do_not_fit_are_refused(vitrina, line: str, tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text)
    said = vitrina("model", "predict", line, "--input", tmp_path / name)
    assert said.code == 1
    assert says in said.err
    assert said.err.count("\n") == 1


def test_a_file_that_is_not_there_is_named(vitrina, line: str) -> None:
    said = vitrina("model", "predict", line, "--input", "no_such.csv")
    assert said.code == 1
    assert "There is no file no_such.csv." in said.err


def test_plain_files_cannot_be_asked(vitrina, shown, tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text("[[1]]")
    said = vitrina("model", "predict", REF, "--input", tmp_path / "rows.json")
    assert said.code == 1
    assert "is no model that can be asked" in said.err


def test_it_shows_what_goes_into_a_version_and_what_comes_out(vitrina, store, shown, tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_text("other weights")
    signature = {
        "form": "frame",
        "inputs": [
            {"name": "age", "type": "int64", "kind": "number", "min": 18, "max": 90},
            {"name": "plan", "type": "string", "kind": "text", "categories": ["free", "paid"]},
        ],
        "outputs": [{"name": "output", "type": "double", "kind": "number"}],
    }
    draft = Draft([("model.txt", tmp_path / "new.txt")], signature=signature)
    store.registry.log(shown.project, Noun.MODEL, "classifier", draft)
    told = [line.split(maxsplit=1) for line in vitrina("model", "show", f"{REF}@latest").out.splitlines()]
    assert ["input", "age  int64  18 … 90"] in told
    assert ["input", "plan  string  free, paid"] in told
    assert ["output", "output  double"] in told


def test_it_verifies_every_file_and_the_answers_to_the_examples(vitrina, store, line: str) -> None:
    said = vitrina("model", "verify", line, "--predict")
    assert said.code == 0, said.err
    assert said.out.splitlines()[0].startswith("ok  model.skops")
    assert said.out.splitlines()[-1] == "ok  3 of 3 examples are answered as they were"
    told = vitrina("model", "verify", line, "--json").json
    assert (told["sound"], [file["fault"] for file in told["files"]]) == (True, [None])


def test_it_names_a_file_that_is_damaged_or_missing(vitrina, store, line: str) -> None:
    version = store.find(line).version
    [file] = store.registry.files(version)
    [path] = [path for path in Path(store.blobs.backend.where).rglob("*") if path.name == file.blob.digest]
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(whole[:-1] + b"?")
    said = vitrina("model", "verify", line)
    assert (said.code, said.out.split()[0]) == (1, "damaged")
    assert f"{line} is not what was logged: model.skops is damaged." in said.err
    path.unlink()
    assert "model.skops is missing." in vitrina("model", "verify", line).err


def test_it_says_what_a_model_was_trained_in(vitrina, shown, line: str) -> None:
    first, *lines = vitrina("model", "environment", line).out.splitlines()
    assert first.startswith(f"# {line}: Python 3.")
    assert lines[0].startswith("scikit-learn==")
    assert "There is no note" in vitrina("model", "environment", REF).err


def test_code_is_asked_only_where_it_is_trusted(vitrina, store, tmp_path: Path) -> None:
    import pandas as pd
    from sklearn.linear_model import LinearRegression

    from vitrina import tracking

    table = pd.DataFrame({"a": [0.0, 1.0, 2.0]})
    with tracking.run("fit", project="acme/lines"):
        tracking.log_model("code", LinearRegression().fit(table, table["a"]), example=table, flavour="pickle")
    (tmp_path / "rows.json").write_text('[{"a": 4}]')
    ref = "acme/lines/models/code"
    for words in (("predict", ref, "--input", tmp_path / "rows.json"), ("verify", ref, "--predict")):
        said = vitrina("model", *words)
        assert said.code == 1
        assert f"{ref}@1.0.0 is code (flavour pickle)" in said.err
        assert vitrina("model", *words, "--trust").code == 0
