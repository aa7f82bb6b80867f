"""The examples are programs: what they log is there, is true, and is there once."""

# scikit-learn's own annotations say less than strict asks: what its loaders and splits give is partly unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false, reportMissingTypeStubs=false

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import confusion_matrix, roc_auc_score
from sklearn.model_selection import train_test_split

from vitrina.reports import Reader, parse, resolve
from vitrina.reports.document import Form
from vitrina.reports.shown import Value
from vitrina.store import Store, flavours
from vitrina.store.records import Node, NodeKind, Version
from vitrina.store.runs import Io

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EXAMPLES = Path(__file__).parents[2] / "examples"
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
TUMOURS = ["1.0.0", "1.1.0", "2.0.0"]
TEXTS = [
    "tumours/readmes/project.md",
    "tumours/readmes/classifier.md",
    "tumours/readmes/biopsies.md",
    "tumours/q3-review.md",
    "digits/readmes/project.md",
    "digits/readmes/reader.md",
    "diabetes/readmes/project.md",
    "diabetes/readmes/progression.md",
]


def version(store: Store, ref: str) -> Version:
    found = store.find(ref).version
    assert found is not None
    return found


def rows(home: Path) -> list[str]:
    """All that a store's database holds."""
    connection = sqlite3.connect(f"file:{home / 'store.db'}?mode=ro", uri=True)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


@pytest.mark.parametrize("story", ["tumours", "digits", "diabetes"])
def test_a_story_that_is_told_twice_adds_nothing(told: Path, tell_again: Callable[[str], None], story: str) -> None:
    before = rows(told)
    tell_again(story)
    assert rows(told) == before


@pytest.mark.parametrize("number", TUMOURS)
def test_every_tumour_classifier_has_an_app_of_each_framework(store: Store, number: str) -> None:
    found = version(store, f"demo/tumours/models/classifier@{number}")
    apps = {app.name: app.framework for app in store.apps.of_versions([found.id])[found.id]}
    assert apps == {"what-if": "gradio", "explorer": "streamlit", "dashboard": "dash", "panel-dashboard": "panel"}


@pytest.mark.parametrize("number", TUMOURS)
def test_the_numbers_of_a_classifier_are_those_of_the_model_that_is_kept(
    store: Store, number: str, tmp_path: Path
) -> None:
    found = version(store, f"demo/tumours/models/classifier@{number}")
    store.registry.pull(found, tmp_path)
    assert found.flavour is not None
    model = flavours.load(found.flavour, tmp_path)
    data = load_breast_cancer(as_frame=True)
    malignant = data.target == 0
    _, held_out, _, truth = train_test_split(
        data.data[list(model.feature_names_in_)], malignant, test_size=0.3, stratify=malignant, random_state=0
    )
    chance = model.predict_proba(held_out)[:, 1]
    matrix = confusion_matrix(truth, chance >= 0.5)
    run = store.find(found.ref).run_id
    assert run is not None
    series = {one.name: one for one in store.metrics.series([run])[run]}
    outputs = {one.name: one.value for one in store.runs.params([run], Io.OUTPUT)[run]}
    assert series["auc"].last == pytest.approx(roc_auc_score(truth, chance))
    assert (outputs["missed"], outputs["false_alarms"]) == (matrix[1, 0], matrix[0, 1])


@pytest.mark.parametrize("number", TUMOURS)
def test_a_classifier_was_watched_while_it_learned(store: Store, number: str) -> None:
    run = store.find(f"demo/tumours/models/classifier@{number}").run_id
    assert run is not None
    counts = {one.name: one.count for one in store.metrics.series([run])[run]}
    assert min(counts[name] for name in ("auc", "loss", "train_loss")) >= 10
    drawn = {one.name: one.kind for one in store.objects.list([run])[run]}
    assert {"roc", "precision-recall", "confusion", "importance", "patients", "threshold", "dependence"} <= set(drawn)


def test_three_classifiers_learned_from_one_version_of_the_data(store: Store) -> None:
    data = store.find("demo/tumours/datasets/biopsies")
    assert data.collection is not None
    versions = store.registry.versions([data.collection.id])[data.collection.id]
    assert [one.number for one in versions] == ["1.0.0"]
    assert versions[0].summary["rows"] == 569
    edges = store.lineage.around([Node(NodeKind.VERSION, versions[0].id)])
    learners = {edge.target.title for edge in edges if edge.target.noun == "run"}
    assert learners == {"logistic regression", "random forest", "gradient boosting"}


def test_stages_say_which_version_is_used_and_which_waits(store: Store) -> None:
    stages = {number: version(store, f"demo/tumours/models/classifier@{number}").stage for number in TUMOURS}
    assert stages == {"1.0.0": "archived", "1.1.0": "production", "2.0.0": "staging"}
    assert version(store, "demo/tumours/models/classifier@champion").number == "2.0.0"
    assert version(store, "demo/digits/models/reader@production").number == "1.1.0"
    assert version(store, "demo/diabetes/models/progression@production").number == "1.0.0"


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_in_a_text_is_broken_and_its_numbers_are_the_stores(store: Store, text: str) -> None:
    review = (EXAMPLES / "tumours" / "q3-review.md").read_text()
    store.reports.publish(store.projects.get("demo", "tumours"), "q3-review", review)
    # They stand nowhere here, as when a person checks the file: each reference has to say whose it is.
    read = resolve(parse((EXAMPLES / text).read_text()), Reader(store))
    assert [(found.line, found.message) for found in read.findings] == []
    said = [place.text.replace(" ", THIN_SPACE) for place in read.places if place.form is Form.VALUE]
    true = [shown.text for shown in read.shown.values() if isinstance(shown, Value)]
    assert said == true
