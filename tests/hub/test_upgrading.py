"""What an upgrade writes, and what it takes for newer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from vitrina.apps.environments.environments import Environments
from vitrina.hub import upgrading
from vitrina.store.errors import InvalidError
from vitrina.store.requirements import RequirementsError

TEXT = "# of the author\n# requires-python: >=3.11\ngradio[oauth]>=6,<6.1\npandas==2.0 # why\n"


def test_a_requirement_takes_the_place_of_those_of_its_library() -> None:
    new = upgrading.rewritten(TEXT, [upgrading.asked_for("Gradio==6.1"), upgrading.asked_for("numpy")])
    assert new == "# requires-python: >=3.11\nGradio[oauth]==6.1\nnumpy\npandas==2.0\n"
    by_marker = 'dash==2; python_version < "3.11"\ndash==3; python_version >= "3.11"\n'
    assert upgrading.rewritten(by_marker, [Requirement("dash==4")]) == "dash==4\n"


def test_what_is_said_of_a_library() -> None:
    assert upgrading.said_of(TEXT, "gradio") == "<6.1,>=6"
    assert upgrading.said_of("gradio\n", "gradio") == ""
    assert upgrading.said_of(TEXT, "dash") is None


@pytest.mark.parametrize(
    "text", ["", "gradio==6\ndash==4", "not a requirement", "gradio @ https://elsewhere.example/x.whl"]
)
def test_what_is_asked_for_is_one_requirement(text: str) -> None:
    with pytest.raises((InvalidError, RequirementsError)):
        upgrading.asked_for(text)


@pytest.mark.parametrize(
    ("release", "than", "newer"),
    [
        ("gradio==6.1", "==6.0.9", True),
        ("gradio==6.1", "==6.1.0", False),
        ("gradio==6.1", "==6.2", False),
        ("gradio==6.1", ">=6,<7", True),
        ("gradio==6.1", "", True),
    ],
)
def test_newer_than_a_pinned_release(release: str, than: str, newer: bool) -> None:
    assert upgrading.is_newer(Requirement(release), than) is newer


def test_an_app_of_no_one_library_has_to_be_told(shown) -> None:
    assert upgrading.library_of(shown.app) == "gradio"
    with pytest.raises(InvalidError, match="--to NAME==VERSION"):
        upgrading.library_of(replace(shown.app, framework="asgi"))


@pytest.mark.slow
def test_the_newest_is_that_of_the_index_which_goes_with_the_rest(shown, shop, tmp_path: Path) -> None:
    for name, version, wanted in (
        ("gradio", "1.0", ()),
        ("gradio", "2.0", ()),
        ("gradio", "3.0", ("politeness>=2",)),
        ("uvicorn", "0.55", ()),
        ("websockets", "15.0", ()),
    ):
        shop.put(name, version, needs=wanted)
    app = replace(shown.app, requirements="gradio==1.0\npoliteness<2\n")
    environments = Environments(tmp_path / "environments", index=shop.index)
    said: list[str] = []
    assert str(upgrading.newest(app, "gradio", environments, on_step=said.append)) == "gradio==2.0"
    assert said == ["Asking the index for releases."]
    assert environments.list() == []
    environments.close()
