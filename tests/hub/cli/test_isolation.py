"""`vitrina hub --isolation`: a level is given or refused, never replaced by a weaker one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from vitrina.apps.levels import Level
from vitrina.apps.trial import available
from vitrina.hub.cli.hub import Isolation
from vitrina.hub.serving import say_level


def test_every_level_can_be_asked_for() -> None:
    assert get_args(Isolation) == ("auto", *Level)


@pytest.mark.slow
def test_a_level_that_this_machine_cannot_give_stops_the_hub(
    vitrina: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said = vitrina("hub", "--home", tmp_path / "home", "--port", "0", "--isolation", "sandbox")
    assert said.code == 1
    assert said.err.startswith(
        "vitrina: Apps cannot be isolated by 'sandbox' here: bubblewrap is not installed. It takes bubblewrap"
    )
    assert not list((tmp_path / "home").glob("*.db*")), "no store was made"


def test_a_level_that_there_is_not_is_wrong_usage(vitrina: Any) -> None:
    assert vitrina("hub", "--isolation", "castle").code == 2


@pytest.mark.parametrize(
    ("lacking", "level", "said"),
    [
        ({}, Level.SANDBOX, "Apps are isolated by 'sandbox', the strongest level there is."),
        ({}, Level.PROCESS, "Apps are isolated by 'process', as it was asked for; this machine could do 'sandbox'."),
        (
            {Level.SANDBOX: "bubblewrap is not installed."},
            Level.LANDLOCK,
            "Apps are isolated by 'landlock', the strongest that this machine can. "
            "Not by 'sandbox': bubblewrap is not installed.",
        ),
    ],
)
def test_the_hub_says_at_its_start_what_is_on(lacking: dict[Level, str], level: Level, said: str) -> None:
    assert say_level(available(lacking.get), level) == said
