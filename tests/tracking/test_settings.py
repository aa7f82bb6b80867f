"""What the environment says, and what is refused of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina import tracking
from vitrina.store.errors import VitrinaError
from vitrina.store.names import BadNameError, ReservedNameError
from vitrina.tracking.settings import BadSettingError, read_settings


def test_without_an_environment_it_is_the_embedded_store_and_the_default_project() -> None:
    settings = read_settings(environment={})
    assert settings.place.url == f"sqlite:///{Path.home() / '.vitrina' / 'store.db'}"
    assert (settings.owner, settings.project, settings.run, settings.is_disabled) == ("local", "default", None, False)


def test_the_environment_says_where_and_what() -> None:
    settings = read_settings(
        environment={
            "VITRINA_HOME": "/data/vitrina",
            "VITRINA_PROJECT": "Acme/Churn",
            "VITRINA_RUN": "abc",
            "VITRINA_MODE": "Disabled",
        }
    )
    assert settings.place.url == "sqlite:////data/vitrina/store.db"
    assert (settings.owner, settings.project, settings.run, settings.is_disabled) == ("acme", "churn", "abc", True)


@pytest.mark.parametrize(
    ("owner", "project", "found"),
    [
        (None, "demo/tumours", ("demo", "tumours")),
        ("demo", "tumours", ("demo", "tumours")),
        ("demo", "demo/tumours", ("demo", "tumours")),
        (None, "tumours", ("acme", "tumours")),
        ("demo", None, ("demo", "churn")),
        (None, None, ("acme", "churn")),
    ],
)
def test_arguments_win_over_the_environment(owner: str | None, project: str | None, found: tuple[str, str]) -> None:
    settings = read_settings(owner=owner, project=project, environment={"VITRINA_PROJECT": "acme/churn"})
    assert (settings.owner, settings.project) == found


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            {"VITRINA_MODE": "offline"},
            "VITRINA_MODE is 'offline', which cannot be used. This release does not log offline",
        ),
        ({"VITRINA_MODE": "maybe"}, "VITRINA_MODE is 'maybe', which cannot be used. Use online or disabled."),
        ({"VITRINA_URL": "https://hub.acme.org"}, "VITRINA_URL is 'https://hub.acme.org', which cannot be used"),
    ],
)
def test_what_this_release_cannot_do_is_said_in_one_line(environment: dict[str, str], said: str) -> None:
    with pytest.raises(BadSettingError) as caught:
        read_settings(environment=environment)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_offline_runs_are_refused_at_the_call() -> None:
    with pytest.raises(BadSettingError, match="does not log offline"):
        tracking.init(is_offline=True)


def test_two_owners_are_one_too_many() -> None:
    with pytest.raises(BadSettingError, match="It names another owner than 'demo'"):
        read_settings(owner="demo", project="acme/churn", environment={})


@pytest.mark.parametrize(
    ("project", "error"), [("acme/My project", BadNameError), ("api/churn", ReservedNameError), ("a/b/c", VitrinaError)]
)
def test_names_that_no_project_can_have_are_refused(project: str, error: type[VitrinaError]) -> None:
    with pytest.raises(error):
        read_settings(project=project, environment={})
