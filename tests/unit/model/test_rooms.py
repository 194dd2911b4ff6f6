import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.errors import Forbidden, Invalid
from chat_domain.model.identifiers import UserId
from chat_domain.model.rooms import MOST_IN_A_DIRECT_ROOM, RoomKind, direct_key, people_of
from chat_domain.model.values import RoomDescription, RoomName
from tests.builders import a_room

PEOPLE = st.lists(st.integers(1, 2**53 - 1).map(UserId), min_size=1, max_size=MOST_IN_A_DIRECT_ROOM)


@given(PEOPLE, st.data())
def test_the_same_people_have_one_direct_room_in_whatever_order(people: list[UserId], data: st.DataObject) -> None:
    again = data.draw(st.permutations([*people, people[0]]))
    assert direct_key(again) == direct_key(people)


@given(PEOPLE, PEOPLE)
def test_other_people_have_another_direct_room(some: list[UserId], others: list[UserId]) -> None:
    assert (direct_key(some) == direct_key(others)) == (set(some) == set(others))


@given(PEOPLE)
def test_a_direct_room_knows_its_people(people: list[UserId]) -> None:
    assert set(people_of(direct_key(people))) == set(people)


def test_a_direct_room_has_at_most_nine_people() -> None:
    nine = [UserId(number) for number in range(1, 10)]
    assert direct_key([*nine, *nine])
    with pytest.raises(Invalid):
        direct_key([*nine, UserId(10)])


def test_a_room_gets_another_name_and_keeps_what_was_not_named() -> None:
    room = a_room("old").changed(name=None, description=RoomDescription("for all"))
    assert (str(room.name), str(room.description)) == ("old", "for all")
    room = room.changed(name=RoomName("new"), description=None)
    assert (str(room.name), str(room.description)) == ("new", "for all")
    assert str(room.changed(name=None, description=RoomDescription("")).description) == ""


def test_a_direct_conversation_has_no_name_to_change() -> None:
    with pytest.raises(Forbidden):
        a_room(kind=RoomKind.DIRECT, people=[1, 2]).changed(name=RoomName("us"), description=None)


def test_every_event_takes_the_place_after_the_last() -> None:
    room = a_room(last_seq=0)
    assert [room.next_seq, room.advanced().next_seq, room.advanced().advanced().next_seq] == [1, 2, 3]
