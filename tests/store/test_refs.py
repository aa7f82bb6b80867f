"""The grammar of references."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.store.refs import BadReferenceError, Noun, Part, Ref, is_ref, parse_ref

READ = [
    ("acme/churn", Ref("acme", "churn")),
    ("ACME/Churn", Ref("acme", "churn")),
    ("acme/churn/runs/9f3c2a1b", Ref("acme", "churn", Noun.RUN, "9f3c2a1b")),
    ("acme/churn/runs/my%20run", Ref("acme", "churn", Noun.RUN, "my run")),
    ("acme/churn/models/classifier", Ref("acme", "churn", Noun.MODEL, "classifier")),
    ("acme/churn/models/classifier@^1.2", Ref("acme", "churn", Noun.MODEL, "classifier", "^1.2")),
    ("acme/churn/models/classifier@>=1.0.0 <2", Ref("acme", "churn", Noun.MODEL, "classifier", ">=1.0.0 <2")),
    ("acme/churn/datasets/customers@2.0.0", Ref("acme", "churn", Noun.DATASET, "customers", "2.0.0")),
    ("acme/churn/artifacts/tokenizer@latest", Ref("acme", "churn", Noun.ARTIFACT, "tokenizer", "latest")),
    (
        "acme/churn/models/classifier@1.3.0/apps/what-if",
        Ref("acme", "churn", Noun.MODEL, "classifier", "1.3.0", app="what-if"),
    ),
    (
        "acme/churn/models/classifier@1.3.0/apps/what-if@2",
        Ref("acme", "churn", Noun.MODEL, "classifier", "1.3.0", app="what-if", app_revision=2),
    ),
    ("acme/churn/reports/q3-review@4", Ref("acme", "churn", Noun.REPORT, "q3-review", "4")),
    ("acme/churn/readme", Ref("acme", "churn", readme=True)),
    (
        "acme/churn/models/classifier@1.0.0/readme@4",
        Ref("acme", "churn", Noun.MODEL, "classifier", "1.0.0", readme=True, readme_snapshot=4),
    ),
    ("acme/churn/reviews/17", Ref("acme", "churn", Noun.REVIEW, "17")),
    (
        "acme/churn/runs/abc#metrics.val/auc",
        Ref("acme", "churn", Noun.RUN, "abc", part=Part("metrics", "val/auc", is_value=True)),
    ),
    ("acme/churn/runs/abc#params.lr", Ref("acme", "churn", Noun.RUN, "abc", part=Part("inputs", "lr", is_value=True))),
    ("acme/churn/runs/abc#charts/roc.svg", Ref("acme", "churn", Noun.RUN, "abc", part=Part("charts", "roc.svg"))),
    ("acme/churn/runs/abc#charts", Ref("acme", "churn", Noun.RUN, "abc", part=Part("charts"))),
    (
        "acme/churn/models/m@1.1.0?with=1.0.0&with=^2#charts/loss",
        Ref("acme", "churn", Noun.MODEL, "m", "1.1.0", part=Part("charts", "loss"), others=("1.0.0", "^2")),
    ),
    (
        "http://localhost:8400/acme/churn/models/m@1.1.0?with=1.0.0#charts/loss",
        Ref("acme", "churn", Noun.MODEL, "m", "1.1.0", part=Part("charts", "loss"), others=("1.0.0",)),
    ),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_it_reads(text: str, expected: Ref) -> None:
    assert parse_ref(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "at least owner/project"),
        ("acme", "at least owner/project"),
        ("acme/churn/things/x", "none of runs"),
        ("acme/churn/models", "there must be a name"),
        ("acme/churn/models/m@", "after @"),
        ("acme/churn/models/m@1.0.0/files/x", "nothing below models"),
        ("acme/churn/models/m@1.0.0/apps/a@new", "number of a revision"),
        ("acme/churn/reports/q3@four", "number of a snapshot"),
        ("acme/churn/reviews/first", "its number"),
        ("acme/ch urn", "no name"),
        ("../../etc/passwd", "no name"),
        ("ftp://host/acme/churn", "no scheme of a hub"),
        ("acme/churn#metrics.", "names no part"),
    ],
)
def test_it_refuses_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(BadReferenceError, match=why):
        parse_ref(text)


def test_a_url_of_another_host_is_no_reference_where_the_hub_is_known() -> None:
    assert is_ref("http://localhost:8400/acme/churn", hub_url="http://localhost:8400")
    assert not is_ref("http://example.org/acme/churn", hub_url="http://localhost:8400")


names = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,63}", fullmatch=True)
free = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20)


@given(
    st.builds(
        Ref,
        owner=names,
        project=names,
        noun=st.just(Noun.MODEL),
        name=names,
        selector=st.sampled_from(["1.0.0", "^1.2", ">=1 <2", "latest", "champion"]),
        app=st.none(),
        part=st.none()
        | st.builds(Part, section=st.just("charts"), name=free)
        | st.just(Part("metrics", "val/a.b", True)),
        others=st.lists(st.sampled_from(["1.0.0", "^2", "~1.1"]), max_size=3).map(tuple),
    )
)
def test_what_is_written_is_read_back(ref: Ref) -> None:
    assert parse_ref(str(ref)) == ref


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        ref = parse_ref(text)
    except BadReferenceError:
        return
    assert parse_ref(str(ref)) == ref
