"""The checker proves itself: with each of these bugs planted, it must fail, and without it, it must not."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from tests.integration.torture.client import Client
from tests.integration.torture.faults.readers import let_doze
from tests.integration.torture.fleet import ClientType
from tests.integration.torture.history import Event
from tests.integration.torture.play import Scene, a_scene, verdict
from tests.integration.torture.power import can_be_cut, cut_power
from tests.integration.torture.room import Room
from tests.integration.torture.worlds import World, one_on_sqlite

pytestmark = pytest.mark.timeout(240)

A_WHILE = 3.0
SETTLED_WITHIN = 6.0
"""Seconds: three beacons."""


class Credulous(Room):
    """Applies whatever comes."""

    def take(self, event: Event) -> Iterator[Event]:
        self.cursor = event.seq
        self._add_up(event)
        yield event


@contextmanager
def told(world: World, failpoint: str) -> Iterator[None]:
    world.servers[0].tell(failpoint)
    yield


@contextmanager
def a_small_scene(*plants: str, client_type: ClientType = Client) -> Iterator[Scene]:
    with (
        one_on_sqlite(*plants) as world,
        told(world, "small_buffers"),
        a_scene(world, rate=100, people=4, rooms=2, members=4, client_type=client_type) as scene,
    ):
        yield scene


def broken(scene: Scene) -> set[str]:
    _, violations = verdict(scene, settle_within=SETTLED_WITHIN)
    return {violation.invariant for violation in violations}


def work_for_a_while(scene: Scene) -> None:
    scene.fleet.work(moderate_every=1)
    time.sleep(A_WHILE)


def kill_before_an_ack(scene: Scene) -> None:
    (server,) = scene.world.servers
    server.tell("die_before_ack")
    server.wait_for_death()
    server.start()


def lose_the_last_messages(scene: Scene) -> None:
    scene.fleet.rest()
    scene.world.servers[0].tell("lose_pushes")
    for room, members in scene.stage.members.items():
        assert scene.fleet.call(scene.fleet.doings[members[0].id].send(room))


def stall_a_reader(scene: Scene) -> None:
    """Send a client more than any buffer takes while it does not read, and something after it."""
    room, members = next(iter(scene.stage.members.items()))
    sender, slow = scene.fleet.doings[members[0].id], scene.fleet.clients[-1]
    with let_doze(scene, slow):
        for number in range(150):
            assert scene.fleet.call(sender.send(room, f"{number} {'x' * 3_900}"))
    for number in range(10):
        assert scene.fleet.call(sender.send(room, f"later {number} {'x' * 3_900}"))


def cut_the_power(scene: Scene) -> int:
    """How many pages were lost."""
    scene.fleet.rest()
    (server,) = scene.world.servers
    server.kill()
    lost = cut_power(server.data)
    server.start()
    return lost


def restart_with(scene: Scene, *plants: str) -> None:
    (server,) = scene.world.servers
    server.plants = plants
    server.restart()


def kill_and_start_with(scene: Scene, *plants: str) -> None:
    (server,) = scene.world.servers
    server.plants = plants
    server.kill()
    server.start()


def test_without_a_bug_nothing_is_found_whatever_provokes_it() -> None:
    with a_small_scene("die_before_ack", "lose_pushes", "small_buffers") as scene:
        work_for_a_while(scene)
        kill_before_an_ack(scene)
        scene.fleet.rest()
        stall_a_reader(scene)
        lose_the_last_messages(scene)
        if can_be_cut(scene.world.servers[0].data):
            assert cut_the_power(scene) == 0, "everything that was acknowledged is on the disk"
        assert broken(scene) == set()


def test_a_serial_id_as_the_cursor_is_found() -> None:
    with a_small_scene("serial_as_cursor") as scene:
        work_for_a_while(scene)
        kill_and_start_with(scene)  # no bug: with it, delivery waits for numbers that nobody has
        assert {"I4", "I10"} <= broken(scene)


def test_an_acknowledgement_before_the_commit_is_found_when_the_server_dies() -> None:
    with a_small_scene() as scene:
        restart_with(scene, "ack_before_commit")
        scene.fleet.work(moderate=False)
        for plants in (["ack_before_commit"], ["ack_before_commit"], []):  # not at each kill is a send under way
            time.sleep(1)
            kill_and_start_with(scene, *plants)
        assert "I1" in broken(scene)


def test_a_client_id_that_is_not_unique_is_found_when_an_answer_gets_lost() -> None:
    with a_small_scene("no_unique_client_id", "die_before_ack") as scene:
        scene.fleet.work(moderate=False)
        kill_before_an_ack(scene)
        assert {"I1", "I3"} <= broken(scene)


def test_a_stale_membership_cache_is_found() -> None:
    with a_small_scene("stale_membership_cache") as scene:
        work_for_a_while(scene)
        assert "I9" in broken(scene)


def test_a_missing_beacon_is_found_when_the_last_message_gets_lost() -> None:
    with a_small_scene("no_beacon", "lose_pushes") as scene:
        work_for_a_while(scene)
        lose_the_last_messages(scene)
        assert broken(scene) == {"I10"}


def test_applying_without_a_look_at_the_seq_is_found_when_messages_get_lost() -> None:
    with a_small_scene("lose_pushes", client_type=partial(Client, room_type=Credulous)) as scene:
        work_for_a_while(scene)
        assert "I5" in broken(scene)


def test_partial_writes_are_found_when_a_client_reads_slowly() -> None:
    with a_small_scene("partial_writes", "small_buffers") as scene:
        stall_a_reader(scene)
        assert broken(scene) & {"frames", "I10"}, "a cut frame is seen, or swallows what comes after it"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which pages of a file are not on the disk")
def test_commits_that_are_not_synced_are_found_by_a_power_cut() -> None:
    with a_small_scene() as scene:
        if not can_be_cut(scene.world.servers[0].data):
            pytest.skip("this kernel or file system does not tell which pages are not on the disk")
        restart_with(scene, "synchronous_off")
        scene.fleet.work(moderate=False, visit=False)
        time.sleep(1)
        assert cut_the_power(scene) > 0
        assert "I1" in broken(scene)
