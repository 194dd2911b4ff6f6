"""The three storages, by the name of the technology; a test that asks for `home` runs on each of them."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from adapters.sql.migrations import migrate
from chat_domain.ports.storage import Storage
from tests.builders import Chat
from tests.integration.contracts.homes import Home, MemoryHome, SqlHome, a_sqlite_url, empty
from tests.integration.servers.postgres import Postgres

SQL = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "parley.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_url(postgres: Postgres) -> str:
    """A migrated PostgreSQL database to be emptied before each use, which takes a tenth of making another."""
    url = postgres.url(postgres.create_database())
    migrate(url)
    return url


@pytest.fixture
def sqlite_home(migrated_file: Path, tmp_path: Path) -> Iterator[SqlHome]:
    home = SqlHome(a_sqlite_url(migrated_file, tmp_path / "parley.db"))
    yield home
    home.close()


@pytest.fixture
def postgresql_home(migrated_url: str) -> Iterator[SqlHome]:
    empty(migrated_url)
    home = SqlHome(migrated_url)
    yield home
    home.close()


@pytest.fixture
def memory_home() -> MemoryHome:
    return MemoryHome()


@pytest.fixture(params=["memory", *SQL])
def home(request: pytest.FixtureRequest) -> Home:
    """Each of the storages."""
    found: Home = request.getfixturevalue(f"{request.param}_home")
    return found


@pytest.fixture(params=SQL)
def sql_home(request: pytest.FixtureRequest) -> SqlHome:
    """Each of the storages that outlive a process, and in which several processes meet."""
    found: SqlHome = request.getfixturevalue(f"{request.param}_home")
    return found


@pytest.fixture(params=["memory", *SQL])
def new_home(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Home]:
    """Makes an empty home, as often as it is asked."""
    numbers = count()

    def sqlite() -> Home:
        migrated: Path = request.getfixturevalue("migrated_file")
        return SqlHome(a_sqlite_url(migrated, tmp_path / f"{next(numbers)}.db"))

    def postgresql() -> Home:
        url: str = request.getfixturevalue("migrated_url")
        empty(url)
        return SqlHome(url)

    return {"memory": MemoryHome, "sqlite": sqlite, "postgresql": postgresql}[request.param]


@pytest.fixture
def storage(home: Home) -> Storage:
    return home.open()


@pytest.fixture
def chat(home: Home) -> Chat:
    return home.chat()
