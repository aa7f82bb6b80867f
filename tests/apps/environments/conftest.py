"""Environments of the test's own package index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from package_index import Shop

from vitrina.apps.environments.environments import Environments


@pytest.fixture
def environments_in(shop: Shop) -> Callable[[Path], Environments]:
    """Environments below a folder, of the shop."""

    def make(folder: Path, **options: object) -> Environments:
        return Environments(folder, index=shop.index, **options)  # type: ignore[arg-type]

    return make
