"""The use of apps by day, and who came lately."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COUNTS = ("viewers", "openings", "sessions", "requests", "errors", "starts", "ready", "crashes", "memory_most_bytes")
SECONDS = ("ready_s", "ready_most_s")


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "app_use",
        sa.Column("app_id", key, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0") for name in COUNTS),
        *(sa.Column(name, sa.Float(), nullable=False, server_default="0") for name in SECONDS),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name=op.f("fk_app_use_app_id")),
        sa.PrimaryKeyConstraint("app_id", "day", name=op.f("pk_app_use")),
    )
    op.create_table(
        "app_viewers",
        sa.Column("app_id", key, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name=op.f("fk_app_viewers_app_id")),
        sa.PrimaryKeyConstraint("app_id", "day", "who", name=op.f("pk_app_viewers")),
    )
    for table in ("app_use", "app_viewers"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_day"), ["day"], unique=False)


def downgrade() -> None:
    op.drop_table("app_viewers")
    op.drop_table("app_use")
