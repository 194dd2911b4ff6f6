import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.errors import TooMany
from chat_domain.model.events import MessageDeleted
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.messages import Message
from chat_domain.services.reading import MARKS_BY_USER
from tests.builders import Chat, a_chat


def a_room_with(messages: int) -> tuple[Chat, RoomId, UserId, list[Message]]:
    """Seq 1 is the joining; a deletion after each third message makes gaps between the messages."""
    chat = a_chat()
    ann = chat.register("ann")
    room = chat.open_room(ann)
    said = []
    for number in range(messages):
        said.append(chat.say(ann, room, str(number)))
        if number % 3 == 2:
            said[-1] = chat.messaging.delete(ann, room=room, message=said[-1].id)
    return chat, room, ann, said


PLACES, LIMITS = st.integers(0, 40), st.integers(1, 25)


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
@pytest.mark.parametrize("size", [0, 1, 2, 30])
def test_reading_backwards_page_by_page_gives_every_message_once(size: int, limit: int) -> None:
    chat, room, ann, said = a_room_with(size)
    found: list[Message] = []
    page = chat.reading.before(ann, room, None, limit=limit)
    assert not page.more_after
    while page.messages:
        assert len(page.messages) <= limit
        found[:0] = page.messages
        assert page.more_before == (len(found) < len(said))
        page = chat.reading.before(ann, room, page.messages[0].seq, limit=limit)
    assert found == said


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_reading_forwards_page_by_page_gives_every_message_once(limit: int) -> None:
    chat, room, ann, said = a_room_with(30)
    found: list[Message] = []
    page = chat.reading.after(ann, room, Seq(0), limit=limit)
    while page.messages:
        found += page.messages
        assert page.more_after == (len(found) < len(said))
        page = chat.reading.after(ann, room, page.messages[-1].seq, limit=limit)
    assert found == said
    assert not page.more_after


CHAT, ROOM, ANN, SAID = a_room_with(20)


@given(PLACES, LIMITS)
def test_a_page_before_a_place_says_truly_what_is_around_it(place: int, limit: int) -> None:
    page = CHAT.reading.before(ANN, ROOM, Seq(place), limit=limit)
    earlier = [message for message in SAID if message.seq < place]
    assert list(page.messages) == earlier[-limit:]
    assert (page.more_before, page.more_after) == (len(earlier) > limit, len(earlier) < len(SAID))


@given(PLACES, LIMITS)
def test_a_page_after_a_place_says_truly_what_is_around_it(place: int, limit: int) -> None:
    page = CHAT.reading.after(ANN, ROOM, Seq(place), limit=limit)
    later = [message for message in SAID if message.seq > place]
    assert list(page.messages) == later[:limit]
    assert (page.more_before, page.more_after) == (len(later) < len(SAID), len(later) > limit)


@given(PLACES, LIMITS)
def test_a_page_around_a_place_is_without_gaps_and_says_truly_what_is_around_it(place: int, limit: int) -> None:
    page = CHAT.reading.around(ANN, ROOM, Seq(place), limit=limit)
    first = SAID.index(page.messages[0])
    assert list(page.messages) == SAID[first : first + len(page.messages)]
    assert len(page.messages) == min(limit, len(SAID)), "near either end the other side makes up for what is not there"
    assert (page.more_before, page.more_after) == (first > 0, first + len(page.messages) < len(SAID))
    here = [message for message in SAID if message.seq == place]
    assert all(message in page.messages for message in here)


@pytest.mark.parametrize(("limit", "expected"), [(1, [10]), (2, [10, 11]), (3, [9, 10, 11]), (4, [9, 10, 11, 12])])
def test_a_page_around_a_message_has_it_in_the_middle(limit: int, expected: list[int]) -> None:
    page = CHAT.reading.around(ANN, ROOM, SAID[10].seq, limit=limit)
    assert [SAID.index(message) for message in page.messages] == expected


@pytest.mark.parametrize("place", [0, 1, 10, 28, 10**9])
def test_a_large_page_around_any_place_has_everything(place: int) -> None:
    page = CHAT.reading.around(ANN, ROOM, Seq(place), limit=200)
    assert list(page.messages) == SAID


@given(PLACES, LIMITS)
def test_the_log_is_read_on_from_any_place(place: int, limit: int) -> None:
    log = CHAT.log(ROOM)
    page = CHAT.reading.events(ANN, ROOM, after=Seq(place), limit=limit)
    assert list(page.events) == log[place : place + limit]
    assert (page.span.last_seq, page.has_more) == (len(log), place + limit < len(log))


def test_the_log_never_tells_again_what_was_deleted() -> None:
    for event in CHAT.log(ROOM):
        if isinstance(event, MessageDeleted):
            assert event.message.deleted
    assert all("'2'" not in repr(event) for event in CHAT.log(ROOM))


def test_nobody_moves_read_marks_without_end() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    room = chat.open_room(ann)
    for _ in range(MARKS_BY_USER.times):
        chat.reading.mark_read(ann, room, Seq(1))
    with pytest.raises(TooMany):
        chat.reading.mark_read(ann, room, Seq(1))
