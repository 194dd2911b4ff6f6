"""A whole chat behind its HTTP door, in this process: storage in memory, cheap hashing, people who call."""

from collections.abc import Mapping
from itertools import count
from json import dumps, loads
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from adapters.security.argon2 import Argon2PasswordHasher
from entrypoints.container import Container
from entrypoints.http.app import create_app
from entrypoints.settings import load

PASSWORD = "a quiet harbour at dawn"
OTHER_PASSWORD = "seven lamps along the quay"
KEY = "a key that signs for these tests and for nothing else, long enough for all"

_numbers = count(1)


def a_name(stem: str = "anna") -> str:
    """A username that nobody has yet."""
    return f"{stem}{next(_numbers)}"


class Reply(TestResponse):
    """What came back."""

    @property
    def json(self) -> Any:
        """The body, which is JSON, or the test fails."""
        return loads(self.data)


class Caller(FlaskClient):
    """Somebody who calls: with a bearer token, with a browser's cookie, or with nothing."""

    id: int
    username: str
    token: str
    refresh_token: str

    def open(self, *args: Any, json: object = None, **more: Any) -> Reply:
        """Calls; `json` may hold what the server itself would never write, such as numbers beyond 64 bits."""
        if json is not None:
            more |= {"data": dumps(json), "content_type": "application/json"}
        reply = super().open(*args, buffered=True, **more)
        assert isinstance(reply, Reply)
        return reply

    def get(self, path: str, **more: Any) -> Reply:
        return self.open(path, method="GET", **more)

    def post(self, path: str, **more: Any) -> Reply:
        return self.open(path, method="POST", **more)

    def put(self, path: str, **more: Any) -> Reply:
        return self.open(path, method="PUT", **more)

    def patch(self, path: str, **more: Any) -> Reply:
        return self.open(path, method="PATCH", **more)

    def delete(self, path: str, **more: Any) -> Reply:
        return self.open(path, method="DELETE", **more)

    def opens(self, name: str = "Harbour", **more: Any) -> dict[str, Any]:
        """A room of this caller's."""
        reply = self.post("/api/chat/rooms", json={"name": name, **more})
        assert reply.status_code == 201, reply.text
        return dict(reply.json["chat_room"])

    def says(self, room: Mapping[str, Any], text: str = "hello", **more: Any) -> dict[str, Any]:
        """A message of this caller's."""
        reply = self.post(f"/api/chat/rooms/{room['id']}/messages", json={"message": text, **more})
        assert reply.status_code == 201, reply.text
        return dict(reply.json["message"])

    def brings(self, other: "Caller", room: Mapping[str, Any], role: str = "member") -> None:
        """Lets somebody else into a room, or gives them another role."""
        reply = self.put(f"/api/chat/rooms/{room['id']}/members/{other.id}", json={"role": role})
        assert reply.status_code in (200, 201), reply.text


class World:
    """One chat. `settings` as in the environment; rate limits are off unless they say otherwise.

    `dist` is where a built web client lies; without one there is none.
    """

    def __init__(self, settings: Mapping[str, str] | None = None, *, dist: Path = Path("no client")) -> None:
        given = {"DATABASE_URL": "memory://", "SECRET_KEY": KEY, "PARLEY_RATE_LIMITS": "off", **(settings or {})}
        self.settings = load(given).settings
        self.container = Container(settings=self.settings)
        # As argon2 does it, but in a fraction of a millisecond.
        self.container.hasher.override(Argon2PasswordHasher(memory_kib=8, passes=1))
        self._dist = dist
        self._app: Flask | None = None

    @property
    def app(self) -> Flask:
        """The application, made at first use so that a test may exchange a part of the container before."""
        if self._app is None:
            parts = self.container
            self._app = create_app(parts.services(), parts.views(), parts.trust(), dist=self._dist)
        return self._app

    def nobody(self) -> Caller:
        """Somebody who is not signed in and keeps no cookies."""
        return Caller(self.app, Reply, use_cookies=False)

    def unknown_browser(self) -> Caller:
        """A browser in which nobody signed in yet: it keeps cookies."""
        return Caller(self.app, Reply, use_cookies=True)

    def someone(self, username: str | None = None, **more: Any) -> Caller:
        """Somebody with an account, signed in."""
        caller = self.nobody()
        caller.username = username or a_name()
        reply = caller.post("/api/register", json={"username": caller.username, "password": PASSWORD, **more})
        assert reply.status_code == 201, reply.text
        caller.id = reply.json["user"]["id"]
        sign_in(caller)
        return caller

    def another_device_of(self, caller: Caller) -> Caller:
        """The same account, signed in once more."""
        other = self.nobody()
        other.id, other.username = caller.id, caller.username
        sign_in(other)
        return other

    def browser(self, caller: Caller) -> Caller:
        """A browser in which the caller signed in, and whose pages are of this server."""
        browser = self.unknown_browser()
        browser.environ_base["HTTP_ORIGIN"] = "http://localhost"
        credentials = {"username": caller.username, "password": PASSWORD, "cookie": True}
        reply = browser.post("/api/login", json=credentials)
        assert reply.status_code == 200, reply.text
        return browser


def sign_in(caller: Caller, password: str = PASSWORD) -> None:
    """Sign in with the password, and call with the token from now on."""
    reply = caller.post("/api/login", json={"username": caller.username, "password": password})
    assert reply.status_code == 200, reply.text
    caller.token, caller.refresh_token = reply.json["token"], reply.json["refresh_token"]
    caller.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {caller.token}"


def problem(reply: Reply, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem object of a refusal, which is complete and says what is expected."""
    assert reply.status_code == status, reply.text
    assert reply.mimetype == "application/problem+json"
    body = dict(reply.json)
    assert set(body) == {"type", "title", "status", "detail", "code", "errors", "request_id"}
    assert body["status"] == status
    assert body["type"] == f"urn:parley:problem:{body['code']}"
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == reply.headers["X-Request-ID"]
    assert code in (None, body["code"])
    return body


def bad_fields(reply: Reply) -> dict[str, str]:
    """Which fields a 422 blames, and the code of each."""
    return {bad["field"]: bad["code"] for bad in problem(reply, 422)["errors"]}
