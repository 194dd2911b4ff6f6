"""A run from its beginning to its verdict."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.integration.torture.checker import Run, Violation, check
from tests.integration.torture.fleet import Fleet, a_fleet
from tests.integration.torture.history import Answered, Asked, Event, Faulted, History, Looked
from tests.integration.torture.room import Room
from tests.integration.torture.stage import Rest, Stage, set_stage, shown_in, snapshot
from tests.integration.torture.worlds import World

HEALED_WITHIN: Final = 10.0
"""Seconds that clients have at the end, when nothing is asked any more: twice what lies between two beacons."""


@dataclass
class Scene:
    """What a fault is played on."""

    world: World
    stage: Stage
    fleet: Fleet
    history: History
    figures: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def fault(self, name: str) -> Iterator["Timed"]:
        """Note when it began, and from when on nothing stood in the way of healing: its end, unless told otherwise."""
        timed, began = Timed(), time.monotonic()
        yield timed
        self.history.append(Faulted(began, name, timed.healing_from or time.monotonic()))

    def acknowledged(self) -> int:
        """How many sends were acknowledged so far."""
        records = self.history.records
        sends = {record.op for record in records if isinstance(record, Asked) and record.kind == "send"}
        return sum(isinstance(record, Answered) and record.op in sends for record in records)


@dataclass
class Timed:
    """When healing could begin."""

    healing_from: float = 0.0


Fault = Callable[[Scene], None]


@contextmanager
def a_scene(
    world: World,
    *,
    rate: float,
    people: int = 16,
    rooms: int = 8,
    members: int = 5,
    room_type: type[Room] = Room,
) -> Iterator[Scene]:
    """People in rooms, online and not yet busy."""
    history = History()
    stage = set_stage(world.ports[0], people=people, rooms=rooms, members=members)
    with a_fleet(stage, world.doors, history, rate=rate, room_type=room_type) as fleet:
        yield Scene(world, stage, fleet, history)


def verdict(
    scene: Scene, *, rest_within: float = 60, settle_within: float = HEALED_WITHIN
) -> tuple[Run, list[Violation]]:
    """Let everything come to rest, and look for what is wrong."""
    scene.fleet.rest(rest_within)
    logs = final_logs(scene)
    scene.fleet.settle(lambda: {room: log[-1].seq for room, log in logs.items()}, settle_within)
    port = scene.world.ports[-1]
    states = scene.fleet.states()
    fresh = {client.name: snapshot(port, client.account, logs) for client in scene.fleet.clients}
    run = Run(list(scene.history.records), logs, states, fresh, scene.fleet.users())
    return run, check(run)


def final_logs(scene: Scene) -> dict[int, list[Event]]:
    """Every room's log, which is a last look at the history too."""
    rest = Rest(scene.world.ports[0])
    logs = {}
    try:
        for room, members in scene.stage.members.items():
            asked_at = time.monotonic()
            log = logs[room] = rest.log(members[0], room)
            shown = tuple(shown_in(log).values())
            reader = next(client for client in scene.fleet.clients if client.account == members[0])
            scene.history.append(Looked(asked_at, time.monotonic(), reader.name, room, 1, log[-1].seq, shown))
    finally:
        rest.close()
    return logs
