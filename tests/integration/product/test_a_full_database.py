"""PostgreSQL takes no more: no space on its disk, no memory, its connections ended. Nothing is lost, and it heals."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest

from adapters.sql.migrations import migrate
from tests.integration.http.world import Caller, Reply, World, a_name, problem

REFUSALS = {
    "disk full": "RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'",
    "out of memory": "RAISE EXCEPTION 'out of memory' USING ERRCODE = '53200'",
    "shutting down": "RAISE EXCEPTION 'terminating connection' USING ERRCODE = '57P01'",
    "connection ended": "PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(1)",
}
MOMENTS = {"at the insert": "IMMEDIATE", "at the commit": "DEFERRED"}
SENDERS = 4


@pytest.fixture
def world(fresh_postgres_url: str) -> Iterator[World]:
    migrate(fresh_postgres_url)
    world = World({"DATABASE_URL": fresh_postgres_url})
    yield world
    world.container.storage().close()


@contextmanager
def no_new_messages(url: str, refusal: str, moment: str) -> Iterator[None]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {refusal}; END$$;"
            "CREATE CONSTRAINT TRIGGER full_up AFTER INSERT ON messages"
            f" DEFERRABLE INITIALLY {moment} FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
        connection.commit()
        yield
        cursor.execute("DROP TRIGGER full_up ON messages; DROP FUNCTION refuse()")
        connection.commit()


class Crowd:
    """Some people, all of them in two rooms, and a message that each wants to send to each room."""

    def __init__(self, world: World) -> None:
        self.people = [world.someone() for _ in range(SENDERS)]
        self._rooms = [self.people[0].opens() for _ in range(2)]
        for room in self._rooms:
            for other in self.people[1:]:
                self.people[0].brings(other, room)
            self.people[0].says(room)
        self._keys = [a_name() for _ in self._rooms]

    def posts(self) -> list[Reply]:
        """What they are told who all post at once."""
        with ThreadPoolExecutor(SENDERS) as pool:
            return [reply for told in pool.map(self._post_to_each, self.people) for reply in told]

    def logs(self) -> list[list[dict[str, Any]]]:
        """All events of each room, of which none is missing."""
        logs = [self.people[0].get(_path(room, "events")).json["events"] for room in self._rooms]
        for log in logs:
            assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
        return logs

    def histories(self, reader: Caller) -> list[int]:
        """How many messages somebody reads in each room."""
        return [len(reader.get(_path(room, "messages")).json["messages"]) for room in self._rooms]

    def _post_to_each(self, who: Caller) -> list[Reply]:
        return [
            who.post(_path(room, "messages"), json={"message": "hello", "client_id": key})
            for room, key in zip(self._rooms, self._keys, strict=True)
        ]


def _path(room: dict[str, Any], what: str) -> str:
    return f"/api/chat/rooms/{room['id']}/{what}?limit=200"


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_posts_are_refused_with_the_time_to_come_back_what_is_there_is_read_and_afterwards_all_goes_on(
    world: World, refusal: str, moment: str
) -> None:
    crowd = Crowd(world)
    before = crowd.logs()
    with no_new_messages(world.settings.storage_url, refusal, moment):
        for reply in crowd.posts():
            problem(reply, 503, "unavailable")
            assert 1 <= int(reply.headers["Retry-After"]) <= 5
        assert [crowd.histories(reader) for reader in crowd.people] == [[1, 1]] * SENDERS
        assert crowd.people[0].get("/healthz").status_code == 200
    assert crowd.logs() == before
    assert {reply.status_code for reply in crowd.posts()} == {201}, "what was refused is new"
    assert {reply.status_code for reply in crowd.posts()} == {200}, "and there once"
    assert [len(log) for log in crowd.logs()] == [len(log) + SENDERS for log in before]
