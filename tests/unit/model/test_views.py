from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.errors import NotAMember
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.memberships import Role
from chat_domain.model.rooms import RoomKind
from chat_domain.model.users import Person
from chat_domain.model.views import LogPage, LogSpan, Page, RoomView
from tests.builders import a_person, a_room, a_user

ANN, BOB, CEM = a_person("ann", id=1), a_user("bob", id=2, name="Bob B.").person, a_person("cem", id=3)


def a_direct_view(*people: Person) -> RoomView:
    room = a_room(kind=RoomKind.DIRECT, people=[1, *(person.id for person in people)])
    return RoomView(room, ANN, 1 + len(people), Role.MEMBER, Seq(3), unread=2, mentions=1, people=people)


def test_a_direct_conversation_is_called_after_the_others() -> None:
    assert a_direct_view(BOB, CEM).title == "Bob B., cem"
    assert a_direct_view().title == "ann"


def test_a_room_is_called_by_its_name() -> None:
    assert replace(a_direct_view(), room=a_room("lobby")).title == "lobby"


def test_whoever_left_has_no_role_and_nothing_unread() -> None:
    left = a_direct_view(BOB).left(a_room(id=10, last_seq=9))
    assert (left.joined, left.role, left.read_seq, left.unread, left.mentions) == (False, None, 0, 0, 0)
    assert (left.member_count, left.room.last_seq, left.room.id) == (1, 9, RoomId(10))
    with pytest.raises(NotAMember):
        left.require_joined()


@given(st.lists(st.integers(), max_size=10), st.integers(1, 10))
def test_a_page_says_whether_the_list_goes_on(items: list[int], limit: int) -> None:
    page = Page.cut(items[: limit + 1], limit)
    assert list(page.items) == items[:limit]
    assert page.more == (len(items) > limit)


def test_a_cursor_ahead_of_the_log_has_nothing_more() -> None:
    span = LogSpan(Seq(1), Seq(5))
    assert not LogPage(Seq(9), (), span).has_more
    assert LogPage(Seq(4), (), span).has_more


@pytest.mark.parametrize("after", [0, 3, 4, 5, 7])
def test_of_a_log_whose_events_are_all_gone_there_is_nothing_more_to_read(after: int) -> None:
    span = LogSpan(Seq(6), Seq(5))
    assert not LogPage(Seq(after), (), span).has_more
    assert span.reached(Seq(after)) == max(after, 5)
