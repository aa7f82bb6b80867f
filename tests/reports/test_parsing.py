from __future__ import annotations

import pytest

from vitrina.reports.document import Form, Place, Severity, TextTooLongError
from vitrina.reports.parsing import LONGEST_TEXT, MOST_PLACES, parse
from vitrina.reports.queries import ChartQuery
from vitrina.reports.shown import Broken
from vitrina.store.refs import Part, Ref

MODEL = "acme/churn/models/classifier@1.2.0"


def only(text: str, **settings: str) -> Place:
    (place,) = parse(text, **settings).places
    return place


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (f"![Loss]({MODEL}#charts/loss)", Form.FIGURE),
        (f"See ![Loss]({MODEL}#charts/loss) here", Form.CHIP),
        (f"See [it]({MODEL}) here", Form.CHIP),
        (f"At [0.9]({MODEL}#metrics.auc) now", Form.VALUE),
        (MODEL, Form.CARD),
        (f"[it]({MODEL})", Form.CARD),
        (f"<http://localhost:8400/{MODEL}>", Form.CARD),
        (f"http://localhost:8400/{MODEL}", Form.CARD),
        (f"/{MODEL}", Form.CARD),
        (f"> {MODEL}", Form.CARD),
        (f"- {MODEL}", Form.CHIP),
        (f"- [0.9]({MODEL}#metrics.auc)", Form.VALUE),
        (f"| a |\n|---|\n| {MODEL} |", Form.CHIP),
        ("```chart\nmetric: auc\n```", Form.QUERY),
        ("acme/churn/models/classifier@^1.2?with=1.0.0&with=~1.1#charts/val_loss", Form.CARD),
    ],
)
def test_the_form_is_told_from_where_a_reference_stands(text: str, form: Form) -> None:
    assert only(text).form is form


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/acme/churn",
        "[x](https://example.org/acme/churn/models/m)",
        "[x](#background)",
        "![x](https://example.org/x.png)",
        "[x](mailto:a@example.org)",
        "classifier@1.3.0 was better",
        "/search/results",
        "`acme/churn`",
        "    acme/churn",
        "```\nacme/churn\n```",
        "```python\nmetric: auc\n```",
    ],
)
def test_what_names_nothing_of_the_store_is_plain_markdown(text: str) -> None:
    assert parse(text).places == ()


def test_a_hubs_own_address_is_a_reference_where_it_is_known() -> None:
    text = f"https://hub.example.org/{MODEL}"
    assert parse(text).places == ()
    assert only(text, hub_url="https://hub.example.org").target == only(MODEL).target


def test_further_versions_stay_with_the_reference() -> None:
    target = only(f"{MODEL}?with=1.0.0&with=^2#charts/loss").target
    assert isinstance(target, Ref)
    assert target.others == ("1.0.0", "^2")


@pytest.mark.parametrize(
    ("href", "part"),
    [
        ("#charts/roc", Part("charts", "roc")),
        ("#metrics.val/auc", Part("metrics", "val/auc", is_value=True)),
        ("#params.lr", Part("inputs", "lr", is_value=True)),
        ("#charts/ROC%20curve", Part("charts", "ROC curve")),
    ],
)
def test_a_part_alone_is_one_of_what_the_text_is_about(href: str, part: Part) -> None:
    assert only(f"![x]({href})").target == part


def test_two_words_with_a_slash_may_be_no_reference_and_stay_as_they_are() -> None:
    assert not only("either/or").is_sure
    assert only("[x](either/or)").is_sure
    assert only("either/or/models/x").is_sure


def test_places_have_their_lines_also_within_a_paragraph() -> None:
    text = f"# T\n\nOne\ntwo [a]({MODEL})\nthree [b]({MODEL})\n\n{MODEL}\n\n```chart\nmetric: x\n```\n"
    assert [(place.number, place.line) for place in parse(text).places] == [(0, 4), (1, 5), (2, 7), (3, 9)]


def test_pictures_alone_in_a_paragraph_are_figures_each() -> None:
    places = parse(f"![a]({MODEL}#charts/a)\n![b]({MODEL}#charts/b 'B')").places
    assert [(place.form, place.text, place.caption, place.line) for place in places] == [
        (Form.FIGURE, "a", "", 1),
        (Form.FIGURE, "b", "B", 2),
    ]


def test_a_heading_at_the_very_beginning_is_the_title() -> None:
    document = parse("# The *third* quarter\n\n## One\n\n### Two\n\n#### Three\n")
    assert document.title == "The third quarter"
    assert [(each.level, each.text, each.anchor) for each in document.headings] == [
        (2, "One", "doc-one"),
        (3, "Two", "doc-two"),
    ]


def test_headings_go_down_where_the_text_has_several_of_level_one() -> None:
    assert [each.level for each in parse("Text.\n\n# One\n\n## Two\n").headings] == [2, 3]


def test_front_matter_gives_title_summary_and_authors() -> None:
    document = parse("---\ntitle: T\nsummary: S\nauthors: [a, b]\nmodel-index:\n  - {name: x}\n---\n# Heading\n")
    assert (document.title, document.matter.summary, document.matter.authors) == ("T", "S", ("a", "b"))
    assert [each.text for each in document.headings] == ["Heading"]


def test_front_matter_that_is_none_is_left_out_and_noted() -> None:
    (finding,) = parse("---\ntitle: [a\n---\n\nText.\n").findings
    assert finding.severity is Severity.NOTE
    assert "front matter" in finding.message


def test_a_fence_is_read_to_a_query() -> None:
    target = only("```chart\nmetric: auc\ncaption: C\n```").target
    assert isinstance(target, ChartQuery)
    assert (target.metrics, target.head.caption, target.head.lines) == (("auc",), "C", {"metric": 2, "caption": 3})


def test_a_fence_that_cannot_be_read_is_a_finding_with_the_keys_line() -> None:
    document = parse("Text.\n\n```chart\nmetric: auc\nknd: bar\n```\n")
    assert isinstance(document.places[0].target, Broken)
    assert [(one.line, one.message) for one in document.findings] == [
        (5, "`knd` is no key of a chart. Did you mean `kind`?")
    ]


def test_a_picture_of_another_host_is_a_link_and_noted() -> None:
    (finding,) = parse("![x](https://example.org/x.png)").findings
    assert finding.severity is Severity.NOTE


def test_a_picture_beside_the_text_is_an_error() -> None:
    (finding,) = parse("![x](figures/x.png)").findings
    assert finding.severity is Severity.ERROR


def test_a_text_of_more_than_a_million_letters_is_refused() -> None:
    with pytest.raises(TextTooLongError, match="1000001 characters"):
        parse("x" * (LONGEST_TEXT + 1))


def test_what_comes_after_the_most_places_is_not_looked_up() -> None:
    document = parse(f"{MODEL}\n\n" * (MOST_PLACES + 2))
    assert sum(isinstance(place.target, Broken) for place in document.places) == 2
    assert len(document.findings) == 2
