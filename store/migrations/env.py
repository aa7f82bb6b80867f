"""Alembic's entry: runs on the connection that `vitrina.store.migrations.upgrade` opened."""

from alembic import context

from vitrina.store.schema import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
