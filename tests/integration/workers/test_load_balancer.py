"""Two servers of two workers each behind the proxy of docs/scaling.md, which knows nothing of sessions."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import psutil
import pytest
import requests

from tests.integration.product.talk import over_a_socket, over_http
from tests.integration.servers.caddy import Caddy
from tests.integration.servers.postgres import Postgres
from tests.integration.servers.valkey import Valkey
from tests.integration.sockets.people import PASSWORD, Person, eventually
from tests.integration.workers.crew import Crew, a_crew
from tests.integration.workers.upheaval import nobody_notices

SENDS = 300
"""Of each sender."""


class Site(NamedTuple):
    """What people see, and what is behind it."""

    proxy: Caddy
    servers: tuple[Crew, Crew]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, valkey: Valkey) -> Iterator[Site]:
    proxy = Caddy(tmp_path_factory.mktemp("proxy"))
    database = postgres.url(postgres.create_database())
    settings: dict[str, Any] = {
        "SECRET_KEY": "k" * 40,
        "REDIS_URL": valkey.url,
        "PARLEY_PUBLIC_URL": proxy.url,
        "PARLEY_TRUSTED_PROXIES": "1",
        "PARLEY_WORKERS": "2",
    }
    with ExitStack() as running:
        one, two = (
            running.enter_context(a_crew(tmp_path_factory.mktemp(name), database, **settings))
            for name in ("one", "two")
        )
        proxy.start([one.port, two.port])
        running.callback(proxy.kill)
        eventually(lambda: requests.get(f"{proxy.url}/healthz", timeout=10).ok, "a healthy server", within=10)
        yield Site(proxy, (one, two))


@pytest.fixture
def anna(site: Site) -> Person:
    return Person(site.proxy, "anna")


@pytest.fixture
def ben(site: Site) -> Person:
    return Person(site.proxy, "ben")


def connections(server: Crew) -> int:
    """How many it has open."""
    return sum(
        line.status == psutil.CONN_ESTABLISHED and line.laddr.port == server.port
        for worker in server.workers()
        for line in psutil.Process(worker).net_connections("tcp")
    )


def test_people_on_different_servers_hear_each_other_in_one_order(site: Site, anna: Person, ben: Person) -> None:
    room = anna.opens(ben)
    with ExitStack() as open_ones:
        sockets = [open_ones.enter_context(who.connected()) for who in (anna, ben) * 4]
        for server in site.servers:
            assert connections(server) >= len(sockets) // 2, "whoever has fewer gets the next"
        for number, speaker in enumerate(sockets):
            speaker.ask("send_message", {"room_id": room, "message": str(number), "client_id": str(number)})
        for listener in sockets:
            eventually(lambda who=listener: len(who.all("receive_message")) == len(sockets), "all")  # type: ignore[misc]
            said = [event["message"]["content"] for event in listener.all("receive_message")]
            assert said == [str(number) for number in range(len(sockets))]


def test_a_browser_with_its_cookie_is_at_home_on_every_server(site: Site, anna: Person) -> None:
    browser = {"Cookie": anna.browser_cookie()}  # the client adds the Origin
    for _ in range(6):
        with anna.connected(auth=None, headers=browser) as socket:
            assert socket.ask("presence", {"user_ids": [anna.id]}) == {"online": [anna.id]}


def test_an_address_that_a_client_makes_up_is_not_believed(site: Site, anna: Person) -> None:
    requests.post(
        f"{site.proxy.url}/api/login",
        json={"username": anna.username, "password": PASSWORD},
        headers={"X-Forwarded-For": "203.0.113.9", "User-Agent": "a liar"},
        timeout=10,
    ).raise_for_status()
    (address,) = (
        session["address"]
        for session in anna.ask("GET", "/api/sessions")["sessions"]
        if "liar" in session["user_agent"]
    )
    assert address == "127.0.0.1"


def test_polling_is_refused_by_the_servers_own_problem(site: Site) -> None:
    reply = requests.get(f"{site.proxy.url}/socket.io/?EIO=4&transport=polling", timeout=10)
    assert (reply.status_code, reply.headers["Content-Type"]) == (400, "application/problem+json")


def test_nobody_who_retries_notices_that_one_server_is_restarted_and_the_other_killed(site: Site) -> None:
    one, two = site.servers
    doors = (over_a_socket, over_a_socket, over_http)
    with nobody_notices(site.proxy, doors, SENDS, patience=15) as talk:
        assert one.stop() == 0
        one.start()
        before = talk.said()
        eventually(lambda: talk.said() > before + SENDS // 4, "more of it", within=30)
        two.kill()
        two.start()
