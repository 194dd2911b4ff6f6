"""An event of a kind from the future in the log of a room disturbs nothing, whatever the storage."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from adapters.archives import ZipArchives
from adapters.sql.storages import sql_backup_storage
from chat_domain.backup.service import BackupService
from chat_domain.model.events import RoomEvent, UnknownEvent, kind_of
from chat_domain.model.identifiers import RoomId, Seq, UserId
from tests.builders import Chat
from tests.integration.contracts.homes import Home, SqlHome

FUTURE = "from_the_future"


def log_from_the_future(chat: Chat, room: RoomId, by: UserId) -> None:
    """As a newer version does; published as a hint too."""
    with chat.storage.unit_of_work(room) as work:
        member = work.memberships.of(by, room)
        data = {"message_seq": 3, "user_id": by, "colour": "red"}
        work.append(UnknownEvent(room, member.room.next_seq, chat.clock.now(), member.person, FUTURE, data))
        work.commit()


def a_room_with_a_foreign_event(chat: Chat) -> tuple[UserId, UserId, RoomId]:
    """Two people, a message, the foreign event, another message: seqs 3, 4 and 5."""
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    chat.say(ann, room, "before")
    log_from_the_future(chat, room, ann)
    chat.say(ann, room, "after")
    return ann, bob, room


def kinds(events: list[RoomEvent]) -> list[str]:
    return [kind_of(event) for event in events]


EXPECTED = ["user_join", "user_join", "message", FUTURE, "message"]


def test_reading_goes_on(chat: Chat) -> None:
    _, bob, room = a_room_with_a_foreign_event(chat)
    assert kinds(list(chat.reading.events(bob, room, after=Seq(0), limit=10).events)) == EXPECTED
    assert [str(message.body) for message in chat.reading.before(bob, room, None, limit=10).messages] == [
        "before",
        "after",
    ]
    assert (chat.view(bob, room).unread, chat.view(bob, room).room.last_seq) == (2, 5)
    assert chat.reading.mark_read(bob, room, Seq(4)).unread == 1


def test_what_was_missed_is_caught_up_with_past_it(chat: Chat) -> None:
    _, bob, room = a_room_with_a_foreign_event(chat)
    assert kinds(list(chat.delivery.sync(bob, {room: Seq(2)}).pages[room].events)) == EXPECTED[2:]


def test_connections_are_told_of_it_in_its_place(chat: Chat) -> None:
    ann, bob, room = a_room_with_a_foreign_event(chat)
    chat.connect("b", bob)
    log_from_the_future(chat, room, ann)
    chat.say(ann, room, "and on")
    told = [event for event in chat.heard("b") if isinstance(event, RoomEvent)]
    assert [(event.seq, kind_of(event)) for event in told] == [(6, FUTURE), (7, "message")]


def test_one_of_which_no_hint_came_is_found_by_polling(home: Home) -> None:
    chat = home.chat()
    ann, bob, room = a_room_with_a_foreign_event(chat)
    chat.connect("b", bob)
    chat.broadcaster.subscribe(lambda _events: None)
    other = home.open()
    with other.unit_of_work(room) as work:
        member = work.memberships.of(ann, room)
        work.log.append(UnknownEvent(room, Seq(6), chat.clock.now(), member.person, FUTURE))
        work.commit()
    chat.delivery.poll()
    chat.say(ann, room, "and on")
    told = [event for event in chat.heard("b") if isinstance(event, RoomEvent)]
    assert [(event.seq, kind_of(event)) for event in told] == [(6, FUTURE), (7, "message")]


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_keeps_it(sql_home: SqlHome, target: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    chat = sql_home.chat()
    _, bob, room = a_room_with_a_foreign_event(chat)
    before = chat.log(room)
    file = tmp_path / "all.parley"
    BackupService(storage=sql_backup_storage(sql_home.url), archives=ZipArchives()).back_up(file, key=None)
    sql_home.close()
    to: SqlHome = request.getfixturevalue(f"{target}_home")
    to.close()
    service = BackupService(storage=sql_backup_storage(to.url), archives=ZipArchives())
    assert service.verify(file).events == 5
    service.restore(file, keep_key=lambda _key: nullcontext(), overwrite=True)
    again = to.chat()
    assert again.log(room) == before
    assert again.view(bob, room).unread == 2
