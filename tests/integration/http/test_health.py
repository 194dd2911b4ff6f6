"""Whether the server lives, and whether it can work."""

import pytest

from chat_domain.model.errors import Unavailable
from tests.integration.http.world import World, problem


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
