"""What importing the client costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"sqlalchemy", "alembic", "numpy", "pandas", "pyarrow", "sklearn", "matplotlib", "plotly", "altair", "bokeh"}


@pytest.mark.slow
def test_importing_tracking_loads_no_heavy_library() -> None:
    look = f"import sys; from vitrina import tracking; print(*sorted({HEAVY!r} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []


@pytest.mark.slow
def test_a_disabled_run_loads_no_database(tmp_path) -> None:
    script = """if True:
        import sys
        from vitrina import tracking
        with tracking.run() as run:
            run.log_metric("loss", 1.0)
        print("sqlalchemy" in sys.modules)
    """
    environment = {"VITRINA_MODE": "disabled", "VITRINA_HOME": str(tmp_path / "home")}
    told = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False"]
    assert not (tmp_path / "home").exists()
