"""A consumer that fails waits, says so, skips nothing, and holds up neither other rooms nor other consumers."""

import logging

import pytest

from chat_domain.model.identifiers import RoomId, Seq
from tests.doubles.consumers import RecordingConsumer
from tests.unit.delivery.consuming import Consuming


@pytest.fixture
def consumer() -> RecordingConsumer:
    return RecordingConsumer()


@pytest.fixture
def world(consumer: RecordingConsumer) -> Consuming:
    return Consuming(consumer)


@pytest.fixture
def room(world: Consuming) -> RoomId:
    return world.chat.open_room(world.ann)


def moments_of_trying(world: Consuming, consumer: RecordingConsumer, seconds: int) -> list[int]:
    """After how many seconds, from now on, the consumer is asked."""
    found = []
    for second in range(seconds + 1):
        before = len(consumer.asked)
        world.step()
        if len(consumer.asked) > before:
            found.append(second)
        world.chat.clock.advance(seconds=1)
    return found


def test_the_wait_doubles_up_to_a_minute(world: Consuming, consumer: RecordingConsumer, room: RoomId) -> None:
    consumer.poison.add((room, Seq(1)))
    assert moments_of_trying(world, consumer, 250) == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]


def test_a_clock_that_was_set_back_ends_the_wait(world: Consuming, consumer: RecordingConsumer, room: RoomId) -> None:
    consumer.poison.add((room, Seq(1)))
    moments_of_trying(world, consumer, 100)
    tried = len(consumer.asked)
    world.wait(hours=-1)
    assert len(consumer.asked) == tried + 1


def test_the_events_before_the_failing_one_pass_and_it_alone_comes_again_and_is_never_skipped(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    world.say(room, 5)
    consumer.poison.add((room, Seq(4)))
    moments_of_trying(world, consumer, 300)
    assert consumer.seqs(room) == [1, 2, 3]
    assert world.cursor(room) == 3
    assert consumer.asked[-3:] == [(room, [4])] * 3
    consumer.poison.clear()
    moments_of_trying(world, consumer, 70)
    assert consumer.seqs(room) == [1, 2, 3, 4, 5, 6]
    world.say(room, 3)
    world.hint()
    world.step()
    assert consumer.asked[-1] == (room, [7, 8, 9]), "in pages again"


def test_an_event_that_is_never_taken_holds_up_no_other_room(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    other = world.chat.open_room(world.ann, name="other")
    consumer.poison.add((room, Seq(1)))
    for said in range(100):
        world.say(other)
        world.hint()
        world.step()
        assert len(consumer.seqs(other)) == said + 2
    assert consumer.seqs(room) == []


def test_another_consumer_goes_on() -> None:
    broken, sound = RecordingConsumer("broken"), RecordingConsumer("sound")
    broken.is_broken = True
    world = Consuming(broken, sound)
    rooms = [world.chat.open_room(world.ann, name=f"room {n}") for n in range(5)]
    for said in range(50):
        for room in rooms:
            world.say(room)
        world.hint()
        world.step()
        assert [len(sound.seqs(room)) for room in rooms] == [said + 2] * 5


def test_a_consumer_that_fails_in_one_room_after_the_other_is_left_alone_as_a_whole(
    world: Consuming, consumer: RecordingConsumer
) -> None:
    rooms = [world.chat.open_room(world.ann, name=f"room {n}") for n in range(50)]
    consumer.is_broken = True
    world.step()
    assert len(consumer.asked) == 3
    moments = moments_of_trying(world, consumer, 200)
    assert len(consumer.asked) == 3 + len(moments), "one probe a time"
    assert moments[:4] == [1, 3, 7, 15]
    consumer.is_broken = False
    moments_of_trying(world, consumer, 125)
    assert all(consumer.seqs(room) == [1] for room in rooms)


def test_a_consumer_that_is_left_alone_costs_no_reading(world: Consuming, consumer: RecordingConsumer) -> None:
    for n in range(5):
        world.chat.open_room(world.ann, name=f"room {n}")
    consumer.is_broken = True
    world.step()
    world.storage.is_away = True
    world.step()
    world.storage.is_away = False
    world.wait(seconds=1)
    assert len(consumer.asked) == 3 + 1


def test_rooms_that_always_fail_do_not_keep_a_new_event_of_another_room_out_for_ever(
    world: Consuming, consumer: RecordingConsumer, room: RoomId
) -> None:
    bad = [world.chat.open_room(world.ann, name=f"room {n}") for n in range(10)]
    world.step()
    consumer.poison.update((each, Seq(2)) for each in bad)
    for each in bad:
        world.say(each)
    world.hint()
    for said in range(5):
        moments_of_trying(world, consumer, 1_000)
        world.say(room)
        world.lose_hints()
        moments_of_trying(world, consumer, 5 + 60)
        assert len(consumer.seqs(room)) == said + 2
    assert all(consumer.seqs(each) == [1] for each in bad)


def test_a_failure_is_logged_when_it_begins_and_when_it_ends(
    world: Consuming, consumer: RecordingConsumer, room: RoomId, caplog: pytest.LogCaptureFixture
) -> None:
    world.say(room, 2)
    consumer.poison.add((room, Seq(3)))
    moments_of_trying(world, consumer, 100)
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING, logging.ERROR]
    first, _, second = (record.getMessage() for record in caplog.records)
    assert f"recording failed at events 1 to 3 of room {room}" in first
    assert f"recording failed at events 3 to 3 of room {room}" in second
    assert "BrokenConsumer" in caplog.text
    caplog.clear()
    consumer.poison.clear()
    moments_of_trying(world, consumer, 100)
    assert [record.getMessage() for record in caplog.records] == [f"consumer recording goes on in room {room}"]


def test_a_failure_that_passes_leaves_no_lag(world: Consuming, consumer: RecordingConsumer, room: RoomId) -> None:
    world.say(room, 99)
    consumer.is_broken = True
    world.step()
    consumer.is_broken = False
    world.wait(seconds=1)
    assert consumer.seqs(room) == list(range(1, 101))
