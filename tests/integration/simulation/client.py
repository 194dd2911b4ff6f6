"""A client that follows the rule: apply what is next, drop what is older, sync on a gap; send until it is answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from chat_domain.model.ephemeral import AnyEvent, Heads, RoomAdded, RoomDeleted, RoomRemoved, SessionEnded
from chat_domain.model.errors import ChatError, InvalidToken, TooMany, Unavailable
from chat_domain.model.events import MessageDeleted, MessageEdited, MessagePosted, RoomEvent
from chat_domain.model.identifiers import MessageId, RoomId, Seq, UserId
from chat_domain.model.sessions import Actor
from chat_domain.model.values import ClientKey, MessageBody
from chat_domain.model.views import LogPage
from tests.builders import Chat
from tests.integration.simulation.process import Process
from tests.integration.simulation.schedule import Died

if TYPE_CHECKING:
    from tests.integration.simulation.world import World

Result = TypeVar("Result")


class Lost(Exception):
    """The process died before it answered."""


@dataclass(eq=False)
class Send:
    """A message on its way; `bodies` are those that it may have by what was answered to its sender, None if deleted."""

    user: UserId
    client: str
    room: RoomId
    key: ClientKey
    bodies: set[str | None]
    began: int | None = None  # these two count steps
    answered: int | None = None
    id: MessageId | None = None
    seq: Seq | None = None
    refused: bool = False
    is_unsure: bool = False  # an attempt was not answered


@dataclass
class Copy:
    """A room as the client knows it: what it applied in this stay, and the messages that it saw."""

    last: Seq
    applied: list[int] = field(default_factory=list)
    messages: dict[Seq, tuple[int, str | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A connection that was made, whether or not it still stands."""

    process: Process
    name: str
    user: UserId
    actor: Actor


class Client:
    """One device of one user."""

    def __init__(self, world: World, name: str, user: UserId, username: str, *, asks_of_unknown: bool) -> None:
        self.world, self.name, self.user, self.username = world, name, user, username
        self._asks_of_unknown = asks_of_unknown  # or else a room that it was not told of is nothing to it
        self.actor: Actor | None = None
        self.line: Line | None = None
        self.rooms: dict[RoomId, Copy] = {}
        self.past: list[tuple[RoomId, Copy]] = []
        self.outbox: dict[RoomId, deque[Send]] = {}
        self.sends: list[Send] = []
        self.lines: list[Line] = []
        self.wants_sync = False
        self._moved = False  # memberships changed since the last sync was asked for
        self._read = 0
        self._conflict = ""

    # What it does.

    def connect(self) -> None:
        """Sign in where needed, connect to some process, and sync."""
        process = self.world.some_process()
        try:
            actor = self.actor = self.actor or self._log_in(process)
            line = Line(process, f"{self.name}-{len(self.lines)}", self.user, actor)
            self.lines.append(line)
            self.call(lambda chat: chat.delivery.connect(line.name, actor), process)
        except InvalidToken:
            process.chat.audience.disconnect(self.lines[-1].name)
            self.actor = None
        except (Lost, ChatError):
            if self.lines:
                process.chat.audience.disconnect(self.lines[-1].name)
        else:
            self.line, self._read, self.wants_sync = line, 0, True

    def go_on(self) -> None:
        """Take what was pushed, sync where needed, and try again what waits in the outbox."""
        self.take()
        if self.line is None:
            self.connect()
        if self.wants_sync:
            self.sync()
        for queue in self.outbox.values():
            if queue and self.line:
                self._send(queue)

    def disconnect(self) -> None:
        """The connection is gone, and what was on its way with it."""
        if self.line:
            self.line.process.chat.audience.disconnect(self.line.name)
        self.line = None

    def leave_behind(self) -> None:
        """Go on without the session, while its connection still stands."""
        self.line = self.actor = None

    def say(self, room: RoomId, text: str) -> None:
        """Put a message into the outbox."""
        key = ClientKey(f"{self.name}-{len(self.sends)}")
        send = Send(self.user, self.name, room, key, {text})
        self.sends.append(send)
        self.outbox.setdefault(room, deque()).append(send)

    def edit(self, send: Send, text: str) -> None:
        """Change what was said; after the answer nobody may read the old text."""
        if send.id is None:
            return
        id = send.id
        self._change(
            send, text, lambda chat: chat.messaging.edit(self.user, room=send.room, message=id, body=MessageBody(text))
        )

    def delete(self, send: Send) -> None:
        """Delete what was said; likewise."""
        if send.id is None:
            return
        id = send.id
        self._change(send, None, lambda chat: chat.messaging.delete(self.user, room=send.room, message=id))

    def sync(self) -> None:
        """Fetch what was missed. What is pushed before the answer comes is taken before it."""
        cursors = {room_id: copy.last for room_id, copy in self.rooms.items()}
        self.wants_sync = self._moved = False
        try:
            caught = self.call(lambda chat: chat.delivery.sync(self.user, cursors))
        except (Lost, ChatError):
            self.wants_sync = True
            return
        self.take()
        for room_id, page in caught.pages.items():
            self._take_page(room_id, page)
        if self._moved:  # the answer may be from before that
            self.wants_sync = True
            return
        for view in caught.joined:
            self._add(view.room.id, view.room.last_seq)
        for room_id in caught.gone:
            self._drop(room_id)

    def call(self, action: Callable[[Chat], Result], process: Process | None = None) -> Result:
        """Ask a process, the one that it is connected to unless told. Raises Lost."""
        process = process or (self.line.process if self.line else None)
        task = self.world.schedule.current
        if process is None or task is None or not process.is_alive:
            self.disconnect()
            raise Lost
        task.inside = process
        try:
            return action(process.chat)
        except Died:
            self.disconnect()
            raise Lost from None
        finally:
            task.inside = None

    # What it hears.

    def take(self) -> None:
        """Take what was pushed."""
        while self.line and self._read < len(heard := self.line.process.chat.audience.heard[self.line.name]):
            self._read += 1
            self._take(heard[self._read - 1])
        if self.line and not self.line.process.is_alive:
            self.line = None

    def _take(self, event: AnyEvent) -> None:
        match event:
            case RoomEvent():
                self._take_event(event)
            case Heads(room_id, seq):
                copy = self.rooms.get(room_id)
                self.wants_sync |= self._asks_of_unknown if copy is None else copy.last < seq
            case RoomAdded(view):
                self._moved = True
                self._add(view.room.id, view.room.last_seq)
            case RoomRemoved(room_id=room_id) | RoomDeleted(room_id=room_id):
                self._moved = True
                self._drop(room_id)
            case SessionEnded():
                self.leave_behind()
            case _:
                pass

    def _take_page(self, room_id: RoomId, page: LogPage) -> None:
        if copy := self.rooms.get(room_id):
            copy.last = page.span.reached(copy.last)
            self.wants_sync |= page.has_more
        for event in page.events:
            self._take_event(event)

    def _take_event(self, event: RoomEvent) -> None:
        copy = self.rooms.get(event.room_id)
        if copy is None:
            self.wants_sync |= self._asks_of_unknown
        elif event.seq > copy.last + 1:
            self.wants_sync = True
        elif event.seq == copy.last + 1 or not self.world.bugs.clients_check_seq:
            copy.last = event.seq
            copy.applied.append(event.seq)
            if isinstance(event, MessagePosted | MessageEdited | MessageDeleted):
                message = event.message
                if isinstance(event, MessagePosted) or message.seq in copy.messages:
                    copy.messages[message.seq] = message.id, message.body.value or None

    def _add(self, room_id: RoomId, last: Seq) -> None:
        if room_id not in self.rooms:
            self.rooms[room_id] = Copy(last)
        self.wants_sync |= self.rooms[room_id].last < last

    def _drop(self, room_id: RoomId) -> None:
        if room_id in self.rooms:
            self.past.append((room_id, self.rooms.pop(room_id)))

    # How it asks.

    def _log_in(self, process: Process) -> Actor:
        def log_in(chat: Chat) -> Actor:
            pair = chat.log_in(self.username)
            try:
                return chat.sessions.identify(token=pair.access)
            except InvalidToken as error:
                self.world.report(f"{self.name} was connected by a session that is not there")
                raise Lost from error

        return self.call(log_in, process)

    def _send(self, queue: deque[Send]) -> None:
        send = queue[0]
        (text,) = send.bodies
        body = MessageBody(text or "")
        if send.began is None:
            send.began = self.world.schedule.steps
        try:
            message, _ = self.call(
                lambda chat: chat.messaging.post(self.user, room=send.room, body=body, key=send.key, reply_to=None)
            )
        except (Lost, Unavailable):
            send.is_unsure = True
            return
        except TooMany:
            return
        except ChatError:
            send.refused = True
        else:
            send.answered, send.id, send.seq = self.world.schedule.steps, message.id, message.seq
            self._read_back(send)
        queue.remove(send)

    def _change(self, send: Send, text: str | None, action: Callable[[Chat], object]) -> None:
        try:
            self.call(action)
        except (Lost, Unavailable):
            send.bodies.add(text)
        except ChatError:
            pass
        else:
            send.bodies = {text}
            self._read_back(send)

    def _read_back(self, send: Send) -> None:
        """Whatever was answered can be read at once, through any process."""
        if send.seq is None:
            return
        before = Seq(send.seq - 1)
        try:
            page = self.call(
                lambda chat: chat.reading.after(self.user, send.room, before, limit=1), self.world.some_process()
            )
        except (Lost, ChatError):
            return
        found = [(message.id, message.body.value or None) for message in page.messages]
        if not any(id == send.id and body in send.bodies for id, body in found):
            self.world.report(f"I11, I13: {self.name} was answered {send} and read {found}")
