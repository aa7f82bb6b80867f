"""What a dataset's page shows besides its columns: checks, splits, some rows, drift, correlations. No data is read: all
of it was found when it was logged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitrina.hub import format as fmt
from vitrina.hub.pages.foreign import amount, items, mapping
from vitrina.hub.pages.paths import href
from vitrina.store.checks.check import Outcome, Result
from vitrina.store.checks.kept import Checking
from vitrina.store.drift import LITTLE, MUCH, Change, ColumnDrift, drift
from vitrina.store.records import Version
from vitrina.store.refs import Noun

MOST_DRIFTED = 30
MOST_PAIRS = 8
TELLING = 0.3
"""Correlations nearer to 0 are not listed."""

LONGEST = 60
"""Letters of a cell: a preview that a foreign client wrote may hold more."""

MOST_ROWS, MOST_COLUMNS = 20, 40


@dataclass(frozen=True)
class CheckRow:
    title: str
    tone: str
    word: str
    said: str
    examples: str


@dataclass(frozen=True)
class DriftRow:
    name: str
    change: str
    """What became of the column, in words; empty: it is what it was."""

    psi: str
    ks: str
    missing: str
    tone: str
    word: str
    """How far it moved."""


@dataclass(frozen=True)
class Preview:
    heads: Sequence[tuple[str, bool]]
    """(name, whether it is a column of numbers)."""

    first: Sequence[Sequence[str]]
    random: Sequence[tuple[str, Sequence[str]]]
    """(number of the row from 1, cells)."""


@dataclass(frozen=True)
class Shown:
    """The sections of a dataset version; what there is none of is empty."""

    checks: Sequence[CheckRow]
    failed: int
    splits: Sequence[tuple[str, str, str]]
    """(name, rows, share)."""

    preview: Preview | None
    former: str
    """Number of the version that it is compared with; empty: there is none with a profile."""

    former_href: str
    compare: str
    """The command that compares rows too."""

    drift: Sequence[DriftRow]
    steady: int
    """Columns that are not listed, since there are many."""

    pairs: Sequence[tuple[str, str, str]]
    """Columns that go together most, and by how much."""

    estimated: str
    """Which figures are not exact, in words; empty: all are."""


def shown(version: Version, former: Version | None, checking: Checking | None) -> Shown | None:
    """None for what is no dataset."""
    if version.collection.noun is not Noun.DATASET:
        return None
    profile = mapping(version.summary.get("profile"))
    before = mapping(former.summary.get("profile") if former is not None else None)
    drifted = drift(before, profile) if before and profile else []
    is_compared = former is not None and bool(drifted)
    return Shown(
        checks=[_check(result) for result in checking.results] if checking is not None else [],
        failed=len(checking.failed) if checking is not None else 0,
        splits=_splits(version.summary),
        preview=_preview(version.summary),
        former=former.number if former is not None and is_compared else "",
        former_href=href(former.ref) if former is not None else "",
        compare=f"vitrina dataset diff {former.ref} {version.ref}" if former is not None else "",
        drift=[_drift(one) for one in drifted[:MOST_DRIFTED]],
        steady=max(0, len(drifted) - MOST_DRIFTED),
        pairs=_pairs(profile),
        estimated=", ".join(str(one) for one in items(profile.get("estimated"))[:MOST_PAIRS]),
    )


def _check(result: Result) -> CheckRow:
    tone, word = {
        Outcome.PASSED: ("good", "passed"),
        Outcome.FAILED: ("bad", "failed"),
        Outcome.BROKEN: ("bad", "not asked"),
    }[result.outcome]
    return CheckRow(result.title, tone, word, result.said, ", ".join(result.examples))


def _splits(summary: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    rows = {str(name): amount(count) for name, count in mapping(summary.get("splits")).items()}
    total = sum(rows.values())
    return [(name, fmt.whole(int(count)), fmt.percent(count / total)) for name, count in rows.items() if total]


def _preview(summary: Mapping[str, Any]) -> Preview | None:
    kept = mapping(summary.get("preview"))
    names = [str(name) for name in items(kept.get("columns"))[:MOST_COLUMNS]]
    first = [_cells(row) for row in items(kept.get("first"))[:MOST_ROWS]]
    random: list[tuple[str, Sequence[str]]] = []
    for one in items(kept.get("random"))[:MOST_ROWS]:
        pair = items(one)
        if len(pair) == 2 and isinstance(number := pair[0], int):
            random.append((fmt.whole(number + 1), _cells(pair[1])))
    if not names or not first:
        return None
    top = items(items(kept.get("first"))[0])
    heads = [(name, place < len(top) and _is_number(top[place])) for place, name in enumerate(names)]
    return Preview(heads, first, random)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cells(row: object) -> list[str]:
    return [_cell(value) for value in items(row)[:MOST_COLUMNS]]


def _cell(value: object) -> str:
    match value:
        case None:
            return fmt.MISSING
        case bool():
            return "true" if value else "false"
        case int() | float():
            return fmt.given(value)
        case _:
            text = str(value)
            return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _drift(one: ColumnDrift) -> DriftRow:
    tone, word = _verdict(one)
    change = {
        Change.ADDED: f"new: {one.after}",
        Change.REMOVED: f"gone: {one.before}",
        Change.RETYPED: f"{one.before} to {one.after}",
        Change.KEPT: "",
    }[one.change]
    missing = fmt.MISSING
    if one.missing is not None:
        before, after = (fmt.percent(share) for share in one.missing)
        missing = after if before == after else f"{before} to {after}"
    return DriftRow(one.name, change, _figure(one.psi), _figure(one.ks), missing, tone, word)


def _figure(value: float | None) -> str:
    return fmt.MISSING if value is None else f"{value:.2f}"


def _verdict(one: ColumnDrift) -> tuple[str, str]:
    if one.change is not Change.KEPT:
        return "wait", "schema"
    if one.psi is None or one.psi < LITTLE:
        return "", ""
    return ("bad", "much") if one.psi > MUCH else ("wait", "some")


def _pairs(profile: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The pairs of columns whose correlation is furthest from none."""
    kept = mapping(profile.get("correlations"))
    names = [str(name) for name in items(kept.get("columns"))]
    found: list[tuple[float, str, str]] = []
    for row, values in enumerate(items(kept.get("values"))[: len(names)]):
        for column, value in enumerate(items(values)[:row]):
            if isinstance(value, int | float) and not isinstance(value, bool) and TELLING <= abs(value) <= 1:
                found.append((float(value), names[column], names[row]))
    ranked = sorted(found, key=lambda one: -abs(one[0]))[:MOST_PAIRS]
    return [(one, other, f"{value:.2f}".replace("-", "−")) for value, one, other in ranked]


def former_of(version: Version, versions: Sequence[Version]) -> Version | None:
    """The version before this one, among those of its collection, the highest first; None: it is the lowest."""
    place = next((place for place, one in enumerate(versions) if one.id == version.id), len(versions))
    return next((one for one in versions[place + 1 : place + 2]), None)
