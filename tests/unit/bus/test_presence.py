"""Presence over several processes: whatever happens in whatever order, all agree in the end; nobody is forgotten."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from adapters.broadcasting.bus import BusConnection, BusPresence
from adapters.broadcasting.bus.channel import Channel
from chat_domain.model.identifiers import UserId
from tests.builders import NOON
from tests.doubles.clock import SettableClock

GRACE = timedelta(seconds=10)
users = st.integers(1, 4).map(UserId)
places = st.integers(0, 2)


class NoChannel(Channel):
    """Nothing is connected: the test carries what is said."""

    def publish(self, payload: bytes) -> None:
        raise NotImplementedError

    def subscribe(self) -> None:
        raise NotImplementedError

    def receive(self) -> bytes:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


class HeldConnection(BusConnection):
    """A connection whose payloads wait until the test hands them on, in one order to all, as a channel does."""

    def __init__(self, origin: str, said: list[tuple[str, Any]]) -> None:
        super().__init__(NoChannel())
        self.origin = origin
        self._said = said
        self.receive: Callable[[str, Any], None] = lambda *_: None
        self.gone: Callable[[str], None] = lambda _: None
        self.refresh: Callable[[], None] = lambda: None

    def subscribe(self, topic: str, receive: Callable[[str, Any], None]) -> None:
        self.receive = receive

    def watch(self, *, refresh: Callable[[], None], gone: Callable[[str], None]) -> None:
        self.refresh, self.gone = refresh, gone

    def publish(self, topic: str, content: bytes) -> None:
        self._said.append((self.origin, orjson.loads(content)))


class ThreeProcesses(RuleBasedStateMachine):
    """People come to and go from three processes, of which two may die and begin anew.

    When all die within the grace nobody remembers who was there; but then nobody is connected who could be told.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock = SettableClock(NOON)
        self.said: list[tuple[str, Any]] = []
        self.born = 0
        self.running: list[tuple[HeldConnection, BusPresence]] = []
        self.connected: list[Counter[UserId]] = []
        self.shown: Counter[UserId] = Counter()  # what was told of each: online when above zero
        for _ in range(3):
            self._begin()

    def _begin(self, place: int = 3) -> None:
        self.born += 1
        connection = HeldConnection(f"process {self.born}", self.said)
        presence = BusPresence(connection, self.clock)
        self.running[place : place + 1] = [(connection, presence)]
        self.connected[place : place + 1] = [Counter()]
        for other, _ in self.running:
            if other is not connection:
                connection.peers.hear(other.origin)
                other.peers.hear(connection.origin)
        for each, _ in self.running:
            each.refresh()

    @rule(place=places, user=users)
    def arrive(self, place: int, user: UserId) -> None:
        self.connected[place][user] += 1
        if self.running[place][1].arrive(user):
            self.shown[user] = 1

    @rule(place=places, user=users)
    def depart(self, place: int, user: UserId) -> None:
        self.connected[place][user] = max(self.connected[place][user] - 1, 0)
        self.running[place][1].depart(user, self.clock.now())

    @rule(place=st.integers(0, 1))
    def die(self, place: int) -> None:
        self._carry()
        dead, _ = self.running[place]
        for connection, _ in self.running:
            if connection is not dead:
                connection.peers.leave(dead.origin)
                connection.gone(dead.origin)
        self._begin(place)

    @rule(place=places, seconds=st.integers(0, 12))
    def sweep(self, place: int, seconds: int) -> None:
        self.clock.advance(seconds=seconds)
        for user in self.running[place][1].collect_gone(self.clock.now() - GRACE):
            self.shown[user] = 0

    @rule(count=st.integers(1, 3))
    def carry(self, count: int) -> None:
        self._carry(count)

    def _carry(self, count: int | None = None) -> None:
        some, self.said[:] = self.said[:count], self.said[count:] if count else []
        for origin, content in some:
            for connection, _ in self.running:
                if connection.origin != origin and origin in connection.peers:
                    connection.receive(origin, content)

    @invariant()
    def whoever_is_connected_anywhere_is_online_everywhere_once_it_was_heard(self) -> None:
        if not self.said:
            for _, presence in self.running:
                for user in self._connected():
                    assert presence.is_online(user)

    def teardown(self) -> None:
        self._carry()
        for _ in range(30):  # long enough for every grace and every turn
            for place in range(3):
                self.sweep(place, 1)
                self._carry()
        for user in map(UserId, range(1, 5)):
            online = user in self._connected()
            assert [presence.is_online(user) for _, presence in self.running] == [online] * 3
            assert not self.shown[user] or online, "everybody still shows a user who is gone"

    def _connected(self) -> set[UserId]:
        return {user for counts in self.connected for user, count in counts.items() if count}


TestThreeProcesses = ThreeProcesses.TestCase


def test_of_those_who_vanished_with_a_process_one_of_the_others_tells() -> None:
    machine = ThreeProcesses()
    machine.arrive(0, UserId(1))
    machine._carry()
    machine.die(0)
    told: list[UserId] = []
    for _ in range(15):
        machine.clock.advance(seconds=1)
        for _, presence in machine.running[1:]:
            told += presence.collect_gone(machine.clock.now() - GRACE)
            machine._carry()
    assert told == [UserId(1)]


def test_who_has_two_devices_at_two_processes_is_gone_when_both_are() -> None:
    machine = ThreeProcesses()
    machine.arrive(0, UserId(1))
    machine._carry()
    assert not machine.running[1][1].arrive(UserId(1)), "was online already"
    machine._carry()
    for place in (0, 1):
        machine.running[place][1].depart(UserId(1), machine.clock.now())
        machine.clock.advance(seconds=1)
    machine.clock.advance(seconds=9)
    assert machine.running[0][1].collect_gone(machine.clock.now() - GRACE) == []
    machine._carry()
    machine.clock.advance(seconds=1)
    assert machine.running[1][1].collect_gone(machine.clock.now() - GRACE) == [UserId(1)]
