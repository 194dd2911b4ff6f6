"""The HTTP side of Socket.IO: what is refused before Engine.IO sees it, with the same problem objects as REST."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterable
from http import HTTPStatus
from io import BytesIO
from typing import Any, Final
from urllib.parse import parse_qs

import orjson
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from entrypoints.browser import BrowserTrust, ForeignOrigin
from entrypoints.sockets.connections import Connections
from entrypoints.sockets.refusals import refusal
from entrypoints.wire.problems import MEDIA_TYPE

_PATH: Final = "/socket.io/"
_SEPARATOR: Final = "\x1e"
_PACKET_TYPES: Final = frozenset("134")
_KEY: Final = re.compile(r"[A-Za-z0-9+/]{22}==")

LARGEST_BODY: Final = 64 * 1024
MOST_PACKETS: Final = 1_000
"""Official clients put all that waits into one body."""

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class SocketDoor:
    """WSGI middleware around Engine.IO. `environ` must already say what the proxies in front know."""

    def __init__(
        self, inner: Application, trust: BrowserTrust, connections: Connections, allows_polling: bool = True
    ) -> None:
        self._inner = inner
        self._trust = trust
        self._connections = connections
        self._allows_polling = allows_polling

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(_PATH):
            try:
                self._check(environ)
            except Exception as error:  # noqa: BLE001 - becomes a problem object
                return _refuse(error, start_response)
        return self._inner(environ, start_response)

    def _check(self, environ: Environ) -> None:
        if self._trust.is_foreign(environ):
            raise ForeignOrigin
        query = parse_qs(environ.get("QUERY_STRING", ""))
        if "j" in query:  # a script of any site could read it
            raise BadRequest("JSONP is not supported.")
        if "sid" not in query:
            self._connections.require_room_at(environ.get("REMOTE_ADDR", ""))
        if query.get("transport") == ["websocket"]:
            _check_upgrade(environ)
        elif not self._allows_polling:
            raise BadRequest('This server speaks WebSocket only: connect with transports ["websocket"].')
        if environ["REQUEST_METHOD"] == "POST":
            _check_body(environ)


def _check_upgrade(environ: Environ) -> None:
    connection = environ.get("HTTP_CONNECTION", "").lower().split(",")
    upgrades = environ.get("HTTP_UPGRADE", "").lower() == "websocket" and "upgrade" in map(str.strip, connection)
    if not upgrades or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        raise BadRequest("This is not a WebSocket handshake (version 13).")
    if not _KEY.fullmatch(environ.get("HTTP_SEC_WEBSOCKET_KEY", "")):
        raise BadRequest("Sec-WebSocket-Key must hold 16 bytes.")


def _check_body(environ: Environ) -> None:
    """Python-engineio takes bad packets for its own bugs; they are turned away here."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > LARGEST_BODY:
        raise RequestEntityTooLarge
    try:
        body = environ["wsgi.input"].read(length)
        packets = body.decode().split(_SEPARATOR)
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest("The body is cut short, or not UTF-8.") from error
    if len(packets) > MOST_PACKETS or not all(map(_is_packet, packets)):
        raise BadRequest("The body does not hold Engine.IO packets.")
    environ["wsgi.input"] = BytesIO(body)


def _is_packet(packet: str) -> bool:
    if packet[:1] == "b":
        try:
            return bool(b64decode(packet[1:], validate=True))
        except ValueError:  # of binascii, or because it is not ASCII
            return False
    return packet[:1] in _PACKET_TYPES and packet != ""


def _refuse(error: Exception, start_response: Callable[..., Any]) -> Iterable[bytes]:
    problem = refusal(error, of="a request to Engine.IO")
    body = orjson.dumps(problem.body)
    headers = {**problem.headers, "Content-Type": MEDIA_TYPE, "Content-Length": str(len(body))}
    start_response(f"{problem.status} {HTTPStatus(problem.status).phrase}", [*headers.items()])
    return [body]
