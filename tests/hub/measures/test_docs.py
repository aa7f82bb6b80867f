"""docs/measures.md says what the code does: every family has a row, every row a family."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families as parsed

from vitrina.apps.launchers.memory import MemoryLauncher
from vitrina.apps.supervisor import Supervisor
from vitrina.hub import keyfile
from vitrina.hub.measures import book, scrape
from vitrina.hub.measures import told as tellings
from vitrina.hub.measures.families import Kind, as_text
from vitrina.hub.measures.front import FrontMeasures
from vitrina.hub.measures.requests import Requests
from vitrina.hub.proxy.passes import LIFE
from vitrina.hub.state import PortalState
from vitrina.store.usage import SHOWN_DAYS
from vitrina.store.use import VIEWERS_KEPT

PAGE = (Path(__file__).parents[3] / "docs" / "measures.md").read_text()


class Line:
    """A front that answers at once, with all that it counts."""

    def __init__(self, told: tellings.Told) -> None:
        self._told = told

    def figures(self) -> tellings.Told:
        return self._told


def test_every_family_has_a_row_with_its_labels_and_every_row_its_family(settings, store) -> None:
    told = FrontMeasures(settings, store).told(Supervisor(MemoryLauncher()), list)
    portal = PortalState(
        settings=settings,
        store=store,
        sessions=None,  # type: ignore[arg-type]  nobody asks
        documents=None,  # type: ignore[arg-type]
        front=Line(told),  # type: ignore[arg-type]
        clock=store.database.clock,
        requests=Requests(),
        metrics_key="",
    )
    families = list(scrape.families(portal, scrape.Scope.NAMES))
    assert len(list(parsed(as_text(families).decode()))) == len(families)
    ends = {Kind.COUNTER: "_total", Kind.GAUGE: "", Kind.HISTOGRAM: ""}
    named = {f"vitrina_{one.name}{ends[one.kind]}" for one in families}
    rows = {found[1]: found[2] for found in re.finditer(r"^\| `(vitrina_\w+)` \| ([^|]*) \|", PAGE, re.MULTILINE)}
    rows |= dict.fromkeys(re.findall(r"^\| `(vitrina_\w+)` \| \|", PAGE, re.MULTILINE), "")
    assert named == rows.keys()
    labelled = {one.name: set[str]().union(*(sample.labels for sample in one.samples)) for one in families}
    for family in families:
        given = set(rows[f"vitrina_{family.name}{ends[family.kind]}"].replace(" ", "").split(",")) - {""}
        assert labelled[family.name] - {"le"} <= given, family.name


def test_figures_and_names_are_those_of_the_code() -> None:
    assert f"After {VIEWERS_KEPT.days} days" in PAGE
    assert f"the last {SHOWN_DAYS} days" in PAGE
    assert f"up to {book.MOST_VIEWERS:,} of them" in PAGE
    assert book.EVERY_S == 5
    assert "every five seconds" in PAGE
    assert f"within {LIFE.seconds // 3600} hours" in PAGE
    for header in scrape.SAID_BY_PROXIES:
        assert f"`{header}`" in PAGE.lower()
    for name in (keyfile.METRICS, keyfile.SECRET):
        assert f"VITRINA_HOME/{name}" in PAGE
