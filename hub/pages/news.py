"""What changed in a project, told from the log: what people would tell each other, not every write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vitrina.hub.pages.paths import href
from vitrina.store.records import Change

TOLD = {
    "logged": "logged",
    "promoted": "promoted",
    "aliased": "named",
    "published": "published",
    "froze": "froze",
    "failed": "saw fail",
    "crashed": "saw crash",
    "succeeded": "finished",
}
"""Actions worth telling, and the verb for them."""

NOUNS = frozenset({"run", "model", "dataset", "artifact", "app", "report", "version"})


@dataclass(frozen=True)
class Item:
    by: str
    verb: str
    noun: str
    text: str
    href: str
    tail: str
    """What follows the thing: ` to production`, ` @champion`."""

    at: datetime


def news(changes: Sequence[Change], *, limit: int) -> list[Item]:
    """The newest first, each thing once."""
    told: dict[tuple[str, str], Item] = {}
    for change in changes:
        verb = TOLD.get(change.action)
        if verb is None or change.kind not in NOUNS or "#" in change.ref:
            continue
        told.setdefault((change.ref, verb), _item(change, verb))
    return list(told.values())[:limit]


def _item(change: Change, verb: str) -> Item:
    name = change.data.get("name")
    tail = {"promoted": f" to {name}" if name else " out of its stage", "aliased": f" @{name}"}.get(change.action, "")
    return Item(
        by=change.by or "somebody",
        verb=verb,
        noun=change.kind,
        text=_short(change.ref),
        href=href(change.ref),
        tail=tail,
        at=change.at,
    )


def _short(ref: str) -> str:
    """`acme/churn/models/classifier@1.3.0` as `classifier 1.3.0`; an app as its name."""
    last = ref.rpartition("/")[2] if not ref.endswith("/readme") else "the README"
    return last.replace("@", " ")
