"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LARGEST_ID = 2**53 - 1


def upgrade() -> None:
    """Make everything that the first release needs."""
    _ids()
    _people()
    _rooms()
    _logs()


def _ids() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.create_table("ids", sa.Column("last", sa.Integer(), nullable=False), sqlite_strict=True)
        op.execute("INSERT INTO ids (last) VALUES (0)")
    else:
        op.execute(f"CREATE SEQUENCE ids AS bigint MAXVALUE {_LARGEST_ID}")


def _people() -> None:
    op.create_table(
        "users",
        _number("id"),
        _text("username"),
        _text("username_key"),
        _text("name"),
        _text("name_folded"),
        _text("email", nullable=True),
        _text("email_key", nullable=True),
        _text("role"),
        _text("password_hash"),
        _number("created_at"),
        sa.PrimaryKeyConstraint("id", name="users_key"),
        sa.UniqueConstraint("username_key", name="users_by_username_key"),
        sa.UniqueConstraint("email_key", name="users_by_email_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "sessions",
        _number("id"),
        _number("user_id"),
        _number("created_at"),
        _number("last_used_at"),
        _text("user_agent"),
        _text("address"),
        _text("cookie_digest", nullable=True),
        _number("generation"),
        _number("ended_at", nullable=True),
        _reference("sessions", "user_id", "users.id"),
        sa.PrimaryKeyConstraint("id", name="sessions_key"),
        sa.UniqueConstraint("cookie_digest", name="sessions_by_cookie_digest"),
        sqlite_strict=True,
    )
    op.create_index("sessions_by_user_id", "sessions", ["user_id"])


def _rooms() -> None:
    op.create_table(
        "rooms",
        _number("id"),
        _text("kind"),
        _text("name", nullable=True),
        _text("name_folded"),
        _text("description"),
        _text("description_folded"),
        _number("created_at"),
        _number("last_seq"),
        _text("direct_key", nullable=True),
        sa.PrimaryKeyConstraint("id", name="rooms_key"),
        sa.UniqueConstraint("direct_key", name="rooms_by_direct_key"),
        sqlite_strict=True,
    )
    op.create_index("rooms_by_kind_id", "rooms", ["kind", "id"])
    op.create_table(
        "memberships",
        _number("room_id"),
        _number("user_id"),
        _text("role"),
        _number("joined_seq"),
        _number("read_seq"),
        _reference("memberships", "room_id", "rooms.id"),
        _reference("memberships", "user_id", "users.id"),
        sa.PrimaryKeyConstraint("room_id", "user_id", name="memberships_key"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("memberships_by_user_id_room_id", "memberships", ["user_id", "room_id"])
    op.create_index("memberships_by_room_id_role", "memberships", ["room_id", "role"])


def _logs() -> None:
    op.create_table(
        "messages",
        _number("room_id"),
        _number("seq"),
        _number("id"),
        _number("sender_id"),
        _text("body", nullable=True),
        _number("created_at"),
        _number("edited_at", nullable=True),
        _number("reply_to", nullable=True),
        _text("client_id", nullable=True),
        _text("fingerprint"),
        _reference("messages", "room_id", "rooms.id"),
        _reference("messages", "sender_id", "users.id"),
        sa.PrimaryKeyConstraint("room_id", "seq", name="messages_key"),
        sa.UniqueConstraint("room_id", "id", name="messages_by_room_id_id"),
        sa.UniqueConstraint("room_id", "sender_id", "client_id", name="messages_by_room_id_sender_id_client_id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "events",
        _number("room_id"),
        _number("seq"),
        _text("type"),
        _number("at"),
        _number("actor_id"),
        _number("message_seq", nullable=True),
        _number("user_id", nullable=True),
        _text("detail", nullable=True),
        _reference("events", "room_id", "rooms.id"),
        _reference("events", "actor_id", "users.id"),
        _reference("events", "user_id", "users.id"),
        sa.PrimaryKeyConstraint("room_id", "seq", name="events_key"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mentions",
        _number("room_id"),
        _number("user_id"),
        _number("seq"),
        _reference("mentions", "room_id", "rooms.id"),
        sa.PrimaryKeyConstraint("room_id", "user_id", "seq", name="mentions_key"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("mentions_by_room_id_seq", "mentions", ["room_id", "seq"])


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, _NUMBER, nullable=nullable, autoincrement=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"{table}_{column}")
