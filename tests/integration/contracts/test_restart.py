"""What was acknowledged outlives the process. Memory is left out: it promises to last as long as its process."""

import signal
import subprocess
import sys
from pathlib import Path

from chat_domain.model.events import MessagePosted
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.memberships import Role
from chat_domain.model.rooms import RoomKind
from tests.integration.contracts.homes import SqlHome

WRITER = """
import sys
from tests.integration.contracts.homes import SqlHome

chat = SqlHome(sys.argv[1]).chat()
ann = chat.register("ann")
room = chat.open_room(ann)
print(room, flush=True)
while True:
    message = chat.say(ann, room, "hello", key=str(chat.clock.now()))
    print(message.id, message.seq, flush=True)
"""


def test_everything_is_there_after_a_restart(sql_home: SqlHome) -> None:
    before = sql_home.chat()
    ann, bob = before.register("ann"), before.register("bob")
    room = before.open_room(ann, bob, kind=RoomKind.PRIVATE)
    before.members.put(ann, room, bob, Role.MODERATOR)
    direct = before.rooms.open_direct(bob, others=[ann])[0].room.id
    message = before.say(ann, room, "for @bob", key="the key")
    before.say(bob, direct)
    before.reading.mark_read(bob, room, Seq(2))
    session = before.sessions.identify(token=before.log_in("ann").access)
    accounts, logs = [before.accounts.me(user) for user in (ann, bob)], [before.log(id) for id in (room, direct)]
    views = [before.view(user, id) for user in (ann, bob) for id in (room, direct)]
    sql_home.close()

    after = sql_home.chat()
    assert [after.accounts.me(user) for user in (ann, bob)] == accounts
    assert [after.log(id) for id in (room, direct)] == logs
    assert [after.view(user, id) for user in (ann, bob) for id in (room, direct)] == views
    assert [device.id for device in after.sessions.devices(session, limit=9).items] == [session.session_id]
    assert after.say(ann, room, "for @bob", key="the key") == message
    assert after.open_room(ann) > message.id


def test_what_a_killed_process_acknowledged_is_there_once_and_in_order(sql_home: SqlHome, tmp_path: Path) -> None:
    script = tmp_path / "writer.py"
    script.write_text(WRITER, "utf-8")
    with subprocess.Popen(
        [sys.executable, script, sql_home.url], stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": "."}
    ) as writer:
        assert writer.stdout is not None
        room = RoomId(int(writer.stdout.readline()))
        lines = [writer.stdout.readline() for _ in range(100)]
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.read().splitlines(keepends=True)
    acknowledged = [tuple(map(int, line.split())) for line in lines if line.endswith("\n")]
    log = sql_home.chat().log(room)
    assert [event.seq for event in log] == list(range(1, len(log) + 1))
    posted = [(event.message.id, event.seq) for event in log if isinstance(event, MessagePosted)]
    assert posted[: len(acknowledged)] == acknowledged
    assert len(posted) <= len(acknowledged) + 1
