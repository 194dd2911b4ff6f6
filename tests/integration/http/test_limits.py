"""How often somebody may try, and what they are told when it is too often or the server has too much to do."""

import logging
import socket
import time
from collections.abc import Callable, Iterator
from threading import Event

import gevent
import pytest

from adapters.security.argon2 import Argon2PasswordHasher
from adapters.security.limits import WindowRateLimiter
from adapters.system.threads import NativeThreads
from chat_domain.model.errors import Unavailable
from chat_domain.ports.security import Limit
from tests.integration.http.world import PASSWORD, Reply, World, a_name, problem
from tests.integration.servers.valkey import a_valkey
from tests.integration.sockets.people import eventually


@pytest.fixture
def limited() -> World:
    """A chat with the limits that an operator gets by default."""
    return World({"PARLEY_RATE_LIMITS": "on"})


def refused_after(most: int, call: Callable[[int], Reply]) -> int:
    """How many calls were answered before the first 429, which says how long to wait."""
    for number in range(most):
        reply = call(number)
        if reply.status_code == 429:
            problem(reply, 429, "too_many")
            assert 1 <= int(reply.headers["Retry-After"]) <= 600
            return number
    raise AssertionError(f"{most} calls, and no limit")


def guess(world: World, login: str, *, address: str = "192.0.2.1") -> Reply:
    body = {"email" if "@" in login else "username": login, "password": "not this one"}
    return world.nobody().post("/api/login", json=body, environ_overrides={"REMOTE_ADDR": address})


def test_the_password_of_one_account_is_not_guessed_from_many_addresses(limited: World) -> None:
    anna = limited.someone()
    assert refused_after(120, lambda n: guess(limited, anna.username, address=f"192.0.2.{n}")) <= 100


def test_a_guesser_is_stopped_and_the_owner_of_the_account_is_not(limited: World) -> None:
    anna = limited.someone()
    assert refused_after(20, lambda _: guess(limited, anna.username)) <= 10
    body = {"username": anna.username, "password": PASSWORD}
    reply = limited.nobody().post("/api/login", json=body, environ_overrides={"REMOTE_ADDR": "198.51.100.7"})
    assert reply.status_code == 200


def test_a_name_written_in_other_ways_is_the_same_account(limited: World) -> None:
    anna = limited.someone("quentin")
    spellings = [anna.username.replace("q", q).replace("e", e) for q in "qQｑＱ" for e in "eEｅＥ"]
    assert refused_after(16, lambda n: guess(limited, spellings[n])) <= 10


def test_many_accounts_are_not_tried_from_one_address(limited: World) -> None:
    assert 20 <= refused_after(100, lambda n: guess(limited, f"somebody{n}")) <= 60
    assert guess(limited, "somebody", address="192.0.2.2").status_code == 401


def test_an_address_does_not_register_without_end(limited: World) -> None:
    def register(number: int) -> Reply:
        return limited.nobody().post("/api/register", json={"username": f"zoe{number}", "password": PASSWORD})

    assert 5 <= refused_after(100, register) <= 30


def test_refresh_tokens_are_not_tried_without_end(limited: World) -> None:
    assert refused_after(200, lambda _: limited.nobody().post("/api/token", json={"refresh_token": "x"})) <= 120


def test_a_user_does_not_send_without_end(limited: World) -> None:
    anna, ben = limited.someone(), limited.someone()
    room = anna.opens()
    anna.brings(ben, room)
    path = f"/api/chat/rooms/{room['id']}/messages"
    said = refused_after(200, lambda _: anna.post(path, json={"message": "again"}))
    assert 30 <= said <= 60
    assert ben.post(path, json={"message": "still here"}).status_code == 201, "others are not kept out"
    assert len(anna.get(f"{path}?limit=200").json["messages"]) == said + 1, "what was refused was not sent"


def test_a_user_does_not_open_rooms_or_guess_the_current_password_without_end(limited: World) -> None:
    anna = limited.someone()
    assert refused_after(100, lambda n: anna.post("/api/chat/rooms", json={"name": f"Room {n}"})) <= 60
    guesses = {"password": "seven lamps along", "current_password": "not this one"}
    assert refused_after(20, lambda _: anna.patch("/api/me", json=guesses)) <= 10


def test_limits_can_be_switched_off_for_benchmarks(world: World) -> None:
    for _ in range(70):
        assert guess(world, "somebody").status_code == 401


def test_several_processes_count_together(valkey_url: str) -> None:
    worlds = [World({"PARLEY_RATE_LIMITS": "on", "REDIS_URL": valkey_url}) for _ in range(2)]
    name = a_name()
    assert refused_after(20, lambda n: guess(worlds[n % 2], name)) <= 10


def test_where_counting_fails_nobody_is_kept_out_until_it_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    with a_valkey() as server, caplog.at_level(logging.INFO, "adapters.security.limits"):
        world = World({"PARLEY_RATE_LIMITS": "on", "REDIS_URL": server.url})
        assert guess(world, "somebody").status_code == 401
        server.kill()
        assert {guess(world, "somebody").status_code for _ in range(12)} == {401}
        server.start()
        eventually(lambda: guess(world, "somebody").status_code == 429, "a limit")
        assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"], "one line each"
        world.container.limits().close()


def test_a_server_that_accepts_and_never_answers_is_hardly_waited_for() -> None:
    limit = Limit("anything", 1, 60)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        limiter = WindowRateLimiter.in_redis(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        began = time.monotonic()
        for _ in range(100):
            limiter.hit(limit, "somebody")
        assert 0.1 < time.monotonic() - began < 0.9, "the first waits, the others pass for a second"


@pytest.fixture
def busy() -> Iterator[World]:
    """A chat whose only hashing thread is taken, and its queue of one too."""
    threads, go_on = NativeThreads(size=1, waiting=1), Event()
    world = World()
    world.container.hasher.override(Argon2PasswordHasher(offload=threads.run, memory_kib=8, passes=1))
    waiting = [gevent.spawn(threads.run, lambda: go_on.wait(30)) for _ in range(2)]
    gevent.sleep(0)  # lets both begin
    yield world
    go_on.set()
    gevent.joinall(waiting, raise_error=True)


def test_a_full_queue_for_hashing_is_told_with_the_time_to_come_back(busy: World) -> None:
    for path in ("/api/login", "/api/register"):
        reply = busy.nobody().post(path, json={"username": a_name(), "password": PASSWORD})
        problem(reply, 503, "unavailable")
        assert int(reply.headers["Retry-After"]) >= 1
    assert busy.nobody().get("/healthz").status_code == 200, "what needs no hashing goes on"


def test_storage_that_is_away_is_told_with_the_time_to_come_back() -> None:
    world = World()
    anna = world.someone()
    storage = world.container.storage()

    def away(*_: object) -> None:
        raise Unavailable("Storage does not answer.", retry_after=2.5)

    for name in ("snapshot", "unit_of_work"):
        setattr(storage, name, away)
    for method, path, body in (
        ("GET", "/api/me", None),
        ("POST", "/api/login", {"username": anna.username, "password": PASSWORD}),
        ("POST", "/api/register", {"username": a_name(), "password": PASSWORD}),
        ("POST", "/api/token", {"refresh_token": anna.refresh_token}),
    ):
        reply = anna.open(path, method=method, json=body)
        problem(reply, 503, "unavailable")
        assert reply.headers["Retry-After"] == "3"
