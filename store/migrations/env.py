"""Alembic's entry: runs on the connection that `vitrina.store.migrations.upgrade` opened."""

from typing import Any, Literal

from alembic import context

from vitrina.store.schema import Base
from vitrina.store.schema.columns import UtcDateTime


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Scripts name SQLAlchemy's types only: ours may change, a script that landed may not."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
