"""System D: rooms with history. `send_message` and `receive_message`, typing, times, SQLite made on the first start."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.sockets.people import PASSWORD, Person


def test_d_one_registers_logs_in_and_logs_out(parley_server: ParleyServer, anna: Person) -> None:
    assert anna.ask("GET", "/api/me")["user"]["username"] == anna.username
    anna.ask("POST", "/api/logout")
    reply = requests.get(f"{parley_server.url}/api/me", headers={"Authorization": f"Bearer {anna.token}"}, timeout=10)
    assert reply.status_code == 401
    anna.sign_in()


def test_d_what_is_sent_is_received_by_everybody_in_the_room(anna: Person, ben: Person) -> None:
    room = anna.opens(ben)
    with anna.connected() as annas, ben.connected() as bens:
        sent = annas.ask("send_message", {"room_id": room, "message": "ahoy", "client_id": "1"})["message"]
        for socket in (annas, bens):
            event = socket.hears("receive_message")
            assert event["message"] == sent
            assert (event["room_id"], event["seq"], event["type"]) == (room, sent["seq"], "message")


def test_d_messages_are_stored_by_room_and_read_back(anna: Person, ben: Person) -> None:
    first, second = anna.opens(ben), anna.opens(ben)
    with anna.connected() as annas:
        for number in range(60):
            room = first if number % 2 else second
            annas.ask("send_message", {"room_id": room, "message": str(number), "client_id": str(number)})
    for room, odd in ((first, 1), (second, 0)):
        history = ben.ask("GET", f"/api/chat/rooms/{room}/messages")["messages"]
        assert [int(message["content"]) for message in history] == list(range(odd, 60, 2))


def test_d_typing_is_shown_to_the_others_and_stored_nowhere(anna: Person, ben: Person) -> None:
    room = anna.opens(ben)
    with anna.connected() as annas, ben.connected() as bens:
        assert annas.ask("typing", {"room_id": room}) == {}
        assert bens.hears("user_typing", room_id=room)["user"]["username"] == anna.username
        assert annas.find("user_typing") is None
    assert ben.ask("GET", f"/api/chat/rooms/{room}/events")["last_seq"] == 2


def test_d_every_time_tells_today_from_yesterday_wherever_one_is(anna: Person) -> None:
    at = anna.says(anna.opens())["created_at"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", at), "RFC 3339, UTC, milliseconds"
    assert abs(datetime.now(UTC) - datetime.fromisoformat(at)) < timedelta(minutes=1)


def test_d_history_outlives_the_server(tmp_path: Path) -> None:
    with a_parley(tmp_path) as server:
        anna = Person(server)
        room = anna.opens()
        said = [anna.says(room, text) for text in ("before", "the stop")]
        server.stop()
        server.start()
        anna.sign_in()
        assert anna.ask("GET", f"/api/chat/rooms/{room}/messages")["messages"] == said


def test_d_sqlite_is_made_on_the_first_start_and_nothing_is_asked(tmp_path: Path) -> None:
    with a_parley(tmp_path) as server:
        assert (server.data / "parley.db").is_file()
        body = {"username": "anna", "password": PASSWORD}
        assert requests.post(f"{server.url}/api/register", json=body, timeout=10).status_code == 201
        kept = {path.name for path in server.data.iterdir()}
        assert kept <= {"parley.db", "parley.db-wal", "parley.db-shm", "parley.db.lock", "secret.key"}
