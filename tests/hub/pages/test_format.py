"""Numbers, sizes, durations, dates and digests, as tables: what goes in, what people read."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from vitrina.hub import format as fmt

T = "\u202f"
NOW = datetime(2026, 11, 23, 12, 14, 11, tzinfo=ZoneInfo("Europe/Berlin"))  # a Monday
BERLIN = fmt.Clock(now=NOW, zone=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.913, "0.913"),
        (0.9131579, "0.913"),
        (-0.006, "−0.00600"),
        (0, "0"),
        (-0.0, "0"),
        (7, "7"),
        (7.0, "7"),
        (70.36, "70.4"),
        (1284, f"1{T}284"),
        (999, "999"),
        (-1234567, f"−1{T}234{T}567"),
        (9_999_999, f"9{T}999{T}999"),
        (10_000_000, "1.0 × 10⁷"),
        (3.2e-5, "3.2 × 10⁻⁵"),
        (-1.234e-9, "−1.2 × 10⁻⁹"),
        (1e-4, "0.000100"),
        (0.000123, "0.000123"),
        (6.02e23, "6.0 × 10²³"),
        (1e300, "1.0 × 10³⁰⁰"),
        (None, "–"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_a_number_by_itself(value: float | None, shown: str) -> None:
    assert fmt.number(value) == shown


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([0.913, 0.897, 0.9081], ["0.913", "0.897", "0.908"]),
        ([0.91312, 0.91308, 0.5], ["0.91312", "0.91308", "0.50000"]),
        ([0.123456781, 0.123456789], ["0.123457", "0.123457"]),
        ([14.2, 3.1], ["14.2", "3.1"]),
        ([4, 10, 128], ["4", "10", "128"]),
        ([5, 2.5], ["5.00", "2.50"]),
        ([0.0, 0.25], ["0", "0.250"]),
        ([1234.5, 12.0], [f"1{T}234", "12"]),
        ([None, 0.5, math.nan, math.inf], ["–", "0.500", "NaN", "∞"]),
        ([0.1, 1e-5], ["0.100", "1.0 × 10⁻⁵"]),
        ([2e9, 3e9], ["2.0 × 10⁹", "3.0 × 10⁹"]),
        ([], []),
    ],
)
def test_a_column_has_one_precision(values: list[float | None], shown: list[str]) -> None:
    precision = fmt.precision_of(values)
    assert [precision.show(value) for value in values] == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.016, "+0.016"),
        (-0.006, "−0.006"),
        (0.0, "0"),
        (0.0001, "0"),
        (-0.0001, "0"),
        (None, "–"),
        (math.nan, "NaN"),
        (math.inf, "+∞"),
        (-math.inf, "−∞"),
    ],
)
def test_a_change_carries_its_sign(value: float | None, shown: str) -> None:
    assert fmt.Precision(3).show_change(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("gini", "gini"),
        (True, "true"),
        (False, "false"),
        (None, "–"),
        (100, "100"),
        (12_345_678, f"12{T}345{T}678"),
        (-1234, f"−1{T}234"),
        (10**30, "1" + f"{T}000" * 10),
        (0.05, "0.05"),
        (0.1 + 0.2, "0.3"),
        (70.35, "70.35"),
        (1.5, "1.5"),
        (1e-5, "1.0 × 10⁻⁵"),
        (20000.0, f"20{T}000"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_a_given_value_is_shown_as_it_was_given(value: object, shown: str) -> None:
    assert fmt.given(value) == shown


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        (0.384, f"38.4{T}%"),
        (0.25, f"25{T}%"),
        (1, f"100{T}%"),
        (0, f"0{T}%"),
        (-0.015, f"−1.5{T}%"),
        (None, "–"),
    ],
)
def test_a_ratio_as_per_cent(ratio: float | None, shown: str) -> None:
    assert fmt.percent(ratio) == shown


def test_a_difference_of_ratios_is_in_points() -> None:
    assert fmt.points(0.016) == f"+1.6{T}pp"
    assert fmt.points(-0.05) == f"−5.0{T}pp"


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [
        (0, f"0{T}B"),
        (412, f"412{T}B"),
        (999, f"999{T}B"),
        (1000, f"1.0{T}kB"),
        (6_400_000, f"6.4{T}MB"),
        (9_949, f"9.9{T}kB"),
        (9_951, f"10{T}kB"),
        (128_000, f"128{T}kB"),
        (999_499, f"999{T}kB"),
        (999_999, f"1.0{T}MB"),
        (2_000_000_000, f"2.0{T}GB"),
        (None, "–"),
    ],
)
def test_a_size_in_steps_of_1000(size_bytes: int | None, shown: str) -> None:
    assert fmt.size(size_bytes) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, f"0{T}ms"),
        (0.036, f"36{T}ms"),
        (0.1, f"0.1{T}s"),
        (1.44, f"1.4{T}s"),
        (9.96, f"10{T}s"),
        (21, f"21{T}s"),
        (59.6, f"1{T}min 00{T}s"),
        (848, f"14{T}min 08{T}s"),
        (3600, f"1{T}h 00{T}min"),
        (11_100, f"3{T}h 05{T}min"),
        (2 * 86_400 + 3 * 3600 + 59, f"2{T}d 03{T}h"),
        (None, "–"),
    ],
)
def test_a_duration(seconds: float | None, shown: str) -> None:
    assert fmt.duration(seconds) == shown


@pytest.mark.parametrize(
    ("then", "shown"),
    [
        (NOW - timedelta(seconds=5), "just now"),
        (NOW - timedelta(seconds=59), "just now"),
        (NOW + timedelta(seconds=30), "just now"),
        (NOW - timedelta(seconds=60), "1 minute ago"),
        (NOW - timedelta(minutes=12), "12 minutes ago"),
        (NOW - timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (NOW - timedelta(hours=1), "1 hour ago"),
        (NOW - timedelta(hours=11), "11 hours ago"),
        (NOW - timedelta(hours=13), "yesterday"),
        (NOW - timedelta(hours=36), "yesterday"),
        (NOW - timedelta(days=3), "Friday"),
        (NOW - timedelta(days=6), "Tuesday"),
        (NOW - timedelta(days=7), "16 Nov"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2 Jan"),
        (datetime(2025, 11, 12, tzinfo=UTC), "12 Nov 2025"),
        (NOW + timedelta(days=2), "25 Nov 2026, 12:14"),
    ],
)
def test_a_date_as_one_says_it(then: datetime, shown: str) -> None:
    assert BERLIN.ago(then) == shown


def test_late_last_night_is_hours_ago_just_after_midnight() -> None:
    clock = fmt.Clock(now=datetime(2026, 11, 23, 1, 0, tzinfo=UTC), zone=UTC)
    assert clock.ago(datetime(2026, 11, 22, 23, 0, tzinfo=UTC)) == "2 hours ago"


def test_a_time_element_holds_the_instant_and_the_exact_date_in_the_readers_zone() -> None:
    then = datetime(2026, 11, 20, 13, 21, 1, tzinfo=UTC)
    assert str(BERLIN.time_tag(then)) == (
        '<time datetime="2026-11-20T13:21:01Z" title="20 Nov 2026, 14:21:01 CET">Friday</time>'
    )
    assert "–" in BERLIN.time_tag(None)


def test_a_stored_time_without_zone_is_utc() -> None:
    assert BERLIN.exact(datetime(2026, 8, 1, 13, 31, 7)) == "1 Aug 2026, 15:31:07 CEST"
    assert BERLIN.day(datetime(2026, 8, 1, 22, 30)) == "2 Aug 2026"


def test_a_digest_is_short_in_groups_and_whole_on_hover() -> None:
    whole = "sha256:b71e04c9d25a" + "0" * 52
    assert fmt.digest(whole) == f"b71e{T}04c9{T}d25a"
    assert f'title="{whole}"' in fmt.digest_tag(whole)
    assert "–" in fmt.digest_tag("")


def test_a_figure_shows_its_full_value_on_hover_and_greys_what_is_no_number() -> None:
    assert str(fmt.number_tag("0.913", 0.9131579)) == '<span title="0.9131579">0.913</span>'
    assert str(fmt.number_tag("7", 7)) == "7"
    assert str(fmt.number_tag("NaN", math.nan)) == '<span class="none">NaN</span>'


def test_a_count_keeps_every_digit() -> None:
    assert fmt.whole(0) == "0"
    assert fmt.whole(12_000_001) == f"12{T}000{T}001"


def test_a_counted_noun() -> None:
    assert fmt.count(1, "version") == "1 version"
    assert fmt.count(0, "version") == "0 versions"
    assert fmt.count(1284, "entry", "entries") == f"1{T}284 entries"
