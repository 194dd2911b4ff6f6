from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.errors import TooMany
from chat_domain.model.events import MessageDeleted, MessagePosted, RoomEvent
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.messages import Message
from chat_domain.model.values import MessageBody
from chat_domain.services.reading import MARKS_BY_USER, MOST_EVENTS_A_SYNC, MOST_TEXT_A_SYNC, SYNCS_BY_USER
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


@given(st.lists(st.integers(0, 8), max_size=3), st.integers(1, 7))
def test_catching_up_from_any_cursors_ends_at_the_same_place(cursors: list[int], budget: int) -> None:
    chat = a_chat()
    ann = chat.register("ann")
    rooms = [chat.open_room(ann) for _ in range(3)]
    for room in rooms:
        for _ in range(4):
            chat.say(ann, room)
    held = {room: Seq(cursor) for room, cursor in zip(rooms, cursors, strict=False)}
    applied: dict[RoomId, list[RoomEvent]] = {room: [] for room in held}
    for _ in range(10):
        caught = chat.reading.catch_up(ann, held)
        assert {view.room.id for view in caught.joined} == set(rooms) - set(held)
        for room, page in caught.pages.items():
            applied[room] += page.events
            held[room] = page.events[-1].seq if page.events else held[room]
        if not any(page.has_more for page in caught.pages.values()):
            break
    for room, cursor in zip(rooms, cursors, strict=False):
        assert applied[room] == chat.log(room)[cursor:]


def test_catching_up_is_shared_out_over_the_rooms_and_goes_on_where_it_stopped() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    rooms = [chat.open_room(ann) for _ in range(2)]
    for _ in range(MOST_EVENTS_A_SYNC - 100):
        for room in rooms:
            chat.say(ann, room)
    cursors = {room: Seq(1) for room in rooms}
    first = chat.reading.catch_up(ann, cursors)
    assert [len(page.events) for page in first.pages.values()] == [MOST_EVENTS_A_SYNC - 100, 100]
    assert [page.has_more for page in first.pages.values()] == [False, True]
    cursors = {room: page.events[-1].seq for room, page in first.pages.items()}
    second = chat.reading.catch_up(ann, cursors)
    assert [len(page.events) for page in second.pages.values()] == [0, MOST_EVENTS_A_SYNC - 200]
    assert not any(page.has_more for page in second.pages.values())


def test_catching_up_tells_what_is_new_and_what_is_gone() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    left, kept, new = (chat.open_room(ann, bob, name=name) for name in ("left", "kept", "new"))
    chat.members.leave(bob, left)
    caught = chat.reading.catch_up(bob, {left: Seq(1), kept: Seq(1), RoomId(10**9): Seq(5)})
    assert [view.room.id for view in caught.joined] == [new]
    assert set(caught.gone) == {left, RoomId(10**9)}
    assert [event.seq for event in caught.pages[kept].events] == [2]


def test_a_cursor_ahead_of_the_log_gets_nothing_and_learns_where_the_log_ends() -> None:
    chat, room, ann, _ = a_room_with(2)
    page = chat.reading.catch_up(ann, {room: Seq(100)}).pages[room]
    assert (page.events, page.span.last_seq, page.has_more) == ((), 3, False)


def test_catching_up_tells_the_epoch_which_is_another_in_another_storage() -> None:
    chats = [a_chat(), a_chat()]
    epochs = [chat.reading.epoch() for chat in chats]
    assert [chat.reading.catch_up(chat.register("ann"), {}).epoch for chat in chats] == epochs
    assert len(set(epochs)) == 2
    assert a_chat(storage=chats[0].storage).reading.epoch() == epochs[0]


@given(st.lists(st.tuples(st.sampled_from("x\u6e2f\U0001f6a2"), st.integers(1, MessageBody.LONGEST)), min_size=1))
def test_long_messages_are_caught_up_with_in_smaller_pages_and_wholly(texts: list[tuple[str, int]]) -> None:
    chat = a_chat()
    ann = chat.register("ann")
    room = chat.open_room(ann)
    for character, times in islice(cycle(texts), 80):
        chat.say(ann, room, character * times)
    seen: list[RoomEvent] = []
    while len(seen) < len(chat.log(room)):
        page = chat.reading.catch_up(ann, {room: Seq(len(seen))}).pages[room]
        sizes = [
            len(f"annann{event.message.body}".encode()) if isinstance(event, MessagePosted) else len("annann")
            for event in page.events
        ]
        assert sum(sizes[:-1]) < MOST_TEXT_A_SYNC
        assert not page.has_more or sum(sizes) >= MOST_TEXT_A_SYNC
        seen += page.events
    assert seen == chat.log(room)


def test_nobody_moves_read_marks_without_end() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    room = chat.open_room(ann)
    for _ in range(MARKS_BY_USER.times):
        chat.reading.mark_read(ann, room, Seq(1))
    with pytest.raises(TooMany):
        chat.reading.mark_read(ann, room, Seq(1))


def test_nobody_syncs_without_end() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    for _ in range(SYNCS_BY_USER.times):
        chat.reading.catch_up(ann, {})
    with pytest.raises(TooMany):
        chat.reading.catch_up(ann, {})
