"""From polling to WebSocket: nothing is lost or reordered on the way, and a dance out of step changes nothing."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import requests

from adapters.broadcasting.native.frames import text_frame
from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import Person
from tests.integration.sockets.raw import ADDRESS, CLOSE, RawWebSocket, a_websocket
from tests.unit.transport.client import a_frame

POLLING = "/socket.io/?EIO=4&transport=polling"


class Polling:
    """A connection that polls."""

    def __init__(self, server: ParleyServer, person: Person, http: requests.Session) -> None:
        self._server, self._http = server, http
        self._url = server.url + POLLING
        self.sid = json.loads(self.poll()[0][1:])["sid"]
        self._url += f"&sid={self.sid}"
        self.post(f'40{{"token":"{person.token}"}}')
        while not any(packet.startswith("40{") for packet in self.poll()):
            pass

    def poll(self) -> list[str]:
        reply = self._http.get(self._url, timeout=10)
        assert reply.status_code == 200, reply.text
        return reply.text.split("\x1e")

    def post(self, *packets: str) -> None:
        assert self._http.post(self._url, data="\x1e".join(packets), timeout=10).status_code == 200

    def is_open(self) -> bool:
        return self._http.post(self._url, data="3", timeout=10).status_code == 200

    @contextmanager
    def websocket(self) -> Iterator[RawWebSocket]:
        with a_websocket(self._server, path=f"{ADDRESS}&sid={self.sid}") as client:
            yield client


@pytest.fixture
def polling(server: ParleyServer, anna: Person) -> Iterator[Polling]:
    with requests.Session() as http:
        yield Polling(server, anna, http)


def ask(number: int) -> str:
    return f'42{number}["presence",{{"user_ids":[]}}]'


def answer(number: int) -> str:
    return f'43{number}[{{"data":{{"online":[]}}}}]'


def test_what_waits_to_be_polled_comes_over_the_websocket_in_order(polling: Polling) -> None:
    with polling.websocket() as client:
        client.send("2probe")
        assert client.text() == "3probe"
        assert polling.poll() == ["6"]  # ends the poll that waits, if there is one
        polling.post(*map(ask, range(20)))
        client.send("5")
        client.send(ask(20))
        assert [client.text() for _ in range(21)] == [answer(number) for number in range(21)]
        assert not polling.is_open()


def test_the_frames_may_come_with_the_request_itself(server: ParleyServer, polling: Polling) -> None:
    early = a_frame(b"2probe") + a_frame(b"5") + a_frame(ask(1).encode())
    request = (
        f"GET {ADDRESS}&sid={polling.sid} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(request.encode() + early)
        wanted = [text_frame(text.encode()) for text in ("3probe", answer(1))]
        heard = b""
        while not heard.endswith(b"".join(wanted)):
            heard += client.recv(4096)
            assert len(heard) < 1_000, heard


@pytest.mark.parametrize("steps", [["x"], ["5"], ["2probe", "2probe"], ["2probe", "42[]"], ["2probe", ""], ["1"]])
def test_whoever_dances_out_of_step_keeps_on_polling(polling: Polling, steps: list[str]) -> None:
    with polling.websocket() as client:
        for step in steps:
            client.send(step)
        for frame in client.end():
            assert frame.payload == b"3probe"
    polling.post(ask(1))
    while answer(1) not in polling.poll():
        pass


def test_whoever_does_not_finish_the_dance_is_shown_out_after_ten_seconds(polling: Polling) -> None:
    with polling.websocket() as client:
        began = time.monotonic()
        client.send("2probe")
        assert client.text() == "3probe"
        with suppress(TimeoutError):  # the client's own, of ten seconds
            client.end()
        assert client.end() == []
        assert 9 < time.monotonic() - began < 13
    assert polling.is_open()


def test_of_two_who_dance_for_one_connection_one_gets_it(polling: Polling) -> None:
    with polling.websocket() as first, polling.websocket() as second:
        for client in (first, second):
            client.send("2probe")
            assert client.text() == "3probe"
        first.send("5")
        first.send(ask(1))
        assert first.text() == answer(1)
        second.send("5")
        assert second.end() == []
        first.send(ask(2))
        assert first.text() == answer(2)


def test_the_end_of_the_session_is_told_even_in_the_middle_of_the_dance(polling: Polling, anna: Person) -> None:
    with polling.websocket() as client:
        client.send("2probe")
        assert client.text() == "3probe"
        anna.ask("POST", "/api/logout")
        client.send("5")
        assert [frame.payload for frame in client.end()[:2]] == [b'42["session_ended",{"code":"logged_out"}]', b"41"]


def test_the_end_of_the_session_is_told_to_who_polls_a_little_later(polling: Polling, anna: Person) -> None:
    anna.ask("POST", "/api/logout")
    assert polling.poll() == ['42["session_ended",{"code":"logged_out"}]', "41", "1"]
    assert not polling.is_open()


def test_nobody_changes_over_twice(server: ParleyServer, polling: Polling) -> None:
    with polling.websocket() as client:
        client.send("2probe")
        client.send("5")
        client.send(ask(1))
        assert [client.text() for _ in range(2)] == ["3probe", answer(1)]
        with polling.websocket() as again:
            assert again.reply.startswith("HTTP/1.1 400")
        client.send(b"\x03\xe8", CLOSE)
        assert client.end()[-1].opcode == CLOSE
