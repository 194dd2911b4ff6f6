"""Durable consumers of the logs, and their cursors."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CODE_POINTS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """None was started so far."""
    op.create_table(
        "consumers",
        sa.Column("name", _CODE_POINTS, nullable=False),
        sa.Column("started_at", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name", name="consumers_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "consumer_cursors",
        sa.Column("room_id", _NUMBER, nullable=False),
        sa.Column("consumer", _CODE_POINTS, nullable=False),
        sa.Column("seq", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="consumer_cursors_room_id"),
        sa.ForeignKeyConstraint(["consumer"], ["consumers.name"], name="consumer_cursors_consumer"),
        sa.PrimaryKeyConstraint("room_id", "consumer", name="consumer_cursors_key"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
