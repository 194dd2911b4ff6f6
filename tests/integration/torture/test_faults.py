"""What faults themselves have to keep to, shown with stand-ins for the servers."""

import sqlite3
import threading
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.integration.torture.faults.databases import a_reader_and_two_writers
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


def a_scene_of(world: World) -> Scene:
    return Scene(world, cast("Any", None), cast("Any", None), History())


def play_f11(folder: Path, *, late_before: float, late: float) -> None:
    """Against a server that is late by so much now and then, and by something else while the fault lasts."""
    with closing(sqlite3.connect(folder / "parley.db")) as database:
        database.execute("CREATE TABLE messages (id INTEGER)")
    scene = a_scene_of(World("one", cast("Any", [SimpleNamespace(folder=folder)]), database=folder / "parley.db"))
    (folder / "lag").touch()
    over = threading.Event()

    def tell_lag() -> None:
        with (folder / "lag").open("a", encoding="ascii", buffering=1) as file:
            while not over.wait(0.01):  # which has begun as soon as there are figures of the time before it
                file.writelines(["0.0010\n"] * 200 + [f"{late if scene.figures else late_before:.4f}\n"])

    telling = threading.Thread(target=tell_lag)
    telling.start()
    try:
        a_reader_and_two_writers(scene, seconds=0.5, before=0.5)
    finally:
        over.set()
        telling.join()


def test_servers_are_killed_while_others_start_but_never_the_last_one_that_serves() -> None:
    serving: list[SlowServer] = []
    servers = cast("Any", [SlowServer(serving) for _ in range(3)])
    scene = a_scene_of(World("three", servers))
    killed_again_and_again(scene, seconds=0.5, every=0.005)
    assert len(serving) == 3, "all serve in the end"
    kills = [record.at for record in scene.history.records if isinstance(record, Faulted)]
    assert any(later - earlier < 0.02 for earlier, later in pairwise(kills))


def test_a_reader_of_the_database_may_not_hold_the_event_loop_up_for_long_not_even_once(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"late by 0.110 s once"):
        play_f11(tmp_path, late_before=0.05, late=0.11)


def test_where_the_event_loop_had_to_wait_before_it_may_wait_half_as_long_again(tmp_path: Path) -> None:
    play_f11(tmp_path, late_before=0.08, late=0.11)
