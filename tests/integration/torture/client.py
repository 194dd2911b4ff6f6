"""A client that keeps the client rule, and writes down what it sees."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from tests.integration.torture import outbox
from tests.integration.torture.checker.run import RoomState
from tests.integration.torture.history import (
    Answered,
    Asked,
    Closed,
    Connected,
    Disconnected,
    History,
    Opened,
    Received,
    Synced,
)
from tests.integration.torture.line import Line, NoAnswer, Refusal, open_line
from tests.integration.torture.room import Room, event_of, is_room_event

_LET_IN_WITHIN: Final = 20.0
"""Seconds, as of the official client."""
_ANSWERED_WITHIN: Final = 8.0
_PINGED_WITHIN: Final = 34.0
_LONGEST_PAUSE: Final = 1.0
_NOTHING_NEW: Final = 0.25
_UNAUTHENTICATED: Final = 401


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody signed in."""

    id: int
    username: str
    token: str


class Client:
    """One device of a person. `doors` are the ports it may connect to: when one fails, any of the others."""

    def __init__(
        self, name: str, account: Account, doors: Sequence[int], history: History, *, room_type: type[Room] = Room
    ) -> None:
        self._room_type = room_type
        self.name = name
        self.account = account
        self.doors = list(doors)
        self.rooms: dict[int, Room] = {}
        self.epoch = ""
        self.has_ended = False
        self.is_ready = asyncio.Event()
        self.line: Line | None = None
        self._history = history
        self._door = random.randrange(len(self.doors))
        self._missing = asyncio.Event()
        self._moved: set[int] = set()  # rooms entered or left by a push while a sync was under way

    async def run(self) -> None:
        """Stay connected until the session ends; to be cancelled."""
        failures = 0
        while not self.has_ended:
            try:
                await self._converse(self.doors[self._door % len(self.doors)])
                failures = 0
            except NoAnswer:
                failures += 1
            except Refusal as refusal:
                failures += 1
                self.has_ended = refusal.status == _UNAUTHENTICATED
            self._door += random.randrange(1, max(2, len(self.doors)))
            await asyncio.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.05 * 2**failures)))

    async def ask(self, event: str, payload: object) -> dict[str, Any]:
        """The data of the acknowledgement; raises Refusal, or NoAnswer after which the client connects anew."""
        line = self.line
        if line is None:
            raise NoAnswer("not connected")
        try:
            return await line.ask(event, payload, _ANSWERED_WITHIN)
        except NoAnswer as error:
            line.hang_up(f"no answer: {error}")
            raise

    async def settle(self, asked: Asked, event: str, payload: dict[str, Any]) -> Answered | None:
        """Ask until it is acknowledged, or None where it is refused."""
        return await outbox.settle(self, self._history, asked, event, payload)

    async def go_by(self, doors: Sequence[int]) -> None:
        """Connect anew by these ports, and return when it is ready again."""
        self.doors = list(doors)
        if self.line:
            self.line.hang_up("another way")
        await asyncio.sleep(0.05)
        await self.is_ready.wait()

    async def doze(self, seconds: float) -> None:
        """Do not read what comes for so long."""
        if line := self.line:
            line.pause()
            await asyncio.sleep(seconds)
            line.resume()

    @property
    def is_whole(self) -> bool:
        """Whether it is connected and knows of nothing that is missing."""
        return self.is_ready.is_set() and not self._missing.is_set()

    async def states(self) -> dict[int, RoomState]:
        """What the user would see."""
        return {id: room.state(self.account.id, self.account.username) for id, room in self.rooms.items()}

    async def _converse(self, port: int) -> None:
        line = await open_line(port, self.account.token, self.hear, _LET_IN_WITHIN)
        self.line = line
        self._history.append(Connected(time.monotonic(), self.name))
        catching_up = asyncio.create_task(self._keep_whole())
        try:
            while not line.lost.done():
                await asyncio.wait({line.lost}, timeout=5)
                if time.monotonic() - line.heard_at > _PINGED_WITHIN:
                    line.hang_up("no ping")
        finally:
            self.line = None
            self.is_ready.clear()
            catching_up.cancel()
            with suppress(asyncio.CancelledError):
                await catching_up
            line.hang_up("left")
            self._history.append(Disconnected(time.monotonic(), self.name, line.lost.result()))

    async def _keep_whole(self) -> None:
        self._missing.set()
        is_first = True
        while True:
            await self._missing.wait()
            self._missing.clear()
            before = self._cursors()
            try:
                await self._sync(is_first=is_first)
            except NoAnswer:
                return
            except Refusal:  # the storage is away
                self._missing.set()
                await asyncio.sleep(random.uniform(0.1, 0.5))
            else:
                is_first = False
                self.is_ready.set()
                if self._missing.is_set() and self._cursors() == before:
                    await asyncio.sleep(_NOTHING_NEW)

    def _cursors(self) -> dict[str, int]:
        return {str(id): room.cursor for id, room in self.rooms.items()}

    async def _sync(self, *, is_first: bool) -> None:
        self._moved.clear()
        if is_first:  # where the read marks are now
            for seen in (await self.ask("sync", {"rooms": {}}))["joined"]:
                if room := self.rooms.get(seen["id"]):
                    room.read_up_to(seen["read_seq"])
        asked_at = time.monotonic()
        answer = await self.ask("sync", {"rooms": self._cursors()})
        epoch = str(answer.get("epoch", ""))
        if self.epoch not in ("", epoch):
            self._start_afresh()
        else:
            self._catch_up(answer)
        self.epoch = epoch
        last_seqs = {int(id): page["last_seq"] for id, page in answer["rooms"].items()}
        self._history.append(Synced(asked_at, time.monotonic(), self.name, last_seqs, epoch))

    def _start_afresh(self) -> None:
        for id in list(self.rooms):
            self._close(id)
        self._missing.set()

    def _catch_up(self, answer: dict[str, Any]) -> None:
        for id in answer["gone"]:
            if id not in self._moved:
                self._close(id)
        for seen in answer["joined"]:
            if seen["id"] not in self._moved:
                self._open(seen)
        for id, page in answer["rooms"].items():
            self._take_page(int(id), page)

    def _take_page(self, id: int, page: dict[str, Any]) -> None:
        room = self.rooms.get(id)
        if room:
            room.begin_at(page["first_seq"])
        for event in page["events"]:
            self._take(event, pushed=False)
        if room and room.cursor < page["last_seq"]:
            self._missing.set()

    def hear(self, event: str, payload: dict[str, Any]) -> None:
        """Take what is pushed. Events of a room are told by their place in its log: newer kinds have newer names."""
        if is_room_event(payload):
            self._take(payload, pushed=True)
        elif event == "heads":
            self._missing_below(payload["rooms"])
        elif event == "room_added":
            self._moved.add(payload["chat_room"]["id"])
            self._open(payload["chat_room"])
        elif event == "room_removed":
            self._moved.add(payload["room_id"])
            self._close(payload["room_id"])
        elif event == "read_mark" and payload["room_id"] in self.rooms:
            self.rooms[payload["room_id"]].read_up_to(payload["read_seq"])
        elif event == "session_ended":
            self.has_ended = True

    def _missing_below(self, heads: dict[str, int]) -> None:
        for id, seq in heads.items():
            room = self.rooms.get(int(id))
            if room is None or room.cursor < seq:
                self._missing.set()

    def _take(self, body: dict[str, Any], *, pushed: bool) -> None:
        at, event = time.monotonic(), event_of(body)
        room = self.rooms.get(event.room)
        applied = list(room.take(event)) if room else []
        if event not in applied:
            self._history.append(Received(at, self.name, event, pushed, applied=False))
        for each in applied:
            self._history.append(Received(at, self.name, each, pushed, applied=True))
        if room is None or room.is_behind:
            self._missing.set()

    def _open(self, seen: dict[str, Any]) -> None:
        """From the read mark on, so that whatever is unread is known."""
        id, seq = seen["id"], seen["read_seq"]
        if room := self.rooms.get(id):
            room.read_up_to(seq)
        else:
            self.rooms[id] = self._room_type(seq, seq)
            self._history.append(Opened(time.monotonic(), self.name, id, seq))
        if self.rooms[id].cursor < seen["last_seq"]:
            self._missing.set()

    def _close(self, id: int) -> None:
        if self.rooms.pop(id, None):
            self._history.append(Closed(time.monotonic(), self.name, id))
