"""Migrations: they run at every start, and processes that start at once wait for each other.

Two versions of the program may run side by side on one database, so a migration only expands: it adds tables, indexes,
and columns that may be empty or have a default. What nothing reads or writes any more goes in a later release. A
program that meets a database newer than itself leaves it as it is.

The one exception is 0003 to 0005, which change what events, messages and accounts are: a database of before is brought
up to date only while no server has it, whose version would go on writing the old way
(docs/decisions/0030-this-upgrade-stops-the-servers.md).
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from adapters.sql.sqlite.claim import claimed
from adapters.sql.sqlite.connections import connect_to_write, engine_over, path_of
from chat_domain.model.errors import Unavailable

_log: Final = logging.getLogger(__name__)
NEWEST: Final = max(path.name[1:5] for path in Path(__file__).with_name("versions").glob("v[0-9]*.py"))
"""The revision that this program wants: the last of `versions/`, whose names begin with theirs."""

_STOPS_SERVERS: Final = "0003"
"""Databases of earlier revisions are brought up to date only while no server has them."""

_LOCK: Final = 0x7061726C6579
"""The advisory lock that migrations hold on PostgreSQL: "parley" in ASCII."""


def is_current(url: str) -> bool:
    """Whether the database is as this program wants it; raises Unavailable where it cannot be opened.

    Alembic is not needed for that, and a process that never imports it is 10 MB smaller.
    """
    with opened(url) as connection:
        return revision_of(connection) == NEWEST


def migrate(url: str) -> None:
    """Bring the database at sqlite:///PATH or postgresql://HOST/NAME up to date, in one transaction.

    Raises Unavailable, with a sentence that says why, where it cannot be opened; Conflict where the servers have to be
    stopped first.
    """
    with _opened_to_migrate(url) as connection:
        upgrade(connection)
        revision = revision_of(connection)
    if revision != NEWEST:
        _log.warning("the database is newer than this program: revision %s", revision)


def upgrade(connection: Connection) -> None:
    """Bring it up to date in the transaction that `opened` began; one that is newer stays as it is."""
    from alembic import command  # noqa: PLC0415 - see `is_current`
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = revision_of(connection)
    if current is None or current in known:
        command.upgrade(config, "head")


def revision_of(connection: Connection) -> str | None:
    """The revision of this database; None for one without tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return str(found) if found else None


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """A connection in a transaction that holds off other processes that would migrate."""
    begin = _sqlite if url.startswith("sqlite:") else _postgres
    try:
        with begin(url) as connection:
            yield connection
    except (DBAPIError, sqlite3.Error, OSError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise Unavailable(f"The database cannot be opened: {reason}") from error


@contextmanager
def _opened_to_migrate(url: str) -> Iterator[Connection]:
    """The same; while no server has the database, if this migration needs that."""
    if url.startswith("sqlite:"):
        with opened(url) as connection:
            stops_servers = _stops_servers(connection)
        with claimed(url) if stops_servers else nullcontext(), opened(url) as connection:
            yield connection
        return
    from adapters.sql.postgresql.claim import keep_servers_off  # noqa: PLC0415 - the driver

    with opened(url) as connection:
        if _stops_servers(connection):
            keep_servers_off(connection)
        yield connection


def _stops_servers(connection: Connection) -> bool:
    revision = revision_of(connection)
    return revision is not None and revision < _STOPS_SERVERS


@contextmanager
def _sqlite(url: str) -> Iterator[Connection]:
    writer = connect_to_write(path_of(url))
    writer.execute("PRAGMA busy_timeout = 60000")
    with engine_over(writer).connect() as connection:
        # SQLAlchemy believes that it is in a transaction; this is the one, and it holds every other process off.
        writer.execute("BEGIN IMMEDIATE")
        yield connection
        writer.execute("COMMIT")


@contextmanager
def _postgres(url: str) -> Iterator[Connection]:
    from adapters.sql.postgresql.connections import unpooled_engine  # noqa: PLC0415 - the driver, which is 5 MB

    with unpooled_engine(url).begin() as connection:
        _require_utf8(connection)
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        yield connection


def _require_utf8(connection: Connection) -> None:
    """One character that the database cannot hold would fail every message in the same batch."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise Unavailable(
            f"The database's encoding is {encoding}, and has to be UTF8:"
            " CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0 makes such a one."
        )
