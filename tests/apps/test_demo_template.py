"""The demo app of each kind of input, begun as the hub begins it and asked as its page asks: without a browser.

In processes of their own: an app's modules have everyday names. A real page is in tests/hub/test_demos_in_a_hub.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from vitrina.apps.served import write_served
from vitrina.store import bundles, flavours
from vitrina.store.demos import DEMO, make
from vitrina.store.records import Collection, Project, Version, Visibility
from vitrina.store.refs import Noun
from vitrina.store.signature import infer

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 23, tzinfo=UTC)
START_S = 120

ASK = """
import json, sys
sys.path.insert(0, "")
import app

def refused(call, *given):
    try:
        return call(*given)
    except app.gr.Error as error:
        return f"refused: {error.message}"

kinds = [type(one).__name__ for one in app.widgets]
said = eval(sys.stdin.read(), vars(app) | {"refused": refused})
print(json.dumps({"kinds": kinds, "heads": app.HEADS, "said": said}))
"""

Ask = Callable[..., Any]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Makes the demo of models (the first is its own, the second in production), and evaluates `code` in it."""

    def run(code: str, *models: Any, example: Any) -> Any:
        places = [_place(tmp_path, f"{2 - number}.0.0", model, example) for number, model in enumerate(models)]
        given = dict(zip(("VITRINA_SERVED", "VITRINA_PRODUCTION"), map(str, places), strict=False))
        folder = tmp_path / "bundle"
        done = subprocess.run(
            [sys.executable, "-c", ASK],
            input=code,
            cwd=folder,
            env={**os.environ, "GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", **given},
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def _place(folder: Path, number: str, model: Any, example: Any) -> Path:
    """The version's files and, of the first, the demo's bundle."""
    meta = flavours.save(model, folder / f"model-{number}")
    signature = infer(example, predict=partial(flavours.predict, "sklearn", model))
    project = Project(1, "acme", "demos", "", "", Visibility.PUBLIC, NOW, NOW)
    collection = Collection(1, project, Noun.MODEL, "thing", "", "", NOW)
    version = Version(1, collection, number, "", 0, None, None, (), "sklearn", signature, meta, "", NOW, None)
    if not (folder / "bundle").exists():
        (folder / "bundle.tar").write_bytes(make(DEMO, version).data)
        bundles.unpack(folder / "bundle.tar", folder / "bundle")
    told = {"ref": version.ref, "name": "thing", "version": number, "kind": "model", "owner": "acme"}
    files = [(file.name, file) for file in (folder / f"model-{number}").iterdir()]
    write_served(
        folder / number,
        meta={**told, "project": "demos", "signature": signature, "flavour": "sklearn"},
        files=files,
    )
    return folder / number


def test_a_text_is_read_by_a_text_pipeline(ask: Ask) -> None:
    texts = ["a good film", "very good", "a bad film", "really bad"] * 3
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, ["yes", "yes", "no", "no"] * 3)
    told = ask('[answers("bad, bad"), table([["good"], [""], ["bad"]])]', model, example=texts[:3])
    assert told["kinds"] == ["Textbox"]
    [sure, lines] = told["said"]
    assert sure["no"] > sure["yes"]
    assert lines == [["yes"], ["no"]]


def test_a_picture_is_read_in_the_size_and_range_that_the_model_knows(ask: Ask) -> None:
    digits = load_digits()
    model = KNeighborsClassifier(3).fit(digits.data, digits.target)
    code = "[answers(__import__('widgets').picture(FORM.fields[0], row)) for row in FORM.examples]"
    told = ask(code, model, example=digits.data[:3])
    assert told["kinds"] == ["Image"]
    read = [max(sure, key=lambda name: sure[name]) for sure in told["said"]]
    assert read == [str(shown) for shown in digits.target[:3]]


def test_a_row_of_an_array_is_a_table_and_several_answers_are_all_told(ask: Ask) -> None:
    rows = np.arange(12.0).reshape(4, 3)
    model = LinearRegression().fit(rows, np.column_stack([rows.sum(axis=1), rows[:, 0]]))
    told = ask("answers([[1, 2, 3]])", model, example=rows)
    assert (told["kinds"], told["said"]) == (["Dataframe"], "6, 1")


def test_production_answers_beside_and_what_does_not_fit_is_said(ask: Ask) -> None:
    table = pd.DataFrame({"bill": [10.0, 20.0, 40.0], "size": [1, 2, 4]})
    own, former = (LinearRegression().fit(table, table["bill"] * rate) for rate in (0.2, 0.1))
    wrong = '[refused(table, [["x", "3"]]), refused(table, [["", ""]]), refused(answers, None, 1)]'
    told = ask(f"[answers(30, 3), table([['30', '3']]), {wrong}]", own, former, example=table)
    assert told["heads"] == ["2.0.0 answers", "1.0.0, in production"]
    one, many, [no_number, empty, missing] = told["said"]
    assert (one, many) == (["6", "3"], [["6", "3"]])
    assert no_number == 'refused: bill takes a number; "x" came.'
    assert empty == "refused: The table is empty."
    assert "NaN" in missing
