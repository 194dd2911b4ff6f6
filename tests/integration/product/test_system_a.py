"""System A: a chat for the browser over PostgreSQL. Accounts with name, email and password; live pages; invitations.

What only a browser can show is promised again in tests/integration/browser.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
import requests

from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.servers.postgres import Postgres
from tests.integration.sockets.people import PASSWORD, Person, Socket


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> str:
    return postgres.url(postgres.create_database())


@pytest.fixture(scope="module")
def server(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ParleyServer]:
    folder = tmp_path_factory.mktemp("system-a")
    with a_parley(folder, DATABASE_URL=database, PARLEY_RATE_LIMITS="off") as server:
        yield server


@pytest.fixture
def anna(server: ParleyServer) -> Person:
    return Person(server, "anna")


@pytest.fixture
def ben(server: ParleyServer) -> Person:
    return Person(server, "ben")


@pytest.fixture
def session(server: ParleyServer) -> Iterator[requests.Session]:
    """What a page of the server can send."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Origin"] = server.url
        yield session


def an_account() -> dict[str, str]:
    username = f"kit-{uuid4().hex[:12]}"
    return {"username": username, "name": "Kit Marlowe", "email": f"{username}@example.org", "password": PASSWORD}


def everything_stored(database: str) -> str:
    """All rows of all tables as text."""
    connection = psycopg2.connect(database)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            rows = []
            for (table,) in cursor.fetchall():
                cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')  # noqa: S608 - names from the catalogue
                rows += [row for (row,) in cursor.fetchall()]
            return "\n".join(rows)
    finally:
        connection.close()


def test_a_accounts_are_kept_in_postgresql(server: ParleyServer, database: str) -> None:
    account = an_account()
    assert requests.post(f"{server.url}/api/register", json=account, timeout=10).status_code == 201
    stored = everything_stored(database)
    assert all(account[field] in stored for field in ("username", "name", "email"))
    assert not list(server.data.glob("*.db*")), "and nowhere else"


def test_a_nobody_stores_plain_passwords(anna: Person, database: str) -> None:
    stored = everything_stored(database)
    assert PASSWORD not in stored
    assert re.search(r"\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$", stored)
    assert anna.token not in stored
    assert anna.browser_cookie().partition("=")[2] not in everything_stored(database)


def test_a_one_logs_in_by_email_and_the_session_knows_name_and_email(
    server: ParleyServer, session: requests.Session
) -> None:
    account = an_account()
    session.post(f"{server.url}/api/register", json=account, timeout=10)
    credentials = {"email": account["email"].upper(), "password": PASSWORD, "cookie": True}
    assert session.post(f"{server.url}/api/login", json=credentials, timeout=10).status_code == 200
    user = session.get(f"{server.url}/api/me", timeout=10).json()["user"]
    assert (user["username"], user["name"], user["email"]) == (account["username"], "Kit Marlowe", account["email"])


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "x"), ("username", "two words"), ("email", "nowhere"), ("password", "12345678"), ("password", "")],
)
def test_a_the_registration_form_is_told_which_field_is_wrong(server: ParleyServer, field: str, value: str) -> None:
    reply = requests.post(f"{server.url}/api/register", json={**an_account(), field: value}, timeout=10)
    assert reply.status_code == 422
    assert [error["field"] for error in reply.json()["errors"]] == [field]


def test_a_the_login_form_is_told_that_something_is_wrong_but_not_what(server: ParleyServer, anna: Person) -> None:
    for login in (anna.username, "nobody"):
        body = {"username": login, "password": "wrong"}
        reply = requests.post(f"{server.url}/api/login", json=body, timeout=10)
        assert (reply.status_code, reply.json()["code"]) == (401, "invalid_credentials")


def test_a_messages_are_shown_to_whoever_joins_later(anna: Person, ben: Person) -> None:
    room = anna.opens()
    said = [anna.says(room, text) for text in ("first", "second")]
    ben.ask("POST", f"/api/chat/rooms/{room}/join")
    assert ben.ask("GET", f"/api/chat/rooms/{room}/messages")["messages"] == said


def test_a_everybodys_page_updates_live(anna: Person, ben: Person) -> None:
    room = anna.opens(ben)
    # As a page connects: by its cookie and by no token; the client itself sends the server's own Origin.
    page = {"headers": {"Cookie": ben.browser_cookie()}, "auth": None}
    with ben.connected(**page) as bens, anna.connected() as annas:
        said = annas.ask("send_message", {"room_id": room, "message": "ahoy", "client_id": "1"})["message"]
        for socket in (annas, bens):
            assert socket.hears("receive_message", room_id=room)["message"] == said
        edited = annas.ask("edit_message", {"room_id": room, "message_id": said["id"], "message": "ahoy!"})["message"]
        assert bens.hears("message_edited", room_id=room)["message"] == edited
        annas.ask("delete_message", {"room_id": room, "message_id": said["id"]})
        assert bens.hears("message_deleted", room_id=room)["message"]["content"] == ""


def test_a_one_sees_who_is_online(anna: Person, ben: Person) -> None:
    room = anna.opens(ben)

    def online() -> dict[int, bool]:
        users = anna.ask("GET", f"/api/chat/rooms/{room}")["chat_room"]["users"]
        return {user["id"]: user["online"] for user in users}

    with anna.connected() as annas:
        assert online() == {anna.id: True, ben.id: False}
        with ben.connected():
            annas.hears("presence", user_id=ben.id, online=True)
            assert online() == {anna.id: True, ben.id: True}
            assert annas.ask("presence", {"user_ids": [ben.id]}) == {"online": [ben.id]}


def test_a_private_conversations_are_by_invitation_and_several_are_open_at_once(
    server: ParleyServer, anna: Person, ben: Person
) -> None:
    outsider = Person(server, "carl")
    rooms = [anna.opens(ben, name=name, kind="private") for name in ("Plans", "Surprise")]
    with anna.connected() as annas, ben.connected() as bens, outsider.connected() as outsiders:
        invited = anna.opens(name="Later", kind="private")
        anna.ask("PUT", f"/api/chat/rooms/{invited}/members/{ben.id}", role="member")
        assert bens.hears("room_added")["chat_room"]["id"] == invited
        for room in (*rooms, invited):
            say(annas, room, f"only in {room}")
            assert bens.hears("receive_message", room_id=room)["message"]["content"] == f"only in {room}"
            refused = outsiders.refused("send_message", {"room_id": room, "message": "let me in", "client_id": "1"})
            assert (refused["status"], refused["code"]) == (404, "room_not_found")
        assert outsiders.find("receive_message") is None
    assert outsider.ask("GET", "/api/chat/rooms?scope=public&query=Plans")["chat_rooms"] == []


def say(socket: Socket, room: int, text: str) -> dict[str, Any]:
    sent = {"room_id": room, "message": text, "client_id": uuid4().hex}
    return dict(socket.ask("send_message", sent)["message"])
