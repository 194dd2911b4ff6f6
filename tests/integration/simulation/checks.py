"""The invariants, asked of a world at rest.

| invariant | where |
|---|---|
| I1 to I4, I7, I8 | here, of the sends and the logs |
| I5, I6 | here, of what each client applied |
| I9 | here, of what each connection was told: events, typing, and nothing long after its session's end |
| I10 | here, of the rooms, heads, edits and deletions of each client; of read marks and unread counts in the storage, |
|     | for what devices are told of them is not logged; there are no reactions yet |
| I11, I13 | in the client, which reads back what was answered through any process |
| consumers | each event of each room is taken at least once and in order, by one process at a time |
| I12 | here: cursors of clients only go on within a stay, and the heads of the storage are what is in the logs |
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from chat_domain.model.ephemeral import Typing
from chat_domain.model.errors import RoomNotFound
from chat_domain.model.events import MessagePosted, RoomEvent, UserJoined, UserLeft
from chat_domain.model.identifiers import RoomId, Seq, UserId
from tests.integration.simulation.consumers import check_consumers

if TYPE_CHECKING:
    from tests.integration.simulation.client import Client, Send
    from tests.integration.simulation.world import World

_TOLERATED: Final = 3.5
"""Seconds after the end of a session: the bus may be silent for one before that is noticed, and the poll is a task that
waits for its turn."""


def check(world: World) -> None:
    """Report what does not hold."""
    chat = world.some_process().chat
    with chat.storage.snapshot() as seen:
        logs = {room: list(seen.log.after(room, Seq(0), limit=10_000).events) for room in world.rooms}
        heads = {
            user: {id: span.last_seq for id, span in seen.log.spans(user).items()} for user in world.people.values()
        }
    for room, log in logs.items():
        if [event.seq for event in log] != list(range(1, len(log) + 1)):
            world.report(f"I4: the log of {room} is {[event.seq for event in log]}")
        _check_sends(world, [send for client in world.clients for send in client.sends if send.room == room], log)
        _check_senders(world, log)
        _check_pushes(world, room, log)
        _check_agreement(world, room)
        _check_unread(world, room, log)
    check_consumers(world, {room: len(log) for room, log in logs.items()})
    for client in world.clients:
        _check_applied(world, client)
        _check_rest(world, client, logs, heads[client.user])


def _check_sends(world: World, sends: list[Send], log: list[RoomEvent]) -> None:
    posted = [event.message for event in log if isinstance(event, MessagePosted)]
    times = Counter((message.sender.id, message.client_key) for message in posted)
    places = {(message.sender.id, message.client_key): message for message in posted}
    for key, count in times.items():
        if count > 1:
            world.report(f"I3: {key} is there {count} times")
    for send in sends:
        message = places.get((send.user, send.key))
        if send.answered is not None:
            if message is None or (message.id, message.seq) != (send.id, send.seq):
                world.report(f"I1: {send} is {message}")
            elif (message.body.value or None) not in send.bodies:
                world.report(f"I1: {send} has another body: {message}")
        elif send.refused and not send.is_unsure and message is not None:
            world.report(f"I2: {send} was refused and is there")
    _check_order(world, [send for send in sends if send.answered is not None])


def _check_senders(world: World, log: list[RoomEvent]) -> None:
    for event in _posted(log):
        if not any(event.seq in stay for stay in _stays(event.message.sender.id, log)):
            world.report(f"I9: {event.message} was posted by who was not a member")


def _check_order(world: World, answered: list[Send]) -> None:
    for first in answered:
        for second in answered:
            if (first.answered or 0) < (second.began or 0) and (first.seq or 0) > (second.seq or 0):
                which = "I7" if first.client == second.client else "I8"
                world.report(f"{which}: {first} was answered before {second} was sent")


def _check_pushes(world: World, room: RoomId, log: list[RoomEvent]) -> None:
    for client in world.clients:
        stays = _stays(client.user, log)
        for line in client.lines:
            ended = world.ended_at.get(line.actor.session_id, float("inf"))
            heard = [
                each for each in line.process.chat.audience.heard[line.name] if isinstance(each, RoomEvent | Typing)
            ]
            for each in heard:
                if each.room_id != room:
                    continue
                if isinstance(each, RoomEvent) and not any(each.seq in stay for stay in stays):
                    world.report(f"I9: {line.name} was told {each.seq} of {room}, and was a member in {stays}")
                if isinstance(each, Typing) and not any(each.seq < stay.stop for stay in stays):
                    world.report(f"I9: {line.name} was told of typing at {each.seq} in {room}, a member in {stays}")
                if isinstance(each, RoomEvent) and world.committed_at[room, each.seq] > ended + _TOLERATED:
                    world.report(f"I9: {line.name} was told {each.seq} of {room} after its session's end")


def _check_applied(world: World, client: Client) -> None:
    for room, copy in [*client.past, *client.rooms.items()]:
        if any(after != before + 1 for before, after in pairwise(copy.applied)):
            world.report(f"I5, I12: {client.name} applied {copy.applied} in {room}")


def _check_agreement(world: World, room: RoomId) -> None:
    said: dict[Seq, int] = {}
    for client in world.clients:
        for place, copy in [*client.past, *client.rooms.items()]:
            for seq, (id, _) in copy.messages.items() if place == room else ():
                if said.setdefault(seq, id) != id:
                    world.report(f"I6: {client.name} has {id} at {seq} of {room}, another has {said[seq]}")


def _check_rest(world: World, client: Client, logs: dict[RoomId, list[RoomEvent]], heads: dict[RoomId, Seq]) -> None:
    mine = {room: copy.last for room, copy in client.rooms.items()}
    if mine != heads:
        world.report(f"I10: {client.name} rests at {mine}, the storage at {heads}")
    for room, copy in client.rooms.items():
        bodies = {e.seq: (e.message.id, e.message.body.value or None) for e in _posted(logs[room])}
        if any(bodies.get(seq) != message for seq, message in copy.messages.items()):
            world.report(f"I10: {client.name} shows {copy.messages} in {room}, where there is {bodies}")
    if any(client.outbox.values()):
        world.report(f"{client.name} still has something to send: {client.outbox}")


def _check_unread(world: World, room: RoomId, log: list[RoomEvent]) -> None:
    for user in world.people.values():
        with suppress(RoomNotFound), world.some_process().chat.storage.snapshot() as seen:
            view = seen.views.of(user, room)
            after = [e for e in _posted(log) if e.seq > view.read_seq and e.message.sender.id != user]
            unread = sum(not event.message.deleted for event in after)
            if view.joined and (view.unread != unread or view.read_seq < world.marks.get((user, room), 0)):
                world.report(f"I10: {user} has {view.unread} unread after {view.read_seq} in {room}, not {unread}")


def _posted(log: list[RoomEvent]) -> list[MessagePosted]:
    return [event for event in log if isinstance(event, MessagePosted)]


def _stays(user: UserId, log: list[RoomEvent]) -> list[range]:
    """From each joining up to, and without, the leaving."""
    stays, begin = [], 0
    for event in log:
        if isinstance(event, UserJoined) and event.user.id == user:
            begin = event.seq
        if isinstance(event, UserLeft) and event.user.id == user:
            stays.append(range(begin, event.seq))
            begin = 0
    return stays + ([range(begin, 2**53)] if begin else [])
