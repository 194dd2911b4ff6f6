"""Yesterday's backup is put in the place of today's data."""

import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.integration.servers.parley import COMMAND
from tests.integration.torture.history import Forgotten
from tests.integration.torture.play import Scene

_CONVERGED_WITHIN: Final = 20.0


def restored(scene: Scene) -> None:
    """F22: what came after the backup is gone, as it has to be. In a new epoch all have what it has, and go on."""
    before = {client.epoch for client in scene.fleet.clients}
    scene.fleet.rest()
    with tempfile.TemporaryDirectory(prefix="parley-backup-") as folder:
        _parley(scene, "backup", Path(folder) / "backup")
        backed_up = time.monotonic()
        _say_something(scene)
        with scene.fault("F22"):
            for server in scene.world.servers:
                server.stop()
            _parley(scene, "restore", Path(folder) / "backup", "--force")
            scene.history.append(Forgotten(time.monotonic(), backed_up))
            for server in scene.world.servers:
                server.start()
    deadline = time.monotonic() + _CONVERGED_WITHIN
    while not all(client.is_whole and client.epoch not in before for client in scene.fleet.clients):
        assert time.monotonic() < deadline, "not all clients came to the new epoch"
        time.sleep(0.05)
    assert len({client.epoch for client in scene.fleet.clients}) == len(before) == 1, "there are several epochs"
    scene.fleet.work()


def _say_something(scene: Scene) -> None:
    """Not all can: what a process was asked when it stood still is done when it goes on, even if nobody waits."""
    for room, members in scene.stage.members.items():
        said = [scene.fleet.call(scene.fleet.doings[member.id].send(room)) for member in members]
        assert any(said), f"nobody could post in room {room}"


def _parley(scene: Scene, *arguments: str | Path) -> None:
    server = scene.world.servers[0]
    subprocess.run([COMMAND, *arguments], env=server.environment, cwd=server.folder, check=True, timeout=120)
