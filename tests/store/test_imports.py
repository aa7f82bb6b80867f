"""What importing costs: references and errors come without SQLAlchemy."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module", ["vitrina.store", "vitrina.store.refs", "vitrina.store.errors", "vitrina.store.home"]
)
def test_it_loads_no_heavy_library(module: str) -> None:
    program = (
        f"import {module}, sys; print([m for m in ('sqlalchemy', 'numpy', 'pandas', 'alembic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
