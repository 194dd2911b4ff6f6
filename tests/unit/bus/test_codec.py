"""Happenings pass the bus as they are; what another version says costs nobody anything but a reading of the log."""

import logging
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args, get_origin, get_type_hints

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.broadcasting.bus.codec import HappeningCodec
from chat_domain.model.identifiers import LARGEST_ID, RoomId, Seq, SessionId
from chat_domain.model.log import MessagePosted, RoomEvent
from chat_domain.model.notices import Happening, Heads, RoomDeleted, SessionEnd, SessionEnded
from chat_domain.model.users import Person
from chat_domain.model.values import ClientKey, DisplayName, MessageBody, RoomDescription, RoomName, Username
from tests.builders import NOON, a_message, a_person

KINDS: tuple[type[Any], ...] = get_args(Happening)
ids = st.integers(1, LARGEST_ID)
moments = st.datetimes(timezones=st.just(UTC))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.sampled_from([kind.__name__ for kind in KINDS])
TEXTS = (Username, DisplayName, MessageBody, RoomDescription, RoomName, ClientKey)


def as_stored(kind: type[Any], text: str) -> Any:
    """A value as a storage restores it, whatever the rules are by now."""
    value = object.__new__(kind)
    object.__setattr__(value, "value", text)
    return value


def of_fields(kind: type[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: anything(hints[field.name]) for field in fields(kind)})


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


ANY = {kind: of_fields(kind) for kind in KINDS}


@pytest.fixture(scope="module")
def codec() -> HappeningCodec:
    return HappeningCodec()


def through(codec: HappeningCodec, *happenings: Happening) -> list[Happening]:
    return codec.decode(orjson.loads(codec.encode(happenings)))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_every_happening_arrives_as_it_was(codec: HappeningCodec, kind: type[Any], data: st.DataObject) -> None:
    happening = data.draw(ANY[kind])
    [arrived] = through(codec, happening)
    assert arrived == happening
    assert type(arrived) is kind


@given(happenings=st.lists(st.one_of(*ANY.values()), max_size=6))
def test_they_arrive_in_their_order(codec: HappeningCodec, happenings: list[Happening]) -> None:
    assert through(codec, *happenings) == happenings


@given(
    junk=st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | names,
        lambda part: (
            st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(["room_id", "seq"]) | names, part, max_size=3)
        ),
    )
)
def test_what_cannot_be_read_is_left_out_and_harms_nothing_beside_it(codec: HappeningCodec, junk: Any) -> None:
    good = RoomDeleted(RoomId(7))
    [beside] = orjson.loads(codec.encode([good]))
    decoded = codec.decode([junk, beside])
    assert decoded[-1] == good
    assert all(isinstance(happening, KINDS) for happening in decoded)


@pytest.mark.parametrize("kind", get_args(RoomEvent))
@given(data=st.data())
def test_of_a_room_event_that_cannot_be_read_the_growth_of_the_log_remains(
    codec: HappeningCodec, kind: type[Any], data: st.DataObject
) -> None:
    event = data.draw(ANY[kind])
    [item] = orjson.loads(codec.encode([event]))
    value = item.pop(kind.__name__)
    heads = [Heads(event.room_id, event.seq)]
    assert codec.decode([{"MessageStarred": value}]) == heads
    assert codec.decode([{kind.__name__: {**value, "actor": "somebody"}}]) == heads


def test_a_session_that_ended_for_a_reason_that_is_not_known_here_ended_all_the_same(codec: HappeningCodec) -> None:
    expired = [SessionEnded(SessionId(7), SessionEnd.EXPIRED)]
    assert codec.decode([{"SessionEnded": {"session_id": 7, "reason": "moved_away"}}]) == expired
    assert codec.decode([{"SessionEnded": {"session_id": 7}}]) == expired


def test_text_that_is_no_unicode_raises_nothing(codec: HappeningCodec) -> None:
    person = replace(a_person(), name=as_stored(DisplayName, "\ud800"))
    assert isinstance(person, Person)
    event = MessagePosted(RoomId(10), Seq(3), NOON, person, a_message(sender=person))
    assert through(codec, event, RoomDeleted(RoomId(7))) == [Heads(RoomId(10), Seq(3)), RoomDeleted(RoomId(7))]


def test_each_kind_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    codec = HappeningCodec()
    with caplog.at_level(logging.WARNING):
        codec.decode([{"MessageStarred": {}}] * 9 + [{"Typing": {}}] * 9)
    assert [record.getMessage().split()[0] for record in caplog.records] == ["MessageStarred", "Typing"]
