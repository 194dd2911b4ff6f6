"""What every storage promises to durable consumers."""

from collections.abc import Callable
from contextlib import suppress
from itertools import cycle

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chat_domain.delivery.consumer_runner import ConsumerRunner
from chat_domain.model.errors import Conflict
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.ports.consumers import Beginning, Behind, UncontestedLock
from chat_domain.ports.storage import Storage, UnitOfWork
from tests.builders import NOON, Chat, a_membership, a_room, a_user
from tests.doubles.consumers import RecordingConsumer
from tests.integration.contracts.homes import Home

ROOMS = st.integers(0, 2)


def a_runner(chat: Chat, consumer: RecordingConsumer, storage: Storage | None = None) -> ConsumerRunner:
    return ConsumerRunner(consumer, storage=storage or chat.storage, lock=UncontestedLock(), clock=chat.clock)


def start(storage: Storage, name: str, beginning: Beginning = Beginning.FIRST_EVENT) -> None:
    with storage.unit_of_work() as work:
        work.consumers.start(name, beginning, NOON)
        work.commit()


def move(storage: Storage, name: str, room: RoomId, before: int, to: int) -> None:
    with storage.unit_of_work() as work:
        work.consumers.move(name, room, before=Seq(before), to=Seq(to))
        work.commit()


def cursor(storage: Storage, name: str, room: RoomId) -> int:
    with storage.snapshot() as seen:
        return seen.consumers.get(name, room)


def behind(storage: Storage, name: str, after: int = 0, limit: int = 10) -> list[Behind]:
    with storage.snapshot() as seen:
        return list(seen.consumers.behind(name, after=RoomId(after), limit=limit))


def rooms_with_heads(storage: Storage, *heads: int) -> list[RoomId]:
    """Rooms 10, 11, ... with logs of these lengths, which nobody has written."""
    ann = a_user("ann")
    with storage.unit_of_work() as work:
        work.users.add(ann)
        for number, head in enumerate(heads):
            room = a_room(id=10 + number, last_seq=head)
            work.rooms.add(room)
            work.memberships.add(a_membership(ann.person, room=room))
        work.commit()
    return [RoomId(10 + number) for number in range(len(heads))]


def test_each_event_of_each_room_comes_in_order_as_the_log_has_it(chat: Chat) -> None:
    ann, bob = chat.register("ann"), chat.register("bob")
    rooms = [chat.open_room(ann, bob, name=name) for name in ("one", "other")]
    consumer = RecordingConsumer()
    runner = a_runner(chat, consumer)
    for text in ("first", "second"):
        for room in rooms:
            chat.say(bob, room, text)
        chat.clock.advance(seconds=5)
        runner.step()
    for room in rooms:
        assert [event for of, events in consumer.pages if of == room for event in events] == chat.log(room)
        assert cursor(chat.storage, "recording", room) == 4


def test_a_cursor_outlives_the_process(home: Home) -> None:
    chat, consumer = home.chat(), RecordingConsumer()
    ann = chat.register("ann")
    room = chat.open_room(ann)
    a_runner(chat, consumer).step()
    chat.say(ann, room)
    reopened = home.open()
    assert cursor(reopened, "recording", room) == 1
    a_runner(chat, consumer, reopened).step()
    assert consumer.seqs(room) == [1, 2]


def test_what_the_process_died_of_before_the_cursor_moved_comes_again(home: Home) -> None:
    class Dies(BaseException):
        """The process ends."""

    chat, consumer = home.chat(), RecordingConsumer()
    room = chat.open_room(chat.register("ann"))

    def die() -> None:
        raise Dies

    consumer.afterwards = die
    with pytest.raises(Dies):
        a_runner(chat, consumer).step()
    a_runner(chat, consumer, home.open()).step()
    assert consumer.seqs(room) == [1, 1]


def test_who_begins_at_the_head_begins_after_the_last_event_of_each_room_and_only_once(storage: Storage) -> None:
    quiet, empty, busy = rooms_with_heads(storage, 3, 0, 7)
    start(storage, "late", Beginning.HEAD)
    assert [cursor(storage, "late", room) for room in (quiet, empty, busy)] == [3, 0, 7]
    assert behind(storage, "late") == []
    with storage.unit_of_work() as work:
        work.rooms.add(a_room(id=13, last_seq=2))
        work.commit()
    start(storage, "late", Beginning.HEAD)
    assert behind(storage, "late") == [Behind(RoomId(13), Seq(0), Seq(2))]


def test_who_begins_with_the_first_event_is_behind_everywhere(storage: Storage) -> None:
    one, _, other = rooms_with_heads(storage, 3, 0, 7)
    start(storage, "early")
    assert behind(storage, "early") == [Behind(one, Seq(0), Seq(3)), Behind(other, Seq(0), Seq(7))]


def test_the_rooms_that_are_behind_come_in_pages_for_each_consumer_by_itself(storage: Storage) -> None:
    rooms = rooms_with_heads(storage, 2, 2, 2, 2)
    start(storage, "mine")
    start(storage, "other")
    move(storage, "mine", rooms[1], 0, 2)
    move(storage, "mine", rooms[2], 0, 1)
    move(storage, "other", rooms[0], 0, 2)
    assert [each.room_id for each in behind(storage, "mine", limit=2)] == [rooms[0], rooms[2]]
    assert behind(storage, "mine", after=rooms[0], limit=1) == [Behind(rooms[2], Seq(1), Seq(2))]
    assert [each.room_id for each in behind(storage, "mine", after=rooms[2])] == [rooms[3]]
    assert [each.room_id for each in behind(storage, "other")] == rooms[1:]


def test_a_cursor_moves_only_from_where_it_is(storage: Storage) -> None:
    (room,) = rooms_with_heads(storage, 9)
    start(storage, "mine")
    move(storage, "mine", room, 0, 4)
    for before in (0, 3, 5):
        with pytest.raises(Conflict, match="moved meanwhile"):
            move(storage, "mine", room, before, 9)
    assert cursor(storage, "mine", room) == 4
    move(storage, "mine", room, 4, 9)
    assert cursor(storage, "mine", room) == 9


def move_both(work: UnitOfWork) -> None:
    for room in (10, 11):
        work.consumers.move("mine", RoomId(room), before=Seq(0), to=Seq(5))


def test_what_is_refused_moves_no_other_cursor_of_the_same_unit_of_work(storage: Storage) -> None:
    one, other = rooms_with_heads(storage, 9, 9)
    start(storage, "mine")
    move(storage, "mine", other, 0, 2)
    with storage.unit_of_work() as work, pytest.raises(Conflict):
        move_both(work)
    assert (cursor(storage, "mine", one), cursor(storage, "mine", other)) == (0, 2)


def test_a_room_that_is_deleted_takes_its_cursors_with_it(chat: Chat) -> None:
    ann, consumer = chat.register("ann"), RecordingConsumer()
    gone, kept = chat.open_room(ann), chat.open_room(ann, name="kept")
    runner = a_runner(chat, consumer)
    runner.step()
    chat.say(ann, gone)
    runner.hint_head(gone, Seq(2))
    chat.rooms.delete(ann, gone)
    for before in (0, 1):
        move(chat.storage, "recording", gone, before, 2)
    assert cursor(chat.storage, "recording", gone) == 0
    chat.say(ann, kept)
    chat.clock.advance(seconds=5)
    runner.step()
    assert (consumer.seqs(gone), consumer.seqs(kept)) == ([1], [1, 2])
    assert runner.figures().rooms_behind == 0


def test_a_consumer_that_fails_waits_while_another_goes_on(chat: Chat) -> None:
    ann, broken, sound = chat.register("ann"), RecordingConsumer("broken"), RecordingConsumer("sound")
    room = chat.open_room(ann)
    runners = [a_runner(chat, broken), a_runner(chat, sound)]
    broken.is_broken = True
    for _ in range(6):
        chat.say(ann, room)
        chat.clock.advance(seconds=5)
        for runner in runners:
            runner.step()
    assert sound.seqs(room) == [1, 2, 3, 4, 5, 6, 7]
    assert (broken.seqs(room), cursor(chat.storage, "broken", room)) == ([], 0)
    broken.is_broken = False
    for _ in range(20):
        chat.clock.advance(seconds=60)
        runners[0].step()
    assert broken.seqs(room) == [1, 2, 3, 4, 5, 6, 7]


def test_a_consumer_that_another_process_starts_again_goes_on_from_its_cursors(home: Home) -> None:
    (room,) = rooms_with_heads(home.open(), 5)
    start(home.open(), "mine")
    move(home.open(), "mine", room, 0, 2)
    start(home.open(), "mine", Beginning.HEAD)
    assert behind(home.open(), "mine") == [Behind(room, Seq(2), Seq(5))]


class Consuming(RuleBasedStateMachine):
    """People talk, hints are lost, processes die and get into each other's way: nothing is passed over."""

    def __init__(self, home: Home) -> None:
        super().__init__()
        self.home = home
        self.chat = home.chat()
        self.ann: UserId = self.chat.register("ann")
        self.rooms = [self.chat.open_room(self.ann, name=f"room {n}") for n in range(3)]
        self.consumer = RecordingConsumer()
        self.processes = cycle([home.open(), home.open()])
        self.runner = self.begun()
        home.broadcaster.subscribe(self.hint)
        self.hears = True

    def begun(self) -> ConsumerRunner:
        return a_runner(self.chat, self.consumer, next(self.processes))

    def hint(self, events: object) -> None:
        for event in events if self.hears and isinstance(events, list) else ():
            if isinstance(event, RoomEvent):
                self.runner.hint(event)

    @rule(room=ROOMS, times=st.integers(1, 5), hears=st.booleans())
    def say(self, room: int, times: int, hears: bool) -> None:
        self.hears = hears
        for _ in range(times):
            self.chat.say(self.ann, self.rooms[room])

    @rule(room=ROOMS)
    def replace_room(self, room: int) -> None:
        self.chat.clock.advance(minutes=10)
        self.chat.rooms.delete(self.ann, self.rooms[room])
        self.rooms[room] = self.chat.open_room(self.ann, name="another")

    @rule(seconds=st.sampled_from([0, 0, 1, 5, 60]))
    def go_on(self, seconds: int) -> None:
        self.chat.clock.advance(seconds=seconds)
        self.runner.step()

    @rule()
    def begin_anew(self) -> None:
        self.runner = self.begun()

    @rule()
    def die_after_a_page(self) -> None:
        def die() -> None:
            raise KeyboardInterrupt

        self.consumer.afterwards = die
        with suppress(KeyboardInterrupt):
            self.runner.step()
        self.consumer.afterwards = lambda: None
        self.runner = self.begun()

    @rule()
    def meet_another_process(self) -> None:
        self.consumer.afterwards = self.begun().step
        self.go_on(5)

    @rule(room=ROOMS, after=st.integers(1, 3))
    def poison(self, room: int, after: int) -> None:
        head = len(self.chat.log(self.rooms[room]))
        self.consumer.poison.add((self.rooms[room], Seq(head + after)))

    @rule()
    def recover(self) -> None:
        self.consumer.poison.clear()

    @invariant()
    def nothing_is_passed_over(self) -> None:
        for room in {room for room, _ in self.consumer.pages}:
            taken = 0
            for seq in self.consumer.seqs(room):
                assert seq <= taken + 1
                taken = max(taken, seq)

    def teardown(self) -> None:
        self.recover()
        for _ in range(60):
            self.go_on(60)
        for room in self.rooms:
            assert set(self.consumer.seqs(room)) == {event.seq for event in self.chat.log(room)}
        self.home.close()


def test_nothing_is_passed_over_whatever_happens(new_home: Callable[[], Home]) -> None:
    class ConsumingHere(Consuming):
        def __init__(self) -> None:
            super().__init__(new_home())

    run_state_machine_as_test(
        ConsumingHere,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
