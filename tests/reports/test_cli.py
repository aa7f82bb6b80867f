"""`vitrina report …`, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vitrina.hub.cli import main
from vitrina.store.opening import Store

MODEL = "acme/churn/models/classifier"


@pytest.fixture
def type_(own_store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """Runs a command over a store of its own, in a folder of its own; gives exit code, output and errors."""
    monkeypatch.setenv("VITRINA_URL", own_store.place.url)
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["report", *words])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def test_check_names_file_and_line_and_ends_with_one(type_, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        f"# T\n\n{MODEL}@9.9.9\n\nAt [0.9]({MODEL}@1.2.0#metrics.auc) or [0.8]({MODEL}@1.2.0#metrics.auc).\n"
    )
    code, out, err = type_("check", "a.md")
    assert code == 1
    assert out.splitlines() == [
        "a.md:3: This model cannot be shown: There is no version acme/churn/models/classifier@9.9.9. "
        "The highest there are: 1.2.0, 1.1.0, 1.0.0.",
        "a.md:5: note: The text says 0.8, the store has 0.9.",
    ]
    assert err == "vitrina: 1 thing in a.md cannot be shown. Mend the lines above, or take them out.\n"


def test_check_of_a_text_that_is_well_says_nothing(type_, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("```runs\n```\n")
    assert type_("check", "a.md", "--project", "acme/churn") == (0, "", "")


def test_check_tells_programs_too(type_, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("acme/churn/models/nothing\n")
    code, out, _ = type_("check", "a.md", "--json")
    assert code == 1
    (finding,) = json.loads(out)
    assert (finding["file"], finding["line"], finding["severity"]) == ("a.md", 1, "error")


def test_publish_list_and_show(type_, tmp_path: Path) -> None:
    (tmp_path / "q4.md").write_text("# Fourth\n\nText.\n")
    assert type_("publish", "q4.md", "--as", "acme/churn/reports/q4") == (0, "acme/churn/reports/q4: revision 1.\n", "")
    code, out, _ = type_("list", "acme/churn", "--json")
    assert code == 0
    assert [(one["ref"], one["kind"], one["url"]) for one in json.loads(out)] == [
        ("acme/churn/reports/q4", "report", "/acme/churn/reports/q4"),
        ("acme/churn/reports/q3-review", "report", "/acme/churn/reports/q3-review"),
    ]
    assert "Fourth" in type_("list")[1]
    assert type_("show", "acme/churn/reports/q4", "--text") == (0, "# Fourth\n\nText.\n", "")
    shown = json.loads(type_("show", "acme/churn/reports/q4", "--json")[1])
    assert (shown["text"], shown["snapshots"], shown["revision"]) == ("# Fourth\n\nText.\n", [], 1)
    assert "Fourth" in type_("show", "acme/churn/reports/q4")[1]


def test_publish_warns_of_what_cannot_be_shown(type_, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("acme/churn/models/nothing\n")
    code, out, err = type_("publish", "a.md", "--as", f"{MODEL}@1.0.0/readme")
    assert code == 0
    assert out == f"{MODEL}@1.0.0/readme: revision 1.\n"
    assert err.startswith("a.md:1: This model cannot be shown")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("render", "nothing.md", "--to", "pdf"), "There is no file nothing.md."),
        (("render", "acme/churn/reports/nothing", "--to", "pdf"), "There is no report 'nothing' in acme/churn."),
        (("render", MODEL, "--to", "live"), "is no report and no README"),
        (("render", "acme/churn/reports/q3-review@7", "--to", "html"), "There is no snapshot 7"),
        (("show", MODEL), "is no report"),
        (("list", "acme/nothing"), "There is no project acme/nothing."),
        (("publish", "a.md", "--as", "acme/churn"), "is no report and no README"),
        (("publish", "bytes.md", "--as", "acme/churn/readme"), "bytes.md is not UTF-8."),
    ],
)
def test_what_cannot_be_done_is_one_line(words: tuple[str, ...], why: str, type_, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x")
    (tmp_path / "bytes.md").write_bytes(b"\xff")
    code, _, err = type_(*words)
    assert code == 1
    assert why in err
    assert len(err.splitlines()) == 1


def test_wrong_usage_ends_with_two(type_) -> None:
    assert type_("render", "x.md")[0] == 2
    assert type_("check", "nothing.md")[0] == 2
    assert type_("render", "x.md", "--to", "docx")[0] == 2


@pytest.mark.slow
def test_render_writes_a_file_by_its_name(type_, tmp_path: Path) -> None:
    (tmp_path / "q4.md").write_text("# Fourth\n\nText.\n")
    assert type_("render", "q4.md", "--to", "pdf")[1].startswith("q4.pdf: ")
    first = (tmp_path / "q4.pdf").read_bytes()
    assert first.startswith(b"%PDF")
    assert type_("render", "q4.md", "--to", "pdf", "-o", "again.pdf")[0] == 0
    assert (tmp_path / "again.pdf").read_bytes() == first
    assert type_("render", "q4.md", "--to", "html")[0] == 0
    assert (tmp_path / "q4.html").read_text().startswith("<!doctype html>")


def test_render_says_which_file_it_could_not_write(type_, tmp_path: Path) -> None:
    (tmp_path / "q4.md").write_text("Text.\n")
    code, out, err = type_("render", "q4.md", "--to", "html", "-o", "nowhere/q4.html")
    assert (code, out) == (1, "")
    assert err.startswith("vitrina: nowhere/q4.html cannot be written: No such file or directory. Choose a folder")


def test_render_live_prints_the_fragment(type_, tmp_path: Path) -> None:
    (tmp_path / "q4.md").write_text("# Fourth\n\nText.\n")
    assert type_("render", "q4.md", "--to", "live") == (0, "<p>Text.</p>\n", "")


@pytest.mark.slow
def test_publish_with_a_snapshot_freezes_it(type_, tmp_path: Path) -> None:
    (tmp_path / "q4.md").write_text("# Fourth\n\nText.\n")
    words = ("publish", "q4.md", "--as", "acme/churn/reports/q4", "--snapshot")
    assert type_(*words)[1] == "acme/churn/reports/q4: revision 1, snapshot 1.\n"
    assert type_(*words)[1] == "acme/churn/reports/q4: revision 1, snapshot 1.\n"
    assert type_("render", "acme/churn/reports/q4@1", "--to", "html", "-o", "kept.html")[0] == 0
    assert "Fourth" in (tmp_path / "kept.html").read_text()
