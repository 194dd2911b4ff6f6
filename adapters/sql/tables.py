"""The tables. Times are milliseconds since the epoch, UTC; text that is searched has a casefolded copy.

What was said stands in `messages` alone: no event repeats it, so that an edited or deleted text is nowhere to be read.
SQLite clusters the tables with two-part keys by them, and so reads a page of history from neighbouring places.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint, text

_CONVENTION: Final = {
    "ix": "%(table_name)s_by_%(column_0_N_name)s",
    "uq": "%(table_name)s_by_%(column_0_N_name)s",
    "fk": "%(table_name)s_%(column_0_name)s",
    "pk": "%(table_name)s_key",
}

metadata: Final = MetaData(naming_convention=_CONVENTION)
_Number: Final = BigInteger().with_variant(Integer, "sqlite")
_CodePoints: Final = Text().with_variant(Text(collation="C"), "postgresql")
"""Text in the order in which a backup has it, whatever the database's language."""


def _id(name: str = "id") -> Column[int]:
    return Column(name, _Number, primary_key=True, autoincrement=False)


def _number(name: str, *references: ForeignKey, nullable: bool = False, index: bool = False) -> Column[Any]:
    return Column(name, _Number, *references, nullable=nullable, index=index)


def _text(name: str, *, nullable: bool = False, unique: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=nullable, unique=unique)


users: Final = Table(
    "users",
    metadata,
    _id(),
    _text("username"),
    _text("username_key", unique=True),
    _text("name"),
    _text("name_folded"),
    _text("email", nullable=True),
    _text("email_key", nullable=True, unique=True),
    _text("role"),
    _number("created_at"),
    _number("suspended_at", nullable=True),
    sqlite_strict=True,
)

credentials: Final = Table(
    "credentials",
    metadata,
    Column("user_id", _Number, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    _text("password_hash"),
    sqlite_strict=True,
)

sessions: Final = Table(
    "sessions",
    metadata,
    _id(),
    _number("user_id", ForeignKey("users.id"), index=True),
    _number("created_at"),
    _number("last_used_at"),
    _text("user_agent"),
    _text("address"),
    _text("cookie_digest", nullable=True, unique=True),
    _number("generation"),
    _number("ended_at", nullable=True),
    sqlite_strict=True,
)

rooms: Final = Table(
    "rooms",
    metadata,
    _id(),
    _text("kind"),
    _text("name", nullable=True),
    _text("name_folded"),
    _text("description"),
    _text("description_folded"),
    _number("created_at"),
    Column("first_seq", _Number, nullable=False, server_default=text("1")),
    _number("last_seq"),
    _text("direct_key", nullable=True, unique=True),
    Index(None, "kind", "id"),
    sqlite_strict=True,
)

memberships: Final = Table(
    "memberships",
    metadata,
    Column("room_id", _Number, ForeignKey("rooms.id"), primary_key=True, autoincrement=False),
    Column("user_id", _Number, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    _text("role"),
    _number("joined_seq"),
    _number("read_seq"),
    Index(None, "user_id", "room_id"),
    Index(None, "room_id", "role"),  # the owners of a room, without a look at its thousands of members
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

messages: Final = Table(
    "messages",
    metadata,
    Column("room_id", _Number, ForeignKey("rooms.id"), primary_key=True, autoincrement=False),
    _id("seq"),
    _number("id"),
    _number("sender_id", ForeignKey("users.id")),
    _text("body", nullable=True),  # never NULL since 0004; to declare that, SQLite would copy the whole table
    _number("created_at"),
    _number("edited_at", nullable=True),
    _number("deleted_at", nullable=True),
    _number("reply_to", nullable=True),
    _number("reply_to_seq", nullable=True),
    _text("client_id", nullable=True),
    _text("fingerprint"),
    UniqueConstraint("room_id", "id"),
    UniqueConstraint("room_id", "sender_id", "client_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

events: Final = Table(
    "events",
    metadata,
    Column("room_id", _Number, ForeignKey("rooms.id"), primary_key=True, autoincrement=False),
    _id("seq"),
    _text("type"),
    _number("at"),
    _number("actor_id", ForeignKey("users.id")),
    _number("message_seq", nullable=True),
    _number("user_id", ForeignKey("users.id"), nullable=True),
    _text("detail", nullable=True),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

mentions: Final = Table(
    "mentions",
    metadata,
    Column("room_id", _Number, ForeignKey("rooms.id"), primary_key=True, autoincrement=False),
    _id("user_id"),
    _id("seq"),
    Index(None, "room_id", "seq"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

consumers: Final = Table(
    "consumers",
    metadata,
    Column("name", _CodePoints, primary_key=True),
    _number("started_at"),
    sqlite_strict=True,
)

consumer_cursors: Final = Table(
    "consumer_cursors",
    metadata,
    Column("room_id", _Number, ForeignKey("rooms.id"), primary_key=True, autoincrement=False),
    Column("consumer", _CodePoints, ForeignKey("consumers.name"), primary_key=True),
    _number("seq"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

epoch: Final = Table("epoch", metadata, Column("value", Text, primary_key=True), sqlite_strict=True)
