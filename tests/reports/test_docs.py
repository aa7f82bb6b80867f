"""The examples of docs/reports.md, rendered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vitrina.reports import Reader, Severity, live, parse, resolve
from vitrina.store.opening import Store
from vitrina.store.refs import parse_ref

DOCS = Path(__file__).parents[2] / "docs" / "reports.md"
EXAMPLES = re.findall(r"^(`{3,4})markdown\n(.*?)^\1$", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
PYTHON = re.findall(r"^```python\n(.*?)^```$", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 8
    assert len(PYTHON) == 2


@pytest.mark.parametrize("text", [text for _, text in EXAMPLES])
def test_an_example_shows_all_that_it_asks_for(text: str, sample: Store) -> None:
    home = parse_ref("acme/churn/models/classifier@1.2.0")
    document = resolve(parse(text), Reader(sample, home=home))
    assert [one for one in document.findings if one.severity is Severity.ERROR] == []
    assert len(document.shown) == len(document.places)
    assert "cannot be shown" not in live(document).html


def test_the_example_in_python_runs(
    sample: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VITRINA_URL", sample.place.url)
    exec(compile(PYTHON[0], str(DOCS), "exec"), {})
    assert "classifier 1.2.0" in capsys.readouterr().out


def test_the_embed_of_the_documentation_keeps_the_contract() -> None:
    names: dict[str, object] = {}
    exec(compile(PYTHON[1], str(DOCS), "exec"), names)
    assert {"NAME", "claims", "show"} <= set(names)
