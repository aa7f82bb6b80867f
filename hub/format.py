"""Numbers, sizes, durations, dates and digests as people read them (docs: LOOK.md, "Numbers and dates").

Every function is pure: values in, text out. The clock and the reader's time zone are arguments. How a single number is
set is the store's (`store.charts.numbers`), so that pages, charts and reports show the same figures. Text is plain;
what ends in `_tag` makes an element and answers with safe markup.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import arrow
from markupsafe import Markup, escape

from vitrina.store.charts import numbers

THIN = numbers.THIN_SPACE
MISSING = numbers.MISSING
NOTHING = Markup('<span class="none">–</span>')

Number = int | float


@dataclass(frozen=True)
class Precision:
    """How many decimals the figures of one column have, so that they can be compared digit by digit."""

    decimals: int

    def show(self, value: Number | None) -> str:
        """`value` in this precision; `–` for what is missing, `NaN`, `∞`, and a bare `0` for zero."""
        shown = numbers.number(value, decimals=self.decimals)
        return shown if _has_figure(shown) or not _is_finite(value) else "0"

    def show_change(self, value: Number | None) -> str:
        """A difference with its sign, `+0.016` or `−0.006`; what rounds to nothing is `0`."""
        if value is not None and math.isfinite(value) and round(value, self.decimals) == 0:
            return "0"
        shown = self.show(value)
        return f"+{shown}" if value is not None and value > 0 else shown


def precision_of(values: Sequence[Number | None]) -> Precision:
    """The precision that fits a column: three significant digits, more where the best would look the same."""
    return Precision(numbers.decimals(values))


def number(value: Number | None) -> str:
    """One number by itself, to three significant digits; a whole number keeps all of its own."""
    return numbers.number(value)


def given(value: object) -> str:
    """A value that a person gave (a parameter): text and whole numbers as they are, fractions to six significant
    digits, no zeros added."""
    match value:
        case None:
            return MISSING
        case bool():
            return "true" if value else "false"
        case int():
            return whole(value)
        case float():
            is_plain = _is_finite(value) and numbers.SMALLEST <= abs(value) < numbers.LARGEST
            return _without_zeros(numbers.number(value, decimals=_places(value))) if is_plain else number(value)
        case _:
            return str(value)


def full(value: Number | None) -> str:
    """Every digit that is known, for hover and copy, written as programs read it."""
    return MISSING if value is None else repr(value)


def percent(ratio: Number | None, decimals: int = 1) -> str:
    """`0.384` as `38.4 %`; whole per cents lose their zeros."""
    if ratio is None or not _is_finite(ratio):
        return number(ratio)
    return f"{_without_zeros(Precision(decimals).show(ratio * 100))}{THIN}%"


def points(difference: Number) -> str:
    """A difference of two ratios in percentage points: `+1.6 pp`."""
    return f"{Precision(1).show_change(difference * 100)}{THIN}pp"


def size(size_bytes: int | None) -> str:
    """A size in steps of 1000, two or three digits: `412 B`, `6.4 MB`, `128 kB`."""
    if size_bytes is None:
        return MISSING
    if size_bytes < 1000:
        return f"{size_bytes}{THIN}B"
    amount = float(size_bytes)
    for unit in ("kB", "MB", "GB", "TB", "PB"):
        amount /= 1000
        decimals = 1 if amount < 9.95 else 0
        if round(amount, decimals) < 1000:
            return f"{amount:.{decimals}f}{THIN}{unit}"
    return f"{amount:.0f}{THIN}PB"


def duration(seconds: Number | None) -> str:
    """How long something took: `36 ms`, `1.4 s`, `21 s`, `14 min 08 s`, `3 h 05 min`, `2 d 03 h`."""
    if seconds is None:
        return MISSING
    if seconds < 0.0995:
        return f"{round(seconds * 1000)}{THIN}ms"
    if seconds < 9.95:
        return f"{seconds:.1f}{THIN}s"
    whole = round(seconds)
    for step, unit, below_step, below in ((86_400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= step:
            count, rest = divmod(whole, step)
            return f"{count}{THIN}{unit} {rest // below_step:02d}{THIN}{below}"
    return f"{whole}{THIN}s"


def count(amount: int, one: str, many: str | None = None) -> str:
    """A counted noun: `1 version`, `1 284 runs`. The plural is the noun with an s unless it is given."""
    return f"{whole(amount)} {one if amount == 1 else many or one + 's'}"


def whole(amount: int) -> str:
    """A count, every digit of it: `1 284`, `12 000 000`."""
    return f"{amount:,}".replace(",", THIN).replace("-", numbers.MINUS)


# Dates. What arrives has a zone (the store's is UTC); what is shown is in the reader's.


@dataclass(frozen=True)
class Clock:
    """The moment and the zone in which one page is read."""

    now: datetime
    zone: tzinfo

    def ago(self, then: datetime) -> str:
        """`then` as one says it: just now, 12 minutes ago, 3 hours ago, yesterday, Friday, 12 Nov, 12 Nov 2025."""
        return _said(arrow.get(then).to(self.zone), arrow.get(self.now).to(self.zone))

    def day(self, then: datetime) -> str:
        """The bare date, `12 Nov 2026`."""
        return arrow.get(then).to(self.zone).format("D MMM YYYY")

    def exact(self, then: datetime) -> str:
        """`20 Nov 2026, 14:21:01 CET`."""
        local = arrow.get(then).to(self.zone)
        return f"{local.format('D MMM YYYY, HH:mm:ss')} {local.tzname() or 'UTC'}"

    def time_tag(self, then: datetime | None) -> Markup:
        """`then` as a `<time>` element: said, machine-readable, exact on hover. Missing is a dash."""
        if then is None:
            return NOTHING
        instant = arrow.get(then).to("UTC").format("YYYY-MM-DDTHH:mm:ss[Z]")
        return Markup('<time datetime="{}" title="{}">{}</time>').format(instant, self.exact(then), self.ago(then))


_HOURS_KEPT_OVER_MIDNIGHT = 12  # at one in the morning, eleven at night is "2 hours ago", not "yesterday"


def _said(then: arrow.Arrow, now: arrow.Arrow) -> str:
    passed = now - then
    days = (now.date() - then.date()).days
    if passed < timedelta(seconds=-60):
        return then.format("D MMM YYYY, HH:mm")
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return count(int(passed.total_seconds() // 60), "minute") + " ago"
    if days == 0 or passed < timedelta(hours=_HOURS_KEPT_OVER_MIDNIGHT):
        return count(int(passed.total_seconds() // 3600), "hour") + " ago"
    if days == 1:
        return "yesterday"
    if days < 7:
        return then.format("dddd")
    return then.format("D MMM" if then.year == now.year else "D MMM YYYY")


# Digests


def digest(value: str, digits: int = 12) -> str:
    """The first digits of a hash in groups of four; a prefix such as `sha256:` is left out."""
    short = value.rpartition(":")[2][:digits]
    return THIN.join(short[start : start + 4] for start in range(0, len(short), 4))


def digest_tag(value: str | None) -> Markup:
    """A hash as an element: short, whole on hover and for the copy button."""
    if not value:
        return NOTHING
    return Markup('<code class="hash" title="{0}" data-copy="{0}">{1}</code>').format(value, digest(value))


def number_tag(shown: str, value: Number | None) -> Markup:
    """A figure as an element: what is not a number in the colour of what is missing, the full value on hover."""
    if value is None or not math.isfinite(value):
        return Markup('<span class="none">{}</span>').format(shown)
    whole = full(value)
    return escape(shown) if whole == shown else Markup('<span title="{}">{}</span>').format(whole, shown)


# Inside


def _is_finite(value: Number | None) -> bool:
    return value is not None and math.isfinite(value)


def _places(value: Number) -> int:
    """Decimals that give six significant digits."""
    return max(0, numbers.MOST_DIGITS - 1 - math.floor(math.log10(abs(value))))


def _without_zeros(shown: str) -> str:
    return shown.rstrip("0").rstrip(".") if "." in shown and "×" not in shown else shown


def _has_figure(shown: str) -> bool:
    return any(figure in shown for figure in "123456789")
