"""What search walks along: values, short texts and metrics with their run, and runs by project and by start."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sortable = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("params", sa.Column("short", sortable, server_default="", nullable=False))
    op.execute("UPDATE params SET short = substr(text, 1, 128)")
    with op.batch_alter_table("params", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_params_io_params_name_params_number"))
        for column in ("number", "short"):
            name = batch_op.f(f"ix_params_io_params_name_params_{column}_params_run_id")
            batch_op.create_index(name, ["io", "name", column, "run_id"], unique=False)
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_series_name_series_last"))
        name = batch_op.f("ix_series_name_series_last_series_run_id")
        batch_op.create_index(name, ["name", "last", "run_id"], unique=False)
    with op.batch_alter_table("runs", schema=None) as batch_op:
        for column in ("project_id", "started_at"):
            batch_op.create_index(batch_op.f(f"ix_runs_{column}_runs_id"), [column, "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("runs", schema=None) as batch_op:
        for column in ("project_id", "started_at"):
            batch_op.drop_index(batch_op.f(f"ix_runs_{column}_runs_id"))
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_series_name_series_last_series_run_id"))
        batch_op.create_index(batch_op.f("ix_series_name_series_last"), ["name", "last"], unique=False)
    with op.batch_alter_table("params", schema=None) as batch_op:
        for column in ("number", "short"):
            batch_op.drop_index(batch_op.f(f"ix_params_io_params_name_params_{column}_params_run_id"))
        batch_op.create_index(
            batch_op.f("ix_params_io_params_name_params_number"), ["io", "name", "number"], unique=False
        )
    op.drop_column("params", "short")
