"""Networks that go away, swallow, cut and stall."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle
from typing import Final

from tests.integration.torture.client import Client
from tests.integration.torture.history import Disconnected, History
from tests.integration.torture.line import Line, open_line
from tests.integration.torture.play import Scene
from tests.integration.torture.proxy import a_faulty_proxy
from tests.integration.torture.stage import Rest, set_stage
from tests.integration.transport.proxy import a_cutting_proxy

AWAY_FOR: Final = 30.0
MISSED: Final = 1_000
DROPPED_WITHIN: Final = 45.0
_THROUGH: Final = 4
_SILENT: Final = 100
_COMING_BACK: Final = 1_000
_OF_THE_CROWD: Final = 4
_MISSED_BY_THE_CROWD: Final = 20
_BACK_WITHIN: Final = 30.0
_READY_WITHIN: Final = 20.0


def away(scene: Scene, seconds: float = AWAY_FOR, missed: int = MISSED) -> None:
    """F14: a client's network is away for 1 s, and then for so many seconds and until it has missed so many events."""
    client = scene.fleet.clients[-1]
    with a_faulty_proxy(scene.world.ports[0]) as proxy, _through(scene, [client], proxy.port):
        for name, long, enough in (("F14 1 s", 1.0, 0), ("F14 missed", seconds, missed)):
            with scene.fault(name):
                before = _heads(scene, client)
                proxy.cut()
                time.sleep(long)
                deadline = time.monotonic() + 60
                while sum(_heads(scene, client).values()) - sum(before.values()) < enough:
                    assert time.monotonic() < deadline, "too little happens to be missed"
                    time.sleep(0.1)
                proxy.restore()
            time.sleep(3)


def half_open(scene: Scene) -> None:
    """F15: the network swallows everything and says nothing; the server lets go of the client, and of its memory."""
    server, client = scene.world.servers[0], scene.fleet.clients[-1]
    before = server.connections()
    with a_faulty_proxy(server.port) as proxy, _through(scene, [client], proxy.port):
        silent = [scene.fleet.call(_listen(proxy.port, client)) for _ in range(_SILENT)]
        with scene.fault("F15"):
            began = time.monotonic()
            proxy.swallow()
            while len(proxy.ended_by_target) < len(silent):
                assert time.monotonic() - began < 2 * DROPPED_WITHIN, "the server holds on to dead connections"
                time.sleep(0.2)
            dropped = max(proxy.ended_by_target) - began
            while (kept := server.connections() - before) > _SILENT / 2:
                assert time.monotonic() - began < 2 * DROPPED_WITHIN, f"{kept} parts of dead connections are kept"
                time.sleep(0.5)
            freed = time.monotonic() - began
            proxy.restore()
        for line in silent:
            scene.fleet.call(_hang_up(line))
    scene.figures |= {"F15 dropped after s": dropped, "F15 memory freed after s": freed}
    assert freed <= DROPPED_WITHIN, (
        f"the server held on to dead connections for {dropped:.1f} s, in memory {freed:.1f} s"
    )


def cut_writes_and_slow_readers(scene: Scene, seconds: float = 10) -> None:
    """F17: what is written arrives in pieces of any size, and some clients read only now and then."""
    through = scene.fleet.clients[:_THROUGH]
    began = len(scene.history.records)
    with a_cutting_proxy(scene.world.ports[0]) as proxy, _through(scene, through, proxy.port), scene.fault("F17"):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for client in through[:2]:
                scene.fleet.call(client.doze(1))
    corrupt = [
        record.why
        for record in scene.history.records[began:]
        if isinstance(record, Disconnected) and record.why.startswith("corrupt")
    ]
    assert not corrupt, corrupt


def everybody_comes_back_at_once(scene: Scene) -> None:
    """F20: a thousand clients of all processes lose their connections in one moment, and miss messages.

    All are whole within 30 s.
    """
    port = scene.world.ports[0]
    stage = set_stage(port, people=_OF_THE_CROWD, rooms=1, members=_OF_THE_CROWD)
    ((room, members),) = stage.members.items()
    rest = Rest(port)
    with ExitStack() as stack:
        proxies = [stack.enter_context(a_faulty_proxy(port)) for port in scene.world.ports]
        own = History()  # of a thousand clients: their state is looked at, not every step
        crowd = [
            scene.fleet.client_type(f"crowd{number}", member, [proxy.port], own)
            for number, member, proxy in zip(range(_COMING_BACK), cycle(members), cycle(proxies), strict=False)
        ]
        running = scene.fleet.call(_run(crowd))
        _wait_until(scene, crowd, room, 0)
        with scene.fault("F20") as timed:
            for proxy in proxies:
                proxy.cut()
            for _ in range(_MISSED_BY_THE_CROWD):
                rest.ask(members[0].token, "POST", f"/api/chat/rooms/{room}/messages", message="come back")
            (seen,) = rest.rooms(members[0])
            for proxy in proxies:
                proxy.restore()
            timed.healing_from = time.monotonic()
            _wait_until(scene, crowd, room, seen["last_seq"])
        taken = scene.figures["F20 whole after s"] = time.monotonic() - timed.healing_from
        scene.fleet.call(_stop(running))
    rest.close()
    assert taken <= _BACK_WITHIN, f"it took {taken:.0f} s"


def _wait_until(scene: Scene, crowd: Sequence[Client], room: int, seq: int) -> None:
    deadline = time.monotonic() + 90
    while missing := sum(not client.is_whole or client.rooms[room].cursor < seq for client in crowd):
        assert time.monotonic() < deadline, f"{missing} are not whole"
        scene.fleet.watch(0.05)


@contextmanager
def _through(scene: Scene, clients: Sequence[Client], port: int) -> Iterator[None]:
    """For a while these clients connect by this port."""
    doors = {client.name: client.doors for client in clients}
    for client in clients:
        scene.fleet.call(client.go_by([port]), _READY_WITHIN)
    try:
        yield
    finally:
        for client in clients:
            scene.fleet.call(client.go_by(doors[client.name]), _READY_WITHIN)


async def _listen(port: int, client: Client) -> Line:
    return await open_line(port, client.account.token, lambda _event, _payload: None, within=20)


async def _hang_up(line: Line) -> None:
    line.hang_up("enough")


async def _run(clients: Sequence[Client]) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(client.run()) for client in clients]


async def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _heads(scene: Scene, client: Client) -> dict[int, int]:
    """How far the others are in the rooms of a client."""
    mine = set(client.rooms)
    return {
        room: max((other.rooms[room].cursor for other in scene.fleet.clients if room in other.rooms), default=0)
        for room in mine
    }
