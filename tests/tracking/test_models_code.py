"""Models whose files are code, what they were trained in, and what is said where they do not load."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from vitrina import tracking
from vitrina.store.flavours import FlavourError
from vitrina.store.flavours.origin import ReleaseError, differing, requirements
from vitrina.store.opening import Store
from vitrina.store.signature import SignatureError
from vitrina.tracking.versions import CodeWarning

TABLE = pd.DataFrame({"a": [0.0, 1.0, 2.0, 5.0], "b": [0.0, 1.0, 0.0, 2.0]})
LINE = LinearRegression().fit(TABLE, TABLE["a"] + 10 * TABLE["b"])


def logged(**given: Any) -> tracking.VersionHandle:
    with tracking.run("fit", project="acme/lines", track_env=False, track_code=False):
        return tracking.log_model("line", LINE, **given)


def fetched(version: tracking.VersionHandle) -> tracking.VersionHandle:
    """The same from the store, not loaded yet."""
    return tracking.get_version(version.ref)


def test_a_pickle_is_loaded_with_a_warning_at_the_callers_line_and_without_where_it_is_trusted(store: Store) -> None:
    version = logged(flavour="pickle", example=TABLE)
    assert version.runs_code
    with pytest.warns(CodeWarning, match=r"line@1\.0\.0 is code \(flavour pickle\): loading it runs what") as caught:
        fetched(version).load()
    assert [warning.filename for warning in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = fetched(version)
        again.load(trust=True)
        assert again.predict(TABLE)[:2] == pytest.approx([0, 11])


def test_what_it_was_trained_in_is_kept_beside_the_content(store: Store) -> None:
    version = logged(example=TABLE)
    assert not version.runs_code
    assert version.environment["python"].startswith("3.")
    lines = version.environment["requirements"].splitlines()
    assert lines == requirements(version.summary["libraries"])
    assert lines[0].startswith("scikit-learn==1.")
    assert logged().ref == version.ref, "what is known of it is no content"


def test_the_answers_to_the_kept_examples_are_kept(store: Store) -> None:
    version = logged(example=TABLE)
    assert version.signature is not None
    assert version.signature["examples"] == TABLE[:3].to_dict("records")
    assert version.summary["answers"] == pytest.approx([0, 11, 2])


def test_columns_come_in_any_order_and_a_wrong_one_is_named(store: Store) -> None:
    version = logged(example=TABLE)
    assert version.predict(TABLE[["b", "a"]]) == pytest.approx(LINE.predict(TABLE))
    assert version.predict({"b": 1.0, "a": 2.0}) == pytest.approx([12])
    with pytest.raises(SignatureError, match="The field 'b' takes numbers, and text came") as caught:
        version.predict(TABLE.assign(b="x"))
    assert caught.value.field == "b"
    with pytest.raises(SignatureError, match="The field 'a' is missing"):
        version.predict(TABLE[["b"]])


def test_a_model_that_other_releases_saved_says_exactly_what_to_install(store: Store, tmp_path: Path) -> None:
    saved_with = {"scikit-learn": "1.0.2", "skops": "0.1", "numpy": "1.21.0"}
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.skops").write_bytes(b"of another age")
    with tracking.run("fit", project="acme/lines", track_env=False, track_code=False) as run:
        folder = tmp_path / "model"
        version = run.log_model("old", folder, summary={"libraries": saved_with, "environment": {"python": "2.7.18"}})
    old = tracking.VersionHandle(_of_flavour(version, "sklearn"), version.connection)
    with pytest.raises(ReleaseError) as caught:
        old.load()
    assert caught.value.install == ["scikit-learn==1.0.2", "skops==0.1"]
    assert "old@1.0.0 was saved with scikit-learn 1.0.2, skops 0.1; here is scikit-learn 1." in caught.value.message
    hint = "Install what it was saved with: pip install scikit-learn==1.0.2 skops==0.1 (it was Python 2.7.18, here is"
    assert str(caught.value.hint).startswith(hint)


def test_a_wrong_row_is_not_taken_for_a_matter_of_releases(store: Store) -> None:
    with tracking.run("fit", project="acme/lines", track_env=False, track_code=False):
        version = tracking.log_model("line", LINE, summary={"libraries": {"scikit-learn": "1.0.2"}})
    with pytest.raises(FlavourError, match="A row has no field 'b'") as caught:
        version.predict({"a": 1.0})
    assert not isinstance(caught.value, ReleaseError)


def _of_flavour(version: tracking.VersionHandle, flavour: str) -> Any:
    return replace(version.record, flavour=flavour)


def test_a_damaged_model_of_the_same_releases_is_no_matter_of_installing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "model.skops").write_bytes(b"damaged")
    with tracking.run("fit", project="acme/lines", track_env=False, track_code=False) as run:
        version = run.log_model("old", tmp_path / "model.skops")
    with pytest.raises(FlavourError, match="cannot be loaded") as caught:
        tracking.VersionHandle(_of_flavour(version, "sklearn"), version.connection).load()
    assert not isinstance(caught.value, ReleaseError)


def test_numpy_alone_is_named_only_where_nothing_else_differs() -> None:
    here = np.__version__
    assert differing({"numpy": "1.0", "no-such-library": "2"}) == {"no-such-library": "2"}
    assert differing({"numpy": "1.0"}) == {"numpy": "1.0"}
    assert differing({"numpy": here}) == {}
    assert differing({"numpy": f"{here}+local"}) == {}
    assert requirements({"torch": "2.13.0+cpu"}) == ["torch==2.13.0"]
