"""What checks found in the data of a version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    op.create_table(
        "checkings",
        sa.Column("id", key, nullable=False),
        sa.Column("version_id", key, nullable=False),
        sa.Column("run_id", key, nullable=True),
        sa.Column("passed", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("results", json, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", key, nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_checkings_by")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_checkings_run_id")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_checkings_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkings")),
    )
    with op.batch_alter_table("checkings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkings_run_id"), ["run_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_checkings_version_id_checkings_id"), ["version_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("checkings")
