"""Dates and durations as a printed page has them: always exact, never "3 hours ago". Times are in UTC."""

from __future__ import annotations

from datetime import datetime

import arrow

THIN = "\u202f"


def day(then: datetime) -> str:
    """`20 November 2026`"""
    return arrow.get(then).to("UTC").format("D MMMM YYYY")


def short_day(then: datetime) -> str:
    """`20 Nov 2026`"""
    return arrow.get(then).to("UTC").format("D MMM YYYY")


def minute(then: datetime) -> str:
    """`20 Nov 2026, 14:21 UTC`"""
    return arrow.get(then).to("UTC").format("D MMM YYYY, HH:mm") + " UTC"


def machine(then: datetime) -> str:
    """As programs read it, to the second."""
    return arrow.get(then).to("UTC").format("YYYY-MM-DDTHH:mm:ss") + "Z"


def duration(seconds: float) -> str:
    """`0.4 s`, `21 s`, `14 min 08 s`, `3 h 05 min`"""
    if seconds < 9.95:
        return f"{seconds:.1f}{THIN}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{THIN}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}{THIN}min {rest:02d}{THIN}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}{THIN}h {minutes:02d}{THIN}min"
