"""What a backup of PostgreSQL does as PostgreSQL does it."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Table, func, select, text

from adapters.sql.postgresql.claim import keep_servers_off
from adapters.sql.postgresql.connections import unpooled_engine


class PostgresPlace:
    """The database at postgresql://HOST/NAME."""

    def __init__(self, url: str) -> None:
        self._url = url

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment."""
        with unpooled_engine(self._url).connect() as connection:
            yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def alone(self, opened: AbstractContextManager[Connection]) -> Iterator[Connection]:
        """The opened connection, while no server has the database; raises Conflict."""
        with opened as connection:
            keep_servers_off(connection)
            yield connection

    def clear(self, connection: Connection, tables: Sequence[Table]) -> None:
        """Remove all rows. A DELETE would look for what refers to each of them."""
        connection.execute(text(f"TRUNCATE {', '.join(table.name for table in tables)}"))

    def last_id(self, connection: Connection) -> int:
        """The id that was given last."""
        return int(connection.execute(text("SELECT last_value FROM ids")).scalar_one())

    def go_on_from(self, connection: Connection, last_id: int) -> None:
        """Give larger ids than this from now on."""
        connection.execute(select(func.setval("ids", last_id)))
