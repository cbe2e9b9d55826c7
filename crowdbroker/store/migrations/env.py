"""Alembic's entry: it runs the migrations on the connection that `run` hands over."""

from alembic import context

from crowdbroker.store import audit_tables, process_tables, review_tables  # noqa: F401 - their tables join the metadata
from crowdbroker.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
