"""A server is ready while its storage and its bus answer, and serves without the bus nevertheless."""

import socket
from pathlib import Path

import pytest
import requests

from entrypoints.container import Container
from entrypoints.settings import load
from tests.integration.http.world import KEY
from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.servers.valkey import a_valkey
from tests.integration.sockets.people import Person, eventually


def status(server: ParleyServer, path: str = "/readyz") -> tuple[int, str]:
    reply = requests.get(server.url + path, timeout=10)
    return reply.status_code, str(reply.json().get("code"))


def test_without_its_bus_a_server_starts_and_serves_but_is_not_ready(fresh_postgres_url: str, tmp_path: Path) -> None:
    with a_valkey() as valkey:
        valkey.kill()
        with a_parley(tmp_path, DATABASE_URL=fresh_postgres_url, REDIS_URL=valkey.url) as server:
            assert status(server, "/healthz")[0] == 200
            assert status(server) == (503, "bus_away")
            anna = Person(server)
            with anna.connected() as at_anna:
                room = anna.opens()
                message = anna.says(room)
                assert at_anna.hears("receive_message")["message"] == message
            valkey.start()
            eventually(lambda: status(server)[0] == 200, "a ready server")
            valkey.kill()
            eventually(lambda: status(server) == (503, "bus_away"), "a server that is not ready")
            assert anna.says(room)["seq"] == message["seq"] + 1
            assert server.stop() == 0
            log = server.log()
            assert 0 <= log.find("the bus is away") < log.find("the bus is back"), "again within 10 s is held back"


@pytest.mark.parametrize("scheme", ["postgresql", "redis"])
def test_nothing_is_connected_by_building_what_there_is(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        here = f"127.0.0.1:{listener.getsockname()[1]}"
        urls = {"DATABASE_URL": f"postgresql://{here}/chat"} | (
            {"REDIS_URL": f"redis://{here}"} if scheme == "redis" else {}
        )
        container = Container(settings=load({**urls, "SECRET_KEY": KEY}).settings)
        services = container.services()
        assert container.settings().bus_kind == scheme
        assert not services.broadcaster.is_current()
        with pytest.raises(TimeoutError):
            listener.accept()
