"""What the integration tests share: real servers, started at first use and stopped at the end."""

import signal
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tests.integration.servers.browser import find_browser
from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.servers.postgres import Postgres, a_postgres
from tests.integration.servers.program import Program
from tests.integration.servers.valkey import Valkey, a_valkey
from tests.integration.sockets.people import Person


def pytest_configure() -> None:
    # Without this a SIGTERM, such as `timeout` sends, would leave the servers running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL to make databases in; a test that stops or kills it takes `a_postgres` of its own."""
    with a_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """A database for the whole session; it starts empty."""
    return postgres.url(postgres.create_database())


@pytest.fixture
def fresh_postgres_url(postgres: Postgres) -> str:
    """An empty database for this test alone (60 ms)."""
    return postgres.url(postgres.create_database())


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """A running Valkey for everybody; a test that stops or kills it takes `a_valkey` of its own."""
    with a_valkey() as server:
        yield server


@pytest.fixture(scope="session")
def valkey_url(valkey: Valkey) -> str:
    return valkey.url


@pytest.fixture(scope="session")
def parley_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ParleyServer]:
    """A running server for everybody, on SQLite, without rate limits."""
    limits = {"PARLEY_RATE_LIMITS": "off", "PARLEY_MAX_SOCKETS_PER_ADDRESS": "0"}
    with a_parley(tmp_path_factory.mktemp("parley"), **limits) as server:
        yield server


@pytest.fixture(autouse=True)
def people_hang_up() -> Iterator[None]:
    """After each test; those of fixtures of a wider scope too, who connect again."""
    yield
    for person in list(Person.everybody):
        person.hang_up()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """pytest-playwright starts the browser that was found, not only the one that it would install itself."""
    return {**browser_type_launch_args, "executable_path": str(find_browser())}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds the logs of the programs that ran during a test that failed."""
    report = yield
    if report.failed:
        report.sections += [(f"log of {program.name} {program.pid}", program.log_tail()) for program in Program.started]
    if report.when == "teardown":
        Program.started[:] = [program for program in Program.started if program.running]
    return report
