"""Two real servers over one PostgreSQL: what happens in one is heard in the other at once, by any bus and transport."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import product

import pytest
import requests

from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.servers.postgres import Postgres
from tests.integration.servers.valkey import a_valkey
from tests.integration.sockets.people import TRANSPORTS, Person, Socket, eventually

WITHIN = 2.0


@pytest.fixture(scope="module", params=product(("postgresql", "redis"), TRANSPORTS), ids="-".join)
def servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres: Postgres
) -> Iterator[list[ParleyServer]]:
    """Two servers that know each other."""
    bus, transport = request.param
    with ExitStack() as stack:
        settings = {
            "DATABASE_URL": postgres.url(postgres.create_database()),
            "PARLEY_RATE_LIMITS": "off",
            "PARLEY_TRANSPORT": transport,
        }
        if bus == "redis":
            settings["REDIS_URL"] = stack.enter_context(a_valkey()).url
        folders = [tmp_path_factory.mktemp("parley") for _ in range(2)]
        servers = [stack.enter_context(a_parley(folder, SECRET_KEY="x" * 32, **settings)) for folder in folders]
        for server in servers:
            eventually(lambda server=server: ready(server), "a ready server")  # type: ignore[misc]
        yield servers


def ready(server: ParleyServer) -> bool:
    return requests.get(f"{server.url}/readyz", timeout=10).status_code == 200


@pytest.fixture
def anna(servers: list[ParleyServer]) -> Person:
    return Person(servers[0], "anna")


@pytest.fixture
def ben(servers: list[ParleyServer]) -> Person:
    return Person(servers[1], "ben")


@pytest.fixture
def at_anna(anna: Person) -> Iterator[Socket]:
    with anna.connected() as socket:
        yield socket


@pytest.fixture
def at_ben(ben: Person) -> Iterator[Socket]:
    with ben.connected() as socket:
        yield socket


def test_a_message_typing_and_the_end_of_a_membership_cross(
    anna: Person, ben: Person, at_anna: Socket, at_ben: Socket
) -> None:
    room = anna.opens(ben)
    at_ben.hears("room_added", within=WITHIN)
    message = anna.says(room, "hello " + "漢" * 3_000)
    assert at_ben.hears("receive_message", within=WITHIN)["message"] == message
    at_ben.ask("typing", {"room_id": room})
    assert at_anna.hears("user_typing", within=WITHIN)["user"]["id"] == ben.id
    anna.ask("DELETE", f"/api/chat/rooms/{room}/members/{ben.id}")
    assert at_ben.hears("room_removed", within=WITHIN) == {"room_id": room}
    anna.says(room, "only for those who stayed")
    at_anna.hears("receive_message", seq=message["seq"] + 2, within=WITHIN)
    assert [event["seq"] for event in at_ben.all("receive_message")] == [message["seq"]]


def test_coming_online_crosses(anna: Person, ben: Person, at_anna: Socket) -> None:
    anna.opens(ben)
    with ben.connected() as at_ben:
        assert at_anna.hears("presence", user_id=ben.id, within=WITHIN)["online"]
        assert at_ben.ask("presence", {"user_ids": [anna.id]}) == {"online": [anna.id]}


def test_a_read_mark_crosses_to_ones_other_device(
    servers: list[ParleyServer], anna: Person, ben: Person, at_ben: Socket
) -> None:
    room = anna.opens(ben)
    seq = anna.says(room)["seq"]
    there = Socket()
    try:
        there.connect(servers[0].url, auth={"token": ben.token})
        there.ask("read", {"room_id": room, "seq": seq})
        assert at_ben.hears("read_mark", room_id=room, within=WITHIN)["read_seq"] == seq
    finally:
        there.close()


def test_a_logout_at_one_server_ends_the_sockets_at_the_other(
    servers: list[ParleyServer], ben: Person, at_ben: Socket
) -> None:
    headers = {"Authorization": f"Bearer {ben.token}"}
    assert requests.post(f"{servers[0].url}/api/logout", headers=headers, timeout=10).ok
    assert at_ben.hears("session_ended", within=WITHIN)["code"] == "logged_out"
    eventually(lambda: at_ben.ended, "the end", WITHIN)
