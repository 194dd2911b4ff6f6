"""The epoch: which life of the logs this is."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Begin the first epoch."""
    table = op.create_table(
        "epoch",
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("value", name="epoch_key"),
        sqlite_strict=True,
    )
    op.bulk_insert(table, [{"value": uuid.uuid4().hex}])
