"""Scikit-learn models: what may be in them, and how they are asked."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from vitrina.store import flavours
from vitrina.store.flavours import FlavourError, archive
from vitrina.store.flavours.trust import refused


class Own(ClassifierMixin, BaseEstimator):
    """A class of the script's own."""

    def fit(self, x: Any, y: Any) -> Own:
        self.classes_ = np.unique(y)
        return self

    def predict(self, x: Any) -> np.ndarray:
        return np.zeros(len(x))


def test_a_class_of_the_script_is_refused_when_it_is_saved(tmp_path: Path) -> None:
    with pytest.raises(FlavourError, match=r"holds .*Own, which only code of its own could load"):
        flavours.save(make_pipeline(StandardScaler(), Own()), tmp_path / "saved")
    assert list((tmp_path / "saved").iterdir()) == []


def test_a_function_of_the_script_is_refused_when_it_is_saved(tmp_path: Path) -> None:
    def halved(x: Any) -> Any:
        return x / 2

    with pytest.raises(FlavourError, match="halved"):
        flavours.save(make_pipeline(FunctionTransformer(halved), LogisticRegression()), tmp_path / "saved")


def test_something_that_cannot_be_saved_is_named(tmp_path: Path) -> None:
    model = LogisticRegression()
    model.handle = io.StringIO()
    with pytest.raises(FlavourError, match="something that cannot be saved"):
        flavours.save(model, tmp_path / "saved")


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "builtins.eval",
        "numpy.testing._private.utils.runstring",
        "numpy.memmap",
        "numpy.fromfile",
        "numpy.lib._npyio_impl.DataSource",
        "scipy._lib.array_api_compat.numpy.fromfile",
        "sklearn.datasets._openml.fetch_openml",
        "sklearn.utils._testing.check_skip_network",
        "sklearn.utils.validation.check_array",
        "sklearn.no_such_module.Thing",
        "sklearn.linear_model.NoSuchThing",
        "sklearnish.Thing",
        "Thing",
    ],
)
def test_what_could_do_harm_is_not_trusted(name: str) -> None:
    assert refused([name]) == [name]


@pytest.mark.parametrize(
    "name",
    ["sklearn.tree._tree.Tree", "sklearn.feature_selection._univariate_selection.f_classif", "scipy.special.expit"],
)
def test_what_holds_learned_values_or_maps_arrays_is_trusted(name: str) -> None:
    assert refused([name]) == []


def test_a_file_that_names_a_program_is_not_loaded(tmp_path: Path) -> None:
    """As a hostile client would store it: past the check at save."""
    hostile = skops.io.dumps(FunctionTransformer(np.log1p))
    with zipfile.ZipFile(io.BytesIO(hostile)) as opened:
        schema = opened.read("schema.json").decode()
    changed = schema.replace('"log1p"', '"runstring"').replace('"numpy"', '"numpy.testing._private.utils"')
    assert changed != schema
    with zipfile.ZipFile(tmp_path / "model.skops", "w") as written:
        written.writestr("schema.json", changed)
    with pytest.raises(FlavourError, match=r"holds numpy\.testing\._private.utils\.runstring"):
        flavours.load("sklearn", tmp_path)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x05\x06" + bytes(18)])
def test_a_damaged_file_is_an_error_of_ours(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.skops").write_bytes(content)
    with pytest.raises(FlavourError, match=r"model\.skops cannot be loaded"):
        flavours.load("sklearn", tmp_path)


def test_a_folder_without_a_model_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FlavourError, match=r"There is no model\.skops"):
        flavours.load("sklearn", tmp_path)


def test_rows_may_be_dicts_in_any_order(regression: Any, rows: pd.DataFrame) -> None:
    expected = regression.predict(rows[:2])
    listed = [dict(reversed(row.items())) for row in rows[:2].to_dict("records")]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.array_equal(flavours.predict("sklearn", regression, listed), expected)
        assert np.array_equal(flavours.predict("sklearn", regression, listed[0]), expected[:1])
        assert np.array_equal(flavours.predict("sklearn", regression, rows[:2]), expected)


def test_a_row_without_a_field_is_refused_with_those_there_are(regression: Any, rows: pd.DataFrame) -> None:
    with pytest.raises(FlavourError, match=r"A row has no field 'mean texture'\. Fields are mean radius, mean texture"):
        flavours.predict("sklearn", regression, {"mean radius": 1.0})


def test_a_model_without_names_takes_dicts_in_their_order() -> None:
    model = LogisticRegression().fit([[0, 0], [1, 1]], [0, 1])
    assert flavours.predict("sklearn", model, [{"a": 1, "b": 1}]).tolist() == [1]


def test_a_transformer_transforms(rows: pd.DataFrame) -> None:
    scaler = StandardScaler().fit(rows)
    assert np.allclose(flavours.predict("sklearn", scaler, rows), scaler.transform(rows))


def test_what_a_model_says_against_its_rows_is_one_line_and_keeps_its_cause() -> None:
    model = LogisticRegression().fit([[0, 0], [1, 1]], [0, 1])
    with pytest.raises(FlavourError, match=r"no answer to this: ValueError: X has 3 features[^\n]*$") as refusal:
        flavours.predict("sklearn", model, [[1, 2, 3]])
    assert isinstance(refusal.value.__cause__, ValueError)


def test_the_libraries_that_saved_it_are_named(regression: Any, tmp_path: Path) -> None:
    meta = flavours.save(regression, tmp_path / "saved")
    assert set(meta["libraries"]) == {"scikit-learn", "skops", "numpy", "scipy"}
    assert meta["model_class"] == "sklearn.linear_model._logistic.LogisticRegression"


def test_an_archive_has_no_times_and_no_ids_of_this_process(regression: Any) -> None:
    saved = archive.normalised(skops.io.dumps(regression))
    with zipfile.ZipFile(io.BytesIO(saved)) as opened:
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert opened.namelist() == sorted(opened.namelist())
        ids = [node["__id__"] for node in nodes(json.loads(opened.read("schema.json"))) if "__id__" in node]
    assert max(ids) <= len(ids)
    assert archive.normalised(saved) == saved


def test_arrays_that_are_one_stay_one(tmp_path: Path) -> None:
    model = LogisticRegression()
    model.first = model.second = np.arange(3)
    flavours.save(model, tmp_path / "saved")
    loaded = flavours.load("sklearn", tmp_path / "saved")
    assert loaded.first is loaded.second


def nodes(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(node for item in value.values() for node in nodes(item))]
    return [node for item in value for node in nodes(item)] if isinstance(value, list) else []
