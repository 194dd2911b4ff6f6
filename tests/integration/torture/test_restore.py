"""F22: yesterday's backup is restored. In a new epoch every client has what the backup has, and goes on."""

import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.servers.parley import COMMAND
from tests.integration.torture.checker import check
from tests.integration.torture.history import Synced
from tests.integration.torture.play import Scene, a_scene, verdict
from tests.integration.torture.worlds import one_on_sqlite

pytestmark = pytest.mark.timeout(240)


def test_after_a_restore_all_clients_converge_in_a_new_epoch(tmp_path: Path) -> None:
    with one_on_sqlite() as world, a_scene(world, rate=100, people=4, rooms=2, members=4) as scene:
        scene.fleet.work(visit=False)
        time.sleep(3)
        scene.fleet.rest()
        parley(scene, "backup", tmp_path / "backup")
        backed_up = time.monotonic()
        say_something(scene)
        world.servers[0].stop()
        parley(scene, "restore", tmp_path / "backup", "--force")
        restored = time.monotonic()
        world.servers[0].start()
        say_something(scene)
        run, _ = verdict(scene)
    # What was acknowledged after the backup is gone, as it has to be: all the rest must hold.
    kept = [record for record in run.history if not backed_up < record.at < restored]
    assert check(replace(run, history=kept)) == []
    assert len({record.epoch for record in run.all(Synced)}) == 2


def say_something(scene: Scene) -> None:
    for room, members in scene.stage.members.items():
        for member in members:
            assert scene.fleet.call(scene.fleet.doings[member.id].send(room))


def parley(scene: Scene, *arguments: str | Path) -> None:
    (server,) = scene.world.servers
    subprocess.run([COMMAND, *arguments], env=server.environment, cwd=server.folder, check=True, timeout=60)
