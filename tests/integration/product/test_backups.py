"""A server is backed up while it is used, and restored; whoever knew it before converges with what is there now."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from adapters.archives import ZipArchives
from chat_domain.backup.validation import validate
from tests.integration.cli.command import one_sentence, parley
from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.servers.postgres import Postgres
from tests.integration.sockets.people import Person, Socket, eventually


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Settings with a new database at each step."""

    def settings() -> Iterator[dict[str, str]]:
        while True:
            more = {}
            if request.param == "postgresql":
                postgres: Postgres = request.getfixturevalue("postgres")
                more = {"DATABASE_URL": postgres.url(postgres.create_database())}
            yield {"PARLEY_RATE_LIMITS": "off", **more}

    return settings()


def run(server: ParleyServer, *arguments: str) -> str:
    """A command of the server's own, which succeeds."""
    settings = {name: server.environment[name] for name in ("DATABASE_URL",) if name in server.environment}
    done = parley(*arguments, data=server.data, **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


def talk(who: Person, room: int, acknowledged: list[tuple[int, str]], stop: threading.Event) -> None:
    with who.connected() as socket:
        number = 0
        while not stop.is_set():
            text = f"{who.username} {number}"
            sent = socket.ask("send_message", {"room_id": room, "message": text, "client_id": text})["message"]
            acknowledged.append((sent["id"], text))
            number += 1


def test_a_backup_of_a_busy_server_is_whole_and_has_all_that_was_acknowledged_before(
    tmp_path: Path, databases: Iterator[dict[str, str]]
) -> None:
    with a_parley(tmp_path, **next(databases)) as server:
        people = [Person(server) for _ in range(2)]
        rooms = [people[0].opens(*people[1:]) for _ in range(2)]
        acknowledged: list[tuple[int, str]] = []
        stop = threading.Event()
        talking = [
            threading.Thread(target=talk, args=(who, room, acknowledged, stop)) for who in people for room in rooms
        ]
        for thread in talking:
            thread.start()
        try:
            for number in range(2):
                eventually(lambda: len(acknowledged) > 100, "messages", within=30)
                before, file = list(acknowledged), tmp_path / f"{number}.backup"
                run(server, "backup", str(file))
                assert len(acknowledged) > len(before), "people went on talking"
                with ZipArchives().open(file) as backup:
                    validate(backup)
                    assert {(row["id"], row["body"]) for row in backup.records("messages")} >= set(before)
        finally:
            stop.set()
            for thread in talking:
                thread.join()


def test_nothing_is_restored_under_a_running_server_and_its_clients_go_on_hearing(
    tmp_path: Path, databases: Iterator[dict[str, str]]
) -> None:
    """The server would have gone on from places in logs that are not there any more."""
    settings = next(databases)
    with a_parley(tmp_path, **settings) as server:
        anna, ben = Person(server), Person(server)
        room = anna.opens(ben)
        run(server, "backup", str(tmp_path / "parley.backup"))
        with ben.connected() as socket:
            said = [anna.says(room, f"after the backup {number}") for number in range(3)]
            database = {name: value for name, value in settings.items() if name == "DATABASE_URL"}
            restore = ("restore", "--force", str(tmp_path / "parley.backup"))
            sentence = one_sentence(parley(*restore, data=server.data, **database), code=1)
            assert "`parley serve`" in sentence
            assert sentence.endswith("first.")
            said.append(anna.says(room, "after what was refused"))
            for message in said:
                socket.hears("receive_message", seq=message["seq"])
        assert server.stop() == 0
        assert "Restored" in run(server, *restore)
        server.start()
        assert anna.ask("GET", f"/api/chat/rooms/{room}/messages")["messages"] == []


class Remembering:
    """A client that keeps what it knows across connections, by the rule of README.md."""

    def __init__(self) -> None:
        self.epoch = ""
        self.events: dict[int, list[dict[str, Any]]] = {}

    def cursors(self) -> dict[str, int]:
        return {str(room): len(events) for room, events in self.events.items()}

    def sync(self, socket: Socket) -> dict[str, Any]:
        """Catch up; the answer to what was asked first."""
        first = answer = socket.ask("sync", {"rooms": self.cursors()})
        if answer["epoch"] != self.epoch:
            self.epoch, self.events = answer["epoch"], {}
            answer = socket.ask("sync", {"rooms": {}})
        self.events |= {room["id"]: [] for room in answer["joined"]}
        more = True
        while more:
            answer = socket.ask("sync", {"rooms": self.cursors()})
            for room, page in answer["rooms"].items():
                for event in page["events"]:
                    self.apply(event, room=int(room))
            more = any(page["has_more"] for page in answer["rooms"].values())
        return first

    def apply(self, event: dict[str, Any], *, room: int) -> None:
        assert event["seq"] == len(self.events[room]) + 1, "every step is the next"
        self.events[room].append(event)


def events(who: Person, room: int) -> list[dict[str, Any]]:
    """The room's log as the server tells it."""
    return list(who.ask("GET", f"/api/chat/rooms/{room}/events?limit=200")["events"])


def test_clients_of_a_restored_server_converge_and_the_log_goes_on_without_a_gap(
    tmp_path: Path, databases: Iterator[dict[str, str]]
) -> None:
    file, client = str(tmp_path / "parley.backup"), Remembering()
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    with a_parley(tmp_path / "old", **next(databases)) as old:
        anna, ben = Person(old, "anna"), Person(old, "ben")
        room = anna.opens(ben)
        for number in range(5):
            anna.says(room, f"kept {number}")
        run(old, "backup", file)
        late = Person(old, "late")
        for number in range(3):
            anna.says(room, f"lost {number}")
        lost = ben.opens(anna)
        with ben.connected() as socket:
            client.sync(socket)
        assert client.cursors() == {str(room): 10, str(lost): 2}
        epoch = client.epoch
        assert old.stop() == 0

    new = ParleyServer(tmp_path / "new", next(databases))
    assert "Restored" in run(new, "restore", file)
    new.start()
    try:
        anna.url = ben.url = late.url = new.url
        assert anna.ask("GET", "/api/me")["epoch"] != epoch, "and the session from before is still good"
        with ben.connected() as socket:
            first = client.sync(socket)
            assert first["rooms"] == {str(room): {"events": [], "first_seq": 1, "last_seq": 7, "has_more": False}}
            assert first["gone"] == [lost]
            assert client.epoch == first["epoch"] != epoch
            assert client.events == {room: events(ben, room)}
            assert anna.says(room, "the first after the restore")["seq"] == 8
            client.apply(socket.hears("receive_message", seq=8), room=room)
        assert client.events == {room: events(anna, room)}
        assert [event["seq"] for event in client.events[room]] == list(range(1, 9))
        assert_session_is_nobody_s(late, new)
    finally:
        new.kill()


def assert_session_is_nobody_s(late: Person, server: ParleyServer) -> None:
    """Somebody who came after the backup is unknown, however many new people are given ids."""
    others = [Person(server, "other") for _ in range(3)]
    assert late.id not in [other.id for other in others]
    reply = requests.get(f"{server.url}/api/me", headers={"Authorization": f"Bearer {late.token}"}, timeout=10)
    assert reply.status_code == 401
