"""The seam of embeds: one suite over all of them."""

from __future__ import annotations

from typing import Any

import pytest

from vitrina.reports.document import Document, Form, Place
from vitrina.reports.embeds import registry
from vitrina.reports.embeds.embed import Asked, Embed
from vitrina.reports.parsing import parse
from vitrina.reports.resolving import resolve
from vitrina.reports.shelf import Reader
from vitrina.reports.shown import Broken, Card, Chip, Figure, Icon, Value
from vitrina.store.opening import Store
from vitrina.store.refs import parse_ref

MODEL = "acme/churn/models/classifier@1.2.0"
SHOWN_BY = {
    "value": (f"a [0.9]({MODEL}#metrics.auc)", Value),
    "chip": (f"a [b]({MODEL})", Chip),
    "chart": (f"![a]({MODEL}#charts/roc)", Figure),
    "image": (f"![a]({MODEL}#images/worst)", Figure),
    "table": (f"![a]({MODEL}#tables/errors)", Figure),
    "logged": (f"![a]({MODEL}#texts/notes)", Figure),
    "runs": ("```runs\n```", Figure),
    "app": (f"{MODEL}/apps/what-if", Card),
    "report": ("acme/churn/reports/q3-review", Card),
    "model": (MODEL, Card),
    "dataset": ("acme/churn/datasets/customers", Card),
    "run": ("acme/churn/runs/calm-otter", Card),
    "project": ("[x](acme/churn)", Card),
}


def read(store: Store, text: str) -> Document:
    return resolve(parse(text), Reader(store, home=parse_ref("acme/churn")))


def name_of(embed: Any) -> str:
    return str(embed.__name__).rpartition(".")[2]


@pytest.mark.parametrize("name", [name_of(embed) for embed in registry.EMBEDS if name_of(embed) != "artifact"])
def test_each_embed_shows_what_it_claims(name: str, sample: Store) -> None:
    text, form = SHOWN_BY[name]
    assert isinstance(read(sample, text).shown[0], form)


def test_an_artifacts_card_is_like_a_models(own_store: Store, tmp_path: Any) -> None:
    from vitrina.store.refs import Noun
    from vitrina.store.registry import Draft

    file = tmp_path / "tokens.json"
    file.write_text("{}")
    project = own_store.projects.get("acme", "churn")
    own_store.registry.log(
        project, Noun.ARTIFACT, "tokenizer", Draft([("tokens.json", file)]), run=None, version="1.0.0"
    )
    card = read(own_store, "acme/churn/artifacts/tokenizer").shown[0]
    assert isinstance(card, Card)
    assert (card.title, card.icon) == ("tokenizer 1.0.0", Icon.ARTIFACT)


@pytest.mark.parametrize("embed", registry.EMBEDS, ids=name_of)
def test_each_embed_keeps_the_contract(embed: Embed) -> None:
    assert embed.NAME
    nothing = Asked(Place(0, Form.CARD, 1, Broken("thing", ""), ""), (), None, None)
    assert embed.claims(nothing) is False


def test_another_packages_embed_is_asked_first(sample: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class Weather:
        NAME = "weather"

        def claims(self, asked: Asked) -> bool:
            return asked.part is not None and asked.part.section == "weather"

        def show(self, asked: Asked, shelf: Any) -> Chip:
            return Chip(Icon.PROJECT, "rain", asked.thing.ref)

    monkeypatch.setattr(registry, "entry_points", lambda group: [Point(Weather())] if group == "vitrina.embeds" else [])
    registry.embeds.cache_clear()
    try:
        shown = read(sample, "![x](acme/churn#weather/today)").shown[0]
    finally:
        registry.embeds.cache_clear()
    assert isinstance(shown, Chip)
    assert shown.name == "rain"


def test_another_packages_embed_that_does_not_load_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: [Point(None)])
    registry.embeds.cache_clear()
    try:
        assert registry.embeds() == registry.EMBEDS
    finally:
        registry.embeds.cache_clear()


def test_an_embed_that_fails_costs_its_place_only(sample: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        NAME = "failing"

        def claims(self, asked: Asked) -> bool:
            return True

        def show(self, asked: Asked, shelf: Any) -> Chip:
            raise RuntimeError("a mistake")

    monkeypatch.setattr(registry, "entry_points", lambda group: [Point(Failing())])
    registry.embeds.cache_clear()
    try:
        document = read(sample, "Text.\n\nacme/churn/models/classifier\n")
    finally:
        registry.embeds.cache_clear()
    assert isinstance(document.shown[0], Broken)
    assert "a mistake" not in document.shown[0].why


class Point:
    """An entry point."""

    def __init__(self, embed: object) -> None:
        self.name = self.value = "weather"
        self.embed = embed

    def load(self) -> object:
        if self.embed is None:
            raise ImportError("no such module")
        return self.embed
