"""Apps with several instances, their moves, and how they are to be served."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("apps", schema=None) as batch_op:
        batch_op.add_column(sa.Column("min_instances", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("max_instances", sa.BigInteger(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("people", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("idle_minutes", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("network", sa.String(length=16), nullable=False, server_default="none"))
    with op.batch_alter_table("instances", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.BigInteger(), nullable=False, server_default="1"))
    op.create_table(
        "instance_moves",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["revision_id"], ["app_revisions.id"], name=op.f("fk_instance_moves_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance_moves")),
    )
    with op.batch_alter_table("instance_moves", schema=None) as batch_op:
        batch_op.create_index("ix_instance_moves_revision_id_id", ["revision_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_instance_moves_at"), ["at"], unique=False)


def downgrade() -> None:
    op.drop_table("instance_moves")
    with op.batch_alter_table("instances", schema=None) as batch_op:
        batch_op.drop_column("number")
    with op.batch_alter_table("apps", schema=None) as batch_op:
        for name in ("network", "idle_minutes", "people", "max_instances", "min_instances"):
            batch_op.drop_column(name)
