"""Filters as MLflow's documentation has them, over one store: each finds here what it finds there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vitrina.store.opening import Store
from vitrina.store.records import Node, NodeKind, Point, Project, Status
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.runs import Io

MLFLOW = [
    ("metrics.accuracy > 0.92", "alpha"),
    ("metrics.accuracy > 0.72", "alpha beta"),
    ('metrics."accuracy" > 0.92', "alpha"),
    ("metric.accuracy > 0.92", "alpha"),
    ("metrics.`f1 score` > 0.5", "beta"),
    ('metrics."f1 score" > 0.5', "beta"),
    ("metrics.'prediction accuracy' >= 0.945", "alpha"),
    ('metrics."2019-04-02 error rate" < 1', "gamma"),
    ("metrics.rmse < 1 and params.model = 'tree'", "gamma"),
    ("metrics.rmse < 0.9 and tags.production = 'true'", "gamma"),
    ("metrics.accuracy_score < 99.90", ""),
    ('params.alpha = "0.3" and params.lambda = "0.001" and metrics.error <= 0.05', "alpha"),
    ("params.model = 'CNN' and params.layers = '10' and metrics.`prediction accuracy` >= 0.945", "alpha"),
    ("params.model = 'Inception'", ""),
    ('params.model LIKE "C%"', "alpha"),
    ("params.model ILIKE 'c%'", "alpha"),
    ("params.model LIKE 'c%'", ""),
    ("params.model != 'CNN'", "gamma"),
    ('params."model-type" = "small"', "beta"),
    ('params."learning rate" = "0.1"', "beta"),
    ("parameter.model = 'tree'", "gamma"),
    ('attributes.status = "FINISHED"', "alpha"),
    ("attributes.status = 'FAILED'", "beta"),
    ("attributes.status != 'FINISHED'", "beta gamma"),
    ("attributes.status = 'ACTIVE'", ""),
    ("status = 'RUNNING'", "gamma"),
    ("attributes.created > 1670628787527", "alpha beta gamma"),
    ("attributes.Created > 1670628787527", "alpha beta gamma"),
    ("attributes.start_time > 1664067852747", "alpha beta gamma"),
    ("attributes.start_time >= 1772366400000", "alpha beta gamma"),
    ("attributes.end_time < 1664067852747", ""),
    ("attributes.user_id = 'local'", "alpha beta gamma"),
    ("attributes.user_id = 'user1'", ""),
    ("attributes.run_name = 'alpha'", "alpha"),
    ("attributes.`run name` IN ('alpha', 'beta', 'other')", "alpha beta"),
    ("attributes.`Run name` IN ('alpha', 'gamma')", "alpha gamma"),
    ("attributes.`Run Name` ILIKE '%ALPHA%'", "alpha"),
    ("attributes.run_id = 'a1b2c3d4'", "alpha"),
    ("attributes.run_id IN ('a1b2c3d4', 'e5f6a7b8')", "alpha beta"),
    ("attribute.artifact_uri = 'models:/mymodel/1'", ""),
    ("tags.`mlflow.user` = 'local'", "alpha beta gamma"),
    ('tags."mlflow.runName" = "alpha"', "alpha"),
    ('tags."mlflow.parentRunId" = "a1b2c3d4"', "beta"),
    ("tags.`mlflow.parentRunId` = 'none'", ""),
    ("tags.mlflow.parentRunId = 'a1b2c3d4'", "beta"),
    ("tags.`model` LIKE 'sklearn%'", "beta"),
    ("tags.`type` ILIKE '%Logistic%'", "beta"),
    ("tag.type != 'other'", "beta"),
    ("tags.group IS NULL", "alpha beta gamma"),
    ("tags.model IS NOT NULL", "beta"),
    ("params.layers IS NOT NULL AND params.nothing IS NULL", "alpha"),
    ("datasets.name LIKE 'cust%'", "alpha"),
    ("dataset.name = 'customers'", "alpha"),
    ("dataset.digest = 's8ds293b'", ""),
    ("datasets.context = 'train'", ""),
]


@pytest.fixture
def furnished(store: Store, project: Project, tmp_path) -> Store:
    alpha = store.runs.create(project, name="alpha", uuid="a1b2c3d4")
    beta = store.runs.create(project, name="beta", uuid="e5f6a7b8", parent=alpha, tags=["model=sklearn-lr"])
    gamma = store.runs.create(project, name="gamma", tags=["production"])
    store.runs.add_tags(beta, ["type=a logistic regression"])
    store.runs.set_params(alpha, Io.INPUT, {"alpha": 0.3, "lambda": 0.001, "model": "CNN", "layers": 10})
    store.runs.set_params(beta, Io.INPUT, {"model-type": "small", "learning rate": 0.1})
    store.runs.set_params(gamma, Io.INPUT, {"model": "tree"})
    log = {
        alpha.id: {"accuracy": 0.95, "error": 0.05, "prediction accuracy": 0.945},
        beta.id: {"accuracy": 0.8, "f1 score": 0.6},
        gamma.id: {"rmse": 0.5, "2019-04-02 error rate": 0.2},
    }
    for run_id, values in log.items():
        store.metrics.append(run_id, {name: [Point(0, 0.0, value)] for name, value in values.items()})
    store.runs.move(alpha, Status.SUCCEEDED)
    store.runs.move(beta, Status.FAILED)
    table = tmp_path / "table.csv"
    table.write_text("a\n1\n")
    version = store.registry.log(project, Noun.DATASET, "customers", Draft([("table.csv", table)])).version
    data, used_by = Node(NodeKind.VERSION, version.id), Node(NodeKind.RUN, alpha.id)
    store.lineage.add(project.id, data, used_by, relation="used")
    return store


def test_every_filter_of_its_documentation_means_the_same(furnished: Store) -> None:
    assert furnished.database.clock() == datetime(2026, 3, 1, 12, tzinfo=UTC)
    wrong: dict[str, list[str]] = {}
    for text, names in MLFLOW:
        found = [item.name for item in furnished.search.page(f"{text} order by name").items]
        if found != names.split():
            wrong[text] = found
    assert wrong == {}
