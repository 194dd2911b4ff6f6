"""People who talk to a running server as programs do: `requests` for REST, `python-socketio` for the rest."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Protocol
from uuid import uuid4
from weakref import WeakSet

import engineio
import requests
import socketio
from requests.adapters import HTTPAdapter

TRANSPORTS = ("native", "stock")
PASSWORD = "a quiet harbour at dawn"


class Place(Protocol):
    """A server, or what stands in front of some."""

    @property
    def url(self) -> str: ...


class Person:
    """Somebody with an account, signed in by token."""

    everybody: ClassVar[WeakSet["Person"]] = WeakSet()

    def __init__(self, server: Place, stem: str = "anna") -> None:
        Person.everybody.add(self)
        self.url = server.url
        self.username = f"{stem}-{uuid4().hex[:12]}"
        self._http = requests.Session()
        self._http.trust_env = False
        self.id = int(self.ask("POST", "/api/register", username=self.username, password=PASSWORD)["user"]["id"])
        self.sign_in()

    def sign_in(self) -> None:
        """A new session, by which everything is asked from now on."""
        self.token = self.ask("POST", "/api/login", username=self.username, password=PASSWORD)["token"]
        self._http.headers["Authorization"] = f"Bearer {self.token}"

    def browser_cookie(self) -> str:
        """The Cookie header of a browser in which this person is signed in."""
        credentials = {"username": self.username, "password": PASSWORD, "cookie": True}
        reply = requests.post(
            f"{self.url}/api/login", json=credentials, headers={"Origin": self.url, "Connection": "close"}, timeout=10
        )
        assert reply.ok, reply.text
        return "; ".join(f"{name}={value}" for name, value in reply.cookies.items())

    def ask(self, method: str, path: str, **body: object) -> dict[str, Any]:
        """The reply to a request that is granted."""
        reply = self._http.request(method, self.url + path, json=body or None, timeout=10)
        assert reply.ok, reply.text
        return dict(reply.json())

    def opens(self, *others: "Person", **more: object) -> int:
        """A new room of this person's, with the others in it."""
        room = self.ask("POST", "/api/chat/rooms", **{"name": "Harbour", **more})["chat_room"]["id"]
        for other in others:
            self.ask("PUT", f"/api/chat/rooms/{room}/members/{other.id}", role="member")
        return int(room)

    def says(self, room: int, text: str = "hello", **more: object) -> dict[str, Any]:
        """A message of this person's, posted over REST."""
        return dict(self.ask("POST", f"/api/chat/rooms/{room}/messages", message=text, **more)["message"])

    def hang_up(self) -> None:
        """Close the connections that are kept for the next request, which opens another."""
        close(self._http)

    @contextmanager
    def connected(self, **options: Any) -> Iterator["Socket"]:
        """A connected socket of this person's: `connected(transports=["polling"])`."""
        socket = Socket()
        try:
            yield socket.connect(self.url, **{"auth": {"token": self.token}, **options})
        finally:
            socket.close()


class _EngineInOrder(engineio.Client):  # type: ignore[misc]  # it has no types
    """Handles one packet after the other; the original begins a thread for each, and they overtake each other.

    `threads` are those that read and write, which it forgets when the server was the first to close.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self.threads: list[threading.Thread] = []
        super().__init__(*args, **options)

    def start_background_task(self, *args: Any, **options: Any) -> threading.Thread:
        thread: threading.Thread = super().start_background_task(*args, **options)
        self.threads.append(thread)
        return thread

    def _trigger_event(self, event: str, *args: object, **_: object) -> object:
        return super()._trigger_event(event, *args, run_async=False)


class _ClientInOrder(socketio.Client):  # type: ignore[misc]  # likewise
    def _engineio_client_class(self) -> type[engineio.Client]:
        return _EngineInOrder


class Socket:
    """A Socket.IO client that remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.ended = False
        self._http = requests.Session()  # its own, for one of the library's it would forget and not close
        self._client = _ClientInOrder(reconnection=False, http_session=self._http)
        self._client.on("*", lambda event, *data: self.heard.append((event, *data)))
        self._client.on("disconnect", self._end)
        self._client.on("connect_error", lambda data: self.heard.append(("connect_error", data)))

    def connect(self, url: str, **options: Any) -> "Socket":
        """Connect; raises socketio.exceptions.ConnectionError."""
        headers = {**options.pop("headers", {})}  # a copy, since the library takes the cookie out
        self._client.connect(url, headers=headers, **{"transports": ["websocket"], **options})
        return self

    @property
    def id(self) -> str:
        return str(self._client.get_sid())

    @property
    def port(self) -> int:
        """Of its end of the connection."""
        return int(self._client.eio.ws.sock.getsockname()[1])

    @property
    def transport(self) -> str:
        """The one that it speaks now."""
        return str(self._client.transport())

    @property
    def upgrades(self) -> list[str]:
        """The transports that it was offered beside the one that it has."""
        return list(self._client.eio.upgrades)

    def ask(self, event: str, *payload: object, within: float = 10) -> dict[str, Any]:
        """The data of the ack to an event that is granted."""
        ack = self.call(event, *payload, within=within)
        assert set(ack) == {"data"}, ack
        return dict(ack["data"])

    def refused(self, event: str, *payload: object) -> dict[str, Any]:
        """The problem object of the ack to an event that is refused."""
        ack = self.call(event, *payload)
        assert set(ack) == {"error"}, ack
        problem = dict(ack["error"])
        assert {"type", "title", "status", "detail", "code", "errors", "request_id"} <= set(problem)
        return problem

    def call(self, event: str, *payload: object, within: float = 10) -> dict[str, Any]:
        """The ack."""
        return dict(self._client.call(event, payload, timeout=within))

    def emit(self, event: str, *payload: object, callback: Callable[..., None] | None = None) -> None:
        """Send without waiting."""
        self._client.emit(event, payload, callback=callback)

    def hears(self, event: str, within: float = 5, **fields: object) -> dict[str, Any]:
        """The first event of this name with these fields, now or soon."""
        eventually(lambda: self.find(event, **fields) is not None, f"{event} {fields}", within)
        return self.find(event, **fields) or {}

    def find(self, event: str, **fields: object) -> dict[str, Any] | None:
        """What was heard of this name with these fields, if anything."""
        found = (payload for name, payload in list(self.heard) if name == event and _has(payload, fields))
        return next(found, None)

    def all(self, event: str) -> list[dict[str, Any]]:
        """Everything that was heard of this name."""
        return [payload for name, payload in list(self.heard) if name == event]

    def close(self) -> None:
        engine = self._client.eio
        ending = threading.Thread(target=self._client.disconnect, daemon=True)
        ending.start()
        ending.join(2)
        if ending.is_alive() and engine.transport() == "polling":
            # When two of its threads meet badly its goodbye is not sent, and it waits until the server gives it up.
            requests.post(engine.base_url, data="1", headers={"Connection": "close"}, timeout=10)
            ending.join(5)
        # When the server was the first to close, its threads would go on for as long as their patience lasts.
        engine.queue.put(None)
        for thread in (ending, *engine.threads):
            thread.join(5)
        close(self._http)
        if engine.ws:
            engine.ws.shutdown()

    def _end(self, *_: object) -> None:
        self.ended = True


def close(http: requests.Session) -> None:
    """Close its connections, which its own `close` leaves to the garbage collector."""
    for adapter in http.adapters.values():
        if isinstance(adapter, HTTPAdapter):
            pools = adapter.poolmanager.pools
            for key in pools.keys():  # noqa: SIM118  # it cannot be iterated
                pools[key].close()
    http.close()


Found = Any


def eventually(look: Callable[[], Found], what: str = "it", within: float = 5) -> Found:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {within} s in vain for {what}"
        time.sleep(0.01)
    return found


def _has(payload: Any, fields: Mapping[str, object]) -> bool:
    return isinstance(payload, dict) and all(payload.get(name) == value for name, value in fields.items())
