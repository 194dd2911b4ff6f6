"""The world: three processes, five devices of three people, two rooms, and bad weather for a while."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Final

from adapters.memory.tables import Tables
from chat_domain.model.errors import ChatError
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.memberships import Role
from chat_domain.model.rooms import RoomKind
from tests.integration.simulation.bugs import Bugs
from tests.integration.simulation.bus import Bus
from tests.integration.simulation.checks import check
from tests.integration.simulation.client import Client, Lost
from tests.integration.simulation.consumers import Taken
from tests.integration.simulation.process import Process
from tests.integration.simulation.schedule import Schedule

LOOKED_AT_ONE_BY_ONE: Final = ("_ROOMS_AT_LEAST", "_USERS", "_USERS_IF_MISSED")
"""Limits of the reconciler that have to be 1, so that two rooms and three people are many."""

_BAD_WEATHER: Final = 8.0
_REST: Final = 7.0
"""Seconds."""


class World:
    """Everything that happens in it follows from the seed."""

    def __init__(self, seed: int, bugs: Bugs | None = None) -> None:
        self.random = Random(seed)
        self.bugs = bugs or Bugs()
        self.schedule = Schedule(self.random)
        self.bus = Bus(self.schedule, self.random)
        self.tables = Tables()
        self.bugs.in_tables(self.tables)
        self.is_calm = True
        self.faults: list[str] = []
        self.deaths = 0
        self.committed_at: dict[tuple[RoomId, Seq], float] = {}
        self.marks: dict[tuple[UserId, RoomId], Seq] = {}  # as far as it was answered
        self.ended_at: dict[int, float] = {}
        self.taken: list[Taken] = []  # by the durable consumer
        self.lock_holder: Process | None = None
        self.processes = [Process(self) for _ in range(3)]
        self.people = {name: self.processes[0].chat.register(name) for name in ("ann", "bob", "cem")}
        self.rooms = self._open_rooms()
        names = ("ann", "ann", "bob", "bob", "cem")
        self.clients = [
            Client(self, f"{name}{place}", self.people[name], name, asks_of_unknown=place < 3)
            for place, name in enumerate(names)
        ]

    def run(self) -> list[str]:
        """Live through it, rest, and tell what is wrong."""
        self.is_calm = self.bus.calm = False
        for client in self.clients:
            self.schedule.start(self._living(client))
        self.schedule.start(self._weather)
        self.schedule.run(_BAD_WEATHER)
        self._clear_up()
        self.schedule.run(_REST)
        self.schedule.stop()
        check(self)
        return self.faults

    def history(self) -> str:
        """All that anybody asked, was answered and was told, in no order but its own."""
        taken = [each[1:] for each in self.taken]
        told = [self.faults, self.schedule.now, self.committed_at, self.ended_at, self.marks, taken]
        for client in self.clients:
            told += [client.rooms, client.past]
            told += [
                (each.key, each.began, each.answered, each.seq, sorted(map(str, each.bodies))) for each in client.sends
            ]
            told += [(line.name, line.process.chat.audience.heard[line.name]) for line in client.lines]
        return repr(told)

    def some_process(self) -> Process:
        """Any of those that are alive, or of the dead if none is."""
        alive = [process for process in self.processes if process.is_alive]
        return self.random.choice(alive or self.processes)

    def replace(self, dead: Process) -> None:
        """Begin another process in its place after a while."""
        self.deaths += 1

        def begin() -> None:
            self.processes[self.processes.index(dead)] = Process(self)

        self.schedule.start(begin, after=self.random.uniform(0.2, 2))

    def report(self, fault: str) -> None:
        """Something is wrong."""
        self.faults.append(fault)

    def _open_rooms(self) -> list[RoomId]:
        chat, (ann, bob, cem) = self.processes[0].chat, self.people.values()
        return [chat.open_room(ann, bob, cem), chat.open_room(ann, bob, kind=RoomKind.PRIVATE)]

    def _living(self, client: Client) -> Callable[[], None]:
        def live() -> None:
            while True:
                client.go_on()
                if not self.is_calm and client.line:
                    self._act(client)
                self.schedule.pause(self.random.uniform(0, 0.5))

        return live

    def _act(self, client: Client) -> None:
        random, room = self.random, self.random.choice(self.rooms)
        ann, guest = self.people["ann"], self.people[random.choice(("bob", "cem"))]
        is_guest = client.user != ann  # ann stays, so that the rooms do
        mine = [send for send in client.sends if send.id]
        acts: list[tuple[int, Callable[[], object]]] = [
            (12, lambda: client.say(room, f"{client.name} {len(client.sends)}")),
            (2 if mine else 0, lambda: client.edit(random.choice(mine), f"other {random.random()}")),
            (1 if mine else 0, lambda: client.delete(random.choice(mine))),
            (2, lambda: client.call(lambda chat: chat.messaging.type(client.user, room=room))),
            (1, lambda: self._read(client, room, Seq(random.randrange(20)))),
            (1, lambda: is_guest and client.call(lambda chat: chat.members.leave(client.user, room))),
            (2, lambda: is_guest and client.call(lambda chat: chat.members.join(client.user, room))),
            (3, lambda: is_guest or client.call(lambda chat: chat.members.put(ann, room, guest, Role.MEMBER))),
            (1, lambda: is_guest or client.call(lambda chat: chat.members.remove(ann, room, guest))),
            (1, lambda: self._log_out(client)),
            (1, client.disconnect),
        ]
        weights, actions = zip(*acts, strict=True)
        with suppress(ChatError, Lost):
            random.choices(actions, weights)[0]()

    def _read(self, client: Client, room: RoomId, seq: Seq) -> None:
        view = client.call(lambda chat: chat.reading.mark_read(client.user, room, seq))
        key = client.user, room
        self.marks[key] = max(view.read_seq, self.marks.get(key, view.read_seq))

    def _log_out(self, client: Client) -> None:
        """From elsewhere; the connection stands until its process knows."""
        actor = client.actor
        if actor is not None:
            client.call(lambda chat: chat.sessions.log_out(actor), self.some_process())
            self.ended_at[actor.session_id] = self.schedule.now
            client.leave_behind()

    def _weather(self) -> None:
        while not self.is_calm:
            process = self.random.choice(self.processes)
            now, lasting = self.schedule.now, self.random.uniform(2.5, 5)
            match self.random.randrange(7):
                case 0:
                    process.die()
                case 1:
                    process.line.cut_since = now
                    self.schedule.start(process.line.mend, after=lasting)
                case 2:
                    process.storage_away_until = now + lasting / 2
                case 3:
                    process.chat.clock.advance(seconds=self.random.uniform(-600, 600))
                case 4:
                    self.lock_holder = None  # its connection broke, and the process does not know yet
            self.schedule.pause(self.random.uniform(0.3, 1.5))

    def _clear_up(self) -> None:
        self.is_calm = self.bus.calm = True
        for process in self.processes:
            process.line.mend()
