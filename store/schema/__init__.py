"""The tables, one file a noun. Importing this fills `Base.metadata`."""

from vitrina.store.schema import (
    apps,
    changes,
    checks,
    feedback,
    lineage,
    metrics,
    objects,
    people,
    pictures,
    projects,
    registry,
    reports,
    runs,
    use,
)
from vitrina.store.schema.columns import Base

__all__ = [
    "Base",
    "apps",
    "changes",
    "checks",
    "feedback",
    "lineage",
    "metrics",
    "objects",
    "people",
    "pictures",
    "projects",
    "registry",
    "reports",
    "runs",
    "use",
]
