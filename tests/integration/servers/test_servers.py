"""The servers that other tests stand on do what those tests take for granted."""

import socket
import sys
from pathlib import Path

import psycopg2
import pytest

from tests.integration.servers.postgres import a_postgres
from tests.integration.servers.program import Program, ProgramFailed, free_port
from tests.integration.servers.valkey import Valkey, a_valkey


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def ping(server: Valkey) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(64)


def test_a_postgresql_that_was_killed_comes_back_with_what_was_committed() -> None:
    with a_postgres(durable=True) as server:
        query(server.url(), "CREATE TABLE kept AS SELECT 7 AS number")
        server.kill()
        with pytest.raises(psycopg2.OperationalError):
            query(server.url(), "SELECT 1")
        server.start()
        assert query(server.url(), "SELECT number FROM kept") == [(7,)]


def test_a_durable_postgresql_syncs_and_a_hasty_one_does_not(postgres_url: str) -> None:
    with a_postgres(durable=True) as server:
        assert query(server.url(), "SHOW fsync") == [("on",)]
        assert query(server.url(), "SHOW synchronous_commit") == [("on",)]
    assert query(postgres_url, "SHOW fsync") == [("off",)]


def test_a_fresh_database_knows_nothing_of_another(postgres_url: str, fresh_postgres_url: str) -> None:
    query(postgres_url, "CREATE TABLE mine (number int)")
    assert query(fresh_postgres_url, "SELECT to_regclass('mine')") == [(None,)]


def test_a_valkey_can_be_killed_and_started_again() -> None:
    with a_valkey() as server:
        assert ping(server) == b"+PONG\r\n"
        server.kill()
        with pytest.raises(OSError, match="refused"):
            ping(server)
        server.start()
        assert ping(server) == b"+PONG\r\n"


def test_a_program_that_ends_early_is_reported_with_its_log(tmp_path: Path) -> None:
    program = Program([sys.executable, "-c", "raise SystemExit('no such setting')"], tmp_path / "log")
    with pytest.raises(ProgramFailed, match="no such setting"):
        program.wait_until(lambda: False)


def test_a_program_that_will_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    port = free_port()
    child = (
        f"import socket, time; s = socket.create_server(('127.0.0.1', {port})); print('up', flush=True); time.sleep(9)"
    )
    stubborn = (
        "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"subprocess.run([sys.executable, '-c', {child!r}])"
    )
    program = Program([sys.executable, "-c", stubborn], tmp_path / "log")
    program.wait_until(lambda: "up" in program.log_tail())
    with pytest.raises(ProgramFailed, match="did not end"):
        program.stop(within=0.2)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
