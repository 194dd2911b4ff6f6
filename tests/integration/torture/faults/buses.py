"""The bus between processes, which carries hints only."""

import time
from typing import Final

from tests.integration.torture.delays import delays
from tests.integration.torture.healing import quantile
from tests.integration.torture.play import Scene

DOWN_FOR: Final = 30.0
SLOW_AT_MOST: Final = 1.5
_NORMAL_AFTER: Final = 2.0


def killed(scene: Scene, seconds: float = DOWN_FOR) -> None:
    """F6: the bus dies; meanwhile the logs are polled, and soon after its return all is as before."""
    assert scene.world.valkey
    with scene.fault("F6"):
        began = time.monotonic()
        scene.world.valkey.kill()
        time.sleep(seconds)
        scene.world.valkey.start()
        back = time.monotonic()
    time.sleep(_NORMAL_AFTER + 4)
    down = quantile(delays(scene.history, began, back - 2), 0.99)
    normal = quantile(delays(scene.history, back + _NORMAL_AFTER), 0.99)
    scene.figures |= {"F6 p99 while down ms": down * 1_000, "F6 p99 afterwards ms": normal * 1_000}
    assert down <= SLOW_AT_MOST, f"without the bus a message takes {down:.2f} s"


def spoilt_hints(scene: Scene, seconds: float = 5) -> None:
    """F7: hints are dropped, doubled and reordered."""
    with scene.fault("F7"):
        for server in scene.world.servers:
            server.tell("spoil_hints")
        time.sleep(seconds)
        for server in scene.world.servers:
            server.tell_no_more("spoil_hints")


def cut_off(scene: Scene, seconds: float = 8) -> None:
    """F8: one process cannot reach the bus, nor knows it at first. I9 says what a removed member still receives."""
    proxy = scene.world.bus_of_the_first
    assert proxy
    with scene.fault("F8"):
        proxy.swallow()
        time.sleep(seconds / 2)
        proxy.cut()
        time.sleep(seconds / 2)
        proxy.restore()
