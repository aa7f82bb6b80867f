"""What changed in a project, told from the log: what people would tell each other, not every write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from vitrina.hub.pages.paths import href
from vitrina.store.records import Change


@dataclass(frozen=True)
class Item:
    """A sentence around a link: `local logged model [classifier 1.3.0]`, `Run [brisk-heron] failed`."""

    lead: str
    text: str
    href: str
    tail: str
    at: datetime


def news(changes: Sequence[Change], *, limit: int) -> list[Item]:
    """The newest first, each thing once for each verb. Names of runs come from the entries of their start."""
    names = {change.ref: str(change.data["name"]) for change in changes if change.data.get("name")}
    told: dict[tuple[str, str], Item] = {}
    for change in changes:
        tell = _TELLERS.get((change.action, change.kind))
        if tell is not None and "#" not in change.ref:
            told.setdefault((change.ref, change.action), tell(change, names))
    return list(told.values())[:limit]


def _deed(verb: str) -> Callable[[Change, Mapping[str, str]], Item]:
    def tell(change: Change, names: Mapping[str, str]) -> Item:
        return _item(change, f"{change.by or 'Somebody'} {verb} {change.kind}", _short(change.ref))

    return tell


def _end(change: Change, names: Mapping[str, str]) -> Item:
    name = names.get(change.ref) or _short(change.ref)[:8]
    return _item(change, "Run", name, tail=f" {'is done' if change.action == 'succeeded' else change.action}")


def _promotion(change: Change, names: Mapping[str, str]) -> Item:
    stage = change.data.get("name")
    tail = f" to {stage}" if stage else " out of its stage"
    return _item(change, f"{change.by or 'Somebody'} moved", _short(change.ref), tail=tail)


def _alias(change: Change, names: Mapping[str, str]) -> Item:
    return _item(change, f"{change.by or 'Somebody'} named", _short(change.ref), tail=f" @{change.data.get('name')}")


_TELLERS: Mapping[tuple[str, str], Callable[[Change, Mapping[str, str]], Item]] = {
    ("logged", "model"): _deed("logged"),
    ("logged", "dataset"): _deed("logged"),
    ("logged", "artifact"): _deed("logged"),
    ("logged", "app"): _deed("logged"),
    ("published", "report"): _deed("published"),
    ("froze", "report"): _deed("froze"),
    ("succeeded", "run"): _end,
    ("failed", "run"): _end,
    ("crashed", "run"): _end,
    ("stopped", "run"): _end,
    ("promoted", "version"): _promotion,
    ("aliased", "version"): _alias,
}
"""How an action on a kind of thing is told; what is not here is not news."""


def _item(change: Change, lead: str, text: str, *, tail: str = "") -> Item:
    return Item(lead, text, href(change.ref), tail, change.at)


def _short(ref: str) -> str:
    """`acme/churn/models/classifier@1.3.0` as `classifier 1.3.0`, an app as its name."""
    return "the README" if ref.endswith("/readme") else ref.rpartition("/")[2].replace("@", " ")
