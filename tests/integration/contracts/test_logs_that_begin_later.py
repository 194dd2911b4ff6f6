"""A log whose first events are gone is read, caught up with and counted from where it begins, on every storage."""

from dataclasses import dataclass

import pytest

from adapters.sql.storages import sql_backup_storage
from chat_domain.backup.validation import validate
from chat_domain.model.ephemeral import Heads
from chat_domain.model.events import DAMAGED, MessageDeleted, MessagePosted, RoomEvent, UnknownEvent
from chat_domain.model.identifiers import MessageId, RoomId, Seq, UserId
from chat_domain.model.messages import Message
from chat_domain.model.values import MessageBody
from chat_domain.model.views import LogSpan
from chat_domain.ports.consumers import Beginning, Behind
from tests.builders import NOON, Chat
from tests.integration.contracts.homes import Home, SqlHome

FIRST = Seq(5)
SPAN = LogSpan(FIRST, Seq(9))


@dataclass
class Place:
    """A room of Ann and Bob, whose log has the events 5 to 9."""

    chat: Chat
    ann: UserId
    bob: UserId
    room: RoomId
    messages: list[Message]


@pytest.fixture
def place(home: Home) -> Place:
    return a_place(home)


@pytest.fixture
def sql_place(sql_home: SqlHome) -> Place:
    return a_place(sql_home)


def a_place(home: Home) -> Place:
    """Two joined, two wrote; then, where the log begins now, an edit, a reply, two messages and a deletion."""
    chat = home.chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    room = chat.open_room(ann, bob)
    gone = [chat.say(ann, room, "for @bob"), chat.say(ann, room, "@bob again")]
    chat.messaging.edit(ann, room=room, message=gone[0].id, body=MessageBody("still for @bob"))
    reply = chat.say(ann, room, "@bob, I wrote you", reply_to=gone[1].id)
    kept = [chat.say(ann, room, "@bob?"), chat.say(ann, room, "never mind")]
    chat.messaging.delete(ann, room=room, message=kept[0].id)
    home.forget_before(room, FIRST)
    return Place(chat, ann, bob, room, [reply, *kept])


def seqs(events: tuple[RoomEvent, ...]) -> list[int]:
    return [event.seq for event in events]


@pytest.mark.parametrize("after", [0, 1, 4])
def test_it_is_read_from_its_first_event_on(place: Place, after: int) -> None:
    page = place.chat.reading.events(place.bob, place.room, after=Seq(after), limit=3)
    assert (seqs(page.events), page.span, page.has_more) == ([5, 6, 7], SPAN, True)
    rest = place.chat.reading.events(place.bob, place.room, after=Seq(7), limit=3)
    assert (seqs(rest.events), rest.span, rest.has_more) == ([8, 9], SPAN, False)


@pytest.mark.parametrize(("cursor", "missed"), [(0, [5, 6, 7, 8, 9]), (3, [5, 6, 7, 8, 9]), (6, [7, 8, 9]), (9, [])])
def test_who_catches_up_goes_on_where_it_begins(place: Place, cursor: int, missed: list[int]) -> None:
    page = place.chat.delivery.sync(place.bob, {place.room: Seq(cursor)}).pages[place.room]
    assert (seqs(page.events), page.span, page.has_more) == (missed, SPAN, False)


def test_what_is_gone_is_neither_unread_nor_in_the_history(place: Place) -> None:
    view = place.chat.view(place.bob, place.room)
    assert (view.unread, view.mentions, view.room.first_seq, view.room.last_seq) == (2, 1, 5, 9)
    for page in (
        place.chat.reading.before(place.bob, place.room, None, limit=9),
        place.chat.reading.after(place.bob, place.room, Seq(0), limit=9),
        place.chat.reading.around(place.bob, place.room, Seq(3), limit=9),
    ):
        assert [message.seq for message in page.messages] == [message.seq for message in place.messages]
        assert not page.more_before


def test_an_event_about_a_message_that_is_gone_is_told_as_one_that_cannot_be_read(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    edit, reply, *_, deletion = place.chat.log(place.room)
    assert isinstance(edit, UnknownEvent)
    assert (edit.kind, edit.data, edit.actor.id) == (DAMAGED, {"message_seq": 3}, place.ann)
    assert isinstance(reply, MessagePosted)
    assert reply.message.reply_to_seq == 4
    assert isinstance(deletion, MessageDeleted)
    assert not caplog.records, "that is nobody's fault"


def test_it_goes_on_as_any_other(place: Place) -> None:
    message = place.chat.say(place.bob, place.room, reply_to=place.messages[0].id)
    assert (message.seq, message.reply_to_seq) == (10, place.messages[0].seq)
    assert seqs(tuple(place.chat.log(place.room))) == [5, 6, 7, 8, 9, 10]


def test_of_a_log_whose_events_are_all_gone_nothing_is_told_and_it_goes_on(place: Place, home: Home) -> None:
    home.forget_before(place.room, Seq(10))
    for cursor in (0, 4, 9):
        page = place.chat.delivery.sync(place.bob, {place.room: Seq(cursor)}).pages[place.room]
        assert (page.events, page.span, page.has_more) == ((), LogSpan(Seq(10), Seq(9)), False)
    assert place.chat.say(place.bob, place.room).seq == 10
    assert seqs(tuple(place.chat.log(place.room))) == [10]


def test_no_consumer_is_behind_in_a_log_whose_events_are_all_gone(place: Place, home: Home) -> None:
    with place.chat.storage.unit_of_work() as work:
        work.consumers.start("late", Beginning.FIRST_EVENT, NOON)
        work.commit()
    with place.chat.storage.snapshot() as seen:
        assert [each.room_id for each in seen.consumers.behind("late", after=RoomId(0), limit=9)] == [place.room]
    home.forget_before(place.room, Seq(10))
    with place.chat.storage.snapshot() as seen:
        assert seen.consumers.behind("late", after=RoomId(0), limit=9) == []
    place.chat.say(place.bob, place.room)
    with place.chat.storage.snapshot() as seen:
        assert seen.consumers.behind("late", after=RoomId(0), limit=9) == [Behind(place.room, Seq(0), Seq(10))]


def places_heard(chat: Chat) -> list[int]:
    return [event.seq for event in chat.heard("bob") if isinstance(event, MessagePosted)]


def test_a_process_that_had_handed_out_less_goes_on_where_it_begins(place: Place, home: Home) -> None:
    place.chat.connect("bob", place.bob)
    with place.chat.storage.unit_of_work() as work:  # of which no process is told
        for _ in range(4):
            member = work.memberships.of(place.ann, place.room)
            message = member.post(MessageBody("so"), id=MessageId(work.next_id()), at=NOON, key=None, reply_to=None)
            work.log.append(MessagePosted(place.room, message.seq, NOON, member.person, message))
        work.commit()
    home.forget_before(place.room, Seq(12))
    place.chat.delivery.receive([Heads(place.room, Seq(13))])
    assert places_heard(place.chat) == [12, 13]
    place.chat.say(place.ann, place.room)
    assert places_heard(place.chat) == [12, 13, 14]


def test_a_backup_of_it_is_valid(sql_place: Place, sql_home: SqlHome) -> None:
    with sql_backup_storage(sql_home.url).contents() as contents:
        summary = validate(contents)
    assert (summary.messages, summary.events) == (3, 5)
