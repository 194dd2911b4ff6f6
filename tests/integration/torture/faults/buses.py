"""The bus between processes, which carries hints only."""

import time
from typing import Final

from tests.integration.torture.delays import delays
from tests.integration.torture.faults.revocations import revoking
from tests.integration.torture.healing import quantile
from tests.integration.torture.play import Fault, Scene

DOWN_FOR: Final = 30.0
SLOW_AT_MOST: Final = 1.5
_BEFORE: Final = 5.0
_NORMAL_AFTER: Final = 2.0
_NORMAL: Final = 0.25
"""Seconds; where it was slower before, twice that time is normal. The poll alone would take four times as long."""


def killed(scene: Scene, seconds: float = DOWN_FOR) -> None:
    """F6: the bus dies; meanwhile the logs are polled, and soon after its return all is as before."""
    assert scene.world.valkey
    with revoking(scene, scene.world.any()) as revocation:
        with scene.fault("F6"):
            began = time.monotonic()
            scene.world.valkey.kill()
            revocation.begin()
            time.sleep(seconds)
            scene.world.valkey.start()
            back = time.monotonic()
        time.sleep(_NORMAL_AFTER + _BEFORE)
        revocation.finish()
    down = quantile(delays(scene.history, began, back - 2), 0.99)
    scene.figures["F6 p99 while down ms"] = down * 1_000
    assert down <= SLOW_AT_MOST, f"without the bus a message takes {down:.2f} s"
    _is_as_before(scene, "F6", began, back)


def gone_with_the_database(name: str, fault: Fault) -> Fault:
    """A fault of the database where that is the bus, too: soon after its return all is as before, as in F6."""

    def strike(scene: Scene) -> None:
        began = time.monotonic()
        fault(scene)
        back = time.monotonic()
        time.sleep(_NORMAL_AFTER + _BEFORE)
        _is_as_before(scene, name, began, back)

    return strike


def _is_as_before(scene: Scene, name: str, began: float, back: float) -> None:
    """What messages take, unless they are found by the poll alone."""
    before = quantile(delays(scene.history, began - _BEFORE, began), 0.99)
    normal = quantile(delays(scene.history, back + _NORMAL_AFTER), 0.99)
    scene.figures |= {f"{name} p99 before ms": before * 1_000, f"{name} p99 afterwards ms": normal * 1_000}
    assert normal <= max(_NORMAL, 2 * before), f"after its return a message takes {normal:.2f} s, before {before:.2f} s"


def spoilt_hints(scene: Scene, seconds: float = 5) -> None:
    """F7: hints are dropped, doubled and reordered."""
    with scene.fault("F7"):
        for server in scene.world.servers:
            server.tell("spoil_hints")
        time.sleep(seconds)
        for server in scene.world.servers:
            server.tell_no_more("spoil_hints")


def cut_off(scene: Scene, seconds: float = 8) -> None:
    """F8: one process cannot reach the bus, nor knows it at first; a removed member still receives nothing there."""
    proxy = scene.world.bus_of_the_first
    assert proxy
    with revoking(scene, scene.world.servers[0]) as revocation, scene.fault("F8"):
        proxy.swallow()
        revocation.begin()
        time.sleep(seconds / 2)
        proxy.cut()
        time.sleep(seconds / 2)
        revocation.finish()
        proxy.restore()
