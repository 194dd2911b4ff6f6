"""Events pass the bus as they are; what another version says costs nobody anything but a reading of the log."""

import logging
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args, get_origin, get_type_hints

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.broadcasting.bus.codec import EventCodec
from chat_domain.model.ephemeral import AnyEvent, EphemeralEvent, Heads, RoomDeleted, SessionEnd, SessionEnded
from chat_domain.model.events import KINDS, MessagePosted, RoomChanged
from chat_domain.model.identifiers import LARGEST_ID, RoomId, Seq, SessionId
from chat_domain.model.messages import Message
from chat_domain.model.users import Person
from chat_domain.model.values import ClientKey, DisplayName, MessageBody, RoomDescription, RoomName, Username
from tests.builders import NOON, a_message, a_person

ALL: tuple[type[Any], ...] = (*KINDS.values(), *get_args(EphemeralEvent))
ids = st.integers(1, LARGEST_ID)
moments = st.datetimes(timezones=st.just(UTC))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.sampled_from([kind.KIND for kind in ALL])
TEXTS = (Username, DisplayName, MessageBody, RoomDescription, RoomName, ClientKey)


def as_stored(kind: type[Any], text: str) -> Any:
    """A value as a storage restores it, whatever the rules are by now."""
    value = object.__new__(kind)
    object.__setattr__(value, "value", text)
    return value


def of_fields(kind: type[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    values = {field.name: anything(hints[field.name]) for field in fields(kind)}
    nothing = st.none()
    if kind is Message:
        kept = values | {"body": values["body"].filter(lambda body: body.value), "deleted_at": nothing}
        deleted = values | {"body": st.just(MessageBody("")), "deleted_at": moments}
        return st.builds(kind, **kept) | st.builds(kind, **deleted)
    if kind is not RoomChanged:
        return st.builds(kind, **values)
    some = {name: value.filter(lambda value: value is not None) for name, value in values.items()}
    renamed, given_role = some | {"member": nothing}, some | {"name": nothing, "description": nothing}
    return st.builds(kind, **renamed) | st.builds(kind, **given_role)


def anything(hint: Any) -> st.SearchStrategy[Any]:
    """Whatever may stand where the model has this type."""
    if hint in TEXTS:
        return texts.map(lambda text: as_stored(hint, text))
    if is_dataclass(hint) and isinstance(hint, type):
        return of_fields(hint)
    if get_origin(hint) is tuple:
        return st.lists(anything(get_args(hint)[0]), max_size=3).map(tuple)
    if get_args(hint):
        return st.one_of(*map(anything, get_args(hint)))
    known = {datetime: moments, str: texts, int: ids}
    return known.get(hint, ids if hasattr(hint, "__supertype__") else st.from_type(hint))


ANY = {kind: of_fields(kind) for kind in ALL}


@pytest.fixture(scope="module")
def codec() -> EventCodec:
    return EventCodec()


def through(codec: EventCodec, *events: AnyEvent) -> list[AnyEvent]:
    return codec.decode(orjson.loads(codec.encode(events)))


@pytest.mark.parametrize("kind", ALL)
@given(data=st.data())
def test_every_event_arrives_as_it_was(codec: EventCodec, kind: type[Any], data: st.DataObject) -> None:
    event = data.draw(ANY[kind])
    [arrived] = through(codec, event)
    assert arrived == event
    assert type(arrived) is kind


@given(events=st.lists(st.one_of(*ANY.values()), max_size=6))
def test_they_arrive_in_their_order(codec: EventCodec, events: list[AnyEvent]) -> None:
    assert through(codec, *events) == events


@given(
    junk=st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | names,
        lambda part: (
            st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(["room_id", "seq"]) | names, part, max_size=3)
        ),
    )
)
def test_what_cannot_be_read_is_left_out_and_harms_nothing_beside_it(codec: EventCodec, junk: Any) -> None:
    good = RoomDeleted(RoomId(7))
    [beside] = orjson.loads(codec.encode([good]))
    decoded = codec.decode([junk, beside])
    assert decoded[-1] == good
    assert all(isinstance(event, ALL) for event in decoded)


@pytest.mark.parametrize("kind", KINDS.values())
@given(data=st.data())
def test_of_a_room_event_that_cannot_be_read_the_growth_of_the_log_remains(
    codec: EventCodec, kind: type[Any], data: st.DataObject
) -> None:
    event = data.draw(ANY[kind])
    [item] = orjson.loads(codec.encode([event]))
    value = item.pop(kind.KIND)
    heads = [Heads(event.room_id, event.seq)]
    assert codec.decode([{"from_the_future": value}]) == heads
    assert codec.decode([{kind.KIND: {**value, "actor": "somebody"}}]) == heads


def test_a_session_that_ended_for_a_reason_that_is_not_known_here_ended_all_the_same(codec: EventCodec) -> None:
    expired = [SessionEnded(SessionId(7), SessionEnd.EXPIRED)]
    assert codec.decode([{"session_ended": {"session_id": 7, "reason": "moved_away"}}]) == expired
    assert codec.decode([{"session_ended": {"session_id": 7}}]) == expired


def test_text_that_is_no_unicode_raises_nothing(codec: EventCodec) -> None:
    person = replace(a_person(), name=as_stored(DisplayName, "\ud800"))
    assert isinstance(person, Person)
    event = MessagePosted(RoomId(10), Seq(3), NOON, person, a_message(sender=person))
    assert through(codec, event, RoomDeleted(RoomId(7))) == [Heads(RoomId(10), Seq(3)), RoomDeleted(RoomId(7))]


def test_each_kind_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    codec = EventCodec()
    with caplog.at_level(logging.WARNING):
        codec.decode([{"from_the_future": {}}] * 9 + [{"user_typing": {}}] * 9)
    assert [record.getMessage().split()[0] for record in caplog.records] == ["from_the_future", "user_typing"]
