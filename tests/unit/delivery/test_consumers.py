"""Durable consumers get every event of every room, at least once and in order, whatever fails."""

import pytest

from chat_domain.delivery.consumers import Consumers
from chat_domain.model.errors import Unavailable
from chat_domain.model.events import MessagePosted, UnknownEvent
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.values import MessageBody
from chat_domain.ports.consumers import Beginning, ConsumerLock
from chat_domain.ports.storage import Snapshot
from tests.doubles.clock import SettableClock
from tests.doubles.consumers import RecordingConsumer
from tests.unit.delivery.consuming import Consuming, LockedStorage
from tests.unit.delivery.held import HeldBroadcaster


@pytest.fixture
def consumer() -> RecordingConsumer:
    return RecordingConsumer()


@pytest.fixture
def world(consumer: RecordingConsumer) -> Consuming:
    return Consuming(consumer)


@pytest.fixture
def room(world: Consuming) -> RoomId:
    return world.chat.open_room(world.ann)


def test_what_was_there_before_the_first_start_comes_first(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    world.say(room, 2)
    world.lose_hints()
    world.step()
    assert consumer.seqs(room) == [1, 2, 3]
    assert world.cursor(room) == 3


def test_a_hint_brings_the_event_without_a_sweep(world: Consuming, consumer: RecordingConsumer, room: RoomId) -> None:
    world.step()
    world.say(room)
    other = world.chat.open_room(world.ann, name="other")
    world.hint()
    world.step()
    assert (consumer.seqs(room), consumer.seqs(other)) == ([1, 2], [1])


def test_a_hint_that_was_lost_is_found_by_a_sweep(world: Consuming, consumer: RecordingConsumer, room: RoomId) -> None:
    world.step()
    world.say(room)
    world.lose_hints()
    world.step()
    assert consumer.seqs(room) == [1]
    world.wait(seconds=5)
    assert consumer.seqs(room) == [1, 2]


def test_a_sweep_is_not_put_off_by_a_clock_that_was_set_back(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    world.step()
    world.say(room)
    world.lose_hints()
    world.wait(hours=-1)
    assert consumer.seqs(room) == [1, 2]


def test_a_hint_that_comes_twice_or_late_brings_nothing_twice(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    world.step()
    world.say(room, 3)
    hints = world.broadcaster.take()
    for some in (hints[::-1], hints, hints[:1]):
        world.process.receive(some)
        world.step()
    assert consumer.seqs(room) == [1, 2, 3, 4]


def test_another_process_goes_on_from_the_stored_cursor(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    world.say(room)
    world.step()
    world.begin()
    world.say(room)
    world.step()
    assert consumer.seqs(room) == [1, 2, 3]


def test_what_was_taken_and_not_noted_comes_again(world: Consuming, consumer: RecordingConsumer, room: RoomId) -> None:
    class Dies(BaseException):
        """The process ends."""

    def die() -> None:
        raise Dies

    consumer.afterwards = die
    with pytest.raises(Dies):
        world.step()
    assert consumer.seqs(room) == [1]
    world.begin()
    world.step()
    assert consumer.seqs(room) == [1, 1]


def test_a_consumer_that_begins_at_the_head_sees_nothing_of_before_also_in_rooms_where_nothing_happens() -> None:
    consumer = RecordingConsumer(beginning=Beginning.HEAD)
    world = Consuming(consumer)
    quiet, busy = (world.chat.open_room(world.ann, name=name) for name in ("quiet", "busy"))
    world.say(busy, 2)
    world.step()
    world.say(busy)
    late = world.chat.open_room(world.ann, name="late")
    world.hint()
    world.step()
    world.begin()
    world.wait(seconds=10)
    assert (consumer.seqs(quiet), consumer.seqs(busy), consumer.seqs(late)) == ([], [4], [1])


def test_what_happened_while_no_process_ran_is_not_missed_by_a_consumer_that_began_at_the_head() -> None:
    consumer = RecordingConsumer(beginning=Beginning.HEAD)
    world = Consuming(consumer)
    room = world.chat.open_room(world.ann)
    world.step()
    world.say(room)
    world.begin()
    world.step()
    assert consumer.seqs(room) == [2]


def test_a_long_log_and_many_rooms_come_in_pages(world: Consuming, consumer: RecordingConsumer, room: RoomId) -> None:
    world.say(room, 1_200)
    others = []
    for n in range(150):
        world.chat.clock.advance(minutes=10)  # so that no limit is in the way
        others.append(world.chat.open_room(world.ann, name=f"room {n}"))
    world.step()
    world.step()
    assert consumer.seqs(room) == list(range(1, 1_202))
    assert all(consumer.seqs(other) == [1] for other in others)
    assert max(len(events) for _, events in consumer.pages) <= 500


def test_a_sweep_finds_more_rooms_than_it_asks_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat_domain.delivery.consumer_runner._FOUND_AT_ONCE", 2)
    consumer = RecordingConsumer()
    world = Consuming(consumer)
    rooms = [world.chat.open_room(world.ann, name=f"room {n}") for n in range(5)]
    for _ in range(3):
        world.step()
    assert [consumer.seqs(room) for room in rooms] == [[1]] * 5


def test_events_of_unknown_kinds_are_handed_over_as_they_are(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    with world.storage.unit_of_work(room) as work:
        member = work.memberships.of(world.ann, room)
        place = room, member.room.next_seq, world.chat.clock.now(), member.person
        event = UnknownEvent(*place, "from_the_future", {"colour": "red"})
        work.append(event)
        work.commit()
    world.step()
    assert consumer.pages[-1][1][-1] == event


@pytest.mark.parametrize("is_told", [True, False])
def test_a_room_that_is_deleted_is_forgotten(
    world: Consuming, consumer: RecordingConsumer, room: RoomId, is_told: bool
) -> None:
    other = world.chat.open_room(world.ann, name="other")
    world.step()
    world.say(room)
    world.hint()
    world.chat.rooms.delete(world.ann, room)
    if is_told:
        world.hint()
    world.wait(seconds=5)
    assert consumer.seqs(room) == ([1] if is_told else [1, 2])
    assert world.figures().rooms_behind == 0
    assert (world.cursor(room), world.cursor(other)) == (0, 1)


def test_cursors_are_stored_once_a_second_and_at_the_end(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    world.say(room)
    world.step()
    stored = []
    for _ in range(3):
        world.chat.clock.advance(seconds=-0.4)  # a message comes a second after the one before
        world.say(room)
        world.chat.clock.advance(seconds=-0.2)
        world.hint()
        world.step()
        stored.append(world.cursor(room))
    assert stored == [2, 2, 5]
    world.chat.clock.advance(seconds=-0.5)
    world.say(room)
    world.hint()
    world.step()
    world.process.release()
    assert world.cursor(room) == 6
    world.begin()
    world.step()
    assert consumer.seqs(room) == [1, 2, 3, 4, 5, 6]


def test_what_is_read_from_the_log_is_stored_page_by_page(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    class Dies(BaseException):
        """The process ends."""

    def die() -> None:
        raise Dies

    def die_after_the_next_but_one() -> None:
        consumer.afterwards = lambda: setattr(consumer, "afterwards", die)

    world.say(room, 1_300)
    world.lose_hints()
    consumer.afterwards = die_after_the_next_but_one
    with pytest.raises(Dies):
        world.step()
    assert consumer.seqs(room)[-1] == 1_301
    assert world.cursor(room) == 1_000


def test_what_hints_bring_is_not_read_from_the_log(world: Consuming, consumer: RecordingConsumer, room: RoomId) -> None:
    world.step()
    world.say(room, 3)
    world.hint()
    log = world.chat.log(room)
    world.storage.is_away = True
    with pytest.raises(Unavailable):  # when the cursors are to be stored
        world.step()
    assert [event for _, events in consumer.pages for event in events] == log


def test_what_a_hint_leaves_out_is_read_from_the_log(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    world.step()
    world.say(room, 6)
    world.process.receive([hint for hint in world.broadcaster.take() if isinstance(hint, MessagePosted)][2:4])
    world.step()
    assert consumer.seqs(room) == [1, 2, 3, 4, 5, 6, 7]


def test_a_process_without_the_lock_hands_over_nothing_and_remembers_nothing(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    world.storage.lock.held = False
    world.say(room)
    world.hint()
    assert world.figures().rooms_behind == 0
    world.step()
    assert consumer.asked == []
    assert not world.figures().runs_here
    world.storage.lock.held = True
    world.step()
    assert consumer.seqs(room) == [1, 2]


def test_nothing_more_is_handed_over_once_the_lock_is_lost(world: Consuming, consumer: RecordingConsumer) -> None:
    rooms = [world.chat.open_room(world.ann, name=f"room {n}") for n in range(3)]
    consumer.afterwards = world.storage.lock.release
    world.step()
    assert [consumer.seqs(room) for room in rooms] == [[1], [], []]
    world.step()
    assert not world.figures().runs_here


def test_a_cursor_that_another_process_moved_is_read_anew(
    world: Consuming, consumer: RecordingConsumer, room: RoomId, caplog: pytest.LogCaptureFixture
) -> None:
    other = RecordingConsumer()
    consumer.afterwards = Consumers([other], storage=world.storage, clock=world.chat.clock).runners[0].step
    world.step()
    assert "moved by another process" in caplog.text
    assert (consumer.seqs(room), other.seqs(room), world.cursor(room)) == ([1], [1], 1)
    world.say(room)
    world.wait(seconds=1)
    assert consumer.seqs(room) == [1, 2]


def test_a_storage_that_is_away_is_tried_again_after_a_second(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    world.storage.is_away = True
    with pytest.raises(Unavailable):
        world.step()
    world.step()
    world.storage.is_away = False
    world.step()
    assert consumer.asked == []
    world.wait(seconds=1)
    assert consumer.seqs(room) == [1]


def test_where_there_is_no_consumer_no_lock_is_asked_for() -> None:
    class Unlocked(LockedStorage):
        def consumer_lock(self) -> ConsumerLock:
            pytest.fail("it was asked for")

        def snapshot(self) -> Snapshot:
            pytest.fail("it was read")

    process = Consumers([], storage=Unlocked(HeldBroadcaster()), clock=SettableClock())
    process.renew()
    process.release()
    assert process.figures() == []


def test_the_figures_tell_how_far_a_consumer_is_behind(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    world.step()
    consumer.is_broken = True
    world.say(room, 3)
    world.hint()
    world.wait(seconds=8)
    lag = world.figures()
    assert (lag.runs_here, lag.rooms_behind, lag.events_behind, lag.seconds_behind) == (True, 1, 3, 10)
    assert (lag.failures, lag.last_failed_at) == (1, world.chat.clock.now())
    consumer.is_broken = False
    world.wait(seconds=1)
    lag = world.figures()
    assert (lag.rooms_behind, lag.events_behind, lag.seconds_behind, lag.failures) == (0, 0, 0, 1)
    assert consumer.seqs(room) == [Seq(1), Seq(2), Seq(3), Seq(4)]


def bodies(consumer: RecordingConsumer) -> list[str]:
    events = [event for _, page in consumer.pages for event in page]
    return [event.message.body.value for event in events if isinstance(event, MessagePosted)]


@pytest.mark.parametrize("order", [1, -1])
def test_what_is_deleted_before_the_consumer_takes_it_is_not_told_any_more(
    world: Consuming, consumer: RecordingConsumer, room: RoomId, order: int
) -> None:
    world.step()
    kept, secret = (world.chat.say(world.ann, room, text) for text in ("kept", "secret"))
    world.chat.messaging.delete(world.ann, room=room, message=secret.id)
    world.chat.messaging.edit(world.ann, room=room, message=kept.id, body=MessageBody("edited"))
    world.process.receive(world.broadcaster.take()[::order])
    world.step()
    world.step()
    assert consumer.seqs(room) == [1, 2, 3, 4, 5]
    assert bodies(consumer) == ["edited", ""]
