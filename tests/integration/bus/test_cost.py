"""What the bus asks of the database that everything else needs."""

from contextlib import closing

import psycopg2

from adapters.broadcasting.bus.postgres import PostgresChannel
from tests.integration.servers.postgres import a_postgres
from tests.integration.sockets.people import eventually


def run(url: str, *statements: str) -> int:
    """Each in a transaction of its own; the number that the last one found, if any."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for statement in statements:
            cursor.execute(statement)
        found = cursor.fetchone() if cursor.description else None
        return int(found[0]) if found else 0


def syncs(url: str) -> int:
    """How often the database's log was synced to disk by those who waited for it."""
    return run(url, "SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal' AND backend_type = 'client backend'")


def test_nothing_that_is_said_over_postgresql_waits_for_the_disk() -> None:
    with a_postgres(durable=True) as server:
        url = server.url()
        channel = PostgresChannel(url)
        for number in range(300):
            channel.publish(b"%d" % number)
        channel.close()
        run(url, "CREATE TABLE kept (number int)", *["INSERT INTO kept VALUES (1)"] * 50)
        eventually(lambda: syncs(url) >= 50, "the syncs of what is kept")
        assert syncs(url) < 100, "300 more if each had waited"
