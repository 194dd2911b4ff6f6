"""What tests of a server's end have in common."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import PASSWORD
from tests.integration.sockets.raw import CLOSE, TEXT, Frame


@contextmanager
def told_to_stop(server: ParleyServer) -> Iterator[Future[int]]:
    """SIGTERM was sent; its exit code, when it has ended."""
    with ThreadPoolExecutor(1) as waiting:
        yield waiting.submit(server.stop)


@contextmanager
def a_slow_login(server: ParleyServer, username: str = "nobody") -> Iterator[Callable[[], bytes]]:
    """A request that the server has begun to read. Calling this sends the rest, and returns how the answer begins."""
    body = json.dumps({"username": username, "password": PASSWORD}).encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as slow:
        slow.sendall(b"POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        slow.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body[:10])
        time.sleep(0.3)

        def finish() -> bytes:
            slow.sendall(body[10:])
            return slow.recv(65536)

        yield finish


def was_closed_below_socket_io(frames: list[Frame]) -> None:
    """So that the client comes back by itself."""
    assert (TEXT, b"41") not in frames, "a DISCONNECT would keep the official client from coming back"
    assert frames[-1].opcode == CLOSE
