"""Clients that do not read what they are sent."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Final

from tests.integration.torture.client import Account, Client
from tests.integration.torture.delays import delays
from tests.integration.torture.healing import quantile
from tests.integration.torture.line import Line, open_line
from tests.integration.torture.play import Scene
from tests.integration.torture.workload import Doings
from tests.integration.torture.worlds import LaunchedServer

GROWN_AT_MOST: Final = 64 * 2**20
SLOWER_AT_MOST: Final = 1.2
_STALLED: Final = 50
_ROUNDS: Final = 5
_A_SECOND: Final = 100
"""Messages in the room, of which others write some."""
_BODY: Final = "x" * 2_000


def stalled(scene: Scene, seconds: float = 8) -> None:
    """F18: many clients of a busy room stop reading; the server's memory and the others hardly notice.

    Time and again they come and go, so that both is measured on the same machine under the same load.
    """
    server, (room, members) = scene.world.servers[0], next(iter(scene.stage.members.items()))
    without, beside, grown = [], [], []
    with scene.fault("F18"), _busy(scene, room, members[0]):
        time.sleep(1)
        for _ in range(_ROUNDS):
            without.append(_p99(scene, seconds))
            memory = server.process.memory_info().rss
            with _stalled(scene, server, members[0]):
                beside.append(_p99(scene, seconds))
                grown.append(server.process.memory_info().rss - memory)
    slower = median(beside) / median(without)
    scene.figures |= {
        "F18 grown MB": max(grown) / 2**20,
        "F18 p99 without ms": median(without) * 1_000,
        "F18 p99 beside ms": median(beside) * 1_000,
    }
    assert max(grown) <= GROWN_AT_MOST, f"the server grew by {max(grown)} bytes"
    assert slower <= SLOWER_AT_MOST, f"the others' p99 is {slower:.2f} times of what it was, {without} and {beside}"


def _p99(scene: Scene, seconds: float) -> float:
    began = time.monotonic()
    time.sleep(seconds)
    until = time.monotonic()
    time.sleep(0.5)
    return quantile(delays(scene.history, began, until), 0.99)


@contextmanager
def _busy(scene: Scene, room: int, somebody: Account) -> Iterator[None]:
    """Meanwhile somebody writes much into the room, on a device of its own."""
    device = scene.fleet.arrive(somebody, scene.world.ports)
    doings = Doings(device, scene.history, [somebody.username], seed=18)
    writing = scene.fleet.start(_write(doings, room))
    try:
        yield
    finally:
        doings.is_over = True
        writing.result(30)
        scene.fleet.depart(device)


async def _write(doings: Doings, room: int) -> None:
    while not doings.is_over:
        began = time.monotonic()
        await doings.send(room, _BODY)
        await asyncio.sleep(max(0, began + 1 / _A_SECOND - time.monotonic()))


@contextmanager
def _stalled(scene: Scene, server: LaunchedServer, somebody: Account) -> Iterator[None]:
    server.tell("small_buffers")
    lines = [scene.fleet.call(_stall(server.port, somebody)) for _ in range(_STALLED)]
    server.tell_no_more("small_buffers")
    time.sleep(1)  # that they came at once is another matter
    try:
        yield
    finally:
        for line in lines:
            scene.fleet.call(_hang_up(line))


async def _stall(port: int, somebody: Account) -> Line:
    line = await open_line(port, somebody.token, lambda _event, _payload: None, within=20)
    line.keep_little()
    line.pause()
    return line


async def _hang_up(line: Line) -> None:
    line.hang_up("enough")


@contextmanager
def let_doze(scene: Scene, client: Client) -> Iterator[None]:
    """Meanwhile the client does not read what comes, and its system keeps little for it."""
    line = client.line
    assert line
    line.keep_little()
    scene.fleet.call(_pause(line))
    yield
    scene.fleet.call(_resume(line))


async def _pause(line: Line) -> None:
    line.pause()


async def _resume(line: Line) -> None:
    line.resume()
