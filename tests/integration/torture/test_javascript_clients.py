"""The same promise to the official JavaScript client, which connects, reconnects and acknowledges in its own way."""

import time
from functools import partial
from pathlib import Path

import pytest

from tests.integration.torture.client import Account
from tests.integration.torture.faults import ON_POSTGRESQL, ON_SQLITE, networks
from tests.integration.torture.fleet import a_fleet
from tests.integration.torture.history import History
from tests.integration.torture.node import Node, NodeEnded
from tests.integration.torture.play import a_scene, play, verdict
from tests.integration.torture.stage import Stage
from tests.integration.torture.worlds import one_on_sqlite, three_over_postgres

pytestmark = pytest.mark.timeout(240)

NETWORK_AWAY = partial(networks.away, seconds=1.0, missed=300)
ANNA = Stage([Account(1, "anna", "a token")], {})
A_LIBRARY_THAT_DIES_SOON = """
import { EventEmitter } from "node:events";
const nothing = { joined: [], gone: [], rooms: {} };
class Socket extends EventEmitter {
  connected = true;
  io = new EventEmitter();
  onAny = () => this;
  timeout = () => ({ emitWithAck: async () => ({ data: nothing }) });
  disconnect() {}
}
export const io = () => {
  const socket = new Socket();
  setTimeout(() => socket.emit("connect"));
  setTimeout(() => { console.error("out of breath"); process.exit(7); }, 500);
  return socket;
};
"""


def test_one_process_on_sqlite_keeps_its_promise() -> None:
    with one_on_sqlite() as world, a_scene(world, rate=200, client_type=Node()) as scene:
        play(scene, [ON_SQLITE["F1"], NETWORK_AWAY], sends=3_000)


def test_three_processes_over_postgresql_and_valkey_keep_their_promise() -> None:
    with three_over_postgres() as world, a_scene(world, rate=200, client_type=Node()) as scene:
        play(scene, [ON_POSTGRESQL["F1"], ON_POSTGRESQL["F7"], NETWORK_AWAY], sends=3_000)


def test_applying_without_a_look_at_the_seq_is_found_when_messages_get_lost() -> None:
    with (
        one_on_sqlite("lose_pushes") as world,
        a_scene(world, rate=100, people=4, rooms=2, members=4, client_type=Node("--credulous")) as scene,
    ):
        scene.fleet.work(moderate_every=1)
        time.sleep(3)
        _, violations = verdict(scene)
        assert "I5" in {violation.invariant for violation in violations}


def test_a_node_that_cannot_start_fails_the_run_at_once_and_says_why(tmp_path: Path) -> None:
    node = Node(library=tmp_path / "nowhere.js")
    with (
        pytest.raises(NodeEnded, match=r"(?s)Node ended with 1.*Cannot find module .*nowhere\.js"),
        a_fleet(ANNA, lambda _: [1], History(), rate=1, client_type=node) as fleet,
    ):
        fleet.watch(30)


def test_a_node_that_dies_later_fails_the_run_at_once_and_says_why(tmp_path: Path) -> None:
    library = tmp_path / "library.mjs"
    library.write_text(A_LIBRARY_THAT_DIES_SOON, "utf-8")
    with a_fleet(ANNA, lambda _: [1], History(), rate=1, client_type=Node(library=library)) as fleet:
        began = time.monotonic()
        with pytest.raises(NodeEnded, match=r"(?s)Node ended with 7.*out of breath"):
            fleet.watch(30)
        with pytest.raises(NodeEnded):
            fleet.call(fleet.clients[0].states())
        assert time.monotonic() - began < 20
