"""What faults themselves have to keep to, shown with stand-ins for the servers."""

import time
from itertools import pairwise
from typing import Any, cast

from tests.integration.torture.faults.processes import killed_again_and_again
from tests.integration.torture.history import Faulted, History
from tests.integration.torture.play import Scene
from tests.integration.torture.worlds import World


class SlowServer:
    """Takes longer to start than it is left alone; `serving` are all that serve."""

    def __init__(self, serving: list["SlowServer"]) -> None:
        self._serving = serving
        serving.append(self)

    def kill(self) -> None:
        self._serving.remove(self)
        assert self._serving, "the last one was killed"

    def start(self) -> None:
        time.sleep(0.02)
        self._serving.append(self)


def test_servers_are_killed_while_others_start_but_never_the_last_one_that_serves() -> None:
    serving: list[SlowServer] = []
    servers = cast("Any", [SlowServer(serving) for _ in range(3)])
    scene = Scene(World("three", servers), cast("Any", None), cast("Any", None), History())
    killed_again_and_again(scene, seconds=0.5, every=0.005)
    assert len(serving) == 3, "all serve in the end"
    kills = [record.at for record in scene.history.records if isinstance(record, Faulted)]
    assert any(later - earlier < 0.02 for earlier, later in pairwise(kills))
