"""What can be expected of a dataset, for `log_dataset(…, checks=[…])`.

from vitrina.tracking import checks

@checks.check(name="the newest order is of this year")
def is_fresh(orders):
    return orders.placed.max() >= "2026"

tracking.log_dataset("orders", orders, checks=[checks.unique("id"), checks.between("total", 0), is_fresh])
"""

from vitrina.store.checks.check import (
    Check,
    CheckError,
    allowed,
    between,
    check,
    condition,
    not_null,
    row_count,
    skew,
    unique,
)

__all__ = [
    "Check",
    "CheckError",
    "allowed",
    "between",
    "check",
    "condition",
    "not_null",
    "row_count",
    "skew",
    "unique",
]
