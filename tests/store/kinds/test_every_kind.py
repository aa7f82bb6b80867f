"""What every kind keeps to, tried with one value of everything that can be logged."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitrina.store import kinds
from vitrina.store.errors import VitrinaError
from vitrina.store.kinds import KINDS, KindError, Section, Taken


def take(sample: Any, folder: Path) -> Taken:
    named = {} if sample.is_found else {"kind": sample.kind}
    return kinds.take(sample.make(folder), **named, **sample.options)


def bytes_of(taken: Taken) -> bytes:
    return taken.payload if isinstance(taken.payload, bytes) else taken.payload.read_bytes()


def strict_json(text: bytes | str) -> Any:
    """Like a browser's: NaN and Infinity are not JSON."""

    def refuse(token: str) -> None:
        raise AssertionError(f"{token} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_it_is_taken_by_its_kind(sample: Any, tmp_path: Path) -> None:
    taken = take(sample, tmp_path)
    assert taken.kind == sample.kind
    assert kinds.section(taken.kind) in set(Section)
    assert taken.media_type
    assert taken.extension == "" or taken.extension.startswith(".")


def test_its_summary_is_a_small_json_object(sample: Any, tmp_path: Path) -> None:
    taken = take(sample, tmp_path)
    text = json.dumps(taken.summary, allow_nan=False)
    assert strict_json(text) == taken.summary
    assert len(text) < 20_000


def test_its_payload_is_valid_json_where_it_says_so(sample: Any, tmp_path: Path) -> None:
    taken = take(sample, tmp_path)
    if taken.media_type.endswith("json"):
        assert isinstance(strict_json(bytes_of(taken)), dict)


def test_it_is_shown_as_its_view(sample: Any, tmp_path: Path) -> None:
    taken = take(sample, tmp_path)
    view = kinds.view(taken.kind, taken.summary, bytes_of(taken))
    assert type(view) is sample.view
    assert is_dataclass(view)
    if sample.view.__name__ in ("VegaView", "PlotlyView", "BokehView"):
        json.dumps(asdict(view), allow_nan=False)


def test_taking_it_twice_gives_the_same(sample: Any, tmp_path: Path) -> None:
    assert take(sample, tmp_path) == take(sample, tmp_path)


def test_the_summary_of_the_store_is_enough_to_show_it(sample: Any, tmp_path: Path) -> None:
    """A summary comes back from a JSON column, where tuples are lists and keys are texts."""
    taken = take(sample, tmp_path)
    again = json.loads(json.dumps(taken.summary))
    shown = kinds.view(taken.kind, again, bytes_of(taken))
    assert type(shown) is sample.view


def test_there_is_a_sample_of_every_kind(samples: list[Any]) -> None:
    assert {sample.kind for sample in samples} == {kind.NAME for kind in KINDS}


def test_names_of_kinds_are_words_of_a_reference() -> None:
    for kind in KINDS:
        assert kind.NAME.lower() == kind.NAME
        assert " " not in kind.NAME


@pytest.mark.parametrize("kind", [kind.NAME for kind in KINDS])
@pytest.mark.parametrize("value", [3, None, object(), {1: 2}], ids=["number", "none", "object", "dict"])
def test_what_cannot_be_taken_is_refused_with_what_can(kind: str, value: object) -> None:
    with pytest.raises(VitrinaError) as refused:
        kinds.take(value, kind=kind, argument="data")
    assert refused.value.hint
    assert "`data`" in str(refused.value)


def test_an_unknown_value_names_all_kinds() -> None:
    with pytest.raises(KindError, match="of type object, which no kind takes") as refused:
        kinds.take(object())
    for kind in KINDS:
        assert kind.NAME in str(refused.value)


def test_an_unknown_option_is_refused_with_those_there_are() -> None:
    with pytest.raises(KindError, match=r"no option 'fps'\. It has: language"):
        kinds.take("text", fps=3)


def test_an_unknown_kind_is_not_found() -> None:
    with pytest.raises(VitrinaError, match="There is no kind of logged object called 'poem'"):
        kinds.section("poem")


JSON_LIKE = st.recursive(st.none() | st.floats() | st.text(), st.lists).map(repr).map(str.encode)


@pytest.mark.parametrize("kind", ["chart", "table", "curve", "confusion-matrix", "histogram"])
@given(
    payload=st.binary(max_size=200)
    | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(repr).map(str.encode)
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_damaged_payload_gives_an_error_of_ours(kind: str, payload: bytes) -> None:
    for library in ("vega-lite", "plotly", "bokeh"):
        with pytest.raises(KindError):
            kinds.view(kind, {"library": library}, payload)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("curve", b'{"form": "roc", "x": [1], "y": ["a"]}'),
        ("curve", b'{"form": "spiral", "x": [1], "y": [1]}'),
        ("confusion-matrix", b'{"labels": ["a"], "matrix": [[1, 2]]}'),
        ("histogram", b'{"counts": [1], "edges": [1]}'),
        ("histogram", b'{"counts": 1, "edges": [1]}'),
    ],
)
def test_a_payload_of_the_wrong_shape_gives_an_error_of_ours(kind: str, payload: bytes) -> None:
    with pytest.raises(KindError):
        kinds.view(kind, {}, payload)


def test_importing_loads_no_heavy_library() -> None:
    heavy = "numpy pandas polars pyarrow PIL plotly bokeh altair matplotlib sklearn sqlalchemy vl_convert"
    code = (
        "import sys; from vitrina.store import kinds, charts, profile, signature, flavours; "
        "kinds.take('text'); kinds.view('text', {}, b'text'); "
        f"print([name for name in {heavy.split()} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
