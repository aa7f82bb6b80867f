"""What was overridden by a promotion; versions by stage, and in the order in which they were logged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    op.add_column("promotions", sa.Column("overridden", json, nullable=True))
    with op.batch_alter_table("versions", schema=None) as batch_op:
        for column in ("stage", "id"):
            name = batch_op.f(f"ix_versions_collection_id_versions_{column}")
            batch_op.create_index(name, ["collection_id", column], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("versions", schema=None) as batch_op:
        for column in ("id", "stage"):
            batch_op.drop_index(batch_op.f(f"ix_versions_collection_id_versions_{column}"))
    op.drop_column("promotions", "overridden")
