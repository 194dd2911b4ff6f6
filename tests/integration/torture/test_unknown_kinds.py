"""The rig's clients pass over events of kinds that they do not know: the cursor moves, and nothing is shown."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tests.integration.torture.client import Account, Client
from tests.integration.torture.history import History

ROOM = 7
JAVASCRIPT = Path(__file__).parent / "javascript"
BEN = {"id": 2, "username": "ben", "name": "Ben"}
HELD_BY_JAVASCRIPT = f"""
import {{ Room }} from "{JAVASCRIPT}/room.mjs";
import {{ Rooms }} from "{JAVASCRIPT}/rooms.mjs";
const rooms = new Rooms(Room, () => {{}}, () => {{}});
for (const [name, payload] of JSON.parse(process.argv[1])) rooms.hear(name, payload);
const {{ last_seq, unread, messages }} = rooms.get({ROOM}).state({{ id: 1, username: "anna" }});
const shown = messages.filter(({{ seq, body }}) => body === `message ${{seq}}`).map(({{ seq }}) => seq);
console.log(JSON.stringify({{ last_seq, unread, shown, held: rooms.get({ROOM}).held.size }}));
"""

Push = tuple[str, dict[str, Any]]
Held = dict[str, Any]
Hears = Callable[[list[Push]], Held]


def event(seq: int, kind: str, **carried: object) -> Push:
    """An event as it is pushed."""
    name = "receive_message" if kind == "message" else kind
    return name, {"room_id": ROOM, "seq": seq, "type": kind, "at": "2026-03-04T12:00:00.000Z", "actor": BEN, **carried}


def message(seq: int) -> dict[str, Any]:
    return {"id": 100 + seq, "seq": seq, "content": f"message {seq}", "sender": BEN, "deleted": False}


OPENED: Push = ("room_added", {"chat_room": {"id": ROOM, "read_seq": 0, "last_seq": 0}})
UNKNOWN = [
    event(2, "from_the_future"),
    event(2, "from_the_future", message={**message(1), "content": "another text"}, user=3),
    event(2, "from_the_future", message="a text", user=["anna"]),
    event(2, "message_edited"),
    event(2, "message"),
    event(2, "user_left", user=None),
]


def in_python(pushes: list[Push]) -> Held:
    client = Client("anna-1", Account(1, "anna", "a token"), [1], History())
    for name, payload in pushes:
        client.hear(name, payload)
    state = client.rooms[ROOM].state(1, "anna")
    shown = [each.seq for each in state.messages.values() if each.body == f"message {each.seq}"]
    return {"last_seq": state.last_seq, "unread": state.unread, "shown": shown, "held": len(client.rooms[ROOM].held)}


def in_javascript(pushes: list[Push]) -> Held:
    node = shutil.which("node") or str(Path(sys.executable).with_name("node"))
    command = [node, "--input-type=module", "--eval", HELD_BY_JAVASCRIPT, json.dumps(pushes)]
    return cast(Held, json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


@pytest.fixture(params=[in_python, in_javascript], ids=["python", "javascript"])
def hears(request: pytest.FixtureRequest) -> Hears:
    return cast(Hears, request.param)


@pytest.mark.parametrize("unknown", UNKNOWN, ids=lambda push: json.dumps(push[1])[60:])
def test_it_moves_the_cursor_and_shows_nothing(hears: Hears, unknown: Push) -> None:
    around = [OPENED, event(1, "message", message=message(1)), unknown, event(3, "message", message=message(3))]
    assert hears(around) == {"last_seq": 3, "unread": 2, "shown": [1, 3], "held": 0}


def test_it_is_held_past_a_gap(hears: Hears) -> None:
    _, first = event(1, "message", message=message(1))
    assert hears([OPENED, event(2, "from_the_future")]) == {"last_seq": 0, "unread": 0, "shown": [], "held": 1}
    healed = [OPENED, event(2, "from_the_future"), ("receive_message", first)]
    assert hears(healed) == {"last_seq": 2, "unread": 1, "shown": [1], "held": 0}
