"""System C: a session chat with forms. Pages, field errors, a login that is required, joins and leaves announced.

Forms, flashes and going back to where one was going happen in the browser: tests/integration/browser.
"""

import pytest
import requests

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import PASSWORD, Person, eventually


@pytest.mark.parametrize("path", ["/", "/chat", "/register", "/login"])
def test_c_there_is_a_page_to_welcome_chat_register_and_log_in(parley_server: ParleyServer, path: str) -> None:
    reply = requests.get(parley_server.url + path, timeout=10)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<title>" in reply.text


@pytest.mark.parametrize("username", ["ab", "x" * 20])
def test_c_a_username_has_two_to_twenty_characters(parley_server: ParleyServer, username: str) -> None:
    def register(name: str) -> requests.Response:
        body = {"username": name, "password": PASSWORD}
        return requests.post(f"{parley_server.url}/api/register", json=body, timeout=10)

    assert register(username).status_code in (201, 409), "a name like this can be had"
    for bad in ("x", "x" * 33):
        (error,) = register(bad).json()["errors"]
        assert (error["field"], error["detail"]) == ("username", "2 to 32 characters.")


def test_c_every_field_error_comes_with_a_sentence_for_people(parley_server: ParleyServer) -> None:
    body = {"username": "x", "password": "short", "email": "nowhere"}
    errors = requests.post(f"{parley_server.url}/api/register", json=body, timeout=10).json()["errors"]
    assert [error["field"] for error in errors] == ["username", "password", "email"]
    assert all(error["detail"].endswith(".") and " " in error["detail"] for error in errors)


@pytest.mark.parametrize("path", ["/api/me", "/api/chat/rooms", "/api/chat/rooms/1", "/api/chat/rooms/1/messages"])
def test_c_login_is_required_for_the_chat(parley_server: ParleyServer, path: str) -> None:
    reply = requests.get(parley_server.url + path, timeout=10)
    assert (reply.status_code, reply.json()["code"]) == (401, "unauthenticated")


def test_c_joining_and_leaving_are_announced(anna: Person, ben: Person) -> None:
    room = anna.opens()
    with anna.connected() as annas, ben.connected() as bens:
        bens.ask("join", {"room_id": room})
        joined = annas.hears("user_join", room_id=room)
        assert (joined["user"]["username"], joined["seq"]) == (ben.username, 2)
        left = bens.ask("leave", {"room_id": room})["chat_room"]
        assert left["joined"] is False
        gone = annas.hears("user_left", room_id=room)
        assert (gone["user"]["username"], gone["seq"]) == (ben.username, 3)


def test_c_the_leave_button_ends_the_membership(anna: Person, ben: Person) -> None:
    room = anna.opens(ben)
    with ben.connected() as bens:
        ben.ask("POST", f"/api/chat/rooms/{room}/leave")
        bens.hears("room_removed", room_id=room)
        refused = bens.refused("send_message", {"room_id": room, "message": "still here?", "client_id": "1"})
        assert (refused["status"], refused["code"]) == (403, "not_a_member")


def test_c_connecting_and_disconnecting_are_announced(anna: Person, ben: Person) -> None:
    anna.opens(ben)
    with anna.connected() as annas:
        with ben.connected():
            came = annas.hears("presence", user_id=ben.id, online=True)
        went = annas.hears("presence", within=15, user_id=ben.id, online=False)
    assert came["at"] < went["at"]


def test_c_logging_out_ends_the_chat_at_once(anna: Person, ben: Person) -> None:
    room = anna.opens(ben)
    with ben.connected() as bens:
        ben.ask("POST", "/api/logout")
        assert bens.hears("session_ended", within=1) == {"code": "logged_out"}
        eventually(lambda: bens.ended, "the end of the connection", within=1)
        anna.says(room, "gone?")
        assert bens.find("receive_message") is None
