"""Whether the server lives, and whether it can work."""

from pathlib import Path

import pytest
import requests

from chat_domain.model.errors import Unavailable
from tests.integration.http.world import World, problem
from tests.integration.servers.parley import a_parley
from tests.integration.servers.postgres import a_postgres
from tests.integration.sockets.people import PASSWORD, Person, eventually


def test_a_server_that_lives_says_so_to_anybody(world: World) -> None:
    for path in ("/healthz", "/readyz"):
        reply = world.nobody().get(path)
        assert (reply.status_code, reply.json) == (200, {"status": "ok"})


def test_without_its_storage_it_lives_but_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()

    def away() -> None:
        raise Unavailable("Storage does not answer.", retry_after=5)

    monkeypatch.setattr(world.container.storage(), "check", away)
    assert world.nobody().get("/healthz").status_code == 200
    reply = world.nobody().get("/readyz")
    problem(reply, 503, "unavailable")
    assert reply.headers["Retry-After"] == "5"


def test_with_postgresql_killed_it_is_not_ready_and_comes_back_by_itself(tmp_path: Path) -> None:
    with a_postgres(durable=True) as database, a_parley(tmp_path, DATABASE_URL=database.url()) as server:
        anna = Person(server)
        room = anna.opens()

        def status(path: str, **body: str) -> int:
            headers = {"Authorization": f"Bearer {anna.token}"}
            method = "POST" if body else "GET"
            reply = requests.request(method, server.url + path, json=body or None, headers=headers, timeout=10)
            if reply.status_code == 503:
                assert reply.headers["Content-Type"] == "application/problem+json"
                assert int(reply.headers["Retry-After"]) >= 1
            return reply.status_code

        database.kill()
        for path, body in (
            ("/readyz", {}),
            ("/api/me", {}),
            (f"/api/chat/rooms/{room}/messages", {"message": "hello"}),
            ("/api/login", {"username": anna.username, "password": PASSWORD}),
        ):
            assert status(path, **body) == 503
        assert status("/healthz") == 200
        database.start()
        eventually(lambda: status("/readyz") == 200, "a ready server", within=5)
        eventually(lambda: status(f"/api/chat/rooms/{room}/messages", message="hello") == 201, "a send", within=5)
        assert len(anna.ask("GET", f"/api/chat/rooms/{room}/messages")["messages"]) == 1
