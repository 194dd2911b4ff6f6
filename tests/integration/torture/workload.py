"""What people do all day: they post, edit, delete, read, look back, come and go, and moderators remove some."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Final

from tests.integration.torture import http
from tests.integration.torture.client import Client
from tests.integration.torture.history import Answered, Asked, History, Looked, Refused, Shown, Unanswered
from tests.integration.torture.line import NoAnswer, Refusal
from tests.integration.torture.outbox import FOR_LATER

_A_PAGE: Final = 50
_NO_MESSAGE: Final = 2**53 - 1
_REQUESTS: Final = {"remove": ("DELETE", None), "put": ("PUT", {"role": "member"})}


class Doings:
    """What one client does, in the outbox's way: one thing at a time in each room, again until it is answered."""

    def __init__(self, client: Client, history: History, everybody: list[str], seed: int) -> None:
        self.client = client
        self.is_over = False
        self.owns: set[int] = set()  # rooms that it does not leave
        self._history = history
        self._everybody = everybody
        self._random = random.Random(seed)
        self._numbers = count(1)
        self._own: dict[int, deque[int]] = {}  # ids of messages of one's own, by room

    def start_afresh(self) -> None:
        """Begin again, with nothing of one's own."""
        self.is_over = False
        self._own.clear()

    async def work(self, room: int, pause: Callable[[], float]) -> None:
        """Do one thing after the other in a room, with pauses of so many seconds, until it is over."""
        kinds = (self._send, self._edit, self._delete, self._read, self._look, self._send_badly, self._leave)
        while not self.is_over:
            await asyncio.sleep(pause())
            if room in self.client.rooms:
                (act,) = self._random.choices(kinds, (84, 6, 3, 4, 2, 0.8, 0.2))
                await act(room)

    async def moderate(self, room: int, pause: Callable[[], float]) -> None:
        """Remove a member now and then, and bring them back."""
        while not self.is_over:
            await asyncio.sleep(pause())
            members = await self._members(room)
            if members:
                user = self._random.choice(members)
                await self.remove(room, user)
                await asyncio.sleep(self._random.uniform(0.2, 1.0))
                await self.put(room, user)

    async def remove(self, room: int, user: int, doors: Sequence[int] = ()) -> None:
        """Take somebody out of a room, by one of these ports."""
        await self._moderate("remove", room, user, doors or self.client.doors)

    async def put(self, room: int, user: int, doors: Sequence[int] = ()) -> None:
        """Make somebody a member, likewise."""
        await self._moderate("put", room, user, doors or self.client.doors)

    async def send(self, room: int, body: str | None = None, **more: object) -> Answered | None:
        """Post a message: how it was acknowledged, or None where it was refused."""
        op = self._op()
        mention = f" @{self._random.choice(self._everybody)}" if self._random.random() < 0.1 else ""
        said = body or f"{op} {'x' * self._random.randrange(120)}{mention}"
        asked = Asked(time.monotonic(), self.client.name, op, "send", room, said, op)
        payload = {"room_id": room, "message": said, "client_id": op, **more}
        answered = await self.client.settle(asked, "send_message", payload)
        if answered:
            self._own.setdefault(room, deque(maxlen=20)).append(answered.id)
        return answered

    async def _send(self, room: int) -> None:
        await self.send(room)

    async def _send_badly(self, room: int) -> None:
        """Answer a message that is not in the room, which is refused."""
        await self.send(room, reply_to=_NO_MESSAGE)

    async def _edit(self, room: int) -> None:
        if own := self._own.get(room):
            op, message = self._op(), self._random.choice(own)
            body = f"{op} edited"
            asked = Asked(time.monotonic(), self.client.name, op, "edit", room, body, message=message)
            payload = {"room_id": room, "message_id": message, "message": body}
            await self.client.settle(asked, "edit_message", payload)

    async def _delete(self, room: int) -> None:
        if own := self._own.get(room):
            op, message = self._op(), own.popleft()
            asked = Asked(time.monotonic(), self.client.name, op, "delete", room, message=message)
            await self.client.settle(asked, "delete_message", {"room_id": room, "message_id": message})

    async def _read(self, room: int) -> None:
        op, seq = self._op(), self.client.rooms[room].cursor
        asked = Asked(time.monotonic(), self.client.name, op, "read", room)
        await self.client.settle(asked, "read", {"room_id": room, "seq": seq})

    async def _leave(self, room: int) -> None:
        if room in self.owns:
            return
        for kind in ("leave", "join"):
            op = self._op()
            asked = Asked(time.monotonic(), self.client.name, op, kind, room)
            await self.client.settle(asked, kind, {"room_id": room})

    async def _look(self, room: int) -> None:
        """Read a page of history by any process."""
        asked_at, port = time.monotonic(), self._random.choice(self.client.doors)
        head = self.client.rooms[room].cursor
        first = max(1, head - _A_PAGE + 1)
        path = f"/api/chat/rooms/{room}/messages?after={first - 1}&limit={_A_PAGE}"
        try:
            page = (await http.ask(port, self.client.account.token, "GET", path))["messages"]
        except NoAnswer:
            return
        except Refusal as refusal:
            self._history.append(Unanswered(time.monotonic(), path, refusal.status))
            return
        shown = shown_on(page)
        self._history.append(Looked(asked_at, time.monotonic(), self.client.name, room, first, head, shown))

    async def _moderate(self, kind: str, room: int, user: int, doors: Sequence[int]) -> None:
        op, (method, body) = self._op(), _REQUESTS[kind]
        self._history.append(Asked(time.monotonic(), self.client.name, op, kind, room, user=user))
        path = f"/api/chat/rooms/{room}/members/{user}"
        while True:
            port = self._random.choice(doors)
            try:
                await http.ask(port, self.client.account.token, method, path, body)
            except NoAnswer:
                self._history.append(Unanswered(time.monotonic(), op))
            except Refusal as refusal:
                if refusal.status not in FOR_LATER:
                    self._history.append(Refused(time.monotonic(), op, refusal.status, refusal.code))
                    return
                self._history.append(Unanswered(time.monotonic(), op, refusal.status))
            else:
                self._history.append(Answered(time.monotonic(), op))
                return
            await asyncio.sleep(self._random.uniform(0.1, 0.5))

    async def _members(self, room: int) -> list[int]:
        port, path = self._random.choice(self.client.doors), f"/api/chat/rooms/{room}"
        try:
            found = await http.ask(port, self.client.account.token, "GET", path)
        except NoAnswer:
            return []
        except Refusal as refusal:
            self._history.append(Unanswered(time.monotonic(), path, refusal.status))
            return []
        return [user["id"] for user in found["chat_room"]["users"] if user["role"] == "member"]

    def _op(self) -> str:
        return f"{self.client.name}.{next(self._numbers)}"


def shown_on(page: list[dict[str, Any]]) -> tuple[Shown, ...]:
    """The messages on a page of history."""
    return tuple(Shown(each["id"], each["seq"], each["content"], each["deleted"]) for each in page)
