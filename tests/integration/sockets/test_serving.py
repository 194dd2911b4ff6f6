"""The HTTP server cuts off whatever would hold it up, and answers the rest at once."""

import json
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress

import gevent
import pytest

from entrypoints.serving.server import Server
from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import Person

LOGIN = "POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@contextmanager
def a_connection(server: ParleyServer) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=45) as connection:
        yield connection


def everything(connection: socket.socket) -> bytes:
    """What comes until the server closes."""
    received = b""
    with suppress(ConnectionError):
        while data := connection.recv(65536):
            received += data
    return received


def answer(server: ParleyServer, request: bytes) -> bytes:
    with a_connection(server) as connection:
        with suppress(ConnectionError):
            connection.sendall(request)
        return everything(connection)


def test_slow_headers_and_slow_bodies_are_cut_off_and_idle_connections_wait(parley_server: ParleyServer) -> None:
    """All at once, because it takes half a minute."""

    def trickle(first: str, drop: str) -> tuple[bytes, float]:
        began = time.monotonic()
        with a_connection(parley_server) as connection:
            connection.sendall(first.encode())
            connection.settimeout(0.5)
            received = b""
            while True:
                try:
                    connection.sendall(drop.encode())
                    data = connection.recv(65536)
                    received += data
                    if not data:
                        break
                except TimeoutError:
                    continue
                except ConnectionError:
                    break
        return received, time.monotonic() - began

    def idle(request: str) -> float:
        began = time.monotonic()
        with a_connection(parley_server) as connection:
            connection.sendall(request.encode())
            connection.settimeout(20)
            with suppress(TimeoutError):
                everything(connection)
        return time.monotonic() - began

    with ThreadPoolExecutor(5) as clients:
        headers = clients.submit(trickle, "GET / HTTP/1.1\r\nHost: x\r\n", "X")
        body = clients.submit(trickle, f"{LOGIN}Content-Length: 1000\r\n\r\n", " ")
        chunks = clients.submit(trickle, f"{LOGIN}Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")
        mute = clients.submit(idle, "")
        kept = clients.submit(idle, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert 9.5 < headers.result()[1] < 12
    assert headers.result()[0] == b""
    assert 9.5 < mute.result() < 16  # the system waits for its first bytes before
    assert kept.result() > 19.5
    assert 29 < body.result()[1] < 32
    assert body.result()[0].startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in body.result()[0]
    assert chunks.result()[1] < 32


@pytest.mark.skipif(not hasattr(socket, "TCP_DEFER_ACCEPT"), reason="the system hands out silent connections")
def test_of_a_crowd_that_takes_a_moment_before_it_asks_nobody_is_hung_up_on(parley_server: ParleyServer) -> None:
    with ExitStack() as opened:
        crowd = [opened.enter_context(a_connection(parley_server)) for _ in range(300)]
        time.sleep(0.5)
        for connection in crowd:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answered = [connection for connection in crowd if everything(connection).endswith(b'{"status":"ok"}')]
    assert len(answered) == len(crowd)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/9.9\r\n\r\n", b"400"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_request_is_refused_and_the_connection_closed(
    parley_server: ParleyServer, request_: bytes, status: bytes
) -> None:
    assert answer(parley_server, request_).split(b" ")[1] == status


@pytest.mark.parametrize("size", ["Content-Length: 10000000000", "Transfer-Encoding: chunked"])
def test_a_body_that_is_too_large_is_refused_without_being_read(parley_server: ParleyServer, size: str) -> None:
    began = time.monotonic()
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    reply = answer(parley_server, f"{LOGIN}{size}\r\n\r\n".encode() + chunk * 3)
    assert reply == b"" or reply.startswith(b"HTTP/1.1 4"), reply[:200]
    assert time.monotonic() - began < 5


def test_a_chunked_body_is_read(parley_server: ParleyServer) -> None:
    body = b'{"username":"nobody","password":"x"}'
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    reply = answer(parley_server, f"{LOGIN}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks)
    assert reply.startswith(b"HTTP/1.1 401 ")


def test_a_request_that_asks_for_an_upgrade_gets_an_answer_and_not_the_connection(parley_server: ParleyServer) -> None:
    body = b'{"username":"nobody","password":"x"}'
    upgrading = f"{LOGIN}Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    following = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    reply = answer(parley_server, upgrading + body + following)
    # No page and no part of the API speaks WebSocket; what was sent as a body was taken as one.
    assert reply.startswith(b"HTTP/1.1 400 ")
    assert reply.endswith(b'{"status":"ok"}')


def test_several_requests_on_one_connection_are_answered_in_turn(parley_server: ParleyServer) -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert answer(parley_server, one * 3 + last).count(b'{"status":"ok"}') == 4


@pytest.mark.alone
def test_replies_and_acks_are_not_held_back_by_the_network(anna: Person) -> None:
    room = anna.opens()
    with anna.connected() as sender:
        asked = (
            lambda: anna.ask("GET", "/api/me"),
            lambda: sender.ask("send_message", {"room_id": room, "message": "quick"}),
        )
        for ask in asked:
            assert statistics.median(_seconds(ask) for _ in range(50)) < 0.035, "Nagle's algorithm costs 40 ms"


def _seconds(action: Callable[[], object]) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


def test_a_crowd_that_says_nothing_does_not_keep_others_out(parley_server: ParleyServer) -> None:
    crowd = [socket.create_connection(("127.0.0.1", parley_server.port)) for _ in range(300)]
    try:
        reply = answer(parley_server, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert json.loads(reply.split(b"\r\n\r\n")[1]) == {"status": "ok"}
    finally:
        for connection in crowd:
            connection.close()


def test_who_comes_in_a_crowd_leaves_room_for_others_between_any_two() -> None:
    """A crowd that connects at once is let in over many turns of the event loop, in each of which others have a go."""
    turns, served_in = 0, []

    def answer_at_once(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
        served_in.append(turns)
        start_response("204 No Content", [])
        return []

    with socket.create_server(("127.0.0.1", 0), backlog=32) as listener, ExitStack() as opened:
        server = Server(listener, answer_at_once)
        for _ in range(20):
            client = opened.enter_context(socket.create_connection(listener.getsockname()))
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        listener.setblocking(False)
        server.start()
        opened.callback(server.stop, timeout=0)
        with gevent.Timeout(10):
            while len(served_in) < 20:
                gevent.sleep(0)
                turns += 1
    assert all(served_in.count(turn) <= 2 for turn in served_in), served_in
