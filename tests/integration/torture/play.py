"""A run from its beginning to its verdict."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.integration.torture import consumers
from tests.integration.torture.checker import Run, Violation, check
from tests.integration.torture.client import Client
from tests.integration.torture.figures import figures_of
from tests.integration.torture.fleet import ClientType, Fleet, a_fleet
from tests.integration.torture.history import Answered, Asked, Event, Faulted, History, Looked
from tests.integration.torture.stage import Rest, Stage, set_stage, shown_in, snapshot
from tests.integration.torture.worlds import World

HEALED_WITHIN: Final = 10.0
"""Seconds that clients have at the end, when nothing is asked any more: twice what lies between two beacons."""

CONSUMED_WITHIN: Final = 15.0
"""Seconds that another process may need at the end to take over, and to catch up."""

_PAUSE: Final = 1.0


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
        self.history.append(Faulted(began, name, timed.healing_from or time.monotonic(), timed.unheard))

    def acknowledged(self) -> int:
        """How many sends were acknowledged so far."""
        records = self.history.records
        sends = {record.op for record in records if isinstance(record, Asked) and record.kind == "send"}
        return sum(isinstance(record, Answered) and record.op in sends for record in records)


@dataclass
class Timed:
    """When healing could begin, and what had been committed by then although nobody was told: seqs, by room."""

    healing_from: float = 0.0
    unheard: dict[int, int] = field(default_factory=dict)


Fault = Callable[[Scene], None]


@contextmanager
def a_scene(
    world: World,
    *,
    rate: float,
    people: int = 16,
    rooms: int = 8,
    members: int = 5,
    client_type: ClientType = Client,
) -> Iterator[Scene]:
    """People in rooms, online and not yet busy."""
    history = History()
    stage = set_stage(world.ports[0], people=people, rooms=rooms, members=members)
    gc.disable()  # it would go through the whole history time and again, and the clients would wait
    try:
        with a_fleet(stage, world.doors, history, rate=rate, client_type=client_type) as fleet:
            yield Scene(world, stage, fleet, history)
    finally:
        gc.enable()


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
    run = Run(scene.history.remembered(), logs, states, fresh, scene.fleet.users())
    return run, [*check(run), *_consumed(scene, run)]


def _consumed(scene: Scene, run: Run) -> Iterator[Violation]:
    """What is wrong with what the durable consumer took, in a world that has one."""
    servers = scene.world.servers
    if not all("recording_consumer" in server.plants for server in servers):
        return
    heads = {room: log[-1].seq for room, log in run.logs.items()}
    deadline = time.monotonic() + CONSUMED_WITHIN
    while not consumers.has_all(taken := consumers.taken_in([each.folder for each in servers]), heads):
        if time.monotonic() > deadline:
            break
        time.sleep(0.2)
    scene.figures |= consumers.figures(taken, run)
    yield from (Violation("consumer", what) for what in consumers.problems(taken, run))


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


def play(scene: Scene, faults: Sequence[Fault], *, sends: int) -> None:
    """Let the faults strike, and work on until so much was acknowledged; then nothing may be wrong."""
    scene.fleet.work()
    for strike in faults:
        scene.fleet.watch(_PAUSE)
        strike(scene)
    deadline = time.monotonic() + 300
    while scene.acknowledged() < sends:
        assert time.monotonic() < deadline, f"only {scene.acknowledged()} sends"
        scene.fleet.watch(0.5)
    run, violations = verdict(scene)
    figures = figures_of(scene.world.name, run, violations, scene.figures, [])
    assert figures.problems() == []
    assert figures.acknowledged >= sends
