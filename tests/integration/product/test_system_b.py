"""System B: a chat that is all REST and JWT. Every call here is one of `curl`, as a reader of the docs would try it."""

import base64
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from socketio.exceptions import ConnectionError as NotConnected

from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.sockets.people import PASSWORD, Person, Socket


@dataclass
class Curl:
    """Calls one server, with a token if there is one."""

    url: str
    token: str | None = None

    def __call__(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """The status and the JSON of the reply."""
        command = ["curl", "-sS", "--noproxy", "*", "--max-time", "10", "-w", "\n%{http_code}", "-X", method]
        if self.token:
            command += ["-H", f"Authorization: Bearer {self.token}"]
        if body is not None:
            command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
        done = subprocess.run([*command, self.url + path], check=True, capture_output=True, text=True)
        text, _, status = done.stdout.rpartition("\n")
        return int(status), json.loads(text)

    def signed_in(self, username: str) -> "Curl":
        """A caller with an account of this name."""
        assert self("POST", "/api/register", {"username": username, "password": PASSWORD})[0] == 201
        return Curl(self.url, self("POST", "/api/login", {"username": username, "password": PASSWORD})[1]["token"])


@pytest.fixture
def curl(parley_server: ParleyServer) -> Curl:
    return Curl(parley_server.url)


@pytest.fixture
def anna(curl: Curl) -> Curl:
    return curl.signed_in(a_name())


def a_name() -> str:
    return f"user-{uuid4().hex[:12]}"


def test_b_one_registers_logs_in_and_logs_out(curl: Curl) -> None:
    name = a_name()
    status, registered = curl("POST", "/api/register", {"username": name, "password": PASSWORD})
    assert (status, registered["user"]["username"]) == (201, name)
    assert registered["message"]
    assert curl("POST", "/api/register", {"username": name, "password": PASSWORD})[0] == 409
    assert curl("POST", "/api/login", {"username": name, "password": "wrong"})[0] == 401
    status, session = curl("POST", "/api/login", {"username": name, "password": PASSWORD})
    assert (status, session["user"]) == (200, registered["user"])
    status, goodbye = Curl(curl.url, session["token"])("POST", "/api/logout")
    assert (status, bool(goodbye["message"])) == (200, True)


def test_b_logout_is_real(curl: Curl, anna: Curl) -> None:
    assert anna("GET", "/api/me")[0] == 200
    anna("POST", "/api/logout")
    for method, path in (("GET", "/api/me"), ("GET", "/api/chat/rooms"), ("POST", "/api/logout")):
        assert anna(method, path)[0] == 401
    socket = Socket()
    with pytest.raises(NotConnected):
        socket.connect(curl.url, auth={"token": anna.token})
    socket.close()


def test_b_the_token_is_a_jwt_with_the_user_id_and_an_expiry(anna: Curl) -> None:
    _, payload, _ = str(anna.token).split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["sub"] == str(anna("GET", "/api/me")[1]["user"]["id"])
    assert claims["exp"] - claims["iat"] == 15 * 60


def test_b_rooms_are_created_with_a_description_and_listed(curl: Curl, anna: Curl) -> None:
    name = f"Harbour {uuid4().hex[:12]}"
    status, made = anna("POST", "/api/chat/rooms", {"name": name, "description": "Boats and tides"})
    assert (status, made["chat_room"]["description"]) == (201, "Boats and tides")
    assert made["message"]
    assert [room["id"] for room in anna("GET", "/api/chat/rooms")[1]["chat_rooms"]] == [made["chat_room"]["id"]]
    found = curl.signed_in(a_name())("GET", f"/api/chat/rooms?scope=public&query={name.split()[1]}")[1]["chat_rooms"]
    assert [(room["id"], room["name"], room["description"]) for room in found] == [
        (made["chat_room"]["id"], name, "Boats and tides")
    ]
    assert curl("GET", "/api/chat/rooms")[0] == 401


def test_b_a_room_is_shown_with_its_members_and_messages(curl: Curl, anna: Curl) -> None:
    room = anna("POST", "/api/chat/rooms", {"name": "Harbour"})[1]["chat_room"]["id"]
    ben = curl.signed_in(a_name())
    assert ben("POST", f"/api/chat/rooms/{room}/join")[0] == 200
    said = ben("POST", f"/api/chat/rooms/{room}/messages", {"message": "ahoy"})[1]["message"]
    status, details = anna("GET", f"/api/chat/rooms/{room}")
    people = [anna("GET", "/api/me")[1]["user"]["id"], ben("GET", "/api/me")[1]["user"]["id"]]
    assert status == 200
    assert [user["id"] for user in details["chat_room"]["users"]] == people
    assert details["chat_room"]["messages"] == [said]


def test_b_messages_are_sent_and_read_with_sender_and_time(anna: Curl) -> None:
    room = anna("POST", "/api/chat/rooms", {"name": "Harbour"})[1]["chat_room"]["id"]
    me = anna("GET", "/api/me")[1]["user"]
    status, sent = anna("POST", f"/api/chat/rooms/{room}/messages", {"message": "ahoy"})
    assert status == 201
    status, page = anna("GET", f"/api/chat/rooms/{room}/messages")
    assert (status, page["chat_room_id"], page["messages"]) == (200, room, [sent["message"]])
    message = page["messages"][0]
    assert message["sender"] == {"id": me["id"], "username": me["username"], "name": me["name"]}
    assert message["content"] == "ahoy"
    assert me["created_at"] <= message["created_at"]


def test_b_what_is_sent_over_rest_is_broadcast_live_to_the_room(parley_server: ParleyServer, anna: Curl) -> None:
    room = anna("POST", "/api/chat/rooms", {"name": "Harbour"})[1]["chat_room"]["id"]
    ben, outsider = Person(parley_server, "ben"), Person(parley_server, "carl")
    ben.ask("POST", f"/api/chat/rooms/{room}/join")
    with ben.connected() as bens, outsider.connected() as outsiders:
        sent = anna("POST", f"/api/chat/rooms/{room}/messages", {"message": "ahoy"})[1]["message"]
        assert bens.hears("receive_message", room_id=room)["message"] == sent
        bens.ask("send_message", {"room_id": room, "message": "back", "client_id": "1"})
        assert outsiders.find("receive_message") is None
    assert [m["content"] for m in anna("GET", f"/api/chat/rooms/{room}/messages")[1]["messages"]] == ["ahoy", "back"]


@pytest.mark.parametrize("token", [None, "", "made-up", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."])
def test_b_only_a_valid_token_may_send_over_the_socket(curl: Curl, token: str | None) -> None:
    socket = Socket()
    with pytest.raises(NotConnected):
        socket.connect(curl.url, auth={"token": token})
    socket.close()


def test_b_sqlite_is_enough_for_development(tmp_path: Path) -> None:
    with a_parley(tmp_path) as server:
        anna = Curl(server.url).signed_in("anna")
        assert anna("POST", "/api/chat/rooms", {"name": "Harbour"})[0] == 201
        assert (server.data / "parley.db").read_bytes().startswith(b"SQLite format 3")
