"""Pickles: kept on request only, never of a script's own classes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from vitrina.store import flavours
from vitrina.store.flavours import FlavourError

OF_A_SCRIPT = """
import sys
from pathlib import Path
from vitrina.store import flavours

class Own:
    def predict(self, x):
        return x

try:
    flavours.save(Own(), Path(sys.argv[1]), flavour="pickle")
except flavours.FlavourError as error:
    print(error)
"""


def test_what_skops_refuses_can_be_pickled_on_request(tmp_path: Path, rows: pd.DataFrame) -> None:
    model = make_pipeline(FunctionTransformer(pd.DataFrame.abs), LogisticRegression(max_iter=5_000))
    model.fit(rows, rows.index % 2)
    with pytest.raises(FlavourError, match='flavour="pickle"'):
        flavours.save(model, tmp_path / "skops")
    meta = flavours.save(model, tmp_path / "saved", flavour="pickle")
    assert meta["model_class"] == "sklearn.pipeline.Pipeline"
    assert {"scikit-learn", "pandas", "numpy"} <= set(meta["libraries"])
    loaded = flavours.load("pickle", tmp_path / "saved")
    assert np.array_equal(flavours.predict("pickle", loaded, rows), model.predict(rows))
    assert flavours.predict("pickle", loaded, rows.to_dict("records")[0]).tolist() == model.predict(rows[:1]).tolist()


def test_nothing_is_pickled_unasked_and_all_that_is_code_says_so() -> None:
    assert flavours.detect(LogisticRegression()) == "sklearn"
    assert [one.NAME for one in flavours.FLAVOURS if flavours.runs_code(one.NAME)] == ["torch", "pickle", "python"]


def test_a_class_of_the_script_itself_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OF_A_SCRIPT, str(tmp_path / "saved")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "a class or function of the script itself" in done.stdout
    assert not any((tmp_path / "saved").iterdir())


def test_what_has_no_pickle_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FlavourError, match="cannot be pickled"):
        flavours.save(lambda x: x, tmp_path / "saved", flavour="pickle")
    (tmp_path / "model.pkl").write_bytes(b"no pickle")
    with pytest.raises(FlavourError, match="cannot be loaded"):
        flavours.load("pickle", tmp_path)
    with pytest.raises(FlavourError, match=r"There is no model\.pkl"):
        flavours.load("pickle", tmp_path / "nowhere")
