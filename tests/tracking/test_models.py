"""Models: numbered, never changed, and back again with the same answers."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from vitrina import tracking
from vitrina.store.errors import ConflictError, InvalidError, NotFoundError
from vitrina.store.flavours import FlavourError
from vitrina.store.opening import Store
from vitrina.store.records import Node, NodeKind
from vitrina.store.registry import ContentExistsError, VersionExistsError
from vitrina.store.versions import BadVersionError, Stage
from vitrina.tracking import VersionHandle, VitrinaWarning

DATA = load_breast_cancer(as_frame=True)
FEATURES: pd.DataFrame = DATA.data.iloc[:, :5]


def classifier(strength: float = 1.0, *, columns: int = 5):
    model = make_pipeline(StandardScaler(), LogisticRegression(C=strength))
    return model.fit(FEATURES.iloc[:, :columns], DATA.target)


@pytest.fixture
def run(store: Store):
    with tracking.run(project="acme/churn", track_env=False) as begun:
        yield begun


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A file that a script saved itself."""
    path = tmp_path / "My model.onnx"
    path.write_bytes(b"weights")
    return path


def test_a_logged_model_is_a_version_with_signature_and_lineage(any_store: Store) -> None:
    with tracking.run(project="acme/churn") as run:
        version = tracking.log_model("classifier", classifier(), example=FEATURES[:5], notes="First.")
    assert (version.ref, version.version, version.number) == ("acme/churn/models/classifier@1.0.0", "1.0.0", "1.0.0")
    assert (version.name, version.noun, version.flavour, version.is_new) == ("classifier", "model", "sklearn", True)
    assert version.signature is not None
    assert [field["name"] for field in version.signature["inputs"]] == list(FEATURES.columns)
    assert version.record.notes == "First."
    assert version.summary["model_class"] == "sklearn.pipeline.Pipeline"
    (edge,) = any_store.lineage.around([Node(NodeKind.VERSION, version.record.id)])
    assert (edge.source.ref, edge.relation, edge.target.ref) == (run.ref, "made", version.ref)
    assert [made.ref for made in any_store.registry.of_runs([run.record.id])[run.record.id]] == [version.ref]


def test_a_bump_a_number_and_the_signature_decide_the_next_number(run: tracking.Run) -> None:
    log = tracking.log_model
    assert log("m", classifier(1), example=FEATURES[:5]).version == "1.0.0"
    assert log("m", classifier(2), example=FEATURES[:5]).version == "1.0.1"
    assert log("m", classifier(3), example=FEATURES[:5], bump="minor").version == "1.1.0"
    assert log("m", classifier(4), example=FEATURES[:5], bump="major").version == "2.0.0"
    assert log("m", classifier(5), example=FEATURES[:5], version="3.0.0-rc.1").version == "3.0.0-rc.1"
    assert log("m", classifier(5, columns=4), example=FEATURES.iloc[:5, :4]).version == "3.0.0"


def test_a_bump_lower_than_the_change_of_the_signature_warns_at_the_callers_line(run: tracking.Run) -> None:
    tracking.log_model("m", classifier(), example=FEATURES[:5])
    with pytest.warns(VitrinaWarning, match=r"m@1\.0\.1 was made as patch.*asks for major: input") as caught:
        low = tracking.log_model("m", classifier(columns=4), example=FEATURES.iloc[:5, :4], bump="patch")
    assert [warning.filename for warning in caught] == [__file__]
    assert (low.version, low.summary["bump"]["given"], low.summary["bump"]["asked"]) == ("1.0.1", "patch", "major")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        high = run.log_model("m", classifier(columns=3), example=FEATURES.iloc[:5, :3], bump="major")
    assert high.version == "2.0.0"


def test_the_same_content_is_the_version_that_exists(store: Store) -> None:
    with tracking.run("first") as first:
        one = first.log_model("m", classifier())
    with tracking.run("second") as second:
        two = second.log_model("m", classifier(), bump="major", example=FEATURES[:5])
    assert (two.ref, two.is_new) == (one.ref, False)
    edges = store.lineage.around([Node(NodeKind.VERSION, one.record.id)])
    assert {(edge.source.ref, edge.relation) for edge in edges} == {(first.ref, "made"), (second.ref, "reproduced")}


def test_a_wrong_version_string_is_refused_before_anything_is_stored(run: tracking.Run, store: Store) -> None:
    for wrong in ("1.0", "v1.0.0", "latest", ""):
        with pytest.raises(BadVersionError, match=r"is not a semantic version\. Write it like 1\.4\.0"):
            tracking.log_model("m", classifier(), version=wrong)
    with pytest.raises(InvalidError, match=r"There is no bump 'huge'\. Bumps are patch, minor, major\."):
        tracking.log_model("m", classifier(), bump="huge")
    with pytest.raises(InvalidError, match="Both version= and bump= are given"):
        tracking.log_model("m", classifier(), version="2.0.0", bump="major")
    with pytest.raises(InvalidError, match="'My model' cannot be the name of a model"):
        tracking.log_model("My model", classifier())
    assert store.projects.counts([run.record.project.id])[run.record.project.id]["models"] == 0


def test_a_version_that_exists_is_never_given_to_other_content(run: tracking.Run) -> None:
    one = tracking.log_model("m", classifier(1), version="1.1.0")
    with pytest.raises(VersionExistsError, match=r"m@1\.1\.0 exists and has other content"):
        tracking.log_model("m", classifier(2), version="1.1.0")
    with pytest.raises(ContentExistsError, match=r"exists already as acme/churn/models/m@1\.1\.0"):
        tracking.log_model("m", classifier(1), version="1.2.0")
    assert tracking.log_model("m", classifier(1), version="1.1.0").ref == one.ref
    assert (one.predict(FEATURES) == classifier(1).predict(FEATURES)).all()


def test_what_cannot_be_saved_or_asked_is_said_and_stores_nothing(run: tracking.Run, store: Store) -> None:
    with pytest.raises(FlavourError, match=r"A builtins\.object is of no known flavour"):
        tracking.log_model("m", object())
    with pytest.raises(InvalidError, match="The model cannot answer the example: ValueError: The feature names"):
        tracking.log_model("m", classifier(), example=FEATURES.iloc[:5, :2])
    assert run.versions == ()
    with pytest.raises(NotFoundError):
        tracking.get("acme/churn/models/m")


def test_a_version_loads_predicts_and_is_pulled_with_the_same_answers(any_store: Store, tmp_path: Path) -> None:
    model = RandomForestClassifier(n_estimators=5, random_state=0).fit(FEATURES, DATA.target)
    with tracking.run(project="acme/churn"):
        version = tracking.log_model("forest", model)
    fetched = tracking.get(version.ref)
    assert isinstance(fetched, VersionHandle)
    np.testing.assert_array_equal(fetched.load().predict_proba(FEATURES), model.predict_proba(FEATURES))
    np.testing.assert_array_equal(fetched.predict(FEATURES.to_dict("records")), model.predict(FEATURES))
    assert fetched.load() is fetched.load()
    folder = fetched.pull(str(tmp_path / "pulled"))
    assert [path.name for path in folder.iterdir()] == ["model.skops"]
    with pytest.raises(ConflictError, match=r"model\.skops exists already"):
        fetched.pull(folder)


@pytest.mark.slow
def test_a_fresh_process_gets_the_same_numbers(store: Store, run_script) -> None:
    model = classifier()
    with tracking.run(project="acme/churn") as run:
        version = run.log_model("classifier", model)
        run.log_model("classifier", classifier(0.01), bump="major")
    done = run_script(
        """
        import json, sys
        from sklearn.datasets import load_breast_cancer
        from vitrina import tracking

        rows = load_breast_cancer(as_frame=True).data.iloc[:, :5]
        version = tracking.get(sys.argv[1])
        print(json.dumps([version.ref, version.load().predict_proba(rows).tolist()]))
        """,
        "acme/churn/models/classifier@^1",
    )
    assert done.stderr == ""
    ref, told = json.loads(done.stdout)
    assert ref == version.ref
    np.testing.assert_array_equal(told, model.predict_proba(FEATURES))


def test_a_file_that_a_script_saved_is_a_model_too(run: tracking.Run, saved: Path) -> None:
    version = tracking.log_model("net", saved, framework="onnx", summary={"opset": 17}, step=4)
    assert (version.flavour, version.summary) == ("files", {"framework": "onnx", "step": 4, "opset": 17})
    folder = tracking.get(version.ref).load()
    assert [path.name for path in folder.iterdir()] == ["My model.onnx"]
    with pytest.raises(FlavourError, match="plain files: there is no model to ask"):
        version.predict(FEATURES)


def test_a_folder_is_kept_without_what_is_nobodys_work(run: tracking.Run, tmp_path: Path) -> None:
    folder = tmp_path / "net"
    for name in ("weights/one.bin", "config.json", "__pycache__/x.pyc", ".git/HEAD"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    version = tracking.log_model("net", str(folder))
    kept = sorted(path.relative_to(version.load()).as_posix() for path in version.load().rglob("*") if path.is_file())
    assert kept == ["config.json", "weights/one.bin"]


@pytest.mark.parametrize(
    ("how", "name"),
    [
        (lambda path: tracking.log_model(path), "my-model"),
        (lambda path: tracking.log_model(str(path), name="Best net", framework="onnx"), "best-net"),
        (lambda path: tracking.log_model(path=path, name="net"), "net"),
        (lambda path: tracking.log_model_ref(path, "net"), "net"),
        (lambda path: tracking.log_model(name="net", model=path), "net"),
    ],
)
def test_polyaxons_forms_are_known(run: tracking.Run, saved: Path, how, name: str) -> None:
    version = how(saved)
    assert (version.name, version.version, version.flavour) == (name, "1.0.0", "files")


def test_one_argument_that_is_no_path_says_both_forms(run: tracking.Run) -> None:
    with pytest.raises(NotFoundError, match=r'no file or folder classifier\. .*log_model\("classifier", model\)'):
        tracking.log_model("classifier")
    with pytest.raises(InvalidError, match="no model to log"):
        tracking.log_model()


def test_without_registering_the_file_stays_with_the_run(run: tracking.Run, saved: Path) -> None:
    assert tracking.log_model(saved, name="checkpoint", step=3, register=False) is None
    (item,) = run.get_objects()
    assert (item.section, item.name, item.step) == ("files", "checkpoint", 3)
    assert run.versions == ()
    with pytest.raises(InvalidError, match="cannot be kept without a version"):
        tracking.log_model("m", classifier(), register=False)


def test_a_version_is_promoted_and_aliased(run: tracking.Run, store: Store) -> None:
    one, two = (tracking.log_model("m", classifier(strength)) for strength in (1, 2))
    one.promote("production")
    promoted = two.promote("production", reason="Better recall.").alias("champion")
    assert (promoted.stage, promoted.aliases) == ("production", ("champion",))
    assert store.registry.version(one.record.id).stage is Stage.ARCHIVED
    assert tracking.get_version("acme/churn/models/m@champion").ref == two.ref
    with pytest.raises(InvalidError, match=r"no stage 'live'\. Stages are staging, production, archived"):
        one.promote("live")


def test_polyaxons_promotion_names_what_the_run_logged(run: tracking.Run, saved: Path) -> None:
    tracking.log_model("a", classifier(1))
    best = tracking.log_model("b", classifier(2))
    assert tracking.promote_to_model_version("rev1", artifacts=["b"]).aliases == ("rev1",)
    assert tracking.get_version("acme/churn/models/b@rev1").ref == best.ref
    assert tracking.promote_to_model_version(best, "staging").stage == "staging"
    with pytest.raises(
        InvalidError, match=r"not clear which model .* acme/churn/models/a@1\.0\.0, acme/churn/models/b@1"
    ):
        tracking.promote_to_model_version("rev2")
    with pytest.raises(InvalidError, match="Neither a stage nor an alias"):
        tracking.promote_to_model_version("1.0.0")
    tracking.log_artifact(saved, "tokenizer")
    assert tracking.promote_to_artifact_version("1.0.0", stage="production").stage == "production"
