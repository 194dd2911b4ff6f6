"""Migrations make the tables that the code expects, once, whoever comes first."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from adapters.sql import migrations
from adapters.sql.migrations import NEWEST, is_current, migrate
from adapters.sql.postgresql.connections import driver_url
from adapters.sql.sqlite.ids import ids
from adapters.sql.tables import metadata
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import UserId
from tests.integration.contracts.homes import SqlHome
from tests.integration.servers.postgres import Postgres

MIGRATE = "import sys; from adapters.sql.migrations import migrate; migrate(sys.argv[1])"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / '100%.db'}"
    return str(request.getfixturevalue("fresh_postgres_url"))


def test_an_empty_database_is_brought_up_to_date_and_stays_so(empty_url: str) -> None:
    assert not is_current(empty_url)
    migrate(empty_url)
    assert is_current(empty_url)
    home = SqlHome(empty_url)
    home.chat().register("ann")
    migrate(empty_url)
    with home.open().snapshot() as seen:
        assert [str(person.username) for person in seen.users.search("", after=UserId(0), limit=5)] == ["ann"]
    home.close()


def test_each_database_has_an_epoch_of_its_own_and_keeps_it(empty_url: str, tmp_path: Path) -> None:
    epochs = []
    for url in (empty_url, empty_url, f"sqlite:///{tmp_path / 'other.db'}"):
        migrate(url)
        home = SqlHome(url)
        epochs.append(home.chat().reading.epoch())
        home.close()
    assert epochs[0] == epochs[1] != epochs[2]


def test_processes_that_migrate_at_once_wait_for_each_other(empty_url: str) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, empty_url], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [(process.communicate()[1], process.returncode) for process in processes] == [("", 0)] * 2
    assert is_current(empty_url)


def test_a_database_of_a_newer_version_is_left_as_it_is(empty_url: str, caplog: pytest.LogCaptureFixture) -> None:
    migrate(empty_url)
    with migrations.opened(empty_url) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    migrate(empty_url)
    assert "newer than this program" in caplog.text
    home = SqlHome(empty_url)
    home.chat().register("ann")
    home.close()


def test_a_database_that_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}", "postgresql://nobody@127.0.0.1:1/parley"):
        for look in (migrate, is_current):
            with pytest.raises(Unavailable, match="The database cannot be opened: "):
                look(url)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_cannot_hold_every_character_is_refused_in_a_sentence(
    postgres: Postgres, encoding: str
) -> None:
    name = f"in_{encoding}".lower()
    with closing(psycopg2.connect(postgres.url())) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(
            f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        )
    for look in (migrate, is_current):
        with pytest.raises(Unavailable, match=f"The database's encoding is {encoding}, .* UTF8"):
            look(postgres.url(name))


def test_the_newest_revision_is_the_one_that_the_program_wants() -> None:
    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_heads() == [NEWEST]


def test_on_sqlite_the_migrations_make_the_very_tables_of_the_code(migrated_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "made.db"
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    ids.create(engine)
    engine.dispose()
    assert schema(migrated_file) == schema(path)


def schema(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT sql FROM sqlite_master WHERE sql NOT LIKE '%alembic_version%'").fetchall()
    connection.close()
    return {normal(sql) for (sql,) in found}


def normal(sql: str) -> str:
    """The statement with its columns and constraints in alphabetical order."""
    head, _, rest = " ".join(sql.split()).partition("(")
    body, _, tail = rest.rpartition(")")
    return f"{head}({','.join(sorted(part.strip() for part in body.split(',')))}){tail}"


def test_on_postgresql_the_migrations_make_the_tables_of_the_code(migrated_url: str) -> None:
    engine = create_engine(driver_url(migrated_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()
