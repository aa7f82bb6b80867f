"""Pictures of apps."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "app_pictures",
        sa.Column("revision_id", key, autoincrement=False, nullable=False),
        sa.Column("blob_id", key, nullable=True),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["blob_id"], ["blobs.id"], name=op.f("fk_app_pictures_blob_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["app_revisions.id"], name=op.f("fk_app_pictures_revision_id")),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_app_pictures")),
    )
    with op.batch_alter_table("app_pictures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_app_pictures_blob_id"), ["blob_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_app_pictures_due_at"), ["due_at"], unique=False)


def downgrade() -> None:
    op.drop_table("app_pictures")
