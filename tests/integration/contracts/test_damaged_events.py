"""Rows of a log that this version cannot read, as another version or a hand in the database may leave them."""

import logging
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import UpdateBase, create_engine, delete, update

from adapters.sql.log import tell_damaged
from adapters.sql.tables import events
from chat_domain.model.events import DAMAGED, UnknownEvent
from chat_domain.model.identifiers import RoomId, Seq
from tests.integration.contracts.homes import SqlHome

DAMAGES: Mapping[str, Mapping[str, Any]] = {
    "details that are no JSON": {"type": "room_changed", "detail": "{"},
    "details of another form": {"type": "room_changed", "detail": "[1]"},
    "details without a member": {"type": "room_changed", "detail": '{"name": "x"}'},
    "no details": {"type": "room_changed", "detail": None},
    "details too deep to read": {"type": "room_changed", "detail": "[" * 100_000},
    "an unknown role": {"type": "room_changed", "detail": '{"role": "king"}'},
    "a role of nobody": {"type": "room_changed", "detail": '{"role": "owner"}', "user_id": None},
    "a joining of nobody": {"type": "user_join", "user_id": None},
    "a seq that points nowhere": {"type": "message_edited", "message_seq": 99},
    "no seq": {"type": "message", "message_seq": None},
}


def damage(home: SqlHome, room: RoomId, seq: int, values: Mapping[str, Any]) -> None:
    change(home, update(events).where(events.c.room_id == room, events.c.seq == seq).values(**values))


def change(home: SqlHome, statement: UpdateBase) -> None:
    engine = create_engine(home.url.replace("postgresql://", "postgresql+psycopg2://"))
    with engine.begin() as connection:
        connection.execute(statement)
    engine.dispose()


@pytest.mark.parametrize("values", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_event_is_told_as_unknown_and_logged_once(
    sql_home: SqlHome, values: Mapping[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    chat = sql_home.chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    chat.say(ann, room)
    chat.say(bob, room)
    before = chat.reading.events(ann, room, after=Seq(0), limit=10).events
    damage(sql_home, room, 3, values)
    tell_damaged.cache_clear()
    with caplog.at_level(logging.ERROR):
        told, again = (chat.reading.events(ann, room, after=Seq(0), limit=10).events for _ in range(2))
    assert again == told
    assert [*told[:2], *told[3:]] == [*before[:2], *before[3:]]
    assert isinstance(told[2], UnknownEvent)
    assert told[2].kind == DAMAGED
    assert len([record for record in caplog.records if f"room {room}" in record.getMessage()]) == 1


@pytest.mark.timeout(30)
def test_a_sync_comes_to_an_end_where_the_last_events_of_a_log_are_missing(sql_home: SqlHome) -> None:
    chat = sql_home.chat()
    ann = chat.register("ann")
    room = chat.open_room(ann)
    chat.say(ann, room)
    chat.say(ann, room)
    change(sql_home, delete(events).where(events.c.room_id == room, events.c.seq == 3))
    page = chat.delivery.sync(ann, {room: Seq(1)}).pages[room]
    assert [event.seq for event in page.events] == [2]
    assert page.span.last_seq == 3
