"""Feedback: what people tried in apps, and the switch by which an app keeps it; switches of uploads and pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("apps", schema=None) as batch_op:
        batch_op.add_column(sa.Column("feedback", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("upload_mb", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("picture", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "feedback",
        sa.Column("id", key, nullable=False),
        sa.Column("uuid", sa.String(length=32), nullable=False),
        sa.Column("version_id", key, nullable=False),
        sa.Column("revision_id", key, nullable=False),
        sa.Column("instance", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("flag", sa.String(length=64), nullable=False),
        sa.Column("viewer", sa.Text(), nullable=True),
        sa.Column("visitor", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["revision_id"], ["app_revisions.id"], name=op.f("fk_feedback_revision_id")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_feedback_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("uuid", name=op.f("uq_feedback_uuid")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_revision_id"), ["revision_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_version_id_feedback_id"), ["version_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_feedback_version_id_feedback_flag_feedback_id"), ["version_id", "flag", "id"], unique=False
        )
    op.create_table(
        "feedback_totals",
        sa.Column("version_id", key, autoincrement=False, nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_feedback_totals_version_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_feedback_totals")),
    )


def downgrade() -> None:
    op.drop_table("feedback_totals")
    op.drop_table("feedback")
    with op.batch_alter_table("apps", schema=None) as batch_op:
        for name in ("picture", "upload_mb", "feedback"):
            batch_op.drop_column(name)
