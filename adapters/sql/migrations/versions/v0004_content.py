"""A deletion is a fact of its own, a reply knows the place of what it answers, and a log may begin later than 1."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the columns, and fill them for what is there: one pass over the table for each."""
    for name in ("deleted_at", "reply_to_seq"):
        op.add_column("messages", sa.Column(name, _Number, nullable=True))
    op.add_column("rooms", sa.Column("first_seq", _Number, nullable=False, server_default=sa.text("1")))
    op.execute(_DELETED_BY_EVENTS)
    op.execute(_DELETED_WITHOUT_AN_EVENT)
    op.execute(_REPLIES)


# Gathered first: for each message by itself, the events of its room would be searched.
_DELETED_BY_EVENTS = """
    UPDATE messages SET body = '', deleted_at = deletions.at
    FROM (
        SELECT room_id, message_seq, min(at) AS at FROM events
        WHERE type = 'message_deleted' GROUP BY room_id, message_seq
    ) AS deletions
    WHERE messages.room_id = deletions.room_id AND messages.seq = deletions.message_seq AND messages.body IS NULL
"""
_DELETED_WITHOUT_AN_EVENT = """
    UPDATE messages SET body = '', deleted_at = coalesce(edited_at, created_at) WHERE body IS NULL
"""
_REPLIES = """
    UPDATE messages SET reply_to_seq = original.seq
    FROM messages AS original
    WHERE original.room_id = messages.room_id AND original.id = messages.reply_to
"""
