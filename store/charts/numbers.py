"""How numbers are set: one precision a column, a real minus sign, thin spaces between thousands."""

from __future__ import annotations

import math
from collections.abc import Sequence

MINUS, THIN_SPACE = "\u2212", "\u202f"
MISSING, NOT_A_NUMBER, ENDLESS = "–", "NaN", "∞"
MOST_DIGITS, USUAL_DIGITS = 6, 3
SMALLEST, LARGEST = 1e-4, 1e7
"""Numbers below and from these are written with a power of ten."""


def column(values: Sequence[float | None]) -> list[str]:
    """The numbers of one column, all with the same number of decimals: enough to tell the two largest apart.

    Three significant digits by default, six at most; None is missing.
    """
    places = decimals(values)
    return [number(value, decimals=places) for value in values]


def decimals(values: Sequence[float | None]) -> int:
    """How many decimals the numbers of one column have; what is missing or endless does not count."""
    return _decimals([value for value in values if value is not None and math.isfinite(value)])


def number(value: float | None, *, decimals: int | None = None) -> str:
    """One number; without `decimals` it gets three significant digits, and a whole number stays whole."""
    if value is None:
        return MISSING
    if math.isnan(value):
        return NOT_A_NUMBER
    if math.isinf(value):
        return ENDLESS if value > 0 else MINUS + ENDLESS
    if value == 0:
        return "0"
    if not SMALLEST <= abs(value) < LARGEST:
        return _power_of_ten(value)
    places = _decimals([value]) if decimals is None else decimals
    return f"{value:,.{places}f}".replace(",", THIN_SPACE).replace("-", MINUS)


def _decimals(values: Sequence[float]) -> int:
    sized = [value for value in values if SMALLEST <= abs(value) < LARGEST]
    if not sized or all(value == int(value) for value in sized):
        return 0
    largest = max(abs(value) for value in sized)
    usual = max(0, USUAL_DIGITS - _digits_before_point(largest))
    most = max(0, MOST_DIGITS - _digits_before_point(largest))
    best = sorted(set(sized), reverse=True)[:2]
    if len(best) < 2:
        return usual
    apart = math.ceil(-math.log10(best[0] - best[1]))
    return min(max(usual, apart), most)


def _digits_before_point(value: float) -> int:
    return math.floor(math.log10(value)) + 1


def _power_of_ten(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa} × 10{raised}".replace("-", MINUS)
