"""`log_model(..., demo=True)`: the apps that nobody wrote come with the version."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from vitrina import tracking
from vitrina.store.demos import NoSignatureError
from vitrina.store.errors import InvalidError
from vitrina.store.opening import Store

TABLE = pd.DataFrame({"bill": [10.0, 20.0, 40.0], "size": [1, 2, 4]})


def tip(rate: float = 0.15) -> LinearRegression:
    return LinearRegression().fit(TABLE, TABLE["bill"] * rate)


def test_a_model_is_logged_with_a_form_and_a_service(any_store: Store) -> None:
    with tracking.run(project="acme/tips", track_env=False):
        tracking.log_dataset("tips", TABLE)
        version = tracking.log_model("tip", tip(), example=TABLE[:2], demo=True)
        again = tracking.log_model("tip", tip(0.2), example=TABLE[:2], demo=True)
    first = any_store.apps.of_versions([version.record.id])[version.record.id]
    second = any_store.apps.of_versions([again.record.id])[again.record.id]
    assert {(app.name, app.framework, app.revision) for app in first} == {("demo", "gradio", 1), ("predict", "asgi", 1)}
    assert {app.bundle for app in first} == {app.bundle for app in second}, "they take the same"


def test_logged_again_it_makes_no_new_revision(store: Store) -> None:
    for _ in range(2):
        with tracking.run(project="acme/tips", track_env=False):
            tracking.log_dataset("tips", TABLE)
            version = tracking.log_model("tip", tip(), example=TABLE[:2], demo=True)
    assert [app.revision for app in store.apps.of_versions([version.record.id])[version.record.id]] == [1, 1]


def test_without_an_example_it_says_to_give_one_and_keeps_nothing(store: Store) -> None:
    with tracking.run(project="acme/tips", track_env=False) as run:
        with pytest.raises(InvalidError, match=r"Give a few rows: .*example=X\[:5\], demo=True"):
            tracking.log_model("tip", tip(), demo=True)
        with pytest.raises(InvalidError, match="register=False makes none"):
            tracking.log_model("tip", tip(), example=TABLE, register=False, demo=True)  # pyright: ignore[reportCallIssue, reportArgumentType]
        assert run.versions == ()


def test_a_file_has_nothing_to_try(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"weights")
    with (
        tracking.run(project="acme/tips", track_env=False),
        pytest.raises(InvalidError, match="A file cannot be asked"),
    ):
        tracking.log_model("tip", path, example=TABLE, demo=True)


def test_a_version_that_exists_without_a_signature_has_no_form(store: Store) -> None:
    with tracking.run(project="acme/tips", track_env=False):
        tracking.log_model("tip", tip())
        with pytest.raises(NoSignatureError, match=r"tip@1\.0\.0 has no signature"):
            tracking.log_model("tip", tip(), example=TABLE, demo=True)


def test_where_nothing_is_kept_there_is_no_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINA_MODE", "disabled")
    with tracking.run(project="acme/tips", track_env=False):
        assert tracking.log_model("tip", tip(), example=TABLE, demo=True).signature is None
