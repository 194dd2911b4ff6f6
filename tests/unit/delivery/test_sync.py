"""A sync tells what was missed, in answers of bounded size."""

from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.delivery.catch_up import MOST_EVENTS_A_SYNC, MOST_TEXT_A_SYNC
from chat_domain.delivery.service import SYNCS_BY_USER
from chat_domain.model.errors import TooMany
from chat_domain.model.events import MessagePosted, RoomEvent
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.values import MessageBody
from tests.builders import a_chat


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
        caught = chat.delivery.sync(ann, held)
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
    first = chat.delivery.sync(ann, cursors)
    assert [len(page.events) for page in first.pages.values()] == [MOST_EVENTS_A_SYNC - 100, 100]
    assert [page.has_more for page in first.pages.values()] == [False, True]
    cursors = {room: page.events[-1].seq for room, page in first.pages.items()}
    second = chat.delivery.sync(ann, cursors)
    assert [len(page.events) for page in second.pages.values()] == [0, MOST_EVENTS_A_SYNC - 200]
    assert not any(page.has_more for page in second.pages.values())


def test_catching_up_tells_what_is_new_and_what_is_gone() -> None:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    left, kept, new = (chat.open_room(ann, bob, name=name) for name in ("left", "kept", "new"))
    chat.members.leave(bob, left)
    caught = chat.delivery.sync(bob, {left: Seq(1), kept: Seq(1), RoomId(10**9): Seq(5)})
    assert [view.room.id for view in caught.joined] == [new]
    assert set(caught.gone) == {left, RoomId(10**9)}
    assert [event.seq for event in caught.pages[kept].events] == [2]


def test_a_cursor_ahead_of_the_log_gets_nothing_and_learns_where_the_log_ends() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    room = chat.open_room(ann)
    for _ in range(2):
        chat.say(ann, room)
    page = chat.delivery.sync(ann, {room: Seq(100)}).pages[room]
    assert (page.events, page.span.last_seq, page.has_more) == ((), 3, False)


def test_catching_up_tells_the_epoch_which_is_another_in_another_storage() -> None:
    chats = [a_chat(), a_chat()]
    epochs = [chat.reading.epoch() for chat in chats]
    assert [chat.delivery.sync(chat.register("ann"), {}).epoch for chat in chats] == epochs
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
        page = chat.delivery.sync(ann, {room: Seq(len(seen))}).pages[room]
        sizes = [
            len(f"annann{event.message.body}") if isinstance(event, MessagePosted) else len("annann")
            for event in page.events
        ]
        assert sum(sizes[:-1]) < MOST_TEXT_A_SYNC
        assert not page.has_more or sum(sizes) >= MOST_TEXT_A_SYNC
        seen += page.events
    assert seen == chat.log(room)


def test_nobody_syncs_without_end() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    for _ in range(SYNCS_BY_USER.times):
        chat.delivery.sync(ann, {})
    with pytest.raises(TooMany):
        chat.delivery.sync(ann, {})
